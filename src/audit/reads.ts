import type {ReadKey} from '../kube/resources.js'
import type {Check} from './check.js'
import {readingOrder} from './read-all.js'
import type {Fact} from './fact.js'

/** Everything that these checks and facts read, and what they need reads, in the order of reading. */
export function readsOf(checks: readonly Check[], facts: readonly Fact<unknown>[]): ReadKey[] {
  const reads = new Set<ReadKey>()
  const seen = new Set<string>()
  // As in the engine: what is asked for by itself stands for all of its id.
  const given = new Map(facts.toReversed().map(fact => [fact.id, fact]))
  const visit = (needed: Fact<unknown>): void => {
    if (seen.has(needed.id)) return
    seen.add(needed.id)
    const fact = given.get(needed.id) ?? needed
    fact.reads.forEach(key => reads.add(key))
    fact.needs.forEach(visit)
  }
  facts.forEach(visit)
  for (const {meta, needs} of checks) {
    for (const key of [...meta.reads, ...(meta.alsoReads ?? [])]) reads.add(key)
    needs.forEach(visit)
  }
  return readingOrder([...reads])
}
