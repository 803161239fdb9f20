import type {KubeObject} from '../kube/json.js'
import type {ReadKey} from '../kube/resources.js'
import type {ReadOutcome} from './outcome.js'

export interface FactContext {
  /** How a read of this fact went; only in `end()`. */
  outcome(key: ReadKey): ReadOutcome
  /** A fact named in `needs`: in `end()`, and while rows are looked at that come after all of those that it rests on. */
  fact<T>(fact: Fact<T>): T
}

export type FactVisitor<R extends ReadKey, T> = {[K in R]?: (object: KubeObject) => void} & {end(): T}

/**
 * Something about the cluster that several checks and the report ask for: which
 * families it has, what stands in the way of external IPs. It is gathered from
 * the same stream as the checks, before their `end()`. A fact is never skipped:
 * what could not be read makes its answer say so.
 */
export interface Fact<T> {
  id: string
  reads: readonly ReadKey[]
  needs: readonly Fact<unknown>[]
  create(context: FactContext): FactVisitor<ReadKey, T>
}

export function defineFact<R extends ReadKey, T>(fact: {
  id: string
  reads: readonly R[]
  needs?: readonly Fact<unknown>[]
  create(context: FactContext): FactVisitor<NoInfer<R>, T>
}): Fact<T> {
  return {id: fact.id, reads: fact.reads, needs: fact.needs ?? [], create: context => fact.create(context) as FactVisitor<ReadKey, T>}
}
