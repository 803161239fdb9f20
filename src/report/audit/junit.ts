import type {AuditResult, CheckResult} from '../../audit/audit-report.js'
import type {Finding} from '../../audit/finding.js'
import {isIncomplete} from '../../audit/outcome.js'
import type {Topic} from '../../audit/severity.js'
import {printable} from '../../printable.js'
import {assumedText} from './heading.js'
import {ruleOf, subjectOf, whereText} from './naming.js'
import type {TopicTally} from './shown.js'
import {shownOf, stateOf, tallyShown, topicsOf} from './shown.js'

/**
 * A suite per topic. A case is a finding, or a check that has none. What could
 * not be looked at is an error; accepted and latent findings, and checks that
 * do not apply, are skipped.
 */
export function* renderJunit(result: AuditResult): Generator<string> {
  const tallies = tallyShown(result)
  const suites = topicsOf(result).map(topic => suiteOf(result, topic, tallies.get(topic)))
  const sum = (field: keyof Counts): number => suites.reduce((total, suite) => total + suite.counts[field], 0)
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  yield `<testsuites name="${xml([`kubectl k121 audit ${result.report.cluster.name}`, assumedText(result.report)].filter(text => text !== '').join('. '))}"${counts({tests: sum('tests'), failures: sum('failures'), errors: sum('errors'), skipped: sum('skipped')})} time="${(result.report.run.durationMs / 1000).toFixed(3)}">\n`
  for (const {topic, cases, counts: own} of suites) {
    yield `  <testsuite name="${topic}"${counts(own)}>\n`
    for (const one of cases) yield testCase(topic, one)
    for (const finding of shownOf(result, topic)) yield testCase(topic, findingCase(finding))
    yield '  </testsuite>\n'
  }
  yield '</testsuites>\n'
}

interface Counts {
  tests: number
  failures: number
  errors: number
  skipped: number
}

interface Case {
  name: string
  /** Null: passed. */
  outcome: 'failure' | 'error' | 'skipped' | null
  type: string
  message: string
  body: string
}

function suiteOf({report}: AuditResult, topic: Topic, tally: TopicTally | undefined): {topic: Topic; cases: Case[]; counts: Counts} {
  const cases = report.checks.filter(check => check.topic === topic).flatMap(check => checkCases(check, tally?.checks.get(check.id) ?? 0))
  const {active = 0, latent = 0, exempted = 0} = tally ?? {}
  const count = (outcome: Case['outcome']): number => cases.filter(one => one.outcome === outcome).length
  return {topic, cases, counts: {tests: cases.length + active + latent + exempted, failures: active, errors: count('error'), skipped: count('skipped') + latent + exempted}}
}

function checkCases({id, status, skip, detail}: CheckResult, findings: number): Case[] {
  const named = (outcome: Case['outcome'], type: string, message: string, body = ''): Case => ({name: id, outcome, type, message, body})
  const own = skip === null ? [] : [named(isIncomplete(skip.reason) ? 'error' : 'skipped', skip.reason, [skip.resource, skip.detail].filter(text => text !== '').join(': '), skip.unblock)]
  if (status === 'passed' && skip === null) return [named(null, '', '')]
  if (status === 'not-applicable') return [named('skipped', 'not-applicable', detail)]
  // Failed, and every finding hidden: the check must not vanish.
  return status === 'failed' && findings === 0 ? [...own, named('skipped', 'below-severity', 'its findings are below the severity that was asked for')] : own
}

function findingCase(finding: Finding): Case {
  const state = stateOf(finding)
  const type = state === 'active' ? finding.severity : state
  const lines = [finding.path, ...(finding.source === null ? [] : [`${finding.source.file}:${finding.source.line}:${finding.source.column}`]), finding.fix === null ? '' : `To do: ${finding.fix.text}`]
  return {
    name: `${ruleOf(finding)} ${whereText(subjectOf(finding))}${finding.path === '' ? '' : ` ${finding.path}`}`,
    outcome: state === 'active' ? 'failure' : 'skipped', type,
    message: state === 'exempted' ? `accepted by ${finding.exemption}: ${finding.message}` : finding.message,
    body: lines.filter(line => line !== '').join('\n'),
  }
}

function testCase(topic: Topic, {name, outcome, type, message, body}: Case): string {
  const head = `    <testcase classname="k121.${topic}" name="${xml(name)}"`
  if (outcome === null) return `${head}/>\n`
  return `${head}><${outcome} message="${xml(message)}" type="${xml(type)}">${body.split('\n').map(xml).join('\n')}</${outcome}></testcase>\n`
}

function counts({tests, failures, errors, skipped}: Counts): string {
  return ` tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`
}

/** `printable` has made the characters visible that XML 1.0 forbids; two code points remain. */
function xml(text: string): string {
  const entities: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;'}
  return printable(text).replace(/[&<>"']/g, character => entities[character] ?? '').replace(/[\ufffe\uffff]/g, '\ufffd')
}
