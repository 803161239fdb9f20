import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import {listAt, numberAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {annotationsOf, keyOf, labelsOf, nameOf, namespaceOf} from '../../kube/object.js'
import {assumedFamilies} from '../../network/assumed-families.js'
import {FAMILIES} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {parseIp} from '../../network/ip.js'
import type {Door, Reach} from './door.js'
import {NO_REACH} from './door.js'

export interface EdgeReach {
  of(door: Door): Reach
}

/** What is kept of a Service with a door to the outside. */
interface Entrance {
  ref: ObjectRef
  /** Values of the labels that charts name a controller by. */
  apps: readonly string[]
  addresses: readonly string[]
  because: Reach['because']
  hasNodePorts: boolean
  /** Families of its cluster IPs, which are those of its node ports. */
  ipFamilies: readonly Family[]
}

const DUAL_TYPE = 'service.beta.kubernetes.io/aws-load-balancer-ip-address-type'
const DUAL: readonly string[] = ['dualstack', 'dualstack-without-public-ipv4']
export const isDualType = (text: string | undefined): boolean => DUAL.includes(text?.trim() ?? '')

/**
 * By which families clients come to the Services of type LoadBalancer and
 * NodePort, and with them to whatever stands behind their addresses. No name is
 * looked up in DNS: a host name is a key here, not an address.
 */
export const edgeReach: Fact<EdgeReach> = defineFact({
  id: 'edge-reach',
  reads: ['services'],
  needs: [assumedFamilies],
  create(context) {
    const entrances: Entrance[] = []
    return {
      services(service) {
        const type = textAt(service, 'spec', 'type')
        if (type === 'LoadBalancer' || type === 'NodePort') entrances.push(entranceOf(service, type === 'LoadBalancer'))
      },
      end: () => (context.fact(assumedFamilies).isDual ? assumedReach(entrances) : reachIn(entrances)),
    }
  },
})

const BOTH: Reach = {families: FAMILIES, because: {4: 'both families are assumed', 6: 'both families are assumed'}, seenAt: {}}

/** Assumed is the family, not the door: without a node port there is none. */
function assumedReach(entrances: readonly Entrance[]): EdgeReach {
  return {of: door => (door.by === 'node-ports' && !entrances.some(({hasNodePorts}) => hasNodePorts) ? NO_REACH : BOTH)}
}

function entranceOf(service: KubeObject, isBalanced: boolean): Entrance {
  const entries = isBalanced ? listAt(service, 'status', 'loadBalancer', 'ingress') : []
  const addresses = addressesIn(entries)
  const labels = labelsOf(service)
  const ipFamilies = familiesNamed(service)
  return {
    ref: {apiVersion: service.apiVersion, kind: service.kind, namespace: namespaceOf(service), name: nameOf(service)},
    apps: [labels['app.kubernetes.io/name'] ?? '', labels['app'] ?? '', nameOf(service)].filter(text => text !== ''),
    addresses, ipFamilies, because: whyReached(addresses, ipFamilies, isBalanced && isDualType(annotationsOf(service)[DUAL_TYPE])),
    // A manifest leaves the number to the API server.
    hasNodePorts: !isBalanced || listAt(service, 'spec', 'ports').some(port => (numberAt(port, 'nodePort') ?? 0) > 0),
  }
}

function addressesIn(entries: readonly Json[]): string[] {
  return entries.flatMap(entry => [textAt(entry, 'ip') ?? '', textAt(entry, 'hostname') ?? '']).filter(text => text !== '')
}

function familiesNamed(service: KubeObject): Family[] {
  const named = textsAt(service, 'spec', 'ipFamilies')
  return FAMILIES.filter(family => named.includes(`IPv${family}`))
}

/**
 * Addresses are the best witness; an annotation counts too, and what the Service
 * has: a load balancer that shows one address may have another that its
 * controller does not write down, or get it with the next change.
 */
function whyReached(addresses: readonly string[], ipFamilies: readonly Family[], isDual: boolean): Reach['because'] {
  const because: Partial<Record<Family, string>> = whyByAddress(addresses)
  for (const family of FAMILIES) {
    if (because[family] !== undefined) continue
    if (isDual) because[family] = `the annotation ${DUAL_TYPE} asks for both families`
    else if (ipFamilies.includes(family)) because[family] = `spec.ipFamilies has IPv${family}`
  }
  return because
}

/** An address that is none is a name here: what it says is not looked up. */
function whyByAddress(addresses: readonly string[]): Partial<Record<Family, string>> {
  const because: Partial<Record<Family, string>> = {}
  for (const text of addresses) {
    const ip = parseIp(text)
    if (ip !== null) because[ip.family] ??= `the load balancer has the address ${ip.text}`
  }
  return because
}

function reachIn(entrances: readonly Entrance[]): EdgeReach {
  const byKey = new Map(entrances.map(one => [`${one.ref.namespace}/${one.ref.name}`, one]))
  const byAddress = byEach(entrances, ({addresses}) => addresses)
  const byApp = byEach(entrances, ({apps}) => apps)
  return {
    of(door) {
      switch (door.by) {
        case 'service': return joined([byKey.get(door.key)].filter(one => one !== undefined))
        case 'status': return statusReach(door, joined(door.addresses.flatMap(address => byAddress.get(address) ?? [])))
        case 'controller': return joined(door.names.flatMap(name => byApp.get(name) ?? []).filter(({ref}) => door.namespace === undefined || ref.namespace === door.namespace))
        case 'node-ports': return nodePortReach(entrances)
        case 'families': return {families: door.families, because: Object.fromEntries(door.families.map(family => [family, door.because])), seenAt: {}}
      }
    },
  }
}

/** An entrance stands under each of its keys. */
function byEach(entrances: readonly Entrance[], keysOf: (one: Entrance) => readonly string[]): Map<string, Entrance[]> {
  const groups = new Map<string, Entrance[]>()
  for (const one of entrances) for (const key of new Set(keysOf(one))) groups.set(key, [...(groups.get(key) ?? []), one])
  return groups
}

function joined(entrances: readonly Entrance[]): Reach {
  const because: Partial<Record<Family, string>> = {}
  const seenAt: Partial<Record<Family, ObjectRef>> = {}
  for (const {ref, because: own} of entrances) for (const family of FAMILIES) {
    if (own[family] === undefined || because[family] !== undefined) continue
    because[family] = own[family]
    seenAt[family] = ref
  }
  return reachOf(because, seenAt)
}

function reachOf(because: Reach['because'], seenAt: Reach['seenAt']): Reach {
  const families = FAMILIES.filter(family => because[family] !== undefined)
  return families.length === 0 ? NO_REACH : {families, because, seenAt}
}

/** What the object shows itself comes before what the Service of its controller shows. */
function statusReach({addresses, isDual}: Extract<Door, {by: 'status'}>, found: Reach): Reach {
  const own = whyByAddress(addresses)
  const dual = isDual ? Object.fromEntries(FAMILIES.map(family => [family, 'the object asks for a load balancer of both families'])) : {}
  const seenAt = Object.fromEntries(FAMILIES.filter(family => own[family] === undefined && found.seenAt[family] !== undefined).map(family => [family, found.seenAt[family]]))
  return reachOf({...dual, ...found.because, ...own}, seenAt)
}

function nodePortReach(entrances: readonly Entrance[]): Reach {
  const because: Partial<Record<Family, string>> = {}
  const seenAt: Partial<Record<Family, ObjectRef>> = {}
  for (const {ref, ipFamilies, hasNodePorts} of entrances) for (const family of hasNodePorts ? ipFamilies : []) {
    because[family] ??= `a Service opens node ports of IPv${family}`
    seenAt[family] ??= ref
  }
  return reachOf(because, seenAt)
}

/** What a kind with `status.loadBalancer` shows of the load balancer in front of it. */
export function statusDoor(object: KubeObject, isDual = false): Door {
  return {by: 'status', addresses: addressesIn(listAt(object, 'status', 'loadBalancer', 'ingress')), isDual}
}

export function serviceDoor(service: KubeObject): Door {
  return {by: 'service', key: keyOf(service)}
}
