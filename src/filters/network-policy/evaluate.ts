import type {FilterAddressClass} from '../../audit/finding.js'
import type {Cidr} from '../../network/cidr.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {unionOf} from '../../network/interval-set.js'
import type {AddressSpace} from '../address-space.js'
import {compareAllowed} from '../compare.js'
import type {Gap} from '../gap.js'
import type {Atom} from '../ports.js'
import {atomsOf, rulesOnAtoms} from '../ports.js'
import type {Block} from './blocks.js'
import type {Direction, NetworkPolicyRule, ReadNetworkPolicy} from './policies.js'
import type {Side} from './sides.js'

/** What the union of all rules lets through on one atom, and what is wrong with it. */
export interface Verdict {
  allowed: IntervalSet
  gaps: readonly Gap[]
}

export interface AtomVerdict extends Verdict {
  atom: Atom
  entries: readonly Entry[]
}

/** A rule, and whose it is. */
export interface Entry {
  /** Among those of all policies, in their order. */
  position: number
  policy: ReadNetworkPolicy
  rule: NetworkPolicyRule
}

export interface Unread {
  policy: ReadNetworkPolicy
  path: string
  text: string
}

export interface EvaluatorOptions {
  space: AddressSpace
  /** Classes that no block matches here. */
  unmatched: readonly FilterAddressClass[]
  isTwinless(cidr: Cidr): boolean
}

/** Where nothing is known of an atom, nothing is known of the group. */
export interface Evaluation {
  atoms: readonly AtomVerdict[]
  unread: readonly Unread[]
}

/**
 * Neither metadata endpoints nor addresses of Services open connections: leaving
 * them out of who may come is no carve-out that can be lost.
 */
const NEVER_A_SOURCE: readonly FilterAddressClass[] = ['metadata', 'service']

/**
 * Rules of the policies that select the same pods, as one union. Atoms that some
 * rule opens to everything are left out, as are those without blocks. The same
 * few sets of blocks come again and again: each is judged once.
 */
export function evaluator(options: EvaluatorOptions): (sides: readonly Side[], direction: Direction, named: ReadonlyMap<string, number>) => Evaluation {
  const verdicts = {ingress: new Map<string, Verdict>(), egress: new Map<string, Verdict>()}
  return (sides, direction, named) => {
    const entries = sides.flatMap(({policy, rules}) => rules.map(rule => ({policy, rule}))).map((entry, position): Entry => ({...entry, position}))
    const ports = entries.map(({rule}) => rule.ports)
    const atoms = atomsOf(ports, named)
    const on = rulesOnAtoms(ports, atoms)
    const found = atoms.flatMap((atom, index) => {
      const own = (on[index] ?? []).map(position => entries[position]!)
      return own.some(({rule}) => rule.peers === 'all') ? [] : [{atom, entries: own}]
    })
    const unread = unreadIn(found.flatMap(one => one.entries))
    if (unread.length > 0) return {atoms: [], unread}
    const judged = found.map(one => ({...one, ...verdictOf(one.entries, direction, verdicts[direction], options)}))
    return {atoms: judged.filter(({allowed}) => allowed[4].length + allowed[6].length > 0), unread: []}
  }
}

function unreadIn(entries: readonly Entry[]): Unread[] {
  const found = new Map<string, Unread>()
  for (const {policy, rule} of new Set(entries))
    for (const peer of rule.peers === 'all' ? [] : rule.peers)
      if (peer.kind === 'unread') found.set(`${policy.ref.name} ${peer.path}`, {policy, path: peer.path, text: peer.text})
  return [...found.values()]
}

function verdictOf(entries: readonly Entry[], direction: Direction, known: Map<string, Verdict>, options: EvaluatorOptions): Verdict {
  const peers = entries.flatMap(({rule}) => (rule.peers === 'all' ? [] : rule.peers))
  const blocks = new Map(peers.flatMap((peer): [number, Block][] => (peer.kind === 'block' ? [[peer.id, peer]] : [])))
  const isEveryPod = peers.some(peer => peer.kind === 'selector' && peer.isEveryPod)
  const key = `${isEveryPod ? '*' : ''}${[...blocks.keys()].toSorted((a, b) => a - b).join()}`
  const before = known.get(key)
  if (before !== undefined) return before
  const verdict = judge([...blocks.values()], direction, isEveryPod, options)
  known.set(key, verdict)
  return verdict
}

function judge(blocks: readonly Block[], direction: Direction, isEveryPod: boolean, {space, unmatched, isTwinless}: EvaluatorOptions): Verdict {
  const allowed = unionOf(blocks.map(({set}) => set))
  const counted = unionOf(blocks.filter(({cidr}) => !isTwinless(cidr)).map(({set}) => set))
  // Selectors let pods in over both families, whatever the blocks leave out.
  const beside: FilterAddressClass[] = [...unmatched, ...(isEveryPod ? ['pod' as const] : []), ...(direction === 'ingress' ? NEVER_A_SOURCE : [])]
  return {allowed, gaps: compareAllowed(allowed, space, {unmatched: beside, counted})}
}
