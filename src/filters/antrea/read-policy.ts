import type {ObjectRef} from '../../audit/finding.js'
import {OddField, at, listAt, numberAt, pathOf, textAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import type {Direction} from '../direction.js'
import type {PortMatch, Ports} from '../ports.js'
import {FIRST_PORT, LAST_PORT, PROTOCOLS} from '../ports.js'
import type {AppliedTo} from './applied-to.js'
import {appliedToAt} from './applied-to.js'
import type {IPBlock} from './blocks.js'
import {ipBlockAt} from './blocks.js'

export interface AntreaRule {
  action: 'allow' | 'deny' | 'pass'
  ports: Ports
  /** `any`: no peer is named. Selectors, names and Services are left out: they follow what they select in both families. */
  peers: 'any' | {blocks: readonly IPBlock[]; groups: readonly {name: string; path: string}[]}
  /** Null: as the policy. */
  appliedTo: readonly AppliedTo[] | null
  /** Position in its list: rules of equal policies are taken in this order. */
  index: number
  /** `spec.egress[2]` */
  path: string
  /** What it looks at beside peers and ports; empty: nothing. */
  onlyIf: string
}

export interface AntreaPolicy {
  ref: ObjectRef
  /** Empty for policies of the cluster. */
  namespace: string
  tier: string
  priority: number
  appliedTo: readonly AppliedTo[]
  ingress: readonly AntreaRule[]
  egress: readonly AntreaRule[]
}

export const DEFAULT_TIER = 'application'
/** Names that the version before the one with Tier objects had: `getTierPriority`. */
const OLD_NAMES: readonly string[] = ['Emergency', 'SecurityOps', 'NetworkOps', 'Platform', 'Application', 'Baseline']

export function readPolicy(policy: KubeObject): AntreaPolicy {
  const namespace = namespaceOf(policy)
  const spec = at(policy, 'spec') ?? {}
  const tier = textAt(spec, 'tier') || DEFAULT_TIER
  const priority = numberAt(spec, 'priority')
  if (priority === undefined) throw new OddField('spec.priority', 'there')
  return {
    ref: {apiVersion: policy.apiVersion, kind: policy.kind, namespace, name: nameOf(policy)}, namespace, priority,
    tier: OLD_NAMES.includes(tier) ? tier.toLowerCase() : tier, appliedTo: appliedToAt(spec, 'appliedTo', namespace),
    ingress: rulesAt(spec, 'ingress', namespace), egress: rulesAt(spec, 'egress', namespace),
  }
}

function rulesAt(spec: Json, direction: Direction, namespace: string): AntreaRule[] {
  return listAt(spec, direction).flatMap((rule, index) => {
    const path = pathOf(['spec', direction, index])
    const ports = portsOf(rule, direction, path)
    const peers = peersOf(rule, direction, path)
    const own = appliedToAt(rule, 'appliedTo', namespace)
    const action = actionOf(rule, path)
    if (ports === null || peers === null) return []
    return [{action, ports, peers, appliedTo: own.length === 0 ? null : own, index, path, onlyIf: onlyIf(rule)}]
  })
}

/** Absent means Allow: `defaultAction` of Antrea's controller. */
function actionOf(rule: Json, path: string): AntreaRule['action'] {
  const action = textAt(rule, 'action') ?? 'Allow'
  if (action === 'Allow') return 'allow'
  if (action === 'Drop' || action === 'Reject') return 'deny'
  if (action === 'Pass') return 'pass'
  throw new OddField(`${path}.action`, 'an action of Antrea')
}

/** Null: only peers that have no address of their own. */
function peersOf(rule: Json, direction: Direction, path: string): AntreaRule['peers'] | null {
  const field = direction === 'ingress' ? 'from' : 'to'
  const peers = listAt(rule, field)
  if (direction === 'egress' && listAt(rule, 'toServices').length > 0) return null
  if (peers.length === 0) return 'any'
  const blocks = peers.flatMap((peer, index) => ipBlockAt(peer, `${path}.${field}[${index}]`) ?? [])
  const groups = peers.flatMap((peer, index) => {
    const name = textAt(peer, 'group') ?? ''
    return name === '' ? [] : [{name, path: `${path}.${field}[${index}].group`}]
  })
  return blocks.length + groups.length === 0 ? null : {blocks, groups}
}

/**
 * Null: of protocols alone that have no ports (ICMP and IGMP are of one family
 * each), and on egress of names of ports alone, which are resolved by the pods
 * that have them.
 */
function portsOf(rule: Json, direction: Direction, path: string): Ports | null {
  const entries = listAt(rule, 'ports')
  const protocols = listAt(rule, 'protocols')
  if (entries.length + protocols.length === 0) return 'all'
  const ports = entries.map((entry, index) => portOf(entry, `${path}.ports[${index}]`)).filter(port => direction === 'ingress' || !('name' in port))
  return ports.length === 0 ? null : ports
}

function portOf(entry: Json, path: string): PortMatch {
  const protocol = textAt(entry, 'protocol') ?? 'TCP'
  if (!PROTOCOLS.some(known => known === protocol)) throw new OddField(`${path}.protocol`, 'TCP, UDP or SCTP')
  const port = at(entry, 'port')
  if (port === undefined) return {protocol, first: FIRST_PORT, last: LAST_PORT}
  if (typeof port === 'string' && port !== '') return {protocol, name: port}
  if (!isPort(port)) throw new OddField(`${path}.port`, 'a port')
  const last = numberAt(entry, 'endPort') ?? port
  if (!isPort(last) || last < port) throw new OddField(`${path}.endPort`, 'a port from `port` on')
  return {protocol, first: port, last}
}

function isPort(value: Json): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= FIRST_PORT && value <= LAST_PORT
}

function onlyIf(rule: Json): string {
  const parts = [
    listAt(rule, 'l7Protocols').length === 0 ? '' : 'what is in the connection (l7Protocols)',
    listAt(rule, 'ports').some(port => numberAt(port, 'sourcePort') !== undefined) ? 'source ports' : '',
  ]
  return parts.filter(part => part !== '').join(' and ')
}
