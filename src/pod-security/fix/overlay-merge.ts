import type {Operation} from './json-patch.js'

/**
 * What kustomize does not do as the API server does (kubectl 1.24 and 1.36): it
 * finds ports by their protocol as well, which a manifest may leave out; of an
 * annotation that goes it makes one that says null; and it puts the items of a
 * list that a patch names before all others, which for init containers is
 * another order of start.
 */
export function isSafeInOverlays(operations: readonly Operation[]): boolean {
  return !operations.some(({path}) => SPOILT.test(path)) && [...changedItems(operations).values()].every(indexes => Math.max(...indexes) === indexes.size - 1)
}

const SPOILT = /\/ports\/\d+\/|\/metadata\/annotations(\/|$)/

/** By list, the places of the containers that change. */
function changedItems(operations: readonly Operation[]): Map<string, Set<number>> {
  const lists = new Map<string, Set<number>>()
  for (const {path} of operations) {
    const [, list, index] = /^(.*\/spec\/(?:initContainers|containers))\/(\d+)\//.exec(path) ?? []
    if (list === undefined) continue
    const indexes = lists.get(list) ?? new Set()
    lists.set(list, indexes.add(Number(index)))
  }
  return lists
}
