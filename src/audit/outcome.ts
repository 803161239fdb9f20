/** How reading one resource went, and the reasons for which a check is skipped. */
export const OUTCOMES = [
  'complete', 'forbidden', 'unreachable', 'partial', 'not-understood', 'not-served', 'not-requested', 'not-in-input', 'not-observable',
] as const
export type Outcome = (typeof OUTCOMES)[number]
export type SkipReason = Exclude<Outcome, 'complete'>

/** Why nobody looked, in a word or three. */
export const REASONS: Record<SkipReason, string> = {
  forbidden: 'not permitted', unreachable: 'unreachable', partial: 'only in part', 'not-understood': 'not understood',
  'not-served': 'not served', 'not-requested': 'not asked for', 'not-in-input': 'not in the input', 'not-observable': 'not observable',
}

/** In somebody's power to change by asking again with more rights or a better input: exit code 3. */
const INCOMPLETE: readonly Outcome[] = ['forbidden', 'unreachable', 'partial', 'not-understood']

export function isIncomplete(outcome: Outcome): boolean {
  return INCOMPLETE.includes(outcome)
}

/** Of what was not read, the first that somebody can change; else the first. */
export function gravestOf<T extends {outcome: Outcome}>(unread: readonly T[]): T | undefined {
  return unread.find(({outcome}) => isIncomplete(outcome)) ?? unread[0]
}

/** What the report says about one resource: the contract's `completeness.resources[]`. */
export interface ReadOutcome {
  outcome: Outcome
  /** `namespaces`: listed one by one, because the whole was forbidden. */
  scope: 'cluster' | 'namespaces'
  /** False: the list was continued at a newer state, so items may be missed or seen twice. */
  oneSnapshot: boolean
  items: number
  /** One sentence: what was answered, and where it stopped. When complete: what was unusual about reading it, mostly nothing. */
  detail: string
}

export function unread(outcome: SkipReason, detail: string): ReadOutcome {
  return {outcome, scope: 'cluster', oneSnapshot: true, items: 0, detail}
}
