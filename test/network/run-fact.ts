import type {Fact} from '../../src/audit/fact.js'
import type {Outcome, ReadOutcome} from '../../src/audit/outcome.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {ENDPOINTS, isEndpoint, isOf, rowOf} from '../../src/kube/resources.js'

export type Outcomes = Partial<Record<ReadKey, Outcome>>

/** Runs a fact, and what it needs, over a few objects; every row was read completely, or as `outcomes` says. */
export function runFact<T>(fact: Fact<T>, objects: readonly KubeObject[], outcomes: Outcomes = {}): T {
  const visitor = fact.create({
    outcome: key => outcomeOf(outcomes[key] ?? 'complete'),
    fact: needed => runFact(needed, objects, outcomes),
  })
  for (const key of fact.reads) {
    if (outcomes[key] !== undefined && !['complete', 'partial'].includes(outcomes[key])) continue
    for (const object of objects) if (isRow(key, object)) visitor[key]?.(object)
  }
  return visitor.end()
}

export function isRow(key: ReadKey, object: KubeObject): boolean {
  return isEndpoint(key) ? object.kind === ENDPOINTS[key].kind : isOf(rowOf(key), object)
}

export function outcomeOf(outcome: Outcome): ReadOutcome {
  return {outcome, scope: 'cluster', oneSnapshot: true, items: 0, detail: ''}
}
