import {expect} from 'chai'
import type {AuditReport, AuditResult, CheckResult} from '../../../src/audit/audit-report.js'
import type {Finding} from '../../../src/audit/finding.js'
import {SEVERITIES} from '../../../src/audit/severity.js'
import {PLAIN} from '../../../src/report/audit/options.js'
import type {RenderOptions} from '../../../src/report/audit/options.js'
import {renderScreen} from '../../../src/report/audit/table.js'
import {displayWidth} from '../../../src/report/table.js'
import {METAS, check, finding, resultOf} from './sample.js'

const screen = (result: AuditResult, options: Partial<RenderOptions> = {}): string => [...renderScreen(result, {...PLAIN, ...options})].join('')
const clean = (checks: readonly CheckResult[], findings: readonly Finding[] = [], more: Partial<AuditReport> = {}): AuditResult =>
  resultOf(checks, findings, {completeness: {complete: true, resources: []}, exemptions: [], upgrade: [], ...more})
const passed = METAS.map(({id}) => check(id, 'passed'))
const skipped = (id: string, more: Partial<NonNullable<CheckResult['skip']>> = {}): CheckResult =>
  check(id, 'skipped', {skip: {reason: 'forbidden', resource: 'secrets', detail: '', unblock: 'kubectl k121 rbac --include-secrets', ...more}})

/** A rule each, of all severities. */
const MANY = Array.from({length: 300}, (_, index) => ({...finding('policy-carve-out', {object: {apiVersion: 'v1', kind: 'Service', namespace: 'n', name: `${'long-name-'.repeat(12)}${index}`}}), check: `rule-${index}`, severity: SEVERITIES[index % 5] ?? 'info'}))

describe('the screen of an audit', () => {
  for (const width of [60, 80, 120]) {
    it(`fits into ${width} columns, but for commands to copy`, () => {
      for (const result of [resultOf(), clean(passed), clean(passed.slice(0, 1), MANY)])
        for (const line of screen(result, {width, showPassed: true}).split('\n')) if (!/(?:-> |Next: )kubectl/.test(line)) expect(displayWidth(line), line).to.be.at.most(width)
    })
  }

  it('says that all ran and nothing was found', () => expect(screen(clean(passed))).to.include('8 of 8 checks ran').and.include('Nothing found.\n').and.not.include('NOT LOOKED AT'))

  it('tells of what is latent the grave first, and how grave it is where many are one row', () => {
    const latent = (variant: string, index: number, severity: 'high' | 'low'): Finding => ({
      ...finding('policy-carve-out', {variant, state: 'latent', object: {apiVersion: 'v1', kind: 'Service', namespace: 'n', name: `${variant}-${index}`}}), severity: 'info', severityWhenActive: severity,
    })
    const text = screen(clean(passed, [...[0, 1, 2, 3].map(index => latent('a', index, 'low')), latent('b', 0, 'high')]))
    expect(text.indexOf('policy-carve-out/b')).to.be.above(0).and.below(text.indexOf('policy-carve-out/a'))
    expect(text).to.match(/; low once it matters\. First: n\/service\/a-0/)
  })

  it('keeps a name rather than its kind, and says that a preview is one however long its rule', () => {
    const one = {...finding('psp-leftovers', {object: {apiVersion: 'v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'web-egress'}}), variant: 'a-variant-with-a-name-as-long-as-they-come'}
    const text = screen(clean(passed, [one]))
    expect(text).to.match(/ shop\/…\/web-egress\n +Preview: Says psp-leftovers/)
    expect(screen(clean(passed, [one]), {width: 160})).to.match(/ \(preview\) +shop\/networkpolicy\/web-egress\n +Says psp-leftovers/)
  })

  it('never calls clean what was not looked at', () => {
    expect(screen(clean([skipped('exec-flux'), ...passed.slice(0, 2)]))).to.include('Nothing found by the 2 checks that ran. The others may hide something.')
    expect(screen(clean([skipped('exec-flux')]))).to.include('Nothing was looked at, so nothing is known.')
  })

  it('says INCOMPLETE where it is, and first what can be changed', () => {
    const checks = [skipped('exec-flux', {reason: 'not-observable'}), skipped('exec-argocd'), check('policy-carve-out', 'passed')]
    expect(screen(resultOf(checks, []))).to.include('INCOMPLETE: 1 of 3 checks ran, 1 not permitted, 1 not observable.')
    expect(screen(clean(checks))).to.not.include('INCOMPLETE')
  })

  it('tells checks together that one right would let run', () => {
    const text = screen(clean([skipped('exec-flux'), skipped('exec-argocd', {resource: 'pods'}), skipped('policy-carve-out', {unblock: ''})]))
    expect(text).to.match(/^2 checks +secrets, pods: not permitted\n +-> kubectl k121 rbac --include-secrets$/m).and.match(/^policy-carve-out +secrets: not permitted$/m)
  })

  it('ends with what to do next, and with nothing where there is nothing', () => {
    const result = clean([skipped('exec-flux')])
    const of = (namespaces: 'all' | string[]): string => screen({...result, report: {...result.report, run: {...result.report.run, source: 'live', scope: {...result.report.run.scope, namespaces, excluded: []}}}})
    expect(of('all')).to.match(/\nNext: kubectl k121 rbac --include-secrets\nOr: the same again with -n NAMESPACE, for what you may read\n$/)
    expect(of(['shop'])).to.match(/\nNext: kubectl k121 rbac --include-secrets\n$/)
    expect(screen(clean([check('exec-flux', 'passed')]))).to.match(/\nNext: the same again with --show-passed\n$/)
    expect(screen(clean([skipped('exec-flux', {unblock: ''})]))).to.not.include('Next:')
  })

  for (const [durationMs, text] of [[90, '0.1 s'], [9960, '10 s'], [119_400, '119 s'], [119_600, '2 min 0 s'], [179_600, '3 min 0 s'], [3_725_000, '62 min 5 s']] as const)
    it(`says ${durationMs} ms as ${text}`, () => {
      const result = clean([check('policy-carve-out', 'passed')])
      expect(screen({...result, report: {...result.report, run: {...result.report.run, durationMs}}}).split('\n').slice(0, 4).join(' ')).to.match(new RegExp(`\\. ${text}(?= |$)`))
    })

  it('shows the worst and counts the rest', () => {
    const text = screen(clean([check('policy-carve-out', 'failed')], MANY))
    expect(text).to.include('48 critical, 60 high, 60 medium, 60 low, 60 info more: --full')
    expect(screen(clean([check('policy-carve-out', 'failed')], MANY), {isFull: true}).split('\n').filter(line => / rule-\d+ /.test(line))).to.have.length(300)
  })

  it('says what was unusual about reading a list', () => {
    const list = {resource: 'pods', outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: 3} as const
    const of = (detail: string): string => screen(clean([check('policy-carve-out', 'passed')], [], {completeness: {complete: true, resources: [{...list, detail}]}}))
    expect(of('its objects are so large')).to.include('\npods: its objects are so large.\n')
    expect(of('')).to.not.include('pods:')
  })

  it('keeps the end of a long name, where names differ', () => expect(screen(clean([], MANY.slice(0, 1)))).to.match(/n\/…\/long.*….*-0$/m))

  it('says how many --min-severity hides', () => {
    const {report, ...rest} = clean([check('policy-carve-out', 'failed')])
    expect(screen({...rest, report: {...report, summary: {...report.summary, low: 12}}})).to.include('Nothing to show: 12 findings below --min-severity.')
  })

  it('shows what passed when asked', () => {
    const result = clean([check('policy-carve-out', 'passed'), check('exec-flux', 'not-applicable', {detail: 'no such\u001b API'})])
    expect(screen(result)).to.not.include('RESULT')
    expect(screen(result, {showPassed: true})).to.match(/^passed +policy-carve-out +looked at 7 objects$/m).and.include(String.raw`no such\u{1b} API`)
  })

  it('colours only when asked, and only by severity and verdict', () => {
    expect(screen(resultOf())).to.not.include('\u001b')
    const coloured = screen(resultOf(), {isColoured: true})
    expect(coloured).to.include('\u001b[1;31mCRITICAL\u001b[0m').and.include('\u001b[31mopen\u001b[0m')
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replace(/\u001b\[[\d;]+m/g, '')).to.equal(screen(resultOf()))
  })
})
