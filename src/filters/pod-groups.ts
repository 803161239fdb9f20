import type {Family} from '../network/ip.js'
import type {PodView} from './pods.js'

/** Pods of one namespace that the same policies select, and that have the same families: what holds for one holds for all. */
export interface PodGroup<P> {
  namespace: string
  policies: readonly P[]
  families: readonly Family[]
  pods: number
  /** The first three. */
  names: readonly string[]
  /** Ports that the policies call by name, as these pods number them. */
  namedPorts: ReadonlyMap<string, number>
}

export interface PodGroups<P> {
  add(pod: PodView): void
  groups(): PodGroup<P>[]
}

const MOST_NAMES = 3

interface Group<P> extends PodGroup<P> {
  names: string[]
}

/**
 * Pods stream through; a count and three names of each group stay.
 *
 * @param selecting policies that select the pod; asked once a pod, so the answer
 *   for equal labels should be the same list
 * @param portNames `TCP/web`: names that a policy uses; pods that number them
 *   differently are groups of their own
 */
export function groupPods<P>(selecting: (pod: PodView) => readonly P[], portNames: (policy: P) => readonly string[] = () => []): PodGroups<P> {
  const sets = policySets(portNames)
  const groups = new Map<string, Group<P>>()
  return {
    add(pod) {
      const {id, policies, names} = sets.of(selecting(pod))
      const namedPorts = names.length === 0 ? [] : names.flatMap(name => numbered(pod, name))
      const key = JSON.stringify([pod.namespace, id, pod.families, namedPorts])
      const known = groups.get(key)
      if (known === undefined) groups.set(key, {namespace: pod.namespace, policies, families: pod.families, pods: 1, names: [pod.name], namedPorts: new Map(namedPorts)})
      else {
        known.pods++
        if (known.names.length < MOST_NAMES) known.names.push(pod.name)
      }
    },
    groups: () => [...groups.values()],
  }
}

function numbered(pod: PodView, name: string): [string, number][] {
  const number = pod.namedPorts.get(name)
  return number === undefined ? [] : [[name, number]]
}

interface PolicySet<P> {
  id: number
  policies: readonly P[]
  names: readonly string[]
}

/** A number for each distinct set of policies, whichever list brings it. */
function policySets<P>(portNames: (policy: P) => readonly string[]): {of(policies: readonly P[]): PolicySet<P>} {
  const byList = new WeakMap<readonly P[], PolicySet<P>>()
  const byMembers = new Map<string, PolicySet<P>>()
  const ids = new Map<P, number>()
  const idOf = (policy: P): number => {
    const known = ids.get(policy) ?? ids.size
    ids.set(policy, known)
    return known
  }
  return {
    of(policies) {
      const known = byList.get(policies)
      if (known !== undefined) return known
      const members = policies.map(idOf).toSorted((a, b) => a - b).join(',')
      const set = byMembers.get(members) ?? {id: byMembers.size, policies, names: [...new Set(policies.flatMap(portNames))].toSorted()}
      byMembers.set(members, set)
      byList.set(policies, set)
      return set
    },
  }
}
