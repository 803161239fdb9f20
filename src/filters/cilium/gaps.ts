import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {FilterAddressClass, ObjectRef} from '../../audit/finding.js'
import {assumedFamilies} from '../../network/assumed-families.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, union} from '../../network/interval-set.js'
import {addressSpace} from '../address-space.js'
import type {AddressSpace} from '../address-space.js'
import type {ChainGap, SettledGap} from '../chain/chain-gaps.js'
import {chainGaps, settled} from '../chain/chain-gaps.js'
import type {Direction} from '../direction.js'
import {DIRECTIONS} from '../direction.js'
import {newEffort} from '../effort.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import {networkPolicies} from '../network-policy/policies.js'
import type {PodGroup} from '../pod-groups.js'
import {podStream} from '../pod-stream.js'
import type {PodView} from '../pods.js'
import {POD_VIEW_NEEDS} from '../pods.js'
import type {Ports} from '../ports.js'
import {NO_NAMES} from '../ports.js'
import {selectionOf} from '../selection.js'
import type {IcmpGap} from './icmp.js'
import {icmpGaps} from './icmp.js'
import type {CiliumPolicies, CiliumPolicy} from './policies.js'
import {ciliumPolicies} from './policies.js'
import {endpointLabels} from './selector.js'
import type {CiliumReading} from './stages.js'
import {stagesOf} from './stages.js'
import {ciliumMinor} from './version.js'

export interface CiliumCase {
  direction: Direction
  group: PodGroup<unknown>
  gaps: readonly SettledGap[]
  minor: number | null
}

export interface CiliumGaps {
  cases: readonly CiliumCase[]
  icmps: readonly IcmpGap[]
  /** Groups of pods that some policy of Cilium selects. */
  looked: number
  /** A policy of which something is not understood selects pods, that are not judged; empty: none. */
  unknown: readonly ObjectRef[]
  /** Namespaces with pods whose policies are too much to compare. */
  tooMuch: readonly string[]
  /** Some rule names blocks by a CiliumCIDRGroup. */
  usesGroups: boolean
  /** `cilium-config` turns policies off. */
  isOff: boolean
}

export type Policy = CiliumPolicy | ReadNetworkPolicy

/** S3 and A3 of Cilium's policies, and of those of Kubernetes where both select a pod. */
export const ciliumGaps: Fact<CiliumGaps> = defineFact({
  id: 'cilium-gaps',
  reads: ['pods'],
  needs: [ciliumPolicies, ciliumMinor, networkPolicies, addressSpace, assumedFamilies, ...POD_VIEW_NEEDS],
  create(context) {
    const pods = podStream(context, () => selectingBy(context.fact(ciliumPolicies), context.fact(networkPolicies).byNamespace), portNames)
    return {
      pods: pods.visit,
      end(): CiliumGaps {
        const read = context.fact(ciliumPolicies)
        const {config} = read
        const isOff = config.enablePolicy === 'never'
        const reading = readingOf(context)
        const judged = isOff ? [] : pods.groups().filter(({policies}) => policies.some(isCilium))
        const {cases, unknown, tooMuch} = judge(judged, reading, {space: context.fact(addressSpace), unmatched: unmatchedBy(read)})
        return {cases, unknown, tooMuch, icmps: icmpGaps(judged), looked: judged.length, usesGroups: read.policies.some(usesGroups), isOff}
      },
    }
  },
})

/** Facts that whoever calls `readingOf` must name in `needs`. */
export const READING_NEEDS = [ciliumPolicies, ciliumMinor, assumedFamilies] as const

export function readingOf({fact}: {fact<T>(fact: Fact<T>): T}): CiliumReading {
  const {groups, config} = fact(ciliumPolicies)
  return {groups, minor: fact(ciliumMinor), isAlwaysDenied: config.enablePolicy === 'always', onlyFamily: fact(assumedFamilies).isDual ? null : config.onlyFamily}
}

function usesGroups({rules}: CiliumPolicy): boolean {
  const items = rules === null ? [] : DIRECTIONS.flatMap(direction => [...rules[direction].allow.rules, ...rules[direction].deny.rules])
  return items.some(({peers}) => peers !== 'all' && peers.some(({kind}) => kind === 'group'))
}

export function isCilium(policy: Policy): policy is CiliumPolicy {
  return 'rules' in policy
}

/** Endpoints have the labels of their pods and more, so one selection serves both kinds of policies. */
export function selectingBy({policies, namespaceLabels}: CiliumPolicies, byNamespace: ReadonlyMap<string, readonly ReadNetworkPolicy[]>): (pod: PodView) => readonly Policy[] {
  // Where Cilium has no policy of its own, those of Kubernetes are not of interest here.
  if (policies.length === 0) return () => []
  const own = policies.map(policy => ({policy: policy as Policy, selector: policy.selector, namespace: policy.namespace}))
  const others = [...byNamespace].flatMap(([namespace, list]) => list.map(policy => ({policy: policy as Policy, selector: policy.selector, namespace})))
  const select = selectionOf([...own, ...others])
  const labelsOf = endpointLabels(name => namespaceLabels.get(name) ?? {})
  return pod => select(pod.namespace, labelsOf(pod))
}

/** On the way in it is the pod that gives names to ports. */
export function portNames(policy: Policy): string[] {
  const rules = isCilium(policy) ? (policy.rules === null ? [] : [...policy.rules.ingress.allow.rules, ...policy.rules.ingress.deny.rules]) : (policy.ingress ?? [])
  return rules.flatMap(({ports}: {ports: Ports}) => (ports === 'all' ? [] : ports.flatMap(match => ('name' in match ? [`${match.protocol}/${match.name}`] : []))))
}

/**
 * A CIDR rule matches nothing that Cilium knows by identity: pods, and nodes
 * unless it is told to. A ClusterIP has been translated before a policy is asked.
 */
function unmatchedBy({config}: CiliumPolicies): FilterAddressClass[] {
  return config.matchesNodes ? ['pod', 'service'] : ['pod', 'service', 'node']
}

/** What policies of Kubernetes do wrong by themselves is said of them elsewhere; and who denies a family in words has not forgotten to allow it. */
function isOwn({gap, rules}: ChainGap): boolean {
  if (gap.class === 'A3' && rules.every(({action}) => action === 'deny')) return false
  return rules.some(({policy}) => policy.kind !== 'NetworkPolicy')
}

/** A block is not understood, or it is more than can be compared. */
type Unjudged = 'unknown' | 'too much'

interface Judging {
  space: AddressSpace
  unmatched: readonly FilterAddressClass[]
}

function judge(groups: readonly PodGroup<Policy>[], reading: CiliumReading, {space, unmatched}: Judging): Pick<CiliumGaps, 'cases' | 'unknown' | 'tooMuch'> {
  // A block of these alone lets nothing through, so the other family lacks nothing.
  const twinless = unmatched.reduce((sum: IntervalSet, kind) => union(sum, space.sets[kind]), EMPTY)
  const unknown = new Map<string, ObjectRef>()
  const tooMuch = new Set<string>()
  const effort = newEffort()
  const known = new Map<string, ChainGap[] | Unjudged>()
  const ids = new Map<Policy, number>()
  const idOf = (policy: Policy): number => {
    const id = ids.get(policy) ?? ids.size
    ids.set(policy, id)
    return id
  }
  const gapsOf = (group: PodGroup<Policy>, direction: Direction): ChainGap[] | Unjudged => {
    const selected = {cilium: group.policies.filter(isCilium), kubernetes: group.policies.filter(policy => !isCilium(policy)) as ReadNetworkPolicy[]}
    const stages = stagesOf(selected, direction, reading, group.namedPorts)
    return stages === null ? 'unknown' : chainGaps(stages, NO_NAMES, space, {unmatched, twinless, direction}, effort) ?? 'too much'
  }
  const cases = groups.flatMap(group => DIRECTIONS.flatMap((direction): CiliumCase[] => {
    // Groups that differ in their families alone have one chain.
    const key = JSON.stringify([direction, group.policies.map(idOf).toSorted((a, b) => a - b), [...group.namedPorts]])
    const found = known.get(key) ?? gapsOf(group, direction)
    known.set(key, found)
    if (found === 'too much') tooMuch.add(group.namespace)
    if (found === 'unknown') for (const {ref} of group.policies) unknown.set(`${ref.kind} ${ref.namespace}/${ref.name}`, ref)
    const gaps = settled((typeof found === 'string' ? [] : found).filter(isOwn), group.families)
    return gaps.length === 0 ? [] : [{direction, group, gaps, minor: reading.minor}]
  }))
  return {cases, unknown: [...unknown.values()], tooMuch: [...tooMuch]}
}
