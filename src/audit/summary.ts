import type {CheckResult, GoneFinding, Summary, Verdict} from './audit-report.js'
import type {Collector} from './collect.js'
import type {Ending} from './engine.js'
import {ENDPOINTS, isEndpoint, resourceName, rowOf} from '../kube/resources.js'
import type {ReadKey} from '../kube/resources.js'
import type {ReadOutcome} from './outcome.js'
import {isIncomplete} from './outcome.js'
import type {Severity, Topic} from './severity.js'
import {SEVERITIES, TOPICS} from './severity.js'
import type {Tally} from './tally.js'
import {add, newTally, unaccepted} from './tally.js'
import {worstOf} from './verdict.js'

/** `services`, `validatingpolicies.policies.kyverno.io`, `/metrics`; a part of a resource also has its row's name: `pods (control-plane-pods)`. */
export function readName(key: ReadKey): string {
  if (isEndpoint(key)) return ENDPOINTS[key].path === '' ? key : ENDPOINTS[key].path
  const row = rowOf(key)
  return row.only === undefined && row.follows === undefined ? resourceName(row) : `${resourceName(row)} (${key})`
}

export function checkResult({check, looked, skip, notApplicable}: Ending, collector: Collector, wayOut: (reason: string, key: ReadKey | null) => string): CheckResult {
  const {meta} = check
  const isFailed = notApplicable === null && unaccepted(collector.tallyOf(meta.id)) > 0
  return {
    id: meta.id, topic: meta.topic, looked,
    status: notApplicable !== null ? 'not-applicable' : isFailed ? 'failed' : skip === null ? 'passed' : 'skipped',
    skip: skip === null ? null : {
      reason: skip.reason, resource: skip.key === null ? '' : readName(skip.key), detail: skip.detail,
      unblock: skip.unblock === '' ? wayOut(skip.reason, skip.key) : skip.unblock,
    },
    detail: notApplicable ?? '', isPreview: meta.isPreview === true,
  }
}

export interface SummaryInput {
  checks: readonly CheckResult[]
  collector: Collector
  gone: readonly GoneFinding[]
  /** Null without a baseline. */
  known: {new: number; unchanged: number} | null
  /** The best that may be said of a topic, whatever its checks found. */
  verdicts: Partial<Record<Topic, Verdict>>
  /** Topics of which only some checks ran: what the others would have found is unknown. */
  narrowed: readonly Topic[]
}

export function summarise({checks, collector, gone, known, verdicts, narrowed}: SummaryInput): Summary {
  const applicable = checks.filter(check => check.status !== 'not-applicable')
  const total = newTally()
  for (const {id} of applicable) add(total, collector.tallyOf(id))
  const topics = TOPICS.filter(topic => checks.some(check => check.topic === topic))
  const summary: Summary = {...total, verdicts: {}, topics: {}, baseline: null}
  for (const topic of topics) {
    const own = checks.filter(check => check.topic === topic)
    const tally = tallyOf(own, collector)
    summary.topics[topic] = {...severitiesOf(tally), latent: tally.latent, skipped: own.filter(check => check.skip !== null).length}
    summary.verdicts[topic] = worstOf([verdictOf(own, tally), verdicts[topic] ?? 'closed', narrowed.includes(topic) ? 'unknown' : 'closed'])
  }
  if (known !== null) {
    const count = (state: 'fixed' | 'unknown'): number => gone.filter(one => one.state === state).length
    summary.baseline = {...known, fixed: count('fixed'), unknown: count('unknown')}
  }
  return summary
}

function tallyOf(checks: readonly CheckResult[], collector: Collector): Tally {
  const tally = newTally()
  for (const {id, status} of checks) if (status !== 'not-applicable') add(tally, collector.tallyOf(id))
  return tally
}

function severitiesOf(tally: Tally): Record<Severity, number> {
  return Object.fromEntries(SEVERITIES.map(severity => [severity, tally[severity]])) as Record<Severity, number>
}

/** Never `closed` while a check was skipped: what was not looked at is not clean. What was found stands: `partly` is the least that may be said then. */
export function verdictOf(checks: readonly CheckResult[], tally: Tally): Verdict {
  if (tally.critical + tally.high > 0) return 'open'
  if (tally.medium + tally.low > 0) return 'partly'
  if (checks.some(check => check.skip !== null)) return 'unknown'
  return tally.latent > 0 ? 'latent' : 'closed'
}

/**
 * Whether something that was asked for is missing: rows and checks alike. Paths
 * outside the API's resources (flags, metrics) are one of several roads to one
 * answer, and managed control planes hide them for good: they never count.
 */
export function isComplete(checks: readonly CheckResult[], outcomes: ReadonlyMap<ReadKey, ReadOutcome>): boolean {
  return !checks.some(({skip}) => skip !== null && isIncomplete(skip.reason)) && ![...outcomes].some(([key, {outcome}]) => !isEndpoint(key) && isIncomplete(outcome))
}
