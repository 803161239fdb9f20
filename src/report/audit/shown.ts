import type {AuditResult} from '../../audit/audit-report.js'
import type {Details, Finding} from '../../audit/finding.js'
import type {Topic} from '../../audit/severity.js'
import {TOPICS} from '../../audit/severity.js'
import {hideSecrets} from '../../printable.js'

/**
 * With `shown` for a single one the only door through which findings reach a
 * format: arguments of programs and values of fields may carry a credential,
 * and no format may print one.
 */
export function* shownFindings(result: AuditResult): Generator<Finding> {
  for (const finding of result.findings()) yield shown(finding)
}

/** For who looks at all findings and shows a few. */
export function shown(finding: Finding): Finding {
  return {...finding, message: hideSecrets(finding.message), details: shownDetails(finding.details)}
}

/** Those of one topic. The order is by topic, so nothing is read after its last. */
export function* shownOf(result: AuditResult, topic: Topic): Generator<Finding> {
  const rank = TOPICS.indexOf(topic)
  for (const finding of result.findings()) {
    if (finding.topic === topic) yield shown(finding)
    else if (TOPICS.indexOf(finding.topic) > rank) return
  }
}

function shownDetails(details: Details | null): Details | null {
  if (details === null) return null
  if (details.type === 'exec') return {...details, reasons: details.reasons.map(hideSecrets)}
  if (details.type !== 'pod-security') return details
  const {detail, current, wanted} = details
  return {...details, detail: hideSecrets(detail), current: current === null ? null : hideSecrets(current), wanted: wanted === null ? null : hideSecrets(wanted)}
}

export type FindingState = 'active' | 'latent' | 'exempted'

/** A finding is counted once: as exempted, else as latent, else by its severity. */
export function stateOf({exemption, state}: Finding): FindingState {
  return exemption !== null ? 'exempted' : state
}

export interface TopicTally extends Record<FindingState, number> {
  checks: Map<string, number>
  /** `check/variant`, with `/latent` where such a finding is there. */
  rules: Set<string>
}

/** What formats must know before the first line of a topic. */
export function tallyShown(result: AuditResult): ReadonlyMap<Topic, TopicTally> {
  const tallies = new Map<Topic, TopicTally>(TOPICS.map(topic => [topic, {active: 0, latent: 0, exempted: 0, checks: new Map(), rules: new Set()}]))
  for (const finding of result.findings()) {
    const tally = tallies.get(finding.topic)
    if (tally === undefined) continue
    tally[stateOf(finding)]++
    tally.checks.set(finding.check, (tally.checks.get(finding.check) ?? 0) + 1)
    tally.rules.add(ruleIdOf(finding))
  }
  return tallies
}

/** Rule id of SARIF and policy reports: a latent finding has another severity, so another rule. */
export function ruleIdOf({check, variant, state}: Finding): string {
  return `${check}${variant === '' ? '' : `/${variant}`}${state === 'latent' ? '/latent' : ''}`
}

/** Topics of this audit, in order. */
export function topicsOf({report}: AuditResult): Topic[] {
  return TOPICS.filter(topic => report.checks.some(check => check.topic === topic))
}
