import {expect} from 'chai'
import type {AuditResult} from '../../src/audit/audit-report.js'
import type {Check} from '../../src/audit/check.js'
import {defineCheck} from '../../src/audit/check.js'
import type {Exemption} from '../../src/audit/exemptions.js'
import type {AuditOptions} from '../../src/flows/audit.js'
import type {KubeObject} from '../../src/kube/json.js'
import {incompleteText} from '../../src/report/audit/heading.js'
import {reportFacts} from '../../src/wiring/report-facts.js'
import {object} from '../support/declared-facts.js'
import {declaredSource} from '../support/declared-source.js'
import {wholeAudit} from '../support/whole-audit.js'

const META = {title: 'test', topic: 'exec-credentials', severity: 'high', reads: ['services'], why: 'test', remediation: 'test', references: []} as const

/** Says something of each Service, and only in the end that there is no such danger here. */
const late = defineCheck({
  meta: {...META, id: 'late'},
  create: ({report, notApplicable}) => ({services: service => report({object: service, message: 'said too early'}), end: () => notApplicable('not on this server')}),
})

const EXEMPTION: Exemption = {id: 'e1', check: 'late', namespaces: [], kind: null, name: 'b', fingerprint: null, reason: 'agreed', until: '2099-01-01'}

const OPTIONS: Partial<AuditOptions> = {facts: reportFacts(new Set(['exec-credentials']), '1.30'), topics: ['exec-credentials'], failOn: 'low'}

function run({checks = [late], namespaces = []}: {checks?: readonly Check[]; namespaces?: readonly string[]} = {}): Promise<AuditResult> {
  const source = declaredSource({objects: [object('v1', 'Namespace', 'shop'), object('v1', 'Service', 'shop/a'), object('v1', 'Service', 'shop/b')]})
  return wholeAudit(source, {...OPTIONS, checks, scope: {namespaces, excluded: []}, exemptions: [EXEMPTION], baseline: new Map()})
}

describe('an audit with a check that turns out not to apply', () => {
  it('counts nothing of what it had said: no finding, no exemption used, nothing new against the baseline', async () => {
    const {report, findings} = await run()
    expect([...findings()]).to.deep.equal([])
    expect([report.run.exitCode, report.summary.high, report.summary.exempted]).to.deep.equal([0, 0, 0])
    expect(report.exemptions.map(({status, matches}) => `${status} ${matches}`)).to.deep.equal(['unused 0'])
    expect(report.summary.baseline).to.deep.equal({new: 0, unchanged: 0, fixed: 0, unknown: 0})
  })
})

describe('an audit of namespaces by name', () => {
  const quiet = defineCheck({meta: {...META, id: 'quiet'}, create: () => ({services: () => undefined})})

  it('is closed where they are there', async () => {
    const {report} = await run({checks: [quiet], namespaces: ['shop']})
    expect([report.run.exitCode, report.summary.verdicts['exec-credentials'], report.run.scope.absent]).to.deep.equal([0, 'closed', undefined])
  })

  it('is incomplete where one is not: a misspelt name is no clean namespace', async () => {
    const {report} = await run({checks: [quiet], namespaces: ['shop', 'shpo']})
    expect([report.run.exitCode, report.summary.verdicts['exec-credentials'], report.run.scope.absent]).to.deep.equal([3, 'unknown', ['shpo']])
    expect(incompleteText(report)).to.equal('INCOMPLETE: 1 of 1 check ran. Only namespaces shop, shpo are reported. There is no namespace shpo.\n  what was not looked at, and why: -o table\n')
    expect(incompleteText((await run({checks: [quiet], namespaces: ['shpo', 'shup']})).report)).to.include(' There are no namespaces shpo, shup.')
  })

  const SERVICE = object('v1', 'Service', 'shop/a')
  const files: [name: string, objects: readonly KubeObject[], verdict: string, says: string][] = [
    ['holds its Namespace', [object('v1', 'Namespace', 'shop')], 'closed', ''],
    ['holds something in it, and Namespaces of others', [object('v1', 'Namespace', 'other'), SERVICE], 'closed', ''],
    ['holds nothing of it, and Namespaces of others', [object('v1', 'Namespace', 'other'), object('v1', 'Service', 'other/a')], 'unknown', 'Nothing that was read is in namespace shop.'],
  ]
  for (const [name, objects, verdict, says] of files)
    it(`is ${verdict} where a directory ${name}`, async () => {
      const {report} = await wholeAudit({...declaredSource({objects}), kind: 'files'}, {...OPTIONS, checks: [quiet], scope: {namespaces: ['shop'], excluded: []}})
      expect([report.summary.verdicts['exec-credentials'], report.run.exitCode]).to.deep.equal([verdict, verdict === 'closed' ? 0 : 3])
      expect(incompleteText(report)).to.include(says)
    })
})

describe('coverage of an audit', () => {
  const objects = ['shop', 'bank', 'dev-a'].map(name => object('v1', 'Namespace', name))
  const covered = async (topics: Parameters<typeof reportFacts>[0], scope: AuditOptions['scope']): Promise<string[] | null> => {
    const {report: {coverage}} = await wholeAudit(declaredSource({objects}), {...OPTIONS, facts: reportFacts(topics, '1.30'), scope})
    return coverage === undefined ? null : [...new Set(coverage.flatMap(({namespaces}) => namespaces))].toSorted()
  }

  it('is of the namespaces that are reported', async () => {
    const topics = new Set(['pod-security'] as const)
    expect(await covered(topics, {namespaces: [], excluded: []})).to.deep.equal(['bank', 'dev-a', 'shop'])
    expect(await covered(topics, {namespaces: ['shop'], excluded: []})).to.deep.equal(['shop'])
    expect(await covered(topics, {namespaces: [], excluded: ['dev-*']})).to.deep.equal(['bank', 'shop'])
  })

  it('is not there where nobody asked about pods', async () => {
    expect(await covered(new Set(['exec-credentials'] as const), {namespaces: [], excluded: []})).to.equal(null)
  })
})
