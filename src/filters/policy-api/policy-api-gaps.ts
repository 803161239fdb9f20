import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import {SEVERITIES} from '../../audit/severity.js'
import type {AddressSpace} from '../address-space.js'
import {addressSpace} from '../address-space.js'
import type {ChainOptions} from '../chain/atom-gaps.js'
import type {ChainRule} from '../chain/chain.js'
import type {ChainGap, SettledGap} from '../chain/chain-gaps.js'
import {chainGaps, settled} from '../chain/chain-gaps.js'
import type {Effort} from '../effort.js'
import {newEffort} from '../effort.js'
import {cidrMatch} from '../network-policy/cidr-match.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import {networkPolicies} from '../network-policy/policies.js'
import type {PodGroup} from '../pod-groups.js'
import {podStream} from '../pod-stream.js'
import {once} from '../once.js'
import {POD_VIEW_NEEDS} from '../pods.js'
import {NO_NAMES} from '../ports.js'
import {singleFamilyServices} from '../single-family-services.js'
import type {AnyPolicy} from './cluster-policies.js'
import {clusterPolicies, isClusterPolicy, isNetworkPolicy, selectingBy} from './cluster-policies.js'
import type {ClusterPolicy} from './read-policy.js'
import {chainsOf} from './stages.js'

export interface PolicyApiCase {
  group: PodGroup<AnyPolicy>
  gaps: readonly SettledGap[]
  /** Policies without an order among them that have a part in these gaps. */
  tied: readonly string[]
}

/** A block that nobody can read: what happens to the pods of its policy is not known. */
export interface UnreadNetwork {
  policy: ObjectRef
  path: string
  text: string
}

export interface PolicyApiGaps {
  cases: readonly PolicyApiCase[]
  unread: readonly UnreadNetwork[]
  /** Namespaces with pods whose policies are too much to compare. */
  tooMuch: readonly string[]
  /** Groups that a policy of this API selects. */
  looked: number
  /** Namespaces of pods that were not judged, as their labels were not seen. */
  unseen: readonly string[]
  space: AddressSpace
}

/** S3 and A3 of AdminNetworkPolicies, ClusterNetworkPolicies and what stands between and behind them; on the way out, as ingress rules have no blocks. */
export const policyApiGaps: Fact<PolicyApiGaps> = defineFact({
  id: 'policy-api-gaps',
  reads: ['pods'],
  needs: [clusterPolicies, networkPolicies, addressSpace, singleFamilyServices, cidrMatch, ...POD_VIEW_NEEDS],
  create(context) {
    const selecting = once(() => selectingBy(context.fact(clusterPolicies), context.fact(networkPolicies).byNamespace))
    const pods = podStream(context, () => selecting().of)
    return {
      pods: pods.visit,
      end(): PolicyApiGaps {
        const space = context.fact(addressSpace)
        const judged = pods.groups().filter(({policies}) => policies.some(isClusterPolicy))
        return {...judgeAll(judged, space, {twinless: context.fact(singleFamilyServices), unmatched: context.fact(cidrMatch).unmatched}), looked: judged.length, unseen: selecting().unseen(), space}
      },
    }
  },
})

interface Verdict {
  unread: readonly UnreadNetwork[]
  gaps: readonly ChainGap[]
  tied: readonly string[]
  isTooMuch: boolean
}

/** Groups that differ in namespace or families alone have one chain. */
function judgeAll(groups: readonly PodGroup<AnyPolicy>[], space: AddressSpace, options: ChainOptions): Pick<PolicyApiGaps, 'cases' | 'unread' | 'tooMuch'> {
  const effort = newEffort()
  const tooMuch = new Set<string>()
  const ids = new Map<AnyPolicy, number>()
  const verdicts = new Map<string, Verdict>()
  const verdictFor = (policies: readonly AnyPolicy[]): Verdict => {
    for (const policy of policies) if (!ids.has(policy)) ids.set(policy, ids.size)
    const key = policies.map(policy => ids.get(policy) ?? 0).toSorted((a, b) => a - b).join(',')
    const verdict = verdicts.get(key) ?? verdictOf(policies, space, {options, effort})
    verdicts.set(key, verdict)
    return verdict
  }
  const cases = groups.flatMap(group => {
    const {gaps, tied, isTooMuch} = verdictFor(group.policies)
    if (isTooMuch) tooMuch.add(group.namespace)
    const told = settled(gaps, group.families)
    const isTied = ({rules}: SettledGap): boolean => rules.some(({policy}) => tied.includes(policy.name))
    return [{gaps: told.filter(isTied), tied}, {gaps: told.filter(gap => !isTied(gap)), tied: []}].filter(one => one.gaps.length > 0).map(one => ({...one, group}))
  })
  const unread = new Map([...verdicts.values()].flatMap(one => one.unread.map(found => [`${found.policy.kind} ${found.policy.namespace}/${found.policy.name} ${found.path}`, found] as const)))
  return {cases, unread: [...unread.values()], tooMuch: [...tooMuch]}
}

/** Of several orders the worst: nobody can rely on a better one. */
function verdictOf(policies: readonly AnyPolicy[], space: AddressSpace, {options, effort}: {options: ChainOptions; effort: Effort}): Verdict {
  const cluster = policies.filter(isClusterPolicy)
  const network = policies.filter(isNetworkPolicy)
  const unread = [...cluster.flatMap(unreadIn), ...network.flatMap(unreadPeers)]
  if (unread.length > 0) return {unread, gaps: [], tied: [], isTooMuch: false}
  const chains = chainsOf({cluster, network}, space, effort.begin())
  if (chains === null) return {unread, gaps: [], tied: [], isTooMuch: true}
  const judged: {tied: readonly string[]; gaps: ChainGap[]}[] = []
  for (const {stages, tied} of chains) {
    const gaps = chainGaps(stages, NO_NAMES, space, options, effort)
    if (gaps === null) return {unread, gaps: [], tied: [], isTooMuch: true}
    judged.push({tied, gaps: gaps.flatMap(ownGap)})
  }
  const [worst] = judged.toSorted((a, b) => gravity(b.gaps) - gravity(a.gaps))
  return {unread, gaps: worst?.gaps ?? [], tied: worst?.tied ?? [], isTooMuch: false}
}

/** What NetworkPolicies do wrong by themselves is said of them elsewhere; where they have a part in it, the policy above them comes first. */
function ownGap(gap: ChainGap): ChainGap[] {
  const [own, others] = [gap.rules.filter(isAbove), gap.rules.filter(rule => !isAbove(rule))]
  return own.length === 0 ? [] : [{...gap, rules: [...own, ...others]}]
}

function isAbove({policy}: ChainRule): boolean {
  return policy.kind !== 'NetworkPolicy'
}

/** One gap of a severity outweighs any number below it. */
function gravity(gaps: readonly ChainGap[]): number {
  return gaps.reduce((sum, {gap}) => sum + 100 ** (SEVERITIES.length - SEVERITIES.indexOf(gap.severity)), 0)
}

function unreadIn({ref, egress}: ClusterPolicy): UnreadNetwork[] {
  return egress.flatMap(({networks}) => networks.filter(({cidr}) => cidr === null).map(({path, text}) => ({policy: ref, path, text})))
}

function unreadPeers({ref, egress}: ReadNetworkPolicy): UnreadNetwork[] {
  return (egress ?? []).flatMap(({peers}) => (peers === 'all' ? [] : peers.flatMap(peer => (peer.kind === 'unread' ? [{policy: ref, path: peer.path, text: peer.text}] : []))))
}
