import {expect} from 'chai'
import type {AuditReport} from '../../src/audit/audit-report.js'
import type {ReportSide} from '../../src/audit/compare-reports.js'
import {compareReports, parseReport} from '../../src/audit/compare-reports.js'
import {exitCodeOfComparison, gapsOf} from '../../src/audit/comparison-exit.js'
import type {Finding} from '../../src/audit/finding.js'
import type {Severity} from '../../src/audit/severity.js'
import type {Json} from '../../src/kube/json.js'
import {renderJson} from '../../src/report/audit/json.js'
import {check, finding, resultOf} from '../report/audit/sample.js'

const RAN = [check('policy-carve-out', 'failed')]
const one = (more: Partial<Finding> = {}): Finding => finding('policy-carve-out', {fingerprint: 'k1:1', ...more})

function side(findings: readonly Finding[], checks = RAN, more: Partial<AuditReport> = {}): ReportSide {
  const parsed = parseReport(JSON.parse([...renderJson(resultOf(checks, findings, more))].join('')) as Json)
  if (parsed === null) throw new Error('not understood')
  return parsed
}

const {run, completeness} = resultOf().report
const scoped = (scope: Partial<AuditReport['run']['scope']>): Partial<AuditReport> => ({run: {...run, scope: {...run.scope, ...scope}}})
const ALL = {completeness: {...completeness, complete: true}}
const PART = {completeness: {...completeness, complete: false}}
const hiding = (severity: Severity): ReportSide => ({...side([], RAN, ALL), hidden: new Set([`dual-stack/${severity}`])})
const accepted = {id: 'e1', reason: 'x', until: '2027-01-01'} as unknown as Finding['exemption']

describe('the exit code of a comparison', () => {
  interface Row {
    name: string
    before: ReportSide
    after: ReportSide
    code: number
    failOn?: Severity
    allowIncomplete?: boolean
    isPreview?: boolean
  }
  const clean = side([], RAN, ALL)
  const rows: Row[] = [
    {name: 'nothing on either side', before: clean, after: clean, code: 0},
    {name: 'the same on both sides', before: side([one()], RAN, ALL), after: side([one()], RAN, ALL), code: 0},
    {name: 'fixed', before: side([one()], RAN, ALL), after: clean, code: 0},
    {name: 'new at the threshold', before: clean, after: side([one({severity: 'high'})], RAN, ALL), code: 1},
    {name: 'new below it', before: clean, after: side([one({severity: 'medium'})], RAN, ALL), code: 0},
    {name: 'new below it, with a lower one', before: clean, after: side([one({severity: 'medium'})], RAN, ALL), failOn: 'medium', code: 1},
    {name: 'new, in a check that is not counted yet', before: clean, after: side([one({severity: 'high'})], RAN, ALL), isPreview: true, code: 0},
    {name: 'new and not dangerous yet', before: clean, after: side([one({state: 'latent', severity: 'info', severityWhenActive: 'high'})], RAN, ALL), failOn: 'info', code: 0},
    {name: 'new and accepted', before: clean, after: side([one({severity: 'high', exemption: accepted})], RAN, ALL), code: 0},
    {name: 'latent before, active now', before: side([one({state: 'latent', severity: 'info', severityWhenActive: 'high'})], RAN, ALL), after: side([one({severity: 'high'})], RAN, ALL), code: 1},
    {name: 'accepted before, no longer', before: side([one({severity: 'high', exemption: accepted})], RAN, ALL), after: side([one({severity: 'high'})], RAN, ALL), code: 1},
    {name: 'worse, below the threshold', before: side([one({severity: 'low'})], RAN, ALL), after: side([one({severity: 'medium'})], RAN, ALL), code: 0},
    {name: 'the second one incomplete, with nothing in it', before: clean, after: side([], RAN, PART), code: 3},
    {name: 'the second one incomplete, and something new', before: clean, after: side([one({severity: 'high'})], RAN, PART), code: 1},
    {name: 'the second one incomplete, as somebody allowed', before: clean, after: side([], RAN, PART), allowIncomplete: true, code: 0},
    {name: 'only the first one incomplete', before: side([], RAN, PART), after: clean, code: 0},
    {name: 'a check that the second one lacks', before: clean, after: side([], [], ALL), code: 3},
    ...(['not-requested', 'not-in-input', 'not-served', 'not-observable'] as const).map((reason): Row => (
      {name: `a check of which the second one says ${reason}`, before: clean, after: side([], [check('policy-carve-out', 'skipped', {skip: {reason, resource: 'pods', detail: '', unblock: ''}})], ALL), code: reason === 'not-requested' || reason === 'not-in-input' ? 3 : 0})),
    {name: 'a check of which both say not-requested', before: side([], [check('policy-carve-out', 'skipped', {skip: {reason: 'not-requested', resource: 'pods', detail: '', unblock: ''}})], ALL), after: side([], [check('policy-carve-out', 'skipped', {skip: {reason: 'not-requested', resource: 'pods', detail: '', unblock: ''}})], ALL), code: 0},
    {name: 'a check that neither has answered', before: side([], [check('policy-carve-out', 'not-applicable')], ALL), after: side([], [], ALL), code: 0},
    {name: 'a check that cannot be answered any more', before: side([one()], RAN, ALL), after: side([], [check('policy-carve-out', 'not-applicable')], ALL), code: 0},
    {name: 'one namespace instead of all', before: clean, after: side([], RAN, {...ALL, ...scoped({namespaces: ['a']})}), code: 3},
    {name: 'all namespaces instead of one', before: side([], RAN, {...ALL, ...scoped({namespaces: ['a']})}), after: clean, code: 0},
    {name: 'the same namespace', before: side([], RAN, {...ALL, ...scoped({namespaces: ['a']})}), after: side([], RAN, {...ALL, ...scoped({namespaces: ['a']})}), code: 0},
    {name: 'a namespace left out that was not before', before: clean, after: side([], RAN, {...ALL, ...scoped({excluded: ['kube-*', 'shop-*']})}), code: 3},
    {name: 'findings at the threshold that were not written', before: clean, after: hiding('high'), code: 3},
    {name: 'findings below it that were not written', before: clean, after: hiding('low'), code: 0},
  ]
  for (const {name, before, after, code, failOn = 'high', allowIncomplete = false, isPreview = false} of rows)
    it(`${code}: ${name}`, () => expect(exitCodeOfComparison(compareReports(before, after), {failOn, allowIncomplete, isPreview: () => isPreview})).to.equal(code))

  it('has words for each reason', () => {
    const gaps = gapsOf(compareReports(clean, {...side([], [], {...PART, ...scoped({namespaces: ['a']})}), hidden: new Set(['dual-stack/critical'])}), 'high')
    expect(gaps).to.have.length(4)
    expect(gaps.join('\n')).to.include('policy-carve-out').and.include('--min-severity')
  })
})
