import type {ObjectRef} from '../../audit/finding.js'
import {OddField, flagAt, isMapping, listAt, numberAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {annotationsOf, groupOf, labelsOf, nameOf, namespaceOf} from '../../kube/object.js'
import type {Direction} from '../direction.js'
import {DIRECTIONS} from '../direction.js'
import {NAMESPACE, OF_NAMESPACE, OF_SERVICE_ACCOUNT, SERVICE_ACCOUNT} from './labels.js'
import type {CalicoRule} from './rule.js'
import {readRule, selectorAt} from './rule.js'
import type {Selector} from './selector.js'
import {allOf, labelIs} from './selector.js'

export interface PlacedRule extends CalicoRule {
  /** `spec.egress[2]` */
  path: string
}

export interface CalicoPolicy {
  ref: ObjectRef
  /** As people name it: without the `default.` that Calico puts in front of it in its own store. */
  name: string
  /** Empty for global ones. */
  namespace: string
  tier: string
  /** Infinity: it has none, and comes last. */
  order: number
  selector: Selector
  /** Null: it does not apply in that direction. */
  ingress: readonly PlacedRule[] | null
  egress: readonly PlacedRule[] | null
  /** The field for which it applies to hosts alone (`preDNAT`) or to hosts too (`applyOnForward`); empty: to neither by a field. */
  ofHosts: '' | 'doNotTrack' | 'preDNAT' | 'applyOnForward'
}

export const DEFAULT_TIER = 'default'

export function readPolicy(policy: KubeObject): CalicoPolicy {
  const namespace = namespaceOf(policy)
  const types = typesOf(policy)
  const tier = textAt(policy, 'spec', 'tier') || DEFAULT_TIER
  const rulesFor = (direction: Direction): PlacedRule[] | null => (types.includes(direction) ? rulesAt(policy, direction, namespace) : null)
  return {
    ref: {apiVersion: policy.apiVersion, kind: policy.kind, namespace, name: nameOf(policy)}, name: realName(policy, tier), namespace, tier,
    order: numberAt(policy, 'spec', 'order') ?? Infinity, selector: selectorOf(policy, namespace),
    ingress: rulesFor('ingress'), egress: rulesFor('egress'), ofHosts: ofHosts(policy),
  }
}

/** Objects of Calico's own store carry their name and labels of Calico's API in an annotation: libcalico-go, k8s/resources/resources.go. */
function realName(policy: KubeObject, tier: string): string {
  const told = metadataOf(policy)['name']
  if (typeof told === 'string' && told !== '') return told
  const name = nameOf(policy)
  return tier === DEFAULT_TIER && name.startsWith('default.') ? name.slice('default.'.length) : name
}

function metadataOf(object: KubeObject): Readonly<Record<string, Json | undefined>> {
  const text = annotationsOf(object)['projectcalico.org/metadata']
  if (text === undefined) return {}
  try {
    const value = JSON.parse(text) as Json
    if (isMapping(value)) return value
  } catch {
    // Not JSON: as odd as JSON that is no object.
  }
  throw new OddField('metadata.annotations["projectcalico.org/metadata"]', 'an object in JSON')
}

/** Labels as Calico sees them. */
export function calicoLabels(object: KubeObject): Readonly<Record<string, string>> {
  const told = metadataOf(object)['labels'] ?? {}
  if (!isMapping(told) || Object.values(told).some(value => typeof value !== 'string')) throw new OddField('metadata.annotations["projectcalico.org/metadata"]', 'labels in JSON')
  return {...labelsOf(object), ...told as Record<string, string>}
}

/**
 * Calico's API fills absent types in when a policy is written (api/pkg/defaults),
 * by the rules that there are. In its own store none means both to Felix
 * (`ExtractPolicyMetadata` of felix/calc/policy_sorter.go).
 */
function typesOf(policy: KubeObject): readonly Direction[] {
  const types = textsAt(policy, 'spec', 'types').map(type => type.toLowerCase())
  if (types.length > 0) return DIRECTIONS.filter(direction => types.includes(direction))
  if (groupOf(policy) !== 'projectcalico.org') return DIRECTIONS
  if (listAt(policy, 'spec', 'egress').length === 0) return ['ingress']
  return listAt(policy, 'spec', 'ingress').length === 0 ? ['egress'] : DIRECTIONS
}

function rulesAt(policy: KubeObject, direction: Direction, namespace: string): PlacedRule[] {
  return listAt(policy, 'spec', direction).flatMap((rule, index) => {
    const read = readRule(rule, ['spec', direction, index], direction, namespace)
    return read === null ? [] : [{...read, path: `spec.${direction}[${index}]`}]
  })
}

/** Which endpoints: networkpolicyprocessor.go and globalnetworkpolicyprocessor.go of updateprocessors. */
function selectorOf(policy: KubeObject, namespace: string): Selector {
  const spec = policy['spec']
  const own = selectorAt(spec, 'selector', ['spec'])
  const isGlobal = namespace === ''
  const accounts = selectorAt(spec, 'serviceAccountSelector', ['spec'], {prefix: OF_SERVICE_ACCOUNT, ...(isGlobal ? {allHave: SERVICE_ACCOUNT} : {})})
  const place = isGlobal ? selectorAt(spec, 'namespaceSelector', ['spec'], {prefix: OF_NAMESPACE, allHave: NAMESPACE}) : labelIs(NAMESPACE, namespace)
  return allOf([own, accounts, place].filter(selector => selector !== null))
}

function ofHosts(policy: KubeObject): CalicoPolicy['ofHosts'] {
  return (['doNotTrack', 'preDNAT', 'applyOnForward'] as const).find(field => flagAt(policy, 'spec', field) === true) ?? ''
}
