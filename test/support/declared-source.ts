import type {ReadOutcome, SkipReason} from '../../src/audit/outcome.js'
import {unread} from '../../src/audit/outcome.js'
import type {ClusterSource} from '../../src/audit/source.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {isEndpoint, isOf, rowOf} from '../../src/kube/resources.js'
import {nameOf, namespaceOf} from '../../src/kube/object.js'

export interface DeclaredCluster {
  objects: readonly KubeObject[]
  /** Rows that were not read, and why; all others are complete. */
  unread?: Partial<Record<ReadKey, SkipReason>>
  /** Answers of endpoint rows. */
  endpoints?: Partial<Record<ReadKey, KubeObject>>
  /** Objects a page. */
  page?: number
}

/** A cluster that a test writes down: no server and no file, the same port. */
export function declaredSource({objects, unread: missing = {}, endpoints = {}, page = 2}: DeclaredCluster): ClusterSource & {asked: ReadKey[]} {
  const asked: ReadKey[] = []
  return {
    kind: 'live', asked,
    async *read({key, refs}) {
      asked.push(key)
      const reason = missing[key]
      if (reason !== undefined && reason !== 'partial') return unread(reason, `${key}: ${reason}`)
      const found = isEndpoint(key)
        ? [endpoints[key]].filter(answer => answer !== undefined)
        : objects.filter(object => isOf(rowOf(key), object) && (refs === undefined || refs.some(ref => ref.namespace === namespaceOf(object) && ref.name === nameOf(object))))
      if (isEndpoint(key) && found.length === 0) return unread('not-served', 'the declared cluster has no such endpoint')
      for (let at = 0; at < found.length; at += page) yield found.slice(at, at + page)
      const outcome: ReadOutcome = {outcome: reason ?? 'complete', scope: 'cluster', oneSnapshot: true, items: found.length, detail: reason === undefined ? '' : `${key}: ${reason}`}
      return outcome
    },
    placeOf: () => null,
    close: async () => undefined,
  }
}
