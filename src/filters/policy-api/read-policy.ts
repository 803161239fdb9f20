import type {ObjectRef} from '../../audit/finding.js'
import {refOf} from '../../audit/make-finding.js'
import {OddField, at, isMapping, listAt, mappingAt, numberAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {selectorOf} from '../../kube/label-selector.js'
import type {Cidr} from '../../network/cidr.js'
import {parseCidr} from '../../network/cidr.js'
import type {PortMatch, Ports} from '../ports.js'
import {FIRST_PORT, LAST_PORT} from '../ports.js'

export type Tier = 'admin' | 'baseline'

/** Namespaces and pods by label; empty selectors take all. */
export interface PodSelection {
  namespaces: LabelSelector
  pods: LabelSelector
}

export interface Network {
  /** `spec.egress[0].to[1].networks[2]` */
  path: string
  /** As it is written. */
  text: string
  /** Null: nothing that Kubernetes reads, so what the rule does is not known. */
  cidr: Cidr | null
}

export interface ClusterPolicyRule {
  action: 'allow' | 'deny' | 'pass'
  ports: Ports
  networks: readonly Network[]
  /** Every pod of every namespace, or every node: by labels, and so in both families. */
  isEveryPod: boolean
  isEveryNode: boolean
}

/** AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy. Ingress has no blocks in any of them. */
export interface ClusterPolicy {
  ref: ObjectRef
  tier: Tier
  /** Lower comes first. */
  priority: number
  subject: PodSelection
  egress: readonly ClusterPolicyRule[]
}

const ACTIONS: Readonly<Record<string, ClusterPolicyRule['action']>> = {Allow: 'allow', Accept: 'allow', Deny: 'deny', Pass: 'pass'}

/**
 * Fields after the types of kubernetes-sigs/network-policy-api: apis/v1alpha1
 * (`Allow`, `ports`) and apis/v1alpha2 (`Accept`, `protocols`, `tier`).
 */
export function readClusterPolicy(object: KubeObject): ClusterPolicy {
  const subject = at(object, 'spec', 'subject')
  const selection = subject === undefined ? null : selectionIn(subject, 'spec.subject')
  if (selection === null) throw new OddField('spec.subject', 'namespaces or pods')
  return {
    ref: refOf(object), tier: tierOf(object), priority: object.kind === 'BaselineAdminNetworkPolicy' ? 0 : priorityOf(object), subject: selection,
    egress: listAt(object, 'spec', 'egress').flatMap((rule, index) => ruleOf(rule, `spec.egress[${index}]`) ?? []),
  }
}

function tierOf(object: KubeObject): Tier {
  if (object.kind === 'AdminNetworkPolicy') return 'admin'
  if (object.kind === 'BaselineAdminNetworkPolicy') return 'baseline'
  const tier = textAt(object, 'spec', 'tier')
  if (tier === 'Admin') return 'admin'
  if (tier === 'Baseline') return 'baseline'
  throw new OddField('spec.tier', 'Admin or Baseline')
}

function priorityOf(object: KubeObject): number {
  const priority = numberAt(object, 'spec', 'priority')
  if (priority === undefined) throw new OddField('spec.priority', 'there')
  return priority
}

/** Null: neither of the two fields is there. */
function selectionIn(value: Json, path: string): PodSelection | null {
  if (!isMapping(value)) throw new OddField(path, 'an object')
  const pods = at(value, 'pods')
  if (pods !== undefined) return {namespaces: selectorOf(at(pods, 'namespaceSelector')), pods: selectorOf(at(pods, 'podSelector'))}
  const namespaces = at(value, 'namespaces')
  return namespaces === undefined ? null : {namespaces: selectorOf(namespaces), pods: []}
}

/** Null: it is about pods by the names of their ports, which open both addresses of a pod. */
function ruleOf(rule: Json, path: string): ClusterPolicyRule | null {
  const action = ACTIONS[textAt(rule, 'action') ?? '']
  if (action === undefined) throw new OddField(`${path}.action`, 'an action that is known here')
  const peers = listAt(rule, 'to').map((peer, index) => peerOf(peer, `${path}.to[${index}]`))
  const ports = portsOf(rule, path)
  if (ports !== 'all' && ports.length === 0) return null
  return {action, ports, networks: peers.flatMap(({networks}) => networks), isEveryPod: peers.some(({isEveryPod}) => isEveryPod), isEveryNode: peers.some(({isEveryNode}) => isEveryNode)}
}

type Peer = Pick<ClusterPolicyRule, 'networks' | 'isEveryPod' | 'isEveryNode'>
const BY_LABEL: Peer = {networks: [], isEveryPod: false, isEveryNode: false}

/** Of a field that is not known an implementation makes a denial of everything, or nothing: the types of v1alpha2 say so. */
function peerOf(peer: Json, path: string): Peer {
  const selection = selectionIn(peer, path)
  if (selection !== null) return {...BY_LABEL, isEveryPod: selection.namespaces.length + selection.pods.length === 0}
  const nodes = at(peer, 'nodes')
  if (nodes !== undefined) return {...BY_LABEL, isEveryNode: selectorOf(nodes).length === 0}
  // A name stands for addresses of both families.
  if (textsAt(peer, 'domainNames').length > 0) return BY_LABEL
  const networks = textsAt(peer, 'networks').map((text, index): Network => ({path: `${path}.networks[${index}]`, text, cidr: parseCidr(text)}))
  if (networks.length === 0) throw new OddField(path, 'a peer of a kind that is known here')
  return {...BY_LABEL, networks}
}

function portsOf(rule: Json, path: string): Ports {
  const ports = listAt(rule, 'ports').map((port, index) => portOf(port, `${path}.ports[${index}]`))
  const protocols = listAt(rule, 'protocols').map((protocol, index) => protocolOf(protocol, `${path}.protocols[${index}]`))
  const all = [...ports, ...protocols]
  return all.length === 0 ? 'all' : all.filter(port => port !== null)
}

/** v1alpha1. Null: a port by name. */
function portOf(entry: Json, path: string): PortMatch | null {
  const [number, range] = [at(entry, 'portNumber'), at(entry, 'portRange')]
  if (number !== undefined) return matchOf(protocolName(number, path), numberAt(number, 'port'), numberAt(number, 'port'), path)
  if (range !== undefined) return matchOf(protocolName(range, path), numberAt(range, 'start'), numberAt(range, 'end'), path)
  if (textAt(entry, 'namedPort') !== undefined) return null
  throw new OddField(path, 'a port of a kind that is known here')
}

const PROTOCOL_NAMES: readonly string[] = ['TCP', 'UDP', 'SCTP']

function protocolName(value: Json, path: string): string {
  const name = textAt(value, 'protocol') ?? 'TCP'
  if (!PROTOCOL_NAMES.includes(name)) throw new OddField(`${path}.protocol`, 'TCP, UDP or SCTP')
  return name
}

/** v1alpha2. Null: a port by name. */
function protocolOf(entry: Json, path: string): PortMatch | null {
  for (const protocol of PROTOCOL_NAMES) {
    const found = at(entry, protocol.toLowerCase())
    if (found === undefined) continue
    const port = mappingAt(found, 'destinationPort')
    const range = at(port, 'range')
    if (range !== undefined) return matchOf(protocol, numberAt(range, 'start'), numberAt(range, 'end'), path)
    const number = numberAt(port, 'number')
    return number === undefined && Object.keys(port).length === 0 ? {protocol, first: FIRST_PORT, last: LAST_PORT} : matchOf(protocol, number, number, path)
  }
  if (textAt(entry, 'destinationNamedPort') !== undefined) return null
  throw new OddField(path, 'a protocol that is known here')
}

function matchOf(protocol: string, first: number | undefined, last: number | undefined, path: string): PortMatch {
  if (first === undefined || last === undefined || !isPort(first) || !isPort(last) || first > last) throw new OddField(path, 'a port or a range of ports')
  return {protocol, first, last}
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= FIRST_PORT && value <= LAST_PORT
}
