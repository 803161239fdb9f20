import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import type {KubeObject} from '../../kube/json.js'
import {namespaceOf} from '../../kube/object.js'
import type {Family} from '../../network/ip.js'
import {podFamilies} from '../../network/pod-families.js'
import type {AddressSpace} from '../address-space.js'
import {addressSpace} from '../address-space.js'
import {labelIndex} from '../label-index.js'
import type {PodGroup, PodGroups} from '../pod-groups.js'
import {groupPods} from '../pod-groups.js'
import {POD_VIEW_NEEDS, podViews} from '../pods.js'
import type {PodView} from '../pods.js'
import type {Beside} from '../beside.js'
import {BESIDE_NEEDS, besideOf, isBeside} from '../beside.js'
import type {Direction} from '../direction.js'
import {DIRECTIONS} from '../direction.js'
import type {BlamedBlock} from './blame.js'
import {cidrMatch} from './cidr-match.js'
import type {CidrMatch} from './cidr-match.js'
import {confirm} from './confirm.js'
import type {DeadEntry} from './dead-entries.js'
import {deadEntries} from './dead-entries.js'
import type {Unread} from './evaluate.js'
import {evaluator} from './evaluate.js'
import type {GroupGap} from './group-gaps.js'
import {gapsOf} from './group-gaps.js'
import type {Notation} from './notation.js'
import type {NetworkPolicies, ReadNetworkPolicy} from './policies.js'
import {networkPolicies} from './policies.js'
import type {SideGroup} from './side-groups.js'
import {sideGroups} from './side-groups.js'
import type {Sides} from './sides.js'
import {hasBlock, sidesMaker} from './sides.js'
import {isTwinless, twinlessAddresses} from './twinless.js'

export type {BlamedBlock, DeadEntry, GroupGap}

/** Pods of one namespace, selected by the same policies, with the same families; and one direction. */
export interface GroupGaps {
  namespace: string
  direction: Direction
  /** Those that isolate the pods in this direction and say something of addresses: their rules are a union. */
  policies: readonly ReadNetworkPolicy[]
  families: readonly Family[]
  pods: number
  /** The first three. */
  names: readonly string[]
  /** At most one per class and family; gravest first. */
  gaps: readonly GroupGap[]
  /** Not empty: blocks that nobody can read, so that nothing is known of this group and direction. */
  unread: readonly Unread[]
  /** Not empty: other policies decide on these pods too, and it is not known what they do. */
  unsettledBy: string
}

export interface NetworkPolicyGaps {
  /** Groups with a gap or with a block that cannot be read. */
  groups: readonly GroupGaps[]
  notation: readonly Notation[]
  /** Blocks of a family that no selected pod has, and that no gap is about. */
  dead: readonly DeadEntry[]
  /** Groups whose policies name a block; those without gaps included. */
  looked: number
  space: AddressSpace
  engine: CidrMatch
  /** What was not read whole leaves the verdict open. */
  outcomes: Readonly<Record<'networkpolicies' | 'pods' | 'services', ReadOutcome>>
}

/**
 * What NetworkPolicies do to one family and not to the other, for every group of
 * running pods. Pods are the last to be read, and the ranges of the cluster are
 * known with them, so groups are judged at the end.
 */
export const networkPolicyGaps: Fact<NetworkPolicyGaps> = defineFact({
  id: 'network-policy-gaps',
  reads: ['pods'],
  needs: [networkPolicies, addressSpace, podFamilies, twinlessAddresses, cidrMatch, ...BESIDE_NEEDS, ...POD_VIEW_NEEDS],
  create(context) {
    const view = podViews(context)
    let grouping: Grouping | null = null
    return {
      pods(pod) {
        grouping ??= groupingFor(context.fact(networkPolicies), besideOf(context))
        grouping.add(pod, view)
      },
      end(): NetworkPolicyGaps {
        const policies = context.fact(networkPolicies)
        const space = context.fact(addressSpace)
        const engine = context.fact(cidrMatch)
        const counts = context.fact(podFamilies).counts
        const twinless = context.fact(twinlessAddresses)
        const groups = sideGroups(grouping?.groups() ?? [])
        const judged = judgeAll(groups, {space, engine, isTwinless: isTwinless(twinless, space), isV6Only: counts !== null && counts.v4 + counts.dual === 0 && groups.every(({families}) => !families.includes(4))})
        return {
          groups: judged.filter(({gaps, unread}) => gaps.length + unread.length > 0), notation: policies.notation, dead: deadEntries(groups, judged.flatMap(({gaps}) => gaps)),
          looked: judged.length, space, engine, outcomes: {networkpolicies: policies.outcome, pods: context.outcome('pods'), services: twinless.outcome},
        }
      },
    }
  },
})

const NONE: readonly Beside[] = []

interface World {
  space: AddressSpace
  engine: CidrMatch
  isTwinless: ReturnType<typeof isTwinless>
  isV6Only: boolean
}

export function judgeAll(groups: readonly SideGroup[], {space, engine, isTwinless, isV6Only}: World): GroupGaps[] {
  const evaluate = evaluator({space, unmatched: engine.unmatched, isTwinless})
  return groups.map(({sides, direction, namedPorts, beside, ...group}) => {
    const {evaluation, unsettledBy} = confirm(evaluate(sides, direction, namedPorts), {beside, direction, named: namedPorts, space})
    return {...group, direction, unsettledBy, policies: sides.map(({policy}) => policy), unread: evaluation.unread, gaps: gapsOf(evaluation, {families: group.families, isV6Only, space, isTwinless})}
  })
}

interface Grouping {
  add(pod: KubeObject, view: (pod: KubeObject) => PodView | null): void
  groups(): PodGroup<Sides | Beside>[]
}

/** Pods of namespaces without a block in any policy are let by unread. */
function groupingFor({byNamespace}: NetworkPolicies, others: (pod: PodView) => readonly Beside[]): Grouping {
  const sidesOf = sidesMaker()
  const namespaces = new Map([...byNamespace].flatMap(([namespace, policies]) => {
    const telling = policies.flatMap(policy => {
      const sides = sidesOf(policy)
      return sides === null ? [] : [{policy, sides}]
    })
    if (!hasBlock(telling.flatMap(({sides}) => DIRECTIONS.flatMap(direction => sides[direction] ?? [])))) return []
    const index = labelIndex(telling, ({policy}) => policy.selector)
    return [[namespace, {index, lists: new WeakMap<readonly unknown[], Map<readonly Beside[], readonly (Sides | Beside)[]>>()}] as const]
  }))
  const pods: PodGroups<Sides | Beside> = groupPods(pod => {
    const found = namespaces.get(pod.namespace)
    if (found === undefined) return []
    const selected = found.index(pod.labels)
    const beside = selected.length === 0 ? NONE : others(pod)
    const lists = found.lists.get(selected) ?? new Map<readonly Beside[], readonly (Sides | Beside)[]>()
    found.lists.set(selected, lists)
    const known = lists.get(beside) ?? [...selected.map(({sides}) => sides), ...beside]
    lists.set(beside, known)
    return known
  }, one => (isBeside(one) ? one.portNames : one.ingress?.portNames ?? []))
  return {
    add(pod, view) {
      if (!namespaces.has(namespaceOf(pod))) return
      const seen = view(pod)
      if (seen !== null) pods.add(seen)
    },
    groups: () => pods.groups(),
  }
}
