import {listAt, numberAt, textAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import type {Family, Ip} from '../network/ip.js'
import {parseIp} from '../network/ip.js'
import {knownBlockOf} from '../network/well-known.js'

/** Addresses in the spec of a pod that do not fit the families that it has. */
export interface AddressTrouble {
  variant: 'host-port-not-opened' | 'host-port-one-family' | 'name-servers' | 'host-aliases'
  path: string
  texts: readonly string[]
}

/** Families of a pod, in two directions. */
export interface PodWays {
  /** With one that shows in no status. */
  out: readonly Family[]
  /** A family that shows in no status is a way out, and no way in. */
  in: readonly Family[]
}

export function addressTrouble(pod: KubeObject, ways: PodWays): AddressTrouble[] {
  return [...hostPorts(pod, ways), ...nameServers(pod, ways.out), ...hostAliases(pod, ways.out)]
}

interface HostPort {
  ip: Ip
  path: string
  text: string
}

/**
 * Source: `fillDnatRules` of the plugin portmap: it maps a port for each address
 * of the pod, and skips those whose family is not hostIP's; 0.0.0.0 and :: stand
 * for every address of the node in their family. A literal address of one node is
 * somebody's choice, and says nothing of the other family.
 */
function hostPorts(pod: KubeObject, ways: PodWays): AddressTrouble[] {
  const ports = hostPortsOf(pod)
  const trouble = (variant: AddressTrouble['variant'], found: readonly HostPort[]): AddressTrouble[] =>
    found[0] === undefined ? [] : [{variant, path: found[0].path, texts: found.map(({text}) => text)}]
  const isBoth = new Set(ways.in).size === 2
  return [
    ...trouble('host-port-not-opened', ports.filter(({ip}) => !ways.in.includes(ip.family))),
    ...trouble('host-port-one-family', ports.filter(one => isBoth && kindOf(one.ip) === 'unspecified' && !ports.some(other => other.ip.family !== one.ip.family))),
  ]
}

/** Nobody checks hostIP: one that is no address has no family. */
function hostPortsOf(pod: KubeObject): HostPort[] {
  return listAt(pod, 'spec', 'containers').flatMap((container, at) => listAt(container, 'ports').flatMap((port, index) => {
    const ip = parseIp(textAt(port, 'hostIP') ?? '')
    if ((numberAt(port, 'hostPort') ?? 0) === 0 || ip === null || kindOf(ip) === 'loopback') return []
    return [{ip, path: `spec.containers[${at}].ports[${index}].hostIP`, text: `${ip.family === 6 ? `[${ip.text}]` : ip.text}:${numberAt(port, 'hostPort')}`}]
  }))
}

function nameServers(pod: KubeObject, families: readonly Family[]): AddressTrouble[] {
  const servers = textsAt(pod, 'spec', 'dnsConfig', 'nameservers')
  return servers.length > 0 && servers.every(text => isForeign(text, families)) ? [{variant: 'name-servers', path: 'spec.dnsConfig.nameservers', texts: servers}] : []
}

function hostAliases(pod: KubeObject, families: readonly Family[]): AddressTrouble[] {
  const aliases = listAt(pod, 'spec', 'hostAliases').map(alias => textAt(alias, 'ip') ?? '')
  const foreign = aliases.filter(text => isForeign(text, families))
  return foreign.length === 0 ? [] : [{variant: 'host-aliases', path: `spec.hostAliases[${aliases.indexOf(foreign[0]!)}].ip`, texts: foreign}]
}

/** A pod has both loopback addresses, whatever else it has. */
function isForeign(text: string, families: readonly Family[]): boolean {
  const ip = parseIp(text)
  return ip !== null && !families.includes(ip.family) && kindOf(ip) !== 'loopback'
}

function kindOf(ip: Ip): string | null {
  return knownBlockOf(ip)?.kind ?? null
}
