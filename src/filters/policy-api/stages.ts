import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, FAMILIES, intersect, isEmpty, setOf, unionOf} from '../../network/interval-set.js'
import type {AddressSpace} from '../address-space.js'
import type {ChainRule, ChainStage} from '../chain/chain.js'
import {reachOf} from '../chain/chain.js'
import {newEffort} from '../effort.js'
import {groupBy} from '../group-by.js'
import type {NetworkPolicyRule, ReadNetworkPolicy} from '../network-policy/policies.js'
import type {Ports} from '../ports.js'
import type {ClusterPolicy, ClusterPolicyRule} from './read-policy.js'

/** Policies that select the same pods. */
export interface Selected {
  cluster: readonly ClusterPolicy[]
  /** Those that isolate the pods on their way out. */
  network: readonly ReadNetworkPolicy[]
}

/** One order in which an implementation may ask them. */
export interface Ordered {
  stages: readonly ChainStage[]
  /** Names of policies of one tier and priority that contradict each other: another order is as good. */
  tied: readonly string[]
}

/**
 * The chains that the API allows for these policies: Admin by priority, then the
 * NetworkPolicies of the pod, which have the last word where there is one, then
 * Baseline by priority, then everything. Equal priorities have no order. Null:
 * they are too many to compare.
 */
export function chainsOf({cluster, network}: Selected, space: AddressSpace, spend: (steps: number) => boolean = newEffort().begin()): Ordered[] | null {
  const admin = ordersOf(cluster.filter(({tier}) => tier === 'admin'), space, spend)
  const baseline = network.length > 0 ? [NOTHING] : ordersOf(cluster.filter(({tier}) => tier === 'baseline'), space, spend)
  if (admin === null || baseline === null) return null
  const last: ChainStage[] = network.length > 0 ? [{name: 'NetworkPolicies', rules: network.flatMap(policy => rulesOfNetworkPolicy(policy, space)), otherwise: 'deny'}] : []
  return admin.flatMap(first => baseline.map((second): Ordered => ({
    stages: [{name: 'the Admin tier', rules: first.rules, otherwise: 'next'}, ...last, {name: 'the Baseline tier', rules: second.rules, otherwise: 'next'}],
    tied: [...first.tied, ...second.tied],
  })))
}

interface Order {
  rules: readonly ChainRule[]
  tied: readonly string[]
}
const NOTHING: Order = {rules: [], tied: []}

/** Of more policies of one priority than these, each is tried as the first, and all backwards. */
const MOST_PERMUTED = 4
const MOST_ORDERS = 48

function ordersOf(policies: readonly ClusterPolicy[], space: AddressSpace, spend: (steps: number) => boolean): Order[] | null {
  const byPriority = groupBy(policies.toSorted((a, b) => a.priority - b.priority || (a.ref.name < b.ref.name ? -1 : 1)), ({priority}) => priority)
  return [...byPriority.values()].reduce<Order[] | null>((orders, equals) => {
    const rules = equals.reduce((count, {egress}) => count + egress.length, 0)
    // Each rule is held against those of the other policies, and then all stand in up to 48 orders.
    if (orders === null || equals.length > 1 && !spend(rules * rules)) return null
    const own = ordersOfEquals(equals, space)
    return orders.flatMap(before => own.map(({rules, tied}) => ({rules: [...before.rules, ...rules], tied: [...before.tied, ...tied]}))).slice(0, MOST_ORDERS)
  }, [NOTHING])
}

function ordersOfEquals(policies: readonly ClusterPolicy[], space: AddressSpace): Order[] {
  const lists = policies.map(policy => ({name: policy.ref.name, rules: policy.egress.flatMap(rule => chainRule(policy, rule, space))}))
  const tied = lists.filter(one => lists.some(other => other !== one && isContrary(one.rules, other.rules))).map(({name}) => name)
  const orders = tied.length === 0 ? [lists] : lists.length <= MOST_PERMUTED ? permutations(lists) : [...lists.slice(0, MOST_ORDERS - 1).map((first, index) => [first, ...lists.toSpliced(index, 1)]), lists.toReversed()]
  return orders.map(order => ({rules: order.flatMap(({rules}) => rules), tied}))
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((first, index) => permutations(items.toSpliced(index, 1)).map(rest => [first, ...rest]))
}

function isContrary(a: readonly ChainRule[], b: readonly ChainRule[]): boolean {
  return a.some(one => b.some(other => one.action !== other.action && doMeet(one.ports, other.ports) && !isEmpty(intersect(reachOf(one), reachOf(other)))))
}

function doMeet(a: Ports, b: Ports): boolean {
  if (a === 'all' || b === 'all') return true
  return a.some(one => b.some(other => one.protocol === other.protocol && 'first' in one && 'first' in other && one.first <= other.last && other.first <= one.last))
}

/** None where it goes by labels alone, which say nothing of families. */
function chainRule({ref}: ClusterPolicy, {action, ports, networks, isEveryPod, isEveryNode}: ClusterPolicyRule, {sets}: AddressSpace): ChainRule[] {
  const addresses = unionOf([setOf(networks.flatMap(({cidr}) => cidr ?? [])), isEveryPod ? sets.pod : EMPTY, isEveryNode ? sets.node : EMPTY])
  return isEmpty(addresses) ? [] : [{action, addresses, families: FAMILIES, ports, policy: ref, entries: networks.map(({path, text}) => ({path, text}))}]
}

function rulesOfNetworkPolicy({ref, egress}: ReadNetworkPolicy, space: AddressSpace): ChainRule[] {
  return (egress ?? []).flatMap(({ports, peers}) => {
    const entries = peers === 'all' ? [] : peers.flatMap(peer => (peer.kind === 'block' ? [{path: peer.path, text: peer.text}] : []))
    const addresses = addressesOf(peers, space)
    return addresses === null ? [] : [{action: 'allow' as const, addresses, families: FAMILIES, ports, policy: ref, entries}]
  })
}

function addressesOf(peers: NetworkPolicyRule['peers'], {sets}: AddressSpace): IntervalSet | 'any' | null {
  if (peers === 'all') return 'any'
  const set = unionOf(peers.map(peer => (peer.kind === 'block' ? peer.set : peer.kind === 'selector' && peer.isEveryPod ? sets.pod : EMPTY)))
  return isEmpty(set) ? null : set
}
