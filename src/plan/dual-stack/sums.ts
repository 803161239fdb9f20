import type {PodGroup} from '../../filters/pod-groups.js'
import type {ReadNetworkPolicy} from '../../filters/network-policy/policies.js'
import {FILTER_CLASSES} from '../../audit/finding.js'
import type {Judged} from './judge.js'
import {keyOfPolicy} from './judge.js'
import type {ClassSum, DualStackPlan, Sum} from './plan.js'
import type {PolicySource} from './policy-sources.js'

type Group = PodGroup<ReadNetworkPolicy>

/** By class and family: each policy, and each pod, once. */
export function classSums(judged: readonly Judged[]): ClassSum[] {
  const found = new Map<string, Pick<ClassSum, 'class' | 'family'> & {policies: Set<string>; groups: Set<Group>}>()
  for (const {gaps, group} of judged) for (const {gap, blame} of gaps) {
    const family = gap.openFamily ?? gap.blockedFamily ?? 6
    const key = `${gap.class} ${family}`
    const known = found.get(key) ?? {class: gap.class, family, policies: new Set<string>(), groups: new Set<Group>()}
    found.set(key, known)
    known.groups.add(group)
    for (const {policy} of blame) known.policies.add(keyOfPolicy(policy))
  }
  const sums = [...found.values()].map(({policies, groups, ...head}): ClassSum => ({...head, policies: policies.size, pods: podsIn(groups)}))
  return sums.toSorted((a, b) => FILTER_CLASSES.indexOf(a.class) - FILTER_CLASSES.indexOf(b.class) || b.family - a.family)
}

/** Policies in which nothing is to be done: both families alike by their blocks, or no block at all. Pods that none but such policies select. */
export function sameSums({judged, groups, policies, sources}: {judged: readonly Judged[]; groups: readonly Group[]; policies: readonly ReadNetworkPolicy[]; sources: ReadonlyMap<string, PolicySource>}): DualStackPlan['same'] {
  const wrong = new Set(judged.filter(({gaps, unread}) => gaps.length + unread.length > 0).map(({group}) => group))
  const blamed = new Set(judged.flatMap(({gaps, unread}) => [...gaps.flatMap(({blame}) => blame), ...unread].map(({policy}) => keyOfPolicy(policy))))
  const withBlock = policies.filter(policy => sources.has(keyOfPolicy(policy)))
  const hasBlock = (group: Group): boolean => group.policies.some(policy => sources.has(keyOfPolicy(policy)))
  const sumOf = (policyCount: number, own: readonly Group[]): Sum => ({policies: policyCount, pods: podsIn(own)})
  return {
    alike: sumOf(withBlock.filter(policy => !blamed.has(keyOfPolicy(policy))).length, groups.filter(group => hasBlock(group) && !wrong.has(group))),
    selectors: sumOf(policies.length - withBlock.length, groups.filter(group => !hasBlock(group))),
  }
}

function podsIn(groups: Iterable<Group>): number {
  let sum = 0
  for (const {pods} of groups) sum += pods
  return sum
}
