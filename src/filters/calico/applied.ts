import {isSelected} from '../../kube/label-selector.js'
import type {Direction} from '../direction.js'
import {groupBy} from '../group-by.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import {oncePer} from '../once.js'
import {oncePerLook} from '../pod-look.js'
import type {PodView} from '../pods.js'
import {podLookup} from './labels.js'
import type {CalicoObjects} from './objects.js'
import type {CalicoPolicy, PlacedRule} from './read-policy.js'
import {DEFAULT_TIER} from './read-policy.js'
import type {Entity} from './rule.js'
import type {Lookup, Selector} from './selector.js'

/** A policy with those of its rules that are about the pod: rules may name which of the selected pods they mean. */
export interface AppliedPolicy {
  kind: 'calico'
  policy: CalicoPolicy
  ingress: readonly PlacedRule[] | null
  egress: readonly PlacedRule[] | null
}

/** A NetworkPolicy of Kubernetes, which Calico evaluates among its own. */
export interface AppliedNetworkPolicy {
  kind: 'kubernetes'
  policy: ReadNetworkPolicy
}

/** That something here is not known: what the pod's policies do together is not, either. */
export interface Unknown {
  kind: 'unknown'
  why: string
}

export type Applied = AppliedPolicy | AppliedNetworkPolicy | Unknown

const NONE: readonly Applied[] = []

/**
 * Whatever applies to a pod, the same list for pods that look the same to every
 * selector. Nothing where no policy of Calico does: those of Kubernetes alone
 * are another check's.
 */
export function policiesOf(objects: CalicoObjects, byNamespace: ReadonlyMap<string, readonly ReadNetworkPolicy[]>): (pod: PodView) => readonly Applied[] {
  // Felix leaves these to host endpoints: `tierInfoToProtoTierInfo` of felix/calc/event_sequencer.go.
  const policies = objects.policies.filter(({ofHosts}) => ofHosts !== 'doNotTrack' && ofHosts !== 'preDNAT')
  const global = policies.filter(({namespace}) => namespace === '')
  const local = groupBy(policies.filter(({namespace}) => namespace !== ''), ({namespace}) => namespace)
  const variants = variantsOf()
  const found = oncePerLook(labelsAskedFor(policies, byNamespace), pod => appliedTo(pod, [...global, ...local.get(pod.namespace) ?? []], {objects, variants, network: byNamespace.get(pod.namespace) ?? []}))
  return pod => {
    if (objects.unknownIn.has('') || objects.unknownIn.has(pod.namespace)) return UNREAD
    return global.length === 0 && !local.has(pod.namespace) ? NONE : found(pod)
  }
}

const UNREAD: readonly Applied[] = [{kind: 'unknown', why: 'a policy of Calico was not understood'}]

interface World {
  objects: CalicoObjects
  variants: ReturnType<typeof variantsOf>
  network: readonly ReadNetworkPolicy[]
}

function appliedTo(pod: PodView, candidates: readonly CalicoPolicy[], {objects, variants, network}: World): readonly Applied[] {
  const lookup = podLookup(pod, objects.namespaces)
  const applied = candidates.flatMap((policy): Applied[] => {
    const isMeant = policy.selector.matches(lookup)
    if (isMeant === null) return [unknownSelector(policy)]
    return isMeant ? [variants(policy, lookup)] : []
  })
  if (applied.length === 0) return NONE
  const unknown = applied.find(({kind}) => kind === 'unknown') ?? unknownTier(applied, objects)
  if (unknown !== undefined) return [unknown]
  return [...applied, ...network.filter(({selector}) => isSelected(selector, pod.labels)).map(networkPolicyOf)]
}

function unknownSelector({ref: {kind, namespace, name}}: CalicoPolicy): Unknown {
  return {kind: 'unknown', why: `${kind} ${namespace === '' ? name : `${namespace}/${name}`} selects by labels of namespaces or ServiceAccounts that are not known`}
}

/** Where tiers are not known, neither is the order of policies of two of them, nor what becomes of traffic at the end of one. */
function unknownTier(applied: readonly Applied[], {isEveryTierKnown}: CalicoObjects): Unknown | undefined {
  const isOther = applied.some(one => one.kind === 'calico' && one.policy.tier !== DEFAULT_TIER)
  return isOther && !isEveryTierKnown ? {kind: 'unknown', why: 'the tiers of Calico were not read'} : undefined
}

/** One object for each, so that groups of pods are compared by it. */
const networkPolicyOf = oncePer((policy: ReadNetworkPolicy): AppliedNetworkPolicy => ({kind: 'kubernetes', policy}))

/** One object for each policy and set of its rules that apply. */
function variantsOf(): (policy: CalicoPolicy, lookup: Lookup) => AppliedPolicy | Unknown {
  const known = new Map<CalicoPolicy, Map<string, AppliedPolicy | Unknown>>()
  return (policy, lookup) => {
    const answers = [...policy.ingress ?? [], ...policy.egress ?? []].map(({own}) => isOwn(own, lookup))
    const key = answers.map(answer => (answer === null ? '?' : answer ? '1' : '0')).join('')
    const variants = known.get(policy) ?? new Map<string, AppliedPolicy | Unknown>()
    known.set(policy, variants)
    const found = variants.get(key) ?? (answers.includes(null) ? unknownSelector(policy) : variantOf(policy, answers))
    variants.set(key, found)
    return found
  }
}

function variantOf(policy: CalicoPolicy, answers: readonly (boolean | null)[]): AppliedPolicy {
  const count = policy.ingress?.length ?? 0
  const kept = (rules: readonly PlacedRule[] | null, from: number): readonly PlacedRule[] | null => rules?.filter((_, index) => answers[from + index]) ?? null
  return {kind: 'calico', policy, ingress: kept(policy.ingress, 0), egress: kept(policy.egress, count)}
}

/** Is the pod on the side of the rule that it stands on? */
function isOwn({selector, notSelector, isOfService}: Entity, lookup: Lookup): boolean | null {
  // Which pods are behind a Service is not looked up here.
  if (isOfService) return null
  const [meant, excluded] = [selector?.matches(lookup) ?? (selector === null ? true : null), notSelector === null ? false : notSelector.matches(lookup)]
  if (meant === false || excluded === true) return false
  return meant === null || excluded === null ? null : true
}

/** Labels of pods that some selector asks for; the rest of a pod's labels makes no difference. */
function labelsAskedFor(policies: readonly CalicoPolicy[], byNamespace: ReadonlyMap<string, readonly ReadNetworkPolicy[]>): string[] {
  const selectors = policies.flatMap(({selector, ingress, egress}): Selector[] => [selector, ...[...ingress ?? [], ...egress ?? []].flatMap(({own}) => [own.selector, own.notSelector].filter(one => one !== null))])
  const keys = [...byNamespace.values()].flatMap(list => list.flatMap(({selector}) => selector.map(({key}) => key)))
  return [...new Set([...selectors.flatMap(({labels}) => [...labels]), ...keys])].toSorted()
}

/** The rules of a direction; null: it does not apply there. */
export function rulesIn({ingress, egress}: Pick<AppliedPolicy, 'ingress' | 'egress'>, direction: Direction): readonly PlacedRule[] | null {
  return direction === 'ingress' ? ingress : egress
}
