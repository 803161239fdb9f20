import {gzipSync} from 'node:zlib'
import {expect} from 'chai'
import type {AuditResult} from '../../../src/audit/audit-report.js'
import {CHECKS} from '../../../src/checks/registry.js'
import {sarifRules} from '../../../src/report/audit/sarif-rules.js'
import {objectUri, fileUri, sarifText} from '../../../src/report/audit/sarif-result.js'
import {MOST_RESULTS, renderSarif} from '../../../src/report/audit/sarif.js'
import {violations} from '../../support/json-schema.js'
import {sarifSchema} from '../../support/sarif-schema.js'
import {manyFindings} from './many.js'
import {HOSTILE, METAS, check, resultOf} from './sample.js'

interface Result {
  ruleId: string
  level: string
  message: {text: string}
  locations: [{physicalLocation: {artifactLocation: {uri: string}; region: Record<string, number>}; logicalLocations: object[]}]
  partialFingerprints: {primaryLocationLineHash: string}
}
interface Rule {
  id: string
  shortDescription: {text: string}
  fullDescription: {text: string}
  help: {text: string; markdown: string}
  properties: {'security-severity': string; tags: string[]}
}
interface Run {
  tool: {driver: {rules: Rule[]}}
  automationDetails: {id: string}
  invocations: [{executionSuccessful: boolean; toolExecutionNotifications: {level: string; message: {text: string}}[]}]
  results: Result[]
}

const log = (result: AuditResult = resultOf()): {version: string; runs: Run[]} => JSON.parse([...renderSarif(result)].join('')) as {version: string; runs: Run[]}
const notes = (run: Run | undefined): string => run?.invocations[0].toolExecutionNotifications.map(({message}) => message.text).join('\n') ?? ''

/** Code scanning takes no larger upload, compressed. */
const MOST_BYTES = 10 * 1024 * 1024

describe('SARIF', () => {
  describe('against the schema of SARIF 2.1.0', () => {
    const schema = sarifSchema()
    const first = log().runs.find(({results}) => results.length > 0)!
    const withResult = (more: object): object => ({...log(), runs: [{...first, results: [{...first.results[0], ...more}]}]})

    const sound: [name: string, result: AuditResult][] = [
      ['findings of every kind', resultOf()],
      ['checks that could not look', resultOf(METAS.map(({id}) => check(id, 'skipped', {skip: {reason: 'forbidden', resource: 'pods', detail: HOSTILE, unblock: ''}})), [])],
      ['nothing found', resultOf(METAS.map(({id}) => check(id, 'passed')), [])],
      ['more findings than fit', manyFindings(MOST_RESULTS + 1)],
    ]
    for (const [name, result] of sound) it(`${name}: valid`, () => expect(violations(schema, log(result))).to.deep.equal([])).timeout(60_000)

    const broken: [name: string, given: object][] = [
      ['another version', {...log(), version: '2.0.0'}],
      ['a run without a tool', {...log(), runs: [{results: []}]}],
      ['a level of another scale', withResult({level: 'critical'})],
      ['a message that is a text', withResult({message: 'claims'})],
      ['a key that SARIF has not', withResult({severity: 'high'})],
      ['a line zero', withResult({locations: [{physicalLocation: {artifactLocation: {uri: 'a'}, region: {startLine: 0}}}]})],
      ['a path with a space', withResult({locations: [{physicalLocation: {artifactLocation: {uri: 'a b'}}}]})],
      ['two rules alike', {...log(), runs: [{...first, tool: {driver: {...first.tool.driver, rules: [first.tool.driver.rules[0], first.tool.driver.rules[0]]}}}]}],
    ]
    for (const [name, given] of broken) it(`${name}: refused`, () => expect(violations(schema, given)).to.not.deep.equal([]))
  })

  it('is no larger, compressed, than an upload may be, and as many results as a run may have', () => {
    const text = [...renderSarif(manyFindings(MOST_RESULTS))].join('')
    expect(gzipSync(text).length).to.be.below(MOST_BYTES)
  }).timeout(60_000)

  it('names a finding by the same rule, path and fingerprint whenever it is found', () => {
    const later = resultOf()
    const {run, cluster} = later.report
    const moved = {...later, report: {...later.report, run: {...run, startedAt: '2027-01-01T00:00:00.000Z', durationMs: 1}, cluster: {...cluster, name: 'renamed'}}}
    const identities = (result: AuditResult): unknown[] => log(result).runs.flatMap(({automationDetails, results}) =>
      results.map(({ruleId, locations, partialFingerprints}) => [automationDetails.id, ruleId, locations, partialFingerprints]))
    expect(identities(moved)).to.deep.equal(identities(resultOf()))
  })

  it('every check of the registry is described within the limits of a rule', () => {
    for (const rule of sarifRules(CHECKS.map(({meta}) => meta), new Set()) as Rule[]) {
      expect(rule.shortDescription.text, rule.id).to.have.length.within(1, 1024)
      expect(rule.fullDescription.text, rule.id).to.have.length.within(1, 1024).and.not.match(/…$/)
      expect(Number(rule.properties['security-severity']), rule.id).to.be.within(0.1, 10)
      expect(rule.help.text, rule.id).to.not.equal('')
      expect(rule.help.markdown, rule.id).to.not.equal('')
    }
  })

  it('keeps what GitHub asks of every run, rule and result', () => {
    const {runs} = log()
    expect(runs.length).to.be.at.most(20)
    for (const {tool, results} of runs) {
      const ids = tool.driver.rules.map(({id}) => id)
      expect(new Set(ids).size).to.equal(ids.length)
      for (const rule of tool.driver.rules) {
        expect(Number(rule.properties['security-severity'])).to.be.within(0.1, 10)
        expect(Math.max(rule.shortDescription.text.length, rule.fullDescription.text.length)).to.be.at.most(1024)
        expect(rule.properties.tags).to.include('security').and.have.length.at.most(10)
      }
      for (const {ruleId, level, message, locations, locations: [{physicalLocation: {artifactLocation, region}}], partialFingerprints} of results) {
        expect(ids).to.include(ruleId)
        expect(level).to.be.oneOf(['note', 'warning', 'error'])
        expect(message.text).to.not.equal('')
        expect(locations).to.have.length(1)
        expect(artifactLocation.uri).to.match(/^[\w.%-][\w./%-]*$/)
        expect(region).to.have.all.keys('startLine', 'startColumn', 'endLine', 'endColumn')
        expect(partialFingerprints.primaryLocationLineHash).to.match(/^k1:/)
      }
    }
  })

  it('gives a latent finding a rule of its own, of no weight', () => {
    const rules = log().runs.flatMap(({tool}) => tool.driver.rules)
    expect(rules.find(({id}) => id === 'policy-carve-out/latent')?.properties['security-severity']).to.equal('0.1')
    expect(rules.find(({id}) => id === 'service-external-ip/cluster-dns')?.properties['security-severity']).to.equal('9.5')
  })

  it('has no run for a topic that could not be looked at, and says so where no alert can be closed', () => {
    const {runs} = log()
    expect(runs.map(({automationDetails}) => automationDetails.id.split('/')[2])).to.deep.equal(['audit', 'pod-security', 'external-ips', 'dual-stack'])
    expect(runs[0]?.results).to.deep.equal([])
    expect(runs[0]?.invocations[0].executionSuccessful).to.equal(false)
    expect(notes(runs[0])).to.include('Topic exec-credentials has no run').and.include('exec-argocd: forbidden: secrets: the server answered 403. To change that: kubectl k121 rbac --include-secrets')
  })

  it('has no run for a topic of which only some checks were chosen', () => {
    const whole = resultOf()
    const {run} = whole.report
    const {runs} = log({...whole, report: {...whole.report, run: {...run, scope: {...run.scope, narrowed: ['pod-security']}}}})
    expect(runs.map(({automationDetails}) => automationDetails.id.split('/')[2])).to.deep.equal(['audit', 'external-ips', 'dual-stack'])
    expect(notes(runs[0])).to.include('Topic pod-security has no run here: only some of its checks were chosen')
  })

  it('keeps the run where nothing can be changed by asking again', () => {
    const result = resultOf([check('exec-flux', 'skipped', {skip: {reason: 'not-requested', resource: 'secrets', detail: '', unblock: '--include-secrets'}})], [])
    expect(log(result).runs.map(({invocations: [one]}) => one.executionSuccessful)).to.deep.equal([true, true])
    expect(notes(log(result).runs[1])).to.include('--include-secrets')
  })

  it('says that findings below a severity are left out, which closes their alerts', () => {
    const whole = resultOf()
    const few = log({...whole, findings: () => [...whole.findings()].filter(({severity}) => severity === 'critical')})
    expect(few.runs.map(notes).join(' ')).to.match(/Findings below --min-severity are left out \(\d+\): an upload closes their alerts/)
    expect(log().runs.map(notes).join(' ')).to.not.include('--min-severity')
  })

  it('gives up the least severe beyond 25,000, with words', () => {
    const [, run] = log(manyFindings(MOST_RESULTS + 3)).runs
    expect(run?.results).to.have.length(MOST_RESULTS)
    expect(notes(run)).to.include('3 of 25,003 findings are left out')
  })

  const texts: [name: string, given: string, wanted: string][] = [
    ['brackets of paths stay', 'spec.a[0]', 'spec.a[0]'],
    ['a link is none', '[a](http://x)', String.raw`\[a\](http://x)`],
    ['a placeholder is none', 'a {0} b', 'a {{0}} b'],
    ['braces that are no placeholder stay', '{a}', '{a}'],
    ['control characters are visible', 'a\u001b', String.raw`a\u{1b}`],
  ]
  for (const [name, given, wanted] of texts) it(`text: ${name}`, () => expect(sarifText(given)).to.equal(wanted))

  const ref = (kind: string, apiVersion: string, namespace: string, name: string) => ({kind, apiVersion, namespace, name})
  const uris: [given: ReturnType<typeof ref>, wanted: string][] = [
    [ref('Service', 'v1', 'a', 'b'), 'k8s/a/services/b.yaml'],
    [ref('NetworkPolicy', 'networking.k8s.io/v1', 'a', 'b'), 'k8s/a/networkpolicies.networking.k8s.io/b.yaml'],
    [ref('ClusterRole', 'rbac.authorization.k8s.io/v1', '', 'system:x'), 'k8s/_cluster/clusterroles.rbac.authorization.k8s.io/system%3Ax.yaml'],
    [ref('Box', 'example.org/v1', '..', '../../etc'), 'k8s/%2E%2E/boxes.example.org/..%2F..%2Fetc.yaml'],
    [ref('Service', 'v1', 'a', '\ud800'), 'k8s/a/services/%EF%BF%BD.yaml'],
  ]
  for (const [given, wanted] of uris) it(`path of ${wanted}`, () => expect(objectUri(given)).to.equal(wanted))

  const files: [given: string, wanted: string][] = [
    ['./a b/c#d.yaml', 'a%20b/c%23d.yaml'], ['/abs/x.yaml', 'file:///abs/x.yaml'], [String.raw`C:\x\y.yaml`, 'file:///C:/x/y.yaml'], [String.raw`sub\y.yaml`, 'sub/y.yaml'], ['../up.yaml', '../up.yaml'],
  ]
  for (const [given, wanted] of files) it(`file ${given}`, () => expect(fileUri(given)).to.equal(wanted))
})
