import type {Verdict} from './audit-report.js'

/** From the best that may be said of a topic to the worst. */
const ORDER: readonly Verdict[] = ['closed', 'latent', 'unknown', 'partly', 'open']

export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return ORDER.findLast(verdict => verdicts.includes(verdict)) ?? 'unknown'
}

/** Null: there is none. */
export function bestOf(verdicts: readonly Verdict[]): Verdict | null {
  return ORDER.find(verdict => verdicts.includes(verdict)) ?? null
}
