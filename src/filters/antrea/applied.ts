import {isSelected} from '../../kube/label-selector.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import {groupBy} from '../group-by.js'
import {oncePer} from '../once.js'
import {oncePerLook} from '../pod-look.js'
import type {PodView} from '../pods.js'
import type {AppliedTo} from './applied-to.js'
import {isTarget, keysOf} from './applied-to.js'
import {groupKeys, isInGroup} from './groups.js'
import type {AntreaObjects} from './objects.js'
import {BUILT_IN_TIERS} from './objects.js'
import type {AntreaPolicy, AntreaRule} from './read-policy.js'

/** A policy with those of its rules that apply to the pod. */
export interface AppliedPolicy {
  kind: 'antrea'
  policy: AntreaPolicy
  ingress: readonly AntreaRule[]
  egress: readonly AntreaRule[]
}

export interface AppliedNetworkPolicy {
  kind: 'kubernetes'
  policy: ReadNetworkPolicy
}

export interface Unknown {
  kind: 'unknown'
  why: string
}

export type Applied = AppliedPolicy | AppliedNetworkPolicy | Unknown

const NONE: readonly Applied[] = []

/** Whatever applies to a pod, one list for pods that no selector tells apart. Nothing where no policy of Antrea does. */
export function policiesOf(objects: AntreaObjects, byNamespace: ReadonlyMap<string, readonly ReadNetworkPolicy[]>): (pod: PodView) => readonly Applied[] {
  const wide = objects.policies.filter(({namespace}) => namespace === '')
  const local = groupBy(objects.policies.filter(({namespace}) => namespace !== ''), ({namespace}) => namespace)
  const variantOf = variants()
  const networkPolicyOf = oncePer((policy: ReadNetworkPolicy): AppliedNetworkPolicy => ({kind: 'kubernetes', policy}))
  const found = oncePerLook(labelsAskedFor(objects, byNamespace), (pod): readonly Applied[] => {
    const own = [...wide, ...local.get(pod.namespace) ?? []].flatMap(policy => appliedTo(policy, pod, objects, variantOf) ?? [])
    const unknown = own.find(({kind}) => kind === 'unknown')
    const network = own.length === 0 ? [] : (byNamespace.get(pod.namespace) ?? []).filter(({selector}) => isSelected(selector, pod.labels)).map(networkPolicyOf)
    return unknown === undefined ? [...own, ...network] : [unknown]
  })
  return pod => {
    if (objects.unknownIn.has('') || objects.unknownIn.has(pod.namespace)) return UNREAD
    return wide.length === 0 && !local.has(pod.namespace) ? NONE : found(pod)
  }
}

const UNREAD: readonly Applied[] = [{kind: 'unknown', why: 'a policy of Antrea was not understood'}]

/** Null: none of its rules applies. */
function appliedTo(policy: AntreaPolicy, pod: PodView, objects: AntreaObjects, variantOf: (policy: AntreaPolicy, isMeant: readonly boolean[]) => AppliedPolicy): AppliedPolicy | Unknown | null {
  const ofPolicy = isAnyOf(policy.appliedTo, policy.namespace, pod, objects)
  // Rules say whom they apply to where the policy does not: the API takes no policy with both.
  const answers = [...policy.ingress, ...policy.egress].map(rule => (policy.appliedTo.length > 0 ? ofPolicy : isAnyOf(rule.appliedTo ?? [], policy.namespace, pod, objects)))
  if (answers.includes(null)) return unknown(policy, 'applies to what is not known: a group, the pods of a Service or labels of namespaces')
  if (!answers.includes(true)) return null
  if (!objects.areTiersKnown && !Object.hasOwn(BUILT_IN_TIERS, policy.tier)) return unknown(policy, `is in the tier ${policy.tier}, and tiers were not read`)
  return variantOf(policy, answers.map(answer => answer === true))
}

function unknown({ref: {kind, namespace, name}}: AntreaPolicy, what: string): Unknown {
  return {kind: 'unknown', why: `${kind} ${namespace === '' ? '' : `${namespace}/`}${name} ${what}`}
}

function isAnyOf(list: readonly AppliedTo[], namespace: string, pod: PodView, objects: AntreaObjects): boolean | null {
  const answers = list.map(one => {
    if (one.kind === 'pods') return isTarget(one.target, pod, objects.namespaces)
    if (one.kind === 'others') return false
    return objects.areGroupsKnown ? isInGroup(objects.groups, {namespace, name: one.name}, pod, objects.namespaces) : null
  })
  return answers.includes(true) ? true : answers.includes(null) ? null : false
}

/** One object for each policy and set of its rules, so that groups of pods are compared by it. */
function variants(): (policy: AntreaPolicy, isMeant: readonly boolean[]) => AppliedPolicy {
  const known = new Map<AntreaPolicy, Map<string, AppliedPolicy>>()
  return (policy, isMeant) => {
    const byRules = known.get(policy) ?? new Map<string, AppliedPolicy>()
    known.set(policy, byRules)
    const key = isMeant.map(Number).join('')
    const found = byRules.get(key) ?? {
      kind: 'antrea', policy,
      ingress: policy.ingress.filter((_, index) => isMeant[index]), egress: policy.egress.filter((_, index) => isMeant[policy.ingress.length + index]),
    }
    byRules.set(key, found)
    return found
  }
}

function labelsAskedFor({policies, groups}: AntreaObjects, byNamespace: ReadonlyMap<string, readonly ReadNetworkPolicy[]>): string[] {
  const lists = policies.flatMap(({appliedTo: own, ingress, egress}) => [own, ...[...ingress, ...egress].map(rule => rule.appliedTo ?? [])])
  const keys = lists.flat().flatMap(one => (one.kind === 'pods' ? keysOf(one.target) : []))
  const others = [...byNamespace.values()].flatMap(list => list.flatMap(({selector}) => selector.map(({key}) => key)))
  return [...new Set([...keys, ...groupKeys(groups), ...others])].toSorted()
}
