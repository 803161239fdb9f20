import type {CheckContext} from '../../audit/check.js'
import type {ReadOutcome} from '../../audit/outcome.js'

/** What a fact could not understand, the check that rests on it did not look at: the engine knows only what the check visits itself. */
export function skipOdd(context: CheckContext, resource: string, {outcome, detail}: ReadOutcome): void {
  if (outcome === 'not-understood') context.skip(outcome, `${resource}: ${detail}`)
}
