import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {isSelected} from '../../kube/label-selector.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {FAMILIES, isEmpty, setOf, subtract} from '../../network/interval-set.js'
import type {AddressSpace} from '../address-space.js'
import {addressSpace} from '../address-space.js'
import type {SettledGap} from '../chain/chain-gaps.js'
import {chainGaps, settled} from '../chain/chain-gaps.js'
import type {ChainRule, ChainStage} from '../chain/chain.js'
import {ownGaps} from '../chain/own-gaps.js'
import type {Effort} from '../effort.js'
import {newEffort} from '../effort.js'
import {labelIndex} from '../label-index.js'
import {networkPolicyRules} from '../network-policy-rules.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import {networkPolicies} from '../network-policy/policies.js'
import type {PodGroup} from '../pod-groups.js'
import {podStream} from '../pod-stream.js'
import type {PodView} from '../pods.js'
import {POD_VIEW_NEEDS} from '../pods.js'
import {portNamesOf} from '../port-names.js'
import type {Firewalls} from './firewalls.js'
import {firewalls} from './firewalls.js'
import type {Firewall, FirewallRule} from './read-firewall.js'

/** The firewall of the namespace, and the NetworkPolicies that keep the pod from leaving. */
export type Guard = {kind: 'firewall'; firewall: Firewall} | {kind: 'network-policy'; policy: ReadNetworkPolicy}

export interface EgressCase {
  firewall: Firewall
  gaps: readonly SettledGap[]
  group: PodGroup<Guard>
}

export interface EgressGaps {
  cases: readonly EgressCase[]
  /** Pods with IPv6 in namespaces whose firewall is one of OpenShift SDN, which has none: nothing enforces it. */
  unenforced: readonly {firewall: Firewall; pods: number}[]
  /** What could not be compared, in words, each once. */
  unknown: readonly string[]
  /** Namespaces with pods whose firewall and policies are too much to compare. */
  tooMuch: readonly string[]
  outcomes: Readonly<Record<'pods' | 'networkpolicies', ReadOutcome>>
}

export const egressGaps = defineFact({
  id: 'egress-firewall-gaps',
  reads: ['pods'],
  needs: [firewalls, networkPolicies, addressSpace, ...POD_VIEW_NEEDS],
  create(context) {
    const pods = podStream(context, () => guardsOf(context.fact(firewalls), context.fact(networkPolicies).byNamespace), guard => (guard.kind === 'firewall' ? [] : portNamesOf(guard.policy.egress ?? [])))
    return {
      pods: pods.visit,
      end(): EgressGaps {
        const world = {known: context.fact(firewalls), space: context.fact(addressSpace), unknown: new Set<string>(), tooMuch: new Set<string>(), effort: newEffort()}
        const all = pods.groups()
        const cases = all.flatMap(group => casesOf(group, world))
        return {cases, unenforced: unenforced(all), unknown: [...world.unknown], tooMuch: [...world.tooMuch], outcomes: {pods: context.outcome('pods'), networkpolicies: context.fact(networkPolicies).outcome}}
      },
    }
  },
})

const NONE: readonly Guard[] = []

/** Nothing where the namespace has no firewall. */
export function guardsOf({byNamespace, unknownIn}: Firewalls, policies: ReadonlyMap<string, readonly ReadNetworkPolicy[]>): (pod: PodView) => readonly Guard[] {
  const places = new Map<string, (pod: PodView) => readonly Guard[]>()
  const placeOf = (namespace: string): ((pod: PodView) => readonly Guard[]) => {
    const own = byNamespace.get(namespace) ?? []
    if (own.length === 0 || unknownIn.has(namespace)) return () => NONE
    const guards = own.map((firewall): Guard => ({kind: 'firewall', firewall}))
    const select = labelIndex((policies.get(namespace) ?? []).filter(({egress}) => egress !== null).map(policy => ({selector: policy.selector, guard: {kind: 'network-policy', policy} as Guard})), ({selector}) => selector)
    const lists = new Map<readonly unknown[], readonly Guard[]>()
    return ({labels}) => {
      const found = select(labels)
      const list = lists.get(found) ?? [...guards, ...found.map(({guard}) => guard)]
      lists.set(found, list)
      return list
    }
  }
  return pod => {
    const place = places.get(pod.namespace) ?? placeOf(pod.namespace)
    places.set(pod.namespace, place)
    return place(pod)
  }
}

interface World {
  known: Firewalls
  space: AddressSpace
  /** Filled with what could not be compared. */
  unknown: Set<string>
  tooMuch: Set<string>
  effort: Effort
}

function casesOf(group: PodGroup<Guard>, {known, space, unknown, tooMuch, effort}: World): EgressCase[] {
  const firewall = firewallOf(group.policies)
  if (firewall === null || (firewall.engine === 'sdn' && group.families.includes(6))) return []
  const chain = firewallStages(firewall, group.policies, known, space, unknown)
  if (chain === null) return []
  // Pods and Services are never what a firewall of egress is asked about.
  const compared = chainGaps(chain.stages, group.namedPorts, space, {unmatched: ['pod', 'service']}, effort)
  if (compared === null) tooMuch.add(group.namespace)
  const gaps = settled(ownGaps(compared ?? [], chain.exempt), group.families)
  return gaps.length === 0 ? [] : [{firewall, gaps, group}]
}

/** Null: none, or two of them, with which OpenShift SDN lets nothing out at all. */
export function firewallOf(guards: readonly Guard[]): Firewall | null {
  const found = guards.flatMap(guard => (guard.kind === 'firewall' ? [guard.firewall] : []))
  return found.length === 1 ? (found[0] ?? null) : null
}

/** @param unknown filled with why they are null */
export function firewallStages(firewall: Firewall, guards: readonly Guard[], known: Firewalls, space: AddressSpace, unknown: Set<string>): {stages: ChainStage[]; exempt: ReadonlySet<ChainRule>} | null {
  const before = policiesBefore(guards, unknown)
  const rules = firewall.rules.flatMap(rule => ruleOf(rule, firewall, known, space.ranges.pods.set) ?? [])
  if (before === null) return null
  if (rules.some(rule => rule === 'unknown')) {
    unknown.add(`${firewall.ref.kind} ${firewall.ref.namespace}/${firewall.ref.name} selects nodes, and nodes were not read`)
    return null
  }
  return {stages: [...before.stages, {name: firewall.ref.kind, rules: rules.filter(rule => rule !== 'unknown'), otherwise: 'allow'}], exempt: before.exempt}
}

/** What NetworkPolicies let out goes on to the firewall. */
function policiesBefore(guards: readonly Guard[], unknown: Set<string>): {stages: ChainStage[]; exempt: ReadonlySet<ChainRule>} | null {
  const policies = guards.flatMap(guard => (guard.kind === 'network-policy' ? [guard.policy] : []))
  if (policies.length === 0) return {stages: [], exempt: new Set()}
  const rules: ChainRule[] = []
  for (const policy of policies) {
    const own = networkPolicyRules(policy, 'egress')
    if (own === null) {
      unknown.add(`NetworkPolicy ${policy.ref.namespace}/${policy.ref.name} has a block that cannot be read`)
      return null
    }
    rules.push(...own.map((rule): ChainRule => ({...rule, action: 'pass'})))
  }
  return {stages: [{name: 'NetworkPolicies', rules, otherwise: 'deny'}], exempt: new Set(rules)}
}

/**
 * OVN-Kubernetes takes the networks of pods out of every block, and a block is
 * of one family (`toExpr` and `addEgressFirewallRules` of its controller for
 * egress firewalls); OpenShift SDN asks its policies about what leaves the
 * cluster. Pods are not compared, so all that counts is that no Allow of theirs
 * passes for something that is let out.
 */
function ruleOf({action, target, ports, path}: FirewallRule, {ref}: Firewall, {nodes}: Firewalls, pods: IntervalSet): ChainRule | 'unknown' | null {
  if (target.kind === 'nodes') {
    if (nodes === null) return 'unknown'
    const addresses = setOf(nodes.filter(({labels}) => isSelected(target.selector, labels)).flatMap(({points}) => points))
    return isEmpty(addresses) ? null : {action, addresses, families: FAMILIES, ports, policy: ref, entries: [{path, text: 'selected nodes'}]}
  }
  const addresses = action === 'allow' ? subtract(setOf([target.cidr]), pods) : setOf([target.cidr])
  return isEmpty(addresses) ? null : {action, addresses, families: FAMILIES, ports, policy: ref, entries: [{path, text: target.text}]}
}

function unenforced(groups: readonly PodGroup<Guard>[]): EgressGaps['unenforced'] {
  const pods = new Map<Firewall, number>()
  for (const {policies, families, pods: count} of groups)
    for (const guard of policies)
      if (guard.kind === 'firewall' && guard.firewall.engine === 'sdn' && families.includes(6)) pods.set(guard.firewall, (pods.get(guard.firewall) ?? 0) + count)
  return [...pods].map(([firewall, count]) => ({firewall, pods: count}))
}
