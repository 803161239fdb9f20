import type {FamiliesInfo} from '../../audit/audit-report.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import type {Scope} from '../../audit/scope.js'
import {inScope} from '../../audit/scope.js'
import type {AddressSpace} from '../../filters/address-space.js'
import {groupBy} from '../../filters/group-by.js'
import type {CidrMatch} from '../../filters/network-policy/cidr-match.js'
import type {NetworkPolicies, ReadNetworkPolicy} from '../../filters/network-policy/policies.js'
import type {TwinlessAddresses} from '../../filters/network-policy/twinless.js'
import {isTwinless} from '../../filters/network-policy/twinless.js'
import {EMPTY} from '../../network/interval-set.js'
import type {Whose} from './carve-outs.js'
import {FIELD, isUnknown, rangeOf} from './carve-outs.js'
import {keyOfPolicy} from './judge.js'
import type {DualStackPlan, OtherSum, RangeOfPlan} from './plan.js'
import {planPolicies} from './plan-policies.js'
import type {PolicyGroups} from './policy-groups.js'
import type {PolicySource} from './policy-sources.js'
import {classSums, sameSums} from './sums.js'

export interface PlanInput {
  cluster: DualStackPlan['cluster']
  families: FamiliesInfo
  space: AddressSpace
  engine: CidrMatch
  twinless: TwinlessAddresses
  policies: NetworkPolicies
  sources: ReadonlyMap<string, PolicySource>
  groups: PolicyGroups
  others: readonly OtherSum[]
  scope: Scope
  incomplete: DualStackPlan['incomplete']
  isWithoutPolicies: boolean
}

export function dualStackPlan(input: PlanInput): DualStackPlan {
  const {cluster, families, space, engine, scope, others, incomplete, isWithoutPolicies} = input
  const all = [...input.policies.byNamespace].filter(([namespace]) => inScope(namespace, scope)).flatMap(([, list]) => list)
  const byKey = groupBy(all, keyOfPolicy)
  const isAlone = (policy: ReadNetworkPolicy): boolean => byKey.get(keyOfPolicy(policy))?.length === 1
  const policies = all.filter(isAlone)
  // What was not understood as a policy is told as such, and not planned.
  const understood = new Set(policies.map(keyOfPolicy))
  const sources = new Map([...input.sources].filter(([key]) => understood.has(key)))
  const groups = input.groups.groups.filter(({namespace}) => inScope(namespace, scope)).map(group => ({...group, policies: group.policies.filter(isAlone)})).filter(group => group.policies.length > 0)
  const world = {space, unmatched: engine.unmatched, isTwinless: isTwinless(input.twinless, space)}
  const {plans, judged} = planPolicies({policies, sources, groups, world})
  return {
    cluster, families: {state: families.state, primary: families.primary}, ranges: {pod: rangeIn('pod', space), service: rangeIn('service', space), node: rangeIn('node', space)},
    remarks: remarksOf(input), classes: classSums(judged), same: sameSums({judged, groups, policies, sources}), policies: plans, others, incomplete: [...incomplete, ...nameless([...byKey.values()])], isWithoutPolicies,
  }
}

/** Files may hold several that are to get a name from the API server. Nothing tells them apart here, so none of them is planned. */
function nameless(lists: readonly (readonly ReadNetworkPolicy[])[]): DualStackPlan['incomplete'] {
  return lists.filter(({length}) => length > 1).map(([first, ...others]) => ({
    resource: 'networkpolicies.networking.k8s.io', outcome: 'not-understood',
    detail: `${others.length + 1} NetworkPolicies${first?.ref.namespace === '' ? '' : ` of ${first?.ref.namespace}`} have no name that tells them apart: name them, and plan again`,
  }))
}

function rangeIn(whose: Whose, space: AddressSpace): RangeOfPlan {
  return {cidrs: rangeOf(whose, space).map(({text}) => text), from: space.ranges[FIELD[whose]].from, isUnknown: isUnknown(whose, EMPTY, space)}
}

const DUAL: readonly FamiliesInfo['state'][] = ['dual', 'dual-pods']

function remarksOf({families, engine, space, groups, isWithoutPolicies}: PlanInput): string[] {
  return [
    ...(isWithoutPolicies ? ['The input holds no NetworkPolicy: what those of the cluster lack is not known.'] : []),
    ...(DUAL.includes(families.state) ? ['Pods have both families already: what IPv6 is said to do, it does now.'] : []),
    ...(families.state === 'mixed' ? ['Some pods have both families already: what IPv6 is said to do, it does to them now.'] : []),
    ...(isSeen(groups.outcome) || isWithoutPolicies ? [] : ['Pods were not seen: each policy is judged by itself, and no pod is counted.']),
    ...(engine.isCilium ? [`Cilium matches no ${engine.unmatched.includes('node') ? 'pod and no node' : 'pod'} by its address: their ranges are not asked for.`] : []),
    ...(space.endpoints.some(({isGuess}) => isGuess) ? ['Nothing tells the cloud, so the metadata address of AWS stands for it.'] : []),
  ]
}

function isSeen({outcome}: ReadOutcome): boolean {
  return outcome === 'complete' || outcome === 'partial' || outcome === 'not-understood'
}
