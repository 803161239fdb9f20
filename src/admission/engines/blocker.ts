import type {BlockerInfo} from '../../audit/audit-report.js'
import type {ObjectRef} from '../../audit/finding.js'
import type {ReadKey} from '../../kube/resources.js'
import type {Outcome, ReadOutcome} from '../../audit/outcome.js'
import type {Reach} from '../webhook-reach.js'
import type {Webhook} from '../webhooks.js'
import {shortList} from '../../kube/short-list.js'

/** What one blocker does to one road. A gap is a way past it, in a few words. */
export interface Judgement {
  state: BlockerInfo['state']
  gaps: readonly string[]
}

export interface Blocker {
  engine: string
  name: string
  /** What a person would look at and edit, where engine and name do not tell it. */
  object?: ObjectRef
  /** Null: it does not look at that road. */
  spec: Judgement | null
  status: Judgement | null
}

export interface EngineBlockers {
  blockers: readonly Blocker[]
  /** Rows that were not read whole, so there may be more. */
  unread: readonly UnreadRow[]
}

export interface UnreadRow {
  row: ReadKey
  outcome: Outcome
  detail: string
}

export const NO_BLOCKERS: EngineBlockers = {blockers: [], unread: []}

/** An API that is not served holds nothing; any other answer but `complete` hides something. */
export function unreadRow(row: ReadKey, {outcome, detail}: ReadOutcome): UnreadRow[] {
  return isWhole(outcome) ? [] : [{row, outcome, detail}]
}

function isWhole(outcome: Outcome): boolean {
  return outcome === 'complete' || outcome === 'not-served'
}

export function infoOf({engine, name, spec, status}: Blocker): BlockerInfo {
  const {state, gaps} = spec ?? status ?? {state: 'inert', gaps: []}
  return {engine, name, state, coversStatus: status?.state === 'enforcing' || status?.state === 'auditing', gaps}
}

/** The configuration that a webhook stands in; webhooks have names of their own. */
export function configurationOf({configuration, isMutating}: Webhook): ObjectRef {
  return {apiVersion: 'admissionregistration.k8s.io/v1', kind: isMutating ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration', namespace: '', name: configuration}
}

/** Requests do not get to the engine, whatever its policies say; null where they do. */
export function silenced({state, gaps}: Reach): Judgement | null {
  return state === 'calls' ? null : {state: state === 'unknown' ? 'unknown' : 'inert', gaps}
}

/** Nothing that does not enforce has a way past it. */
export function withGaps(judgement: Judgement, gaps: readonly string[]): Judgement {
  return judgement.state === 'enforcing' ? {...judgement, gaps: unique([...judgement.gaps, ...gaps])} : judgement
}

/** Objects that may hold exceptions of an engine, and were not read: nothing of that engine is a whole block. */
export function unreadGap(outcome: ReadOutcome, what: string): string[] {
  return isWhole(outcome.outcome) ? [] : [`${what} not read`]
}

/** Enforcing with an allow-list is enforcing with a gap. */
export function allowListGap(allowed: readonly string[]): string[] {
  if (allowed.length === 0) return []
  return [`lets through ${shortList(allowed, 3)}`]
}

export function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
