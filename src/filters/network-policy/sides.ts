import type {Direction} from '../direction.js'
import {portNamesOf} from '../port-names.js'
import type {Ports} from '../ports.js'
import type {Block} from './blocks.js'
import type {NetworkPolicyRule, ReadNetworkPolicy, UnreadBlock} from './policies.js'

/** What a policy says of one direction. */
export interface Side {
  /** Equal numbers are the same policy and direction. */
  id: number
  policy: ReadNetworkPolicy
  direction: Direction
  entries: readonly Entry[]
  /** `TCP/web`: names whose number the selected pods tell. */
  portNames: readonly string[]
}

/** A rule, and whose it is. */
export interface Entry {
  /** Grows with policies and rules in their order. */
  order: number
  policy: ReadNetworkPolicy
  ports: Ports
  /** Lets everything through. */
  isOpen: boolean
  /** Lets every pod through, by selector. */
  isEveryPod: boolean
  blocks: readonly Block[]
  unread: readonly UnreadBlock[]
}

/** Both directions of a policy; null where it says nothing that changes what is found: no rule, or selectors alone. */
export type Sides = Readonly<Record<Direction, Side | null>>

/** Null: neither direction says anything. */
export function sidesMaker(): (policy: ReadNetworkPolicy) => Sides | null {
  let sides = 0
  let orders = 0
  const sideOf = (policy: ReadNetworkPolicy, direction: Direction): Side | null => {
    const entries = (policy[direction] ?? []).map(rule => entryOf(rule, policy, ++orders)).filter(isTelling)
    return entries.length === 0 ? null : {id: ++sides, policy, direction, entries, portNames: portNamesIn(entries, direction)}
  }
  return policy => {
    const both = {ingress: sideOf(policy, 'ingress'), egress: sideOf(policy, 'egress')}
    return both.ingress === null && both.egress === null ? null : both
  }
}

function entryOf({ports, peers}: NetworkPolicyRule, policy: ReadNetworkPolicy, order: number): Entry {
  const listed = peers === 'all' ? [] : peers
  return {
    order, policy, ports, isOpen: peers === 'all', isEveryPod: listed.some(peer => peer.kind === 'selector' && peer.isEveryPod),
    blocks: listed.filter(peer => peer.kind === 'block'), unread: listed.filter(peer => peer.kind === 'unread'),
  }
}

/** Blocks speak of families; everything and every pod say that there is nothing to find. */
function isTelling({isOpen, isEveryPod, blocks, unread}: Entry): boolean {
  return isOpen || isEveryPod || blocks.length > 0 || unread.length > 0
}

/**
 * A name of an egress rule is one of the pod at the other end, and a block has
 * no pods: engines resolve it for pods alone, or not at all
 * (https://github.com/kubernetes/kubernetes/issues/99256). So it stays a name.
 */
function portNamesIn(entries: readonly Entry[], direction: Direction): string[] {
  return direction === 'egress' ? [] : portNamesOf(entries)
}

/** Does any of them name a block? Without one there is no family to forget. */
export function hasBlock(sides: readonly Side[]): boolean {
  return sides.some(({entries}) => entries.some(({blocks, unread}) => blocks.length > 0 || unread.length > 0))
}
