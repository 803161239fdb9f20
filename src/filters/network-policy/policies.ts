import {defineFact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {OddField, at, listAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {selectorOf} from '../../kube/label-selector.js'
import {labelsOf, nameOf, namespaceOf} from '../../kube/object.js'
import {BITS, ipOf} from '../../network/ip.js'
import type {Direction} from '../direction.js'
import type {Ports} from '../ports.js'
import type {Block} from './blocks.js'
import {blockReader} from './blocks.js'
import type {Notation} from './notation.js'
import {readRule} from './read-rule.js'

/** Pods and namespaces by label: they follow the pod, and have no family. */
export interface SelectorPeer {
  kind: 'selector'
  /** Every pod of every namespace. */
  isEveryPod: boolean
}

/** A block that cannot be read: what the rule lets through is not known. */
export interface UnreadBlock {
  kind: 'unread'
  path: string
  text: string
}

export type Peer = Block | SelectorPeer | UnreadBlock

export interface NetworkPolicyRule {
  ports: Ports
  /** `all`: missing or empty, everything in both families. */
  peers: 'all' | readonly Peer[]
}

export interface ReadNetworkPolicy {
  ref: ObjectRef
  selector: LabelSelector
  /** Null: it does not isolate in that direction. */
  ingress: readonly NetworkPolicyRule[] | null
  egress: readonly NetworkPolicyRule[] | null
  /** Of Helm or an operator in kube-system: nobody here wrote it, so what it lacks is graded one lower. */
  isManagedSystem: boolean
}

export interface NetworkPolicies {
  byNamespace: ReadonlyMap<string, readonly ReadNetworkPolicy[]>
  /** Values that are written in a way that programs read differently, or not at all. */
  notation: readonly Notation[]
  /** Single addresses that some block names, canonical. */
  points: ReadonlySet<string>
  outcome: ReadOutcome
}

/** What every NetworkPolicy of the cluster says, as the API server understands it. */
export const networkPolicies = defineFact({
  id: 'network-policies',
  reads: ['networkpolicies'],
  create(context) {
    const byNamespace = new Map<string, ReadNetworkPolicy[]>()
    const notation: Notation[] = []
    const read = networkPolicyReader()
    return {
      networkpolicies(object) {
        const {policy, notation: found} = read(object)
        const {namespace} = policy.ref
        const list = byNamespace.get(namespace)
        if (list === undefined) byNamespace.set(namespace, [policy])
        else list.push(policy)
        notation.push(...found)
      },
      end(): NetworkPolicies {
        for (const list of byNamespace.values()) list.sort(({ref: a}, {ref: b}) => (a.name < b.name ? -1 : 1))
        return {byNamespace, notation, points: pointsIn([...byNamespace.values()].flat()), outcome: context.outcome('networkpolicies')}
      },
    }
  },
})

/** Of NetworkPolicies, and of kinds that have their spec. Equal blocks are parsed once by one reader. */
export function networkPolicyReader(): (object: KubeObject) => {policy: ReadNetworkPolicy; notation: Notation[]} {
  const blocks = blockReader()
  return object => {
    const ref: ObjectRef = {apiVersion: object.apiVersion, kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)}
    const notation: Notation[] = []
    const isolated = directionsOf(object)
    const rulesOf = (direction: Direction): readonly NetworkPolicyRule[] | null => {
      if (!isolated.includes(direction)) return null
      return listAt(object, 'spec', direction).map((rule, index) => readRule(rule, {direction, path: `spec.${direction}[${index}]`, ref, blocks, notation}))
    }
    const [ingress, egress] = [rulesOf('ingress'), rulesOf('egress')]
    return {policy: {ref, selector: selectorOf(at(object, 'spec', 'podSelector')), ingress, egress, isManagedSystem: isManagedSystem(object)}, notation}
  }
}

export function blocksIn(rules: readonly NetworkPolicyRule[] | null): Block[] {
  return (rules ?? []).flatMap(({peers}) => (peers === 'all' ? [] : peers.filter(peer => peer.kind === 'block')))
}

function pointsIn(policies: readonly ReadNetworkPolicy[]): Set<string> {
  const blocks = policies.flatMap(({ingress, egress}) => [...blocksIn(ingress), ...blocksIn(egress)])
  return new Set(blocks.filter(({cidr}) => cidr.prefix === BITS[cidr.family]).map(({cidr}) => ipOf(cidr.family, cidr.first).text))
}

const TYPES: Readonly<Record<string, Direction>> = {Ingress: 'ingress', Egress: 'egress'}

/** The API server fills `policyTypes` in: Ingress always, Egress where there is a rule of it. */
function directionsOf(object: KubeObject): Direction[] {
  const types = textsAt(object, 'spec', 'policyTypes')
  if (types.length === 0) return listAt(object, 'spec', 'egress').length > 0 ? ['ingress', 'egress'] : ['ingress']
  return types.map((type, index) => {
    const direction = TYPES[type]
    if (direction === undefined) throw new OddField(`spec.policyTypes[${index}]`, 'Ingress or Egress')
    return direction
  })
}

function isManagedSystem(object: KubeObject): boolean {
  if (namespaceOf(object) !== 'kube-system') return false
  return labelsOf(object)['app.kubernetes.io/managed-by'] !== undefined || listAt(object, 'metadata', 'ownerReferences').length > 0
}
