import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import {OddField, at, flagAt, listAt, pathOf, textAt, textsAt} from '../../kube/field.js'
import type {Step} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {labelsOf, nameOf, namespaceLabelsOf, namespaceOf} from '../../kube/object.js'
import type {Cidr} from '../../network/cidr.js'
import type {Family} from '../../network/ip.js'
import type {Direction} from '../direction.js'
import {goBlock} from '../go-block.js'
import type {CiliumRules} from './rules.js'
import {deniesByDefault, rulesAt} from './rules.js'
import {endpointSelectorOf, withoutNamespace} from './selector.js'

export interface DirectionRules {
  allow: CiliumRules
  deny: CiliumRules
  /** Endpoints that it selects refuse what no policy allows. */
  deniesByDefault: boolean
}

/** One `spec`, or one of `specs`, with an `endpointSelector`. */
export interface CiliumPolicy {
  ref: ObjectRef
  selector: LabelSelector
  /** Null: in every namespace. */
  namespace: string | null
  /** Null: something in it is not understood, so nothing is known of the pods that it selects. */
  rules: Readonly<Record<Direction, DirectionRules>> | null
}

export interface CidrGroup {
  name: string
  labels: Readonly<Record<string, string>>
  /** Null: one of them is not understood. */
  cidrs: readonly Cidr[] | null
}

export interface CiliumPolicies {
  policies: readonly CiliumPolicy[]
  groups: readonly CidrGroup[]
  namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>
  config: CiliumConfig
}

/** What `cilium-config` says; null or empty: nothing. */
export interface CiliumConfig {
  /** `default`, `always`, `never` */
  enablePolicy: string | null
  /** CIDR rules match nodes, and not only what is outside of the cluster. */
  matchesNodes: boolean
  /** The only family that Cilium is told to have; null: both, or nothing tells. */
  onlyFamily: Family | null
}

export const ciliumPolicies: Fact<CiliumPolicies> = defineFact({
  id: 'cilium-policies',
  reads: ['ciliumnetworkpolicies', 'ciliumclusterwidenetworkpolicies', 'ciliumcidrgroups', 'namespaces', 'network-configmaps'],
  create() {
    const policies: CiliumPolicy[] = []
    const groups: CidrGroup[] = []
    const namespaceLabels = new Map<string, Readonly<Record<string, string>>>()
    let config: CiliumConfig = {enablePolicy: null, matchesNodes: false, onlyFamily: null}
    const read = (object: KubeObject): void => {
      const found = readPolicy(object)
      policies.push(...found.policies)
      if (found.odd !== null) throw found.odd
    }
    return {
      ciliumnetworkpolicies: read,
      ciliumclusterwidenetworkpolicies: read,
      ciliumcidrgroups(object) {
        const group: CidrGroup = {name: nameOf(object), labels: labelsOf(object), cidrs: null}
        // What uses the group is unknown where a block is not understood, not without it.
        groups.push(group)
        group.cidrs = textsAt(object, 'spec', 'externalCIDRs').map((text, index) => goBlock(text, pathOf(['spec', 'externalCIDRs', index]), true))
      },
      namespaces: object => void namespaceLabels.set(nameOf(object), namespaceLabelsOf(object)),
      'network-configmaps'(map) {
        if (nameOf(map) === 'cilium-config') config = configOf(map)
      },
      end: (): CiliumPolicies => ({policies, groups, namespaceLabels, config}),
    }
  },
})

function configOf(map: KubeObject): CiliumConfig {
  const hasNot = (family: Family): boolean => textAt(map, 'data', `enable-ipv${family}`) === 'false'
  return {
    enablePolicy: textAt(map, 'data', 'enable-policy') ?? null,
    matchesNodes: (textAt(map, 'data', 'policy-cidr-match-mode') ?? '').split(/[\s,]+/).includes('nodes'),
    onlyFamily: hasNot(6) && !hasNot(4) ? 4 : hasNot(4) && !hasNot(6) ? 6 : null,
  }
}

interface ReadPolicy {
  policies: CiliumPolicy[]
  /** The first that was not understood. */
  odd: OddField | null
}

/** `spec` and `specs` hold side by side. */
function readPolicy(object: KubeObject): ReadPolicy {
  const found: ReadPolicy = {policies: [], odd: null}
  const one = at(object, 'spec')
  const specs: {spec: Json; steps: Step[]}[] = one === undefined ? [] : [{spec: one, steps: ['spec']}]
  listAt(object, 'specs').forEach((spec, index) => void specs.push({spec, steps: ['specs', index]}))
  const ref: ObjectRef = {apiVersion: object.apiVersion, kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)}
  for (const {spec, steps} of specs) readSpec(spec, steps, ref, found)
  return found
}

function readSpec(spec: Json, steps: readonly Step[], ref: ObjectRef, found: ReadPolicy): void {
  // Policies for nodes are not about pods.
  if (at(spec, 'nodeSelector') !== undefined) return
  const written = at(spec, 'endpointSelector')
  if (written === undefined) throw new OddField(pathOf([...steps, 'endpointSelector']), 'there')
  const selector = endpointSelectorOf(written)
  const namespace = ref.namespace === '' ? null : ref.namespace
  const policy: CiliumPolicy = {ref, namespace, selector: namespace === null ? selector : withoutNamespace(selector), rules: null}
  found.policies.push(policy)
  try {
    policy.rules = {ingress: directionOf(spec, steps, 'ingress'), egress: directionOf(spec, steps, 'egress')}
  } catch (error) {
    if (!(error instanceof OddField)) throw error
    found.odd ??= error
  }
}

function directionOf(spec: Json, steps: readonly Step[], direction: Direction): DirectionRules {
  const allow = rulesAt(spec, steps, direction)
  const deny = rulesAt(spec, steps, `${direction}Deny`)
  // Looked at in any case, so that a wrong type does not pass because there is no rule.
  flagAt(spec, 'enableDefaultDeny', direction)
  return {allow, deny, deniesByDefault: deniesByDefault(spec, direction, allow.count + deny.count)}
}
