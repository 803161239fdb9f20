import {expect} from 'chai'
import type {Defaults} from '../../src/pod-security/labels.js'
import {MODES, readLabels} from '../../src/pod-security/labels.js'

const P = 'pod-security.kubernetes.io/'
const of = (labels: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(labels).map(([key, value]) => [key.includes('/') ? key : P + key, value]))

/** `level:version state` of enforce, audit and warn. */
function shown(labels: Record<string, string>, minor: number | null = 30): string {
  const {levels} = readLabels(of(labels), {}, minor)
  return MODES.map(mode => `${levels[mode].level}:${levels[mode].version} ${levels[mode].labels}`).join(' | ')
}

const NONE = 'privileged:latest absent'

describe('readLabels', () => {
  const rows: [string, Record<string, string>, string, (number | null)?][] = [
    ['no label', {}, `${NONE} | ${NONE} | ${NONE}`],
    ['labels of others', {'app.kubernetes.io/name': 'x'}, `${NONE} | ${NONE} | ${NONE}`],
    ['enforce alone: warn follows', {enforce: 'baseline'}, `baseline:latest valid | ${NONE} | baseline:latest absent`],
    ['warn does not follow before 1.26', {enforce: 'baseline'}, `baseline:latest valid | ${NONE} | ${NONE}`, 25],
    ['warn follows with the version', {enforce: 'baseline', 'enforce-version': 'v1.29'}, `baseline:v1.29 valid | ${NONE} | baseline:v1.29 absent`],
    ['warn keeps a version of its own', {enforce: 'baseline', 'enforce-version': 'v1.29', 'warn-version': 'v1.25'}, `baseline:v1.29 valid | ${NONE} | baseline:v1.25 valid`],
    ['a warn label stands', {enforce: 'restricted', warn: 'privileged'}, `restricted:latest valid | ${NONE} | privileged:latest valid`],
    ['enforce=privileged leads nothing', {enforce: 'privileged', 'enforce-version': 'v1.25'}, `privileged:v1.25 valid | ${NONE} | ${NONE}`],
    ['an invalid enforce closes, and warn does not follow', {enforce: 'Baseline'}, `restricted:latest invalid | ${NONE} | ${NONE}`],
    ['an invalid audit and warn open', {audit: 'strict', warn: ''}, `${NONE} | privileged:latest invalid | privileged:latest invalid`],
    ['an invalid version is latest', {enforce: 'baseline', 'enforce-version': '1.25'}, `baseline:latest invalid | ${NONE} | baseline:latest absent`],
    ['leading zero', {'audit-version': 'v1.05'}, `${NONE} | privileged:latest invalid | ${NONE}`],
    ['a version alone', {'enforce-version': 'v1.25'}, `privileged:v1.25 valid | ${NONE} | ${NONE}`],
    ['newer than the server', {enforce: 'restricted', 'enforce-version': 'v1.31'}, `restricted:v1.31 newer-than-server | ${NONE} | restricted:v1.31 absent`],
    ['as new as the server', {enforce: 'restricted', 'enforce-version': 'v1.30'}, `restricted:v1.30 valid | ${NONE} | restricted:v1.30 absent`],
    ['no version to compare with', {enforce: 'restricted', 'enforce-version': 'v1.99'}, `restricted:v1.99 valid | ${NONE} | restricted:v1.99 absent`, null],
    ['misspelt', {enforced: 'restricted'}, `privileged:latest misspelt | ${NONE} | ${NONE}`],
    ['misspelt beside the right one', {enforced: 'restricted', enforce: 'baseline', warn: 'baseline'}, `baseline:latest valid | ${NONE} | baseline:latest valid`],
  ]
  for (const [name, labels, expected, minor] of rows) it(name, () => expect(shown(labels, minor === undefined ? 30 : minor)).to.equal(expected))

  const defaults: Defaults = {enforce: {level: 'baseline', version: 'v1.25'}, audit: {level: 'restricted', version: 'latest'}, warn: {level: 'baseline', version: 'v1.24'}}
  const configured: [string, Record<string, string>, string, number?][] = [
    ['no label: the defaults', {}, 'baseline:v1.25 default default | restricted:latest default default | baseline:v1.24 default default'],
    ['a level alone keeps the version of the default', {enforce: 'baseline', audit: 'baseline'}, 'baseline:v1.25 label default | baseline:latest label default | baseline:v1.24 default default'],
    ['a version alone keeps the level of the default', {'enforce-version': 'v1.29'}, 'baseline:v1.29 default label | restricted:latest default default | baseline:v1.24 default default'],
    ['warn follows an enforce that is stricter than its default', {enforce: 'restricted'}, 'restricted:v1.25 label default | restricted:latest default default | restricted:v1.25 enforce enforce'],
    ['not before 1.26', {enforce: 'restricted'}, 'restricted:v1.25 label default | restricted:latest default default | baseline:v1.24 default default', 25],
    ['and keeps its own version', {enforce: 'restricted', 'warn-version': 'v1.20'}, 'restricted:v1.25 label default | restricted:latest default default | restricted:v1.20 enforce label'],
    ['warn does not follow an enforce as strict as its default', {enforce: 'baseline', 'enforce-version': 'v1.28'}, 'baseline:v1.28 label label | restricted:latest default default | baseline:v1.24 default default'],
    ['a looser label is looser', {enforce: 'privileged', warn: 'privileged'}, 'privileged:v1.25 label default | restricted:latest default default | privileged:v1.24 label default'],
    ['an invalid level does not fall back to the default', {enforce: 'none', audit: 'none'}, 'restricted:v1.25 label default | privileged:latest label default | baseline:v1.24 default default'],
    ['an invalid version is latest, and not the default', {'enforce-version': '1.29'}, 'baseline:latest default label | restricted:latest default default | baseline:v1.24 default default'],
  ]
  for (const [name, labels, expected, minor = 30] of configured) {
    it(`configured: ${name}`, () => {
      const {levels} = readLabels(of(labels), {}, minor, defaults)
      expect(MODES.map(mode => `${levels[mode].level}:${levels[mode].version} ${levels[mode].from.level} ${levels[mode].from.version}`).join(' | ')).to.equal(expected)
    })
  }

  const meant: [string, string | null | undefined][] = [
    [`${P}enforced`, 'enforce'], [`${P}Enforce`, 'enforce'], [`${P}enforce-level`, 'enforce'], [`${P}enfroce`, 'enforce'], [`${P}enforce_version`, 'enforce-version'],
    [`${P}warning`, 'warn'], [`${P}auditing`, 'audit'], [`${P}audit-versions`, 'audit-version'], [`${P}exempt`, null], [`${P}owner`, null],
    ['pod-security.k8s.io/enforce', 'enforce'], ['podsecurity.kubernetes.io/warn-version', 'warn-version'], ['pod-securty.kubernetes.io/audit', 'audit'],
    ['pod-security/enforce', 'enforce'],
    ['podsecurity.example.com/owner', undefined], ['podsecurity.example.com/enforce', undefined], ['enforce', undefined], ['kubernetes.io/metadata.name', undefined],
    ['security.openshift.io/scc.podSecurityLabelSync', undefined], ['policy.kubernetes.io/enforce', undefined], [`${P}enforce`, undefined],
  ]
  for (const [label, expected] of meant) {
    it(`${label} is meant as ${expected}`, () => {
      const mistakes = readLabels({[label]: 'baseline'}, {}, 30).problems.filter(problem => problem.kind === 'misspelt')
      expect(mistakes.map(({meant: one}) => one)).to.deep.equal(expected === undefined ? [] : [expected === null ? null : P + expected])
    })
  }

  it('an annotation of the same name does nothing', () => {
    expect(readLabels({}, {[`${P}enforce`]: 'baseline'}, 30).problems[0]).to.include({kind: 'misspelt', where: 'annotations', mode: 'enforce'})
    expect(readLabels({[`${P}enforce`]: 'baseline'}, {[`${P}enforce`]: 'baseline'}, 30).problems).to.deep.equal([])
  })

  it('guesses what an invalid value was to be', () => {
    const guess = (label: string, value: string): string | null | undefined => {
      const [problem] = readLabels(of({[label]: value}), {}, 30).problems
      return problem?.kind === 'invalid' ? problem.meant : undefined
    }
    expect([guess('enforce', 'Restricted'), guess('enforce', 'restrict'), guess('warn', 'strict'), guess('enforce-version', '1.25'), guess('enforce-version', 'V1.25.3'), guess('enforce-version', 'newest')])
      .to.deep.equal(['restricted', 'restricted', null, 'v1.25', 'v1.25', null])
  })

  it('is quick with a label as long as they come', () => {
    const start = performance.now()
    readLabels({[`${'p'.repeat(250)}/${'e'.repeat(63)}`]: 'x', [`${P}${'enforce'.repeat(9)}`]: 'x'}, {}, 30)
    expect(performance.now() - start).to.be.below(100)
  })
})
