import type {AddressClass} from '../audit/finding.js'
import {contains} from '../network/interval-set.js'
import type {Ip} from '../network/ip.js'
import {knownBlockOf} from '../network/well-known.js'
import type {AddressBook, Owner} from './address-book.js'
import type {Claim} from './service-claims.js'

export interface Classified {
  claim: Claim
  addressClass: AddressClass
  /** Whose the address is, by name. */
  clashesWith: readonly string[]
  /** What the address is, to end "claims ADDRESS, …". */
  what: string
}

/**
 * What an address is, the gravest and most specific meaning first. IPVS binds
 * the address on every node, so there any port cuts off whoever is behind it.
 */
export function classify(claim: Claim, ip: Ip, book: AddressBook, isIpvs: boolean): Classified {
  const self = `${claim.namespace}/${claim.name}`
  const as = (addressClass: AddressClass, what: string, clashesWith: readonly string[] = []): Classified => ({claim, addressClass, what, clashesWith})
  const dns = hit(book.dns.get(ip.text), claim, isIpvs)
  if (dns !== null && dns !== self) return as('cluster-dns', `the address of cluster DNS (${dns})`, [dns])
  const apiServer = hit(book.apiServer.get(ip.text), claim, isIpvs)
  if (apiServer !== null && apiServer !== self) return as('api-server', apiServer === 'the API server' ? 'an address of the API server' : `the address of the API server (${apiServer})`, [apiServer])
  const service = book.services.get(ip.text)
  if (service !== undefined && service !== self) return as('service', `the cluster IP of ${service}`, [service])
  const node = book.nodes.get(ip.text)
  if (node !== undefined) return as('node', `an address of the node ${node}`, [node])
  const pod = book.pods.get(ip.text)
  if (pod !== undefined) return as('pod', `the address of the pod ${pod}`, [pod])
  return byRange(claim, ip, book, self, as)
}

/** The owner's name, where one of its ports is claimed. */
function hit(owner: Owner | undefined, {ports}: Claim, isIpvs: boolean): string | null {
  if (owner === undefined) return null
  return isIpvs || owner.ports.length === 0 || ports.some(port => owner.ports.includes(port)) ? owner.name : null
}

function byRange(claim: Claim, ip: Ip, book: AddressBook, self: string, as: (addressClass: AddressClass, what: string, clashesWith?: readonly string[]) => Classified): Classified {
  const known = knownBlockOf(ip)
  if (known?.kind === 'metadata' || known?.kind === 'link-local') return as('metadata', known.kind === 'metadata' ? known.name : 'a link-local address, where clouds answer')
  // Every node answers there, for itself.
  if (known?.kind === 'loopback') return as('node', 'the loopback address of every node', ['every node'])
  // A Service may name its own cluster IP: odd, and no clash.
  const isOwn = book.services.get(ip.text) === self
  if (!isOwn && contains(book.serviceRange, ip)) return as('service-range', 'an address that a Service may get')
  if (contains(book.podRange, ip)) return as('pod', 'an address in a range of pods')
  const others = new Set(claim.ports.flatMap(port => [...(book.claimants.get(`${ip.text} ${port}`) ?? [])]).filter(name => name !== self))
  if (others.size > 0) return as('duplicate', `which ${[...others].toSorted().slice(0, 3).join(', ')} also claims on the same port`, [...others].toSorted())
  if (known?.kind === 'documentation') return as('documentation', 'an address for documentation only')
  return known === null ? as('public', 'a public address') : as('private', `a ${known.kind} address`)
}
