import {shortList} from '../../kube/short-list.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, FAMILIES, covers, intersect, isEmpty, ofFamily, setOf, subtract, unionOf} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {EVERYTHING} from '../chain/chain.js'
import type {ChainRule, ChainStage} from '../chain/chain.js'
import type {Direction} from '../direction.js'
import {groupBy} from '../group-by.js'
import {networkPolicyRules} from '../network-policy-rules.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import {once, oncePer} from '../once.js'
import type {Applied, AppliedNetworkPolicy, AppliedPolicy} from './applied.js'
import {rulesIn} from './applied.js'
import type {NetworkSet, Tier} from './objects.js'
import type {PlacedRule} from './read-policy.js'
import {DEFAULT_TIER} from './read-policy.js'
import type {Entity, Net} from './rule.js'
import type {Selector} from './selector.js'

/** What rules rest on beside themselves. */
export interface ChainWorld {
  tiers: ReadonlyMap<string, Tier>
  sets: readonly NetworkSet[]
  isEverySetKnown: boolean
  /** Where pods have their addresses. */
  pods: IntervalSet
}

export interface CalicoChain {
  stages: ChainStage[]
  /** Rules whose difference is meant (`ipVersion`), or another check's (NetworkPolicies). */
  exempt: ReadonlySet<ChainRule>
  /** Rules that look at more than can be compared, and name addresses. */
  uncompared: readonly {policy: AppliedPolicy['policy']; path: string; onlyIf: string}[]
  /** Not empty: what these policies do is not known. */
  unknown: string
  /** The network sets that rules select hold too many blocks to compare. */
  isTooMuch: boolean
}

/** Where Calico puts policies of Kubernetes: `K8sNetworkPolicyToCalico` of libcalico-go. */
const KUBERNETES_ORDER = 1000

/**
 * Tier by tier, each with the policies that apply in this direction; a tier
 * without one is passed by. What is passed on by the last tier meets the profile
 * of the namespace, which allows everything (`NamespaceToProfile`).
 */
export function stagesOf(applied: readonly Applied[], direction: Direction, world: ChainWorld): CalicoChain {
  const chain: CalicoChain & {exempt: Set<ChainRule>; uncompared: CalicoChain['uncompared'][number][]} = {stages: [], exempt: new Set(), uncompared: [], unknown: '', isTooMuch: false}
  const own = applied.filter((one): one is AppliedPolicy | AppliedNetworkPolicy => one.kind !== 'unknown' && rulesOf(one, direction) !== null)
  for (const [tier, policies] of inOrder(own, world.tiers)) {
    const rules = policies.toSorted(byOrder).flatMap(one => {
      if (one.kind === 'kubernetes') return kubernetesRules(one.policy, direction, chain)
      return (rulesIn(one, direction) ?? []).flatMap(rule => calicoRule(one, rule, world, chain))
    })
    chain.stages.push({name: `tier ${tier}`, rules, otherwise: world.tiers.get(tier)?.isPass === true ? 'next' : 'deny'})
  }
  return chain
}

function rulesOf(one: AppliedPolicy | AppliedNetworkPolicy, direction: Direction): readonly unknown[] | null {
  return one.kind === 'calico' ? rulesIn(one, direction) : one.policy[direction]
}

/** By order, then by name; one that does not exist comes last: `TierLess` of felix/calc/policy_sorter.go. */
function inOrder(applied: readonly (AppliedPolicy | AppliedNetworkPolicy)[], tiers: ReadonlyMap<string, Tier>): [string, (AppliedPolicy | AppliedNetworkPolicy)[]][] {
  const byTier = groupBy(applied, one => (one.kind === 'calico' ? one.policy.tier : DEFAULT_TIER))
  // The default tier always exists, whether or not its object was seen.
  const orderOf = (name: string): [number, number] => [tiers.has(name) || name === DEFAULT_TIER ? 0 : 1, tiers.get(name)?.order ?? (name === DEFAULT_TIER ? 1_000_000 : Infinity)]
  return [...byTier].toSorted(([a], [b]) => {
    const [[missingA, orderA], [missingB, orderB]] = [orderOf(a), orderOf(b)]
    return missingA - missingB || compare(orderA, orderB) || compare(a, b)
  })
}

/** `PolKVLess`: equal orders by name, namespace and kind. */
function byOrder(a: AppliedPolicy | AppliedNetworkPolicy, b: AppliedPolicy | AppliedNetworkPolicy): number {
  return compare(orderOf(a), orderOf(b)) || compare(sortName(a), sortName(b))
}

function orderOf(one: AppliedPolicy | AppliedNetworkPolicy): number {
  return one.kind === 'calico' ? one.policy.order : KUBERNETES_ORDER
}

function sortName({kind, policy}: AppliedPolicy | AppliedNetworkPolicy): string {
  return kind === 'calico' ? `${policy.name}/${policy.namespace}/${policy.ref.kind}` : `${policy.ref.name}/${policy.ref.namespace}/KubernetesNetworkPolicy`
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

interface Building {
  isTooMuch: boolean
  exempt: Set<ChainRule>
  uncompared: CalicoChain['uncompared'][number][]
  unknown: string
}

function calicoRule({policy}: AppliedPolicy, rule: PlacedRule, world: ChainWorld, chain: Building): ChainRule[] {
  const {peer, own, families, action, ports, path} = rule
  const onlyIf = [rule.onlyIf, isEveryPod(own, rule, world.pods) ? '' : 'addresses of the pods themselves'].filter(text => text !== '').join(' and ')
  if (onlyIf !== '') {
    // Without an address of the other side it treats both families alike, for as much as it is about.
    if (peer.nets.length + peer.notNets.length > 0 || peer.selector !== null || families.length < FAMILIES.length) chain.uncompared.push({policy, path, onlyIf})
    return []
  }
  if ((peer.selector !== null || peer.notSelector !== null) && !world.isEverySetKnown) chain.unknown = 'the network sets of Calico were not all read'
  const reach = reachIn(world.sets)(rule)
  if (reach === 'too much') {
    chain.isTooMuch = true
    return []
  }
  if (reach === null) {
    chain.unknown = `${path} of ${policy.ref.kind} ${policy.name} selects network sets by labels of namespaces that are not known`
    return []
  }
  if (families.length === 0 || reach.addresses !== 'any' && isEmpty(reach.addresses)) return []
  const made: ChainRule = {
    action, addresses: reach.addresses, families, ports, policy: policy.ref,
    get entries() {
      return reach.entries()
    },
  }
  if (rule.isOneFamilyOnPurpose) chain.exempt.add(made)
  return [made]
}

/** A rule may name addresses of the pod's own side: then it is about these pods only if they have all of theirs in there. */
function isEveryPod({nets, notNets}: Entity, {families}: PlacedRule, pods: IntervalSet): boolean {
  if (nets.length + notNets.length === 0) return true
  return families.every(family => {
    const range = ofFamily(pods, family)
    if (isEmpty(range)) return false
    const isInside = nets.length === 0 || covers(setOfNets(nets), range)
    return isInside && isEmpty(intersect(setOfNets(notNets), range))
  })
}

interface Reach {
  addresses: IntervalSet | 'any'
  entries(): {path: string; text: string}[]
}

/** The same for every group of pods. */
const reachIn = oncePer((sets: readonly NetworkSet[]) => {
  let blocks = 0
  return oncePer(({peer, families}: PlacedRule): Reach | 'too much' | null => {
    const chosen = [selectedSets(peer.selector, sets), selectedSets(peer.notSelector, sets)]
    blocks += chosen.flatMap(list => list ?? []).reduce((sum, {nets}) => sum + nets.length, 0)
    return blocks > MOST_BLOCKS ? 'too much' : reachOf(peer, families, chosen)
  })
})

/** Of all rules together, each time a rule selects them: some hundred thousand blocks in dozens of rules. */
const MOST_BLOCKS = 4_000_000

/**
 * Addresses that the other side may have. A positive selector leaves network
 * sets: pods and hosts that it selects follow their labels in both families. A
 * negative one takes network sets out; both are IP sets in Felix, so one
 * without addresses of a family leaves the rule in place there, other than nets.
 */
function reachOf(entity: Entity, families: readonly Family[], [chosen = null, excluded = null]: readonly (NetworkSet[] | null)[]): Reach | null {
  const {nets, notNets, selector, path, isOfService} = entity
  if (chosen === null || excluded === null) return null
  if (isOfService) return {addresses: EMPTY, entries: () => []}
  const isFree = nets.length + notNets.length + excluded.length === 0 && selector === null
  const base = nets.length === 0 ? EVERYTHING : setOfNets(nets)
  const meant = selector === null ? base : intersect(base, unionOf(chosen.map(netsOnce)))
  const out = unionOf([setOfNets(notNets), ...excluded.map(netsOnce)])
  return {
    addresses: isFree ? 'any' : subtract(meant, out),
    entries: once(() => isFree ? [] : [...chosen.flatMap(netsOfSet).map(({text}) => ({path, text})), ...families.flatMap(family => blocksIn(entity, excluded.flatMap(netsOfSet), family))]),
  }
}

/** The blocks of a family as they are meant: `10.0.0.0/8 except 10.1.0.0/16`; all of the family where only exceptions are named. */
function blocksIn({nets, notNets, selector, path}: Entity, excluded: readonly Net[], family: Family): {path: string; text: string}[] {
  const isOwn = ({cidr}: Net): boolean => cidr.family === family
  const out = [...notNets.filter(isOwn), ...excluded.filter(isOwn)].map(({text}) => text)
  const all = {path: notNets.find(isOwn)?.path ?? path.replace(/selector$/, 'notSelector'), text: EVERYTHING_OF[family]}
  const blocks = nets.length === 0 && selector === null ? [all] : nets.filter(isOwn)
  return blocks.map(block => ({path: block.path, text: out.length === 0 ? block.text : `${block.text} except ${shortList(out)}`}))
}

const EVERYTHING_OF: Readonly<Record<Family, string>> = {4: '0.0.0.0/0', 6: '::/0'}

const netsOnce = oncePer(({nets}: NetworkSet) => setOfNets(nets))

function netsOfSet({nets, words}: NetworkSet): Net[] {
  return nets.map(net => ({...net, text: `${net.text} of ${words}`}))
}

function selectedSets(selector: Selector | null, sets: readonly NetworkSet[]): NetworkSet[] | null {
  if (selector === null) return []
  const answers = sets.map(set => ({set, answer: selector.matches(set.lookup)}))
  return answers.some(({answer}) => answer === null) ? null : answers.filter(({answer}) => answer).map(({set}) => set)
}

function setOfNets(nets: readonly Net[]): IntervalSet {
  return setOf(nets.map(({cidr}) => cidr))
}

/** As Calico has them: rules that allow, with blocks as nets and exceptions as notNets. */
function kubernetesRules(policy: ReadNetworkPolicy, direction: Direction, chain: Building): ChainRule[] {
  const rules = networkPolicyRules(policy, direction)
  if (rules === null) chain.unknown = `NetworkPolicy ${policy.ref.namespace}/${policy.ref.name} has a block that cannot be read`
  for (const rule of rules ?? []) chain.exempt.add(rule)
  return rules ?? []
}
