import type {ReadOutcome} from '../../audit/outcome.js'
import type {Family} from '../../network/ip.js'
import type {AddressSpace} from '../address-space.js'
import type {Gap} from '../gap.js'
import type {Atom} from '../ports.js'
import type {Notation} from './notation.js'
import type {Block, Direction, ReadNetworkPolicy} from './policies.js'

/** A block, or the policy without one, that a person would edit. */
export interface BlamedBlock {
  policy: ReadNetworkPolicy
  block: Block
}

export interface GroupGap {
  gap: Gap
  atoms: readonly Atom[]
  /** The family that makes it matter is not there yet. */
  isLatent: boolean
  /** Most telling first; never empty. */
  blame: readonly BlamedBlock[]
  /** IPv6 reaches IPv4 destinations by 64:ff9b::/96, which is open while IPv4 leaves something out. */
  hasNat64: boolean
}

/** Pods of one namespace, selected by the same policies, with the same families; and one direction. */
export interface GroupGaps {
  namespace: string
  direction: Direction
  /** Those that isolate the pods in this direction: their rules are a union. */
  policies: readonly ReadNetworkPolicy[]
  families: readonly Family[]
  pods: number
  /** The first three. */
  names: readonly string[]
  /** At most one per class and family; gravest first. */
  gaps: readonly GroupGap[]
  /** Blocks of a family that none of the pods has, where no gap is about it. */
  dead: readonly BlamedBlock[]
  /** Not empty: blocks that nobody can read, so that nothing is known of this group and direction. */
  unread: readonly {policy: ReadNetworkPolicy; path: string; text: string}[]
}

export interface NetworkPolicyGaps {
  /** Groups with a gap, a dead entry or an unreadable block; others are left out. */
  groups: readonly GroupGaps[]
  notation: readonly Notation[]
  space: AddressSpace
  /** Groups looked at, those without gaps included. */
  looked: number
  /** Policies, pods and Services: what was not read whole leaves the verdict open. */
  outcomes: Readonly<Record<'networkpolicies' | 'pods' | 'services', ReadOutcome>>
}
