import type {Fact, FactContext} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import {OddField, at, listAt, pathOf, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {labelsOf, nameOf} from '../../kube/object.js'
import type {Cidr} from '../../network/cidr.js'
import {familiesOf, setOf, subtract} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import {goBlock} from '../go-block.js'
import type {PodView} from '../pods.js'
import {POD_VIEW_NEEDS} from '../pods.js'
import {podStream} from '../pod-stream.js'
import {selectionOf} from '../selection.js'
import {NAMESPACE_LABELS, endpointLabels, endpointSelectorOf} from './selector.js'

export interface EgressGatewayPolicy {
  ref: ObjectRef
  destinations: readonly Cidr[]
  excluded: readonly Cidr[]
  /** Any of them selects a pod; what it says of nodes narrows that further, and is not looked at. */
  selectors: readonly LabelSelector[]
  /** The gateway is told one IPv4 address to leave from. */
  hasEgressIP: boolean
}

export interface EgressGatewayGap {
  policy: EgressGatewayPolicy
  /** The family that leaves by the gateway, and the one that does not. */
  routed: Family
  missing: Family
  /** Selected pods, and how many have each family. */
  pods: number
  having: Readonly<Record<Family, number>>
}

const policiesRead: Fact<{policies: readonly EgressGatewayPolicy[]; namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>}> = defineFact({
  id: 'cilium-egress-gateway-policies',
  reads: ['ciliumegressgatewaypolicies', 'namespaces'],
  create() {
    const policies: EgressGatewayPolicy[] = []
    const namespaceLabels = new Map<string, Readonly<Record<string, string>>>()
    return {
      ciliumegressgatewaypolicies: object => void policies.push(readPolicy(object)),
      namespaces: object => void namespaceLabels.set(nameOf(object), labelsOf(object)),
      end: () => ({policies, namespaceLabels}),
    }
  },
})

/** Policies that send one family by a gateway and let the other leave as it comes, for pods that have or may get it. */
export const egressGatewayGaps: Fact<readonly EgressGatewayGap[]> = defineFact({
  id: 'cilium-egress-gateway-gaps',
  reads: ['pods'],
  needs: [policiesRead, ...POD_VIEW_NEEDS],
  create(context) {
    const pods = podStream(context, () => selectingBy(context))
    return {
      pods: pods.visit,
      end(): EgressGatewayGap[] {
        return context.fact(policiesRead).policies.flatMap(policy => {
          const own = pods.groups().filter(({policies}) => policies.includes(policy))
          const countOf = (family: Family): number => own.filter(({families}) => families.includes(family)).reduce((sum, one) => sum + one.pods, 0)
          return gapOf(policy, {pods: own.reduce((sum, one) => sum + one.pods, 0), having: {4: countOf(4), 6: countOf(6)}})
        })
      },
    }
  },
})

function gapOf(policy: EgressGatewayPolicy, counted: Pick<EgressGatewayGap, 'pods' | 'having'>): EgressGatewayGap[] {
  const [routed, second] = familiesOf(subtract(setOf(policy.destinations), setOf(policy.excluded)))
  return routed === undefined || second !== undefined || counted.pods === 0 ? [] : [{policy, routed, missing: otherFamilyOf(routed), ...counted}]
}

function selectingBy(context: Pick<FactContext, 'fact'>): (pod: PodView) => readonly EgressGatewayPolicy[] {
  const {policies, namespaceLabels} = context.fact(policiesRead)
  const select = selectionOf(policies.flatMap(policy => policy.selectors.map(selector => ({policy, selector, namespace: null}))))
  const labels = endpointLabels(name => namespaceLabels.get(name) ?? {})
  return pod => select(pod.namespace, labels(pod))
}

function readPolicy(object: KubeObject): EgressGatewayPolicy {
  const cidrs = (field: string): Cidr[] => textsAt(object, 'spec', field).map((text, index) => goBlock(text, pathOf(['spec', field, index]), true))
  // Where there is a list of gateways, the single one is ignored.
  const many = listAt(object, 'spec', 'egressGateways')
  const gateways = many.length > 0 ? many : [at(object, 'spec', 'egressGateway')]
  return {
    ref: {apiVersion: object.apiVersion, kind: object.kind, namespace: '', name: nameOf(object)},
    destinations: cidrs('destinationCIDRs'), excluded: cidrs('excludedCIDRs'),
    selectors: listAt(object, 'spec', 'selectors').map((selector, index) => selectorOfRule(selector, index)),
    hasEgressIP: gateways.some(gateway => (textAt(gateway, 'egressIP') ?? '') !== ''),
  }
}

/** Both selectors must hold. Without one for namespaces, pods of all of them are meant. */
function selectorOfRule(rule: Json, index: number): LabelSelector {
  const [pods, namespaces] = [at(rule, 'podSelector'), at(rule, 'namespaceSelector')]
  if (pods === undefined && namespaces === undefined) throw new OddField(`spec.selectors[${index}]`, 'one for pods or namespaces')
  const ofNamespaces = endpointSelectorOf(namespaces).map(requirement => ({...requirement, key: `${NAMESPACE_LABELS}${requirement.key}`}))
  return [...endpointSelectorOf(pods), ...ofNamespaces]
}
