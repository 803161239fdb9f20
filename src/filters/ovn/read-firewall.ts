import type {ObjectRef} from '../../audit/finding.js'
import {OddField, at, listAt, numberAt, textAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {selectorOf} from '../../kube/label-selector.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import type {Cidr} from '../../network/cidr.js'
import {goBlock} from '../go-block.js'
import type {PortMatch, Ports} from '../ports.js'
import {FIRST_PORT, LAST_PORT, PROTOCOLS} from '../ports.js'

/** What a rule is about. Names that DNS resolves are left out: they have addresses of whichever family. */
export type Target = {kind: 'block'; cidr: Cidr; text: string} | {kind: 'nodes'; selector: LabelSelector}

export interface FirewallRule {
  action: 'allow' | 'deny'
  target: Target
  ports: Ports
  /** `spec.egress[2].to.cidrSelector` */
  path: string
}

/** An EgressFirewall of OVN-Kubernetes, or an EgressNetworkPolicy of OpenShift SDN: the first rule that holds an address decides, and what none holds is let out. */
export interface Firewall {
  engine: 'ovn' | 'sdn'
  ref: ObjectRef
  rules: readonly FirewallRule[]
}

/** The schema lets no other name in, and a namespace has one: helm/ovn-kubernetes/crds of ovn-kubernetes. */
const ONLY_NAME = 'default'

/** Null: it applies to nothing. */
export function readFirewall(object: KubeObject, engine: Firewall['engine']): Firewall | null {
  const ref = {apiVersion: object.apiVersion, kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)}
  const rules = listAt(object, 'spec', 'egress').flatMap((rule, index) => ruleOf(rule, `spec.egress[${index}]`, engine) ?? [])
  return engine === 'ovn' && ref.name !== ONLY_NAME ? null : {engine, ref, rules}
}

function ruleOf(rule: Json, path: string, engine: Firewall['engine']): FirewallRule | null {
  const type = textAt(rule, 'type')
  if (type !== 'Allow' && type !== 'Deny') throw new OddField(`${path}.type`, 'Allow or Deny')
  const ports = portsOf(rule, path)
  const target = targetOf(rule, path, engine)
  return target === null ? null : {action: type === 'Allow' ? 'allow' : 'deny', target, ports, path: `${path}.to.${target.kind === 'nodes' ? 'nodeSelector' : 'cidrSelector'}`}
}

/** A name is looked at first, then the block, then nodes: `validateAndGetEgressFirewallDestination`. */
function targetOf(rule: Json, path: string, engine: Firewall['engine']): Target | null {
  const block = textAt(rule, 'to', 'cidrSelector') ?? ''
  const name = textAt(rule, 'to', 'dnsName') ?? ''
  const nodes = at(rule, 'to', 'nodeSelector')
  if (name !== '' && (engine === 'ovn' || block === '')) return null
  if (block !== '') return {kind: 'block', cidr: blockOf(block, `${path}.to.cidrSelector`, engine), text: block}
  // No server takes a rule without a destination: what was meant is anybody's guess.
  if (nodes === undefined) throw new OddField(`${path}.to`, 'a destination')
  return {kind: 'nodes', selector: selectorOf(nodes)}
}

/** OpenShift SDN takes 0.0.0.0/32 for everything (pkg/network/node/ovscontroller.go). Of a value that is no block OVN-Kubernetes applies none of the rules (`buildEgressFirewallConstruct`). */
function blockOf(text: string, path: string, engine: Firewall['engine']): Cidr {
  return goBlock(engine === 'sdn' && text === '0.0.0.0/32' ? '0.0.0.0/0' : text, path)
}

function portsOf(rule: Json, path: string): Ports {
  const ports = listAt(rule, 'ports').map((port, index): PortMatch => {
    const protocol = textAt(port, 'protocol') ?? ''
    if (!PROTOCOLS.some(known => known === protocol)) throw new OddField(`${path}.ports[${index}].protocol`, 'TCP, UDP or SCTP')
    const number = numberAt(port, 'port') ?? 0
    if (!Number.isInteger(number) || number < 0 || number > LAST_PORT) throw new OddField(`${path}.ports[${index}].port`, 'a port')
    return {protocol, first: number === 0 ? FIRST_PORT : number, last: number === 0 ? LAST_PORT : number}
  })
  return ports.length === 0 ? 'all' : ports
}
