import type {FilterClass} from '../../audit/finding.js'
import {compareText} from '../../audit/order.js'
import type {ReadNetworkPolicy} from '../../filters/network-policy/policies.js'
import type {PodGroup} from '../../filters/pod-groups.js'
import {FAMILIES} from '../../network/interval-set.js'
import type {Judged, World} from './judge.js'
import {judge, keyOfPolicy} from './judge.js'
import type {PlanItem, PolicyPlan} from './plan.js'
import type {PolicySource} from './policy-sources.js'
import {prove} from './prove.js'
import {ruleGapsOf} from './rule-gaps.js'

export interface PoliciesInput {
  policies: readonly ReadNetworkPolicy[]
  /** Of those that name blocks. */
  sources: ReadonlyMap<string, PolicySource>
  groups: readonly PodGroup<ReadNetworkPolicy>[]
  world: World
}

export interface PlannedPolicies {
  plans: readonly PolicyPlan[]
  /** As it is, one entry for each group of pods and direction. */
  judged: readonly Judged[]
}

/** What each policy lacks, and the patch for what can be told. */
export function planPolicies({policies, sources, groups, world}: PoliciesInput): PlannedPolicies {
  const all = [...groups, ...unselected(policies, sources, groups)]
  const judged = judge(all, world)
  const {drafts, after} = prove({sources, groups: all, judged, gaps: ruleGapsOf(judged), world})
  const left = leftIn(after)
  const unread = unreadIn(judged)
  const pods = podsOf(groups)
  const planOf = (key: string): PolicyPlan => {
    const source = sources.get(key)
    if (source === undefined) throw new Error(`the policy ${key} has a block and was not kept`)
    const {answers = [], written = null, refused = null} = drafts.get(key) ?? {}
    return {
      policy: refOf(source), pods: pods.get(key) ?? 0, manager: source.manager, items: answers.map(({item}) => (refused === null ? item : withheld(item, refused))),
      unread: unread.get(key) ?? [], patch: refused === null ? (written?.patch ?? null) : null, left: left.get(key) ?? [],
    }
  }
  return {judged, plans: [...new Set([...drafts.keys(), ...unread.keys()])].toSorted(compareText).map(planOf)}
}

function refOf({object}: PolicySource): PolicyPlan['policy'] {
  const {namespace, name} = object['metadata'] as {namespace: string; name: string}
  return {apiVersion: object.apiVersion, kind: object.kind, namespace, name}
}

/** Pods come and go: a policy that selects none now is judged by itself. */
function unselected(policies: readonly ReadNetworkPolicy[], sources: ReadonlyMap<string, PolicySource>, groups: readonly PodGroup<ReadNetworkPolicy>[]): PodGroup<ReadNetworkPolicy>[] {
  const selected = new Set(groups.flatMap(group => group.policies))
  return policies.filter(policy => !selected.has(policy) && sources.has(keyOfPolicy(policy)))
    .map(policy => ({namespace: policy.ref.namespace, policies: [policy], families: FAMILIES, pods: 0, names: [], namedPorts: new Map()}))
}

function withheld(item: PlanItem, gaps: string): PlanItem {
  if (item.answer !== 'add' && item.answer !== 'except') return item
  return {...item, answer: 'hand', why: `Not without the rest: alone it would bring what the audit does not find now (${gaps}). Look at all policies that select these pods.`}
}

function leftIn(after: readonly Judged[]): Map<string, FilterClass[]> {
  const left = new Map<string, Set<FilterClass>>()
  for (const {gaps} of after) for (const {gap, blame} of gaps) for (const {policy} of blame) {
    const known = left.get(keyOfPolicy(policy)) ?? new Set()
    left.set(keyOfPolicy(policy), known.add(gap.class))
  }
  return new Map([...left].map(([key, classes]) => [key, [...classes].toSorted(compareText)]))
}

function unreadIn(judged: readonly Judged[]): Map<string, {path: string; text: string}[]> {
  const found = new Map<string, Map<string, {path: string; text: string}>>()
  for (const {unread} of judged) for (const {policy, path, text} of unread) {
    const known = found.get(keyOfPolicy(policy)) ?? new Map<string, {path: string; text: string}>()
    found.set(keyOfPolicy(policy), known.set(path, {path, text}))
  }
  return new Map([...found].map(([key, byPath]) => [key, [...byPath.values()]]))
}

function podsOf(groups: readonly PodGroup<ReadNetworkPolicy>[]): Map<string, number> {
  const pods = new Map<string, number>()
  for (const group of groups) for (const policy of group.policies) pods.set(keyOfPolicy(policy), (pods.get(keyOfPolicy(policy)) ?? 0) + group.pods)
  return pods
}
