import type {ObjectRef, SourcePlace} from '../../audit/finding.js'
import type {Cidr} from '../../network/cidr.js'
import {parseCidr, pointOf} from '../../network/cidr.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {setOf} from '../../network/interval-set.js'
import {parseIp} from '../../network/ip.js'
import type {Door} from './door.js'

/** One entry of a list of client addresses, as it is written. */
export interface SourceItem {
  text: string
  /** Null: not understood, by us or by whoever acts on the list. */
  cidr: Cidr | null
}

/**
 * What happens to clients of a family that a list does not name.
 * `unknown`: that hangs on a load balancer that the cluster does not show.
 */
export type OtherFamily = 'closed' | 'open' | 'unknown'

/** What all lists in one place of one kind of object have in common: a row of a table. */
export interface ListKind {
  /** The place in words, as the subject of a sentence: `The annotation haproxy.org/allow-list`. */
  words: string
  mode: 'allow' | 'deny'
  otherFamily: OtherFamily
  /** Who acts on the list, and why that answer: a clause, `kube-proxy makes no firewall for a family without an entry`. */
  because: string
  /** What an item does that is not understood. `opens`: the whole list may be dropped, which lets everybody in. */
  whenUnreadable: 'opens' | 'closes' | 'unknown'
  /** What an added line looks like in this place: `- {source: Peer, cidr: '::/0'}`; left out where it is the block alone. */
  example?: string
  /** Whom else a closed list lets in over the family that it forgets: `the virtual network`. */
  butFor?: string
  /** A block of length 0 opens both families: cloud-provider-azure asks for no more (`IsPrefixesAllowAll`). */
  isOneForBoth?: boolean
  /** Written by the API server itself, which from 1.36 on refuses sloppy spellings when the field changes. */
  isCore?: boolean
  /** Rests on documentation or third parties, not on the source of who acts on it. */
  isDerived?: boolean
}

/** One list of client addresses of one object. Lists of the same field for each family are one list. */
export interface SourceList {
  kind: ListKind
  object: ObjectRef
  /** From `context.place`, taken while the object was at hand. */
  place: SourcePlace | null
  /** `spec.loadBalancerSourceRanges`, `metadata.annotations["haproxy.org/allow-list"]` */
  path: string
  items: readonly SourceItem[]
  /** By which load balancer clients come. */
  door: Door
}

/** An entry as most controllers read it: a block, or an address alone. */
export function itemOf(text: string): SourceItem {
  const trimmed = text.trim()
  const ip = trimmed.includes('/') ? null : parseIp(trimmed)
  return {text: trimmed, cidr: ip === null ? parseCidr(trimmed) : pointOf(ip)}
}

/** An entry where an address alone is refused, as it is by Go's ParseCIDR. */
export function blockItemOf(text: string): SourceItem {
  const trimmed = text.trim()
  return {text: trimmed, cidr: parseCidr(trimmed)}
}

/** Does one entry, whatever the others, let all of a family in? */
export function hasWholeEntry(items: readonly SourceItem[]): boolean {
  return items.some(({cidr}) => cidr?.prefix === 0)
}

/** The entries of an annotation; an empty one between two separators is none. */
export function itemsIn(text: string, separator: string | RegExp = ',', read: (text: string) => SourceItem = itemOf): SourceItem[] {
  return text.split(separator).map(part => part.trim()).filter(part => part !== '').map(read)
}

export function isReadable({items}: SourceList): boolean {
  return items.every(({cidr}) => cidr !== null)
}

/** Empty where an item is not understood: what such a list lets through is unknown, not nothing. */
export function cidrsOfItems(items: readonly SourceItem[]): Cidr[] {
  return items.flatMap(({cidr}) => cidr ?? [])
}

export function setOfItems(items: readonly SourceItem[]): IntervalSet {
  return setOf(cidrsOfItems(items))
}
