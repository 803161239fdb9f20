import type {AddressClass} from '../audit/finding.js'
import {contains} from '../network/interval-set.js'
import type {Ip} from '../network/ip.js'
import {shortList} from '../kube/short-list.js'
import type {KnownBlock} from '../network/well-known.js'
import {knownBlockOf} from '../network/well-known.js'
import type {AddressBook, Claimants, Owner} from './address-book.js'
import type {Claim} from './service-claims.js'

export interface Classified {
  addressClass: AddressClass
  /** In a range of the cluster, at nobody's address that was seen. */
  isOnlyInRange: boolean
  /** Whose the address is, by name, and who else claims it on the same port. */
  clashesWith: readonly string[]
  /** What the address is, to end "claims ADDRESS, …". */
  what: string
}

/**
 * What an address is, the gravest and most specific meaning first. IPVS binds
 * the address on every node, so there any port cuts off whoever is behind it.
 */
export function classify(claim: Claim, ip: Ip, book: AddressBook, isIpvs: boolean): Classified {
  const found = byName(claim, ip, book, isIpvs) ?? byRange(claim, ip, book)
  const others = otherClaimants(claim, ip, book)
  if (others.count === 0) return found
  const also = `which ${shortList(others.names, 3, others.count)} also ${others.count === 1 ? 'claims' : 'claim'} on the same port`
  // Whose it is matters more than who else wants it. A second Service of one's own must not make a public address a lesser matter;
  // in a status it is what a load balancer gave, and only the second claim makes it a matter at all.
  const isPublicClaim = claim.road === 'spec' && found.addressClass === 'public'
  return found.clashesWith.length > 0 || found.isOnlyInRange || isPublicClaim
    ? {...found, what: `${found.what}, ${also}`, clashesWith: [...new Set([...found.clashesWith, ...others.names])]}
    : {addressClass: 'duplicate', isOnlyInRange: false, what: also, clashesWith: others.names}
}

function byName(claim: Claim, ip: Ip, book: AddressBook, isIpvs: boolean): Classified | null {
  const self = `${claim.namespace}/${claim.name}`
  const as = (addressClass: AddressClass, what: string, owner: string): Classified => ({addressClass, isOnlyInRange: false, what, clashesWith: [owner]})
  const dns = ownerHit(book.dns.get(ip.text), claim, isIpvs)
  if (dns !== null && dns !== self) return as('cluster-dns', `the address of cluster DNS (${dns})`, dns)
  const apiServer = ownerHit(book.apiServer.get(ip.text), claim, isIpvs)
  if (apiServer !== null && apiServer !== self) return as('api-server', apiServer === 'the API server' ? 'an address of the API server' : `the address of the API server (${apiServer})`, apiServer)
  const service = book.services.get(ip.text)
  if (service !== undefined && service !== self) return as('service', `the cluster IP of ${service}`, service)
  const node = book.nodes.get(ip.text)
  if (node !== undefined) return as('node', `an address of the node ${node}`, node)
  const pod = book.pods.get(ip.text)
  return pod === undefined ? null : as('pod', `the address of the pod ${pod}`, pod)
}

/** Does it take the very port that an API server answers on? */
export function isApiServers(claim: Claim, ip: Ip, {apiServer}: AddressBook): boolean {
  return ownerHit(apiServer.get(ip.text), claim, false) !== null
}

/** The owner's name, where one of its ports is claimed. */
function ownerHit(owner: Owner | undefined, {ports}: Claim, isIpvs: boolean): string | null {
  if (owner === undefined) return null
  return isIpvs || owner.ports.length === 0 || ports.some(port => owner.ports.includes(port)) ? owner.name : null
}

function byRange(claim: Claim, ip: Ip, book: AddressBook): Classified {
  const as = (addressClass: AddressClass, what: string, isOnlyInRange = false): Classified => ({addressClass, isOnlyInRange, what, clashesWith: []})
  const known = knownBlockOf(ip)
  if (known?.kind === 'metadata') return {...as('metadata', known.name), clashesWith: [known.name]}
  if (known?.kind === 'link-local') return {...as('metadata', 'a link-local address, where clouds and node-local DNS answer'), clashesWith: ['the link-local network of every node']}
  // Every node answers there, for itself.
  if (known?.kind === 'loopback') return {...as('node', 'the loopback address of every node'), clashesWith: ['every node']}
  // A Service may name its own cluster IP: odd, and no clash.
  const isOwn = book.services.get(ip.text) === `${claim.namespace}/${claim.name}`
  if (!isOwn && contains(book.serviceRange, ip)) return as('service-range', 'an address that the next Service may get', true)
  if (contains(book.podRange, ip)) return as('pod', 'an address in a range of pods', true)
  return byBlock(known)
}

function byBlock(known: KnownBlock | null): Classified {
  const as = (addressClass: AddressClass, what: string): Classified => ({addressClass, isOnlyInRange: false, what, clashesWith: []})
  if (known === null) return as('public', 'a public address')
  if (known.kind === 'documentation') return as('documentation', 'an address for documentation only')
  // Behind NAT64 and 6to4 stand public IPv4 addresses.
  if (/NAT64|6to4/.test(known.name)) return as('public', `an address that stands for an IPv4 address (${known.source})`)
  return as('private', known.kind === 'reserved' ? `a reserved address (${known.name})` : known.kind === 'unspecified' ? known.name : `a ${known.kind} address`)
}

/** Those who claim the address on one of the same ports, sorted, without the claim's own Service. */
function otherClaimants({namespace, name, ports, ignored}: Claim, ip: Ip, book: AddressBook): Claimants {
  const claimants = ignored === null ? ports.map(port => book.claimants.get(`${ip.text} ${port}`)).filter(one => one !== undefined) : []
  const names = new Set(claimants.flatMap(one => one.names))
  names.delete(`${namespace}/${name}`)
  return {count: Math.max(names.size, ...claimants.map(({count}) => count - 1)), names: [...names].toSorted()}
}
