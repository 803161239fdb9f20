import type {AuditReport, AuditResult, CheckResult} from '../../audit/audit-report.js'
import type {CheckMeta} from '../../audit/check.js'
import type {Finding} from '../../audit/finding.js'
import {isIncomplete} from '../../audit/outcome.js'
import type {Topic} from '../../audit/severity.js'
import {SEVERITIES} from '../../audit/severity.js'
import {assumedText} from './heading.js'
import {asciiJson, elements} from './json.js'
import {thousands} from './naming.js'
import {sarifResult, sarifText} from './sarif-result.js'
import {sarifRules} from './sarif-rules.js'
import type {TopicTally} from './shown.js'
import {shownOf, tallyShown, topicsOf} from './shown.js'

/** GitHub refuses a run with more. */
export const MOST_RESULTS = 25_000

/**
 * SARIF 2.1.0 for code scanning, one run per topic. An upload closes every
 * alert of its category that it does not bring, so a topic whose checks could
 * not all look emits no run. Why is said in a run of its own, which never has a
 * result and so never closes one.
 */
export function* renderSarif(result: AuditResult): Generator<string> {
  yield '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": ['
  yield `\n${runHead(result, 'audit', [], auditNotes(result))}]}`
  const tallies = tallyShown(result)
  for (const topic of topicsOf(result)) {
    const tally = tallies.get(topic)
    if (tally === undefined || whyNoRun(result, topic) !== null) continue
    yield `,\n${runHead(result, topic, rulesOf(result, topic, tally), topicNotes(result, topic, tally))}`
    yield* elements(results(result, topic), '    ')
    yield '\n  ]}'
  }
  yield '\n]}\n'
}

function* results(result: AuditResult, topic: Topic): Generator<object> {
  const exemptions = new Map(result.report.exemptions.map(use => [use.id, use]))
  for (const finding of firstOf(shownOf(result, topic), MOST_RESULTS)) yield sarifResult(finding, exemptions)
}

/** The worst come first in a topic, so the cut takes the least. */
function* firstOf(findings: Iterable<Finding>, most: number): Generator<Finding> {
  let count = 0
  for (const finding of findings) {
    if (++count > most) return
    yield finding
  }
}

/** Everything of a run up to its open list of results. */
function runHead({report}: AuditResult, category: string, rules: readonly object[], notes: readonly Note[]): string {
  const driver = {name: report.tool.name, semanticVersion: report.tool.version, rules}
  const invocation = {
    executionSuccessful: !notes.some(({level}) => level === 'error'),
    toolExecutionNotifications: notes.map(({level, text}) => ({level, message: {text: sarifText(text)}})),
  }
  const members = {
    tool: {driver}, automationDetails: {id: `k121/${report.cluster.id}/${categoryOf(report, category)}/`}, columnKind: 'utf16CodeUnits', invocations: [invocation],
    properties: {cluster: report.cluster.name, verdicts: report.summary.verdicts},
  }
  return `  {${asciiJson(members).slice(1, -1)}, "results": [`
}

/** What is only assumed must neither open nor close the alerts of the cluster as it is. */
function categoryOf({cluster: {facts: {families}}}: AuditReport, category: string): string {
  return category === 'dual-stack' && families?.assumed?.isDual === true ? `${category}/assumed-dual` : category
}

function rulesOf({report, metas}: AuditResult, topic: Topic, tally: TopicTally): object[] {
  const own = report.checks.filter(check => check.topic === topic).map(({id}) => metas.get(id)).filter((meta): meta is CheckMeta => meta !== undefined)
  return sarifRules(own, tally.rules)
}

interface Note {
  level: 'error' | 'warning' | 'note'
  text: string
}

function incompleteIn({report}: AuditResult, topic: Topic): CheckResult[] {
  return report.checks.filter(check => check.topic === topic && check.skip !== null && isIncomplete(check.skip.reason))
}

/** Why an upload would close alerts that nobody fixed; null: it would not. */
function whyNoRun(result: AuditResult, topic: Topic): string | null {
  if (incompleteIn(result, topic).length > 0) return 'not all of its checks could look'
  return result.report.run.scope.narrowed.includes(topic) ? 'only some of its checks were chosen' : null
}

function auditNotes(result: AuditResult): Note[] {
  const {namespaces, excluded} = result.report.run.scope
  const assumed = assumedText(result.report)
  return [
    ...topicsOf(result).flatMap((topic): Note[] => {
      const why = whyNoRun(result, topic)
      return why === null ? [] : [{level: incompleteIn(result, topic).length > 0 ? 'error' : 'warning', text: `Topic ${topic} has no run here: ${why}, and an upload would close alerts that nobody fixed.`}]
    }),
    ...(assumed === '' ? [] : [{level: 'note' as const, text: assumed}]),
    ...result.report.checks.filter(({skip}) => skip !== null).map((check): Note => skipNote(check)),
    ...(namespaces === 'all' && excluded.length === 0 ? [] : [{level: 'warning' as const, text: 'Only a part of the namespaces is reported: an upload closes the alerts of the others.'}]),
  ]
}

function skipNote({id, skip}: CheckResult): Note {
  if (skip === null) return {level: 'note', text: id}
  const why = [id, skip.reason, skip.resource, skip.detail].filter(text => text !== '').join(': ')
  return {level: isIncomplete(skip.reason) ? 'error' : 'note', text: `${why.replace(/\.$/, '')}.${skip.unblock === '' ? '' : ` To change that: ${skip.unblock}`}`}
}

function topicNotes({report}: AuditResult, topic: Topic, tally: TopicTally): Note[] {
  const total = tally.active + tally.latent + tally.exempted
  const counts = report.summary.topics[topic]
  const hidden = counts === undefined ? 0 : SEVERITIES.reduce((sum, severity) => sum + counts[severity], counts.latent) - tally.active - tally.latent
  return [
    ...report.checks.filter(check => check.topic === topic && check.skip !== null).map(skipNote),
    ...(hidden <= 0 ? [] : [{level: 'warning' as const, text: `Findings below --min-severity are left out (${thousands(hidden)}): an upload closes their alerts.`}]),
    ...(total <= MOST_RESULTS ? [] : [{level: 'warning' as const, text: `${thousands(total - MOST_RESULTS)} of ${thousands(total)} findings are left out, the least severe: code scanning takes ${thousands(MOST_RESULTS)} a run. All are in -o json.`}]),
  ]
}
