import type {Verdict} from './audit-report.js'

/** From the best that may be said of a topic to the worst. */
const ORDER: readonly Verdict[] = ['closed', 'latent', 'unknown', 'partly', 'open']

export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return ORDER.findLast(verdict => verdicts.includes(verdict)) ?? 'unknown'
}
