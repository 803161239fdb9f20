import {expect} from 'chai'
import type {AuditReport, AuditResult} from '../../src/audit/audit-report.js'
import {compareReports, parseReport} from '../../src/audit/compare-reports.js'
import type {Comparison, ReportSide} from '../../src/audit/compare-reports.js'
import type {Finding} from '../../src/audit/finding.js'
import type {Json} from '../../src/kube/json.js'
import {renderDiff, renderDiffJson} from '../../src/report/audit/diff.js'
import {renderJson} from '../../src/report/audit/json.js'
import {PLAIN} from '../../src/report/audit/options.js'
import {check, finding, resultOf} from '../report/audit/sample.js'

const print = (digit: string): string => `k1:${digit.repeat(32)}`
const one = (digit: string, more: Partial<Finding> = {}): Finding => finding('policy-carve-out', {fingerprint: print(digit), object: {apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: `s${digit}`}, ...more})
const document = (result: AuditResult): Json => JSON.parse([...renderJson(result)].join('')) as Json

function side(findings: readonly Finding[], checks = [check('policy-carve-out', 'failed')], more: Partial<AuditReport> = {}): ReportSide {
  const parsed = parseReport(document(resultOf(checks, findings, more)))
  if (parsed === null) throw new Error('not understood')
  return parsed
}

const counts = (comparison: Comparison): number[] => [comparison.new, comparison.fixed, comparison.unchanged, comparison.unknown].map(list => list.length)
const run = (scope: Partial<AuditReport['run']['scope']>): Partial<AuditReport> => ({run: {...resultOf().report.run, scope: {...resultOf().report.run.scope, ...scope}}})
const skip = {reason: 'partial', resource: 'services', detail: 'stopped at page 3', unblock: ''} as const

describe('comparing two reports', () => {
  it('tells new, fixed and unchanged apart', () => expect(counts(compareReports(side([one('1'), one('2')]), side([one('2'), one('3')])))).to.deep.equal([1, 1, 1, 0]))

  const doubts: [name: string, after: ReportSide, doubt: string][] = [
    ['a check that did not run', side([], []), 'the check did not run'],
    ['a skipped check', side([], [check('policy-carve-out', 'skipped', {skip})]), 'the check did not look at everything: partial: services: stopped at page 3'],
    ['a check that found something and did not see all', side([], [check('policy-carve-out', 'failed', {skip})]), 'the check did not look at everything: partial: services: stopped at page 3'],
    ['a check that does not apply', side([], [check('policy-carve-out', 'not-applicable')]), 'the check did not look at everything: not applicable'],
    ['another namespace', side([], undefined, run({namespaces: ['a']})), 'the namespace was not reported'],
    ['an excluded namespace', side([], undefined, run({excluded: ['sh*']})), 'the namespace was not reported'],
  ]
  for (const [name, after, doubt] of doubts) {
    it(`never calls fixed what was not looked at: ${name}`, () => {
      const comparison = compareReports(side([one('1')]), after)
      expect(counts(comparison)).to.deep.equal([0, 0, 0, 1])
      expect(comparison.unknown[0]?.doubt).to.equal(doubt)
    })
  }

  it('nor what --min-severity may have hidden', () => {
    const hiding = (severity: 'high' | 'low'): ReportSide => {
      const {report, ...rest} = resultOf([check('policy-carve-out', 'failed')], [])
      const topics = {'dual-stack': {...report.summary.topics['dual-stack']!, [severity]: 1}}
      return parseReport(document({...rest, report: {...report, summary: {...report.summary, topics}}}))!
    }
    expect(counts(compareReports(side([one('1')]), hiding('high')))).to.deep.equal([0, 0, 0, 1])
    expect(counts(compareReports(side([one('1')]), hiding('low')))).to.deep.equal([0, 1, 0, 0])
  })

  it('says of a new one that it may be old', () => {
    const [change] = compareReports(side([], []), side([one('1')])).new
    expect(change?.doubt).to.equal('the check did not run')
  })

  it('takes nothing else for a report', () => {
    const others: Json[] = [null, 1, 'x', [], {}, {apiVersion: 'k121.dev/v1', kind: 'AuditReport', clusters: []}, {apiVersion: 'v1', kind: 'AuditReport', clusters: [{}]}, {apiVersion: 'k121.dev/v1', kind: 'AuditReport', clusters: [{findings: [{}]}]}, {apiVersion: 'k121.dev/v1', kind: 'AuditReport', clusters: [{findings: 1}]}]
    for (const given of others) expect(parseReport(given), JSON.stringify(given)).to.equal(null)
  })
})

describe('a comparison', () => {
  const before = side([one('1'), one('2', {state: 'latent', severity: 'info', severityWhenActive: 'high'}), one('4'), finding('exec-flux', {fingerprint: print('5'), message: 'Runs x --token hunter2hunter2.'})], [check('policy-carve-out', 'failed'), check('exec-flux', 'failed')])
  const after = side([one('2'), one('3', {message: 'New\u001b one.'}), one('4')], [check('policy-carve-out', 'failed'), check('exec-flux', 'skipped', {skip: {...skip, reason: 'forbidden'}})])
  const comparison = compareReports(before, after)

  it('is shown with what became worse, and why something is unknown', () => {
    const text = renderDiff(comparison, PLAIN)
    expect(text).to.include('1 new, 1 fixed, 2 unchanged, 1 unknown. 1 unchanged finding became worse.')
    expect(text).to.match(/^new +HIGH +policy-carve-out +shop\/service\/s3$/m).and.match(/^worse +HIGH .*s2$/m).and.match(/^fixed +HIGH .*s1$/m).and.match(/^unknown +HIGH +exec-flux/m)
    expect(text).to.include('Was latent before.').and.include('May still be there').and.include(String.raw`New\u{1b} one.`).and.not.match(/^unchanged/m).and.not.include('hunter2')
    expect(renderDiff(comparison, {...PLAIN, isFull: true})).to.match(/^unchanged +HIGH .*s4$/m)
  })

  it('says of which cluster nothing is known, and claims no second one', () => {
    const of = (id: string): ReportSide => ({...before, cluster: {...before.cluster, id}})
    const rows: [string, string, RegExp][] = [['a', 'a', /0 unknown\.$/m], ['a', 'b', /These are two clusters/], ['a', 'offline', /The second report does not tell of which cluster it is/], ['offline', 'b', /The first report does not/], ['offline', 'offline', /0 unknown\.$/m]]
    for (const [first, second, expected] of rows) expect(renderDiff(compareReports(of(first), of(second)), {...PLAIN, width: 200}), `${first} ${second}`).to.match(expected)
  })

  it('is a document', () => {
    const parsed = JSON.parse(renderDiffJson(comparison)) as {kind: string; summary: object; new: {doubt?: string}[]; unchanged: {stateBefore: string}[]; unknown: {doubt: string}[]}
    expect([parsed.kind, parsed.summary]).to.deep.equal(['AuditComparison', {new: 1, fixed: 1, unchanged: 2, unknown: 1}])
    expect(parsed.unchanged.map(({stateBefore}) => stateBefore)).to.deep.equal(['latent', 'active'])
    expect(parsed.unknown[0]?.doubt).to.include('forbidden')
    expect(renderDiffJson(compareReports(side([]), side([])))).to.match(/^[ -~\n]*$/)
    expect(JSON.parse(renderDiffJson(compareReports(side([]), side([]))))).to.deep.include({new: [], fixed: []})
  })
})
