import type {FilterClass} from '../../audit/finding.js'
import {familiesOf, covers, setOf} from '../../network/interval-set.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {parseCidr} from '../../network/cidr.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import {notationOf} from '../network-policy/notation.js'
import type {Reach} from './door.js'
import type {SourceList} from './source-list.js'
import {hasWholeEntry, isReadable, setOfItems} from './source-list.js'

export const EDGE_VARIANTS = ['open-allow-list', 'open-deny-all', 'open-deny-list', 'wider-ipv6', 'unknown-default', 'blocked-family', 'unreadable-opens', 'unreadable', 'notation'] as const
export type EdgeVariant = (typeof EDGE_VARIANTS)[number]

/** What is wrong with one list. */
export interface EdgeGap {
  variant: EdgeVariant
  class: Extract<FilterClass, 'S2' | 'S4' | 'A3' | 'N'>
  /** Open to everybody, in spite of the list. */
  openFamily: Family | null
  /** Closed to everybody. */
  blockedFamily: Family | null
  /** No client is seen to come over that family. */
  isLatent: boolean
}

const everything = (text: string): IntervalSet => setOf([parseCidr(text)!])
/** All public IPv6 addresses. */
const PUBLIC_V6 = everything('2000::/3')
const ALL: Readonly<Record<Family, IntervalSet>> = {4: everything('0.0.0.0/0'), 6: everything('::/0')}

/**
 * A list that names one family, whose clients come over the other. An item that
 * is not understood leaves the list unknown: then nothing is said of families.
 * Null: nothing is wrong.
 */
export function judgeList(list: SourceList, reach: Reach): EdgeGap | null {
  if (!isReadable(list)) return {variant: list.kind.whenUnreadable === 'opens' ? 'unreadable-opens' : 'unreadable', class: 'N', openFamily: null, blockedFamily: null, isLatent: false}
  const set = setOfItems(list.items)
  const [named, second] = familiesOf(set)
  if (named === undefined) return null
  if (second !== undefined) return widerGap(list, set, reach)
  const other = otherFamilyOf(named)
  const isLatent = !reach.families.includes(other)
  // IPv4 in front of an object that only IPv6 reaches is nobody's plan.
  if (isLatent && other === 4 && reach.families.includes(6)) return null
  const isWhole = covers(set, ALL[named])
  const {mode, otherFamily} = list.kind
  if (mode === 'deny') return {variant: isWhole ? 'open-deny-all' : 'open-deny-list', class: 'S4', openFamily: other, blockedFamily: null, isLatent}
  if (list.kind.isOneForBoth === true && hasWholeEntry(list.items)) return null
  if (otherFamily === 'closed' || (otherFamily === 'unknown' && isWhole)) return {variant: 'blocked-family', class: 'A3', openFamily: null, blockedFamily: other, isLatent}
  // Who lets everybody in over one family keeps nobody out.
  if (isWhole) return null
  return {variant: otherFamily === 'unknown' ? 'unknown-default' : 'open-allow-list', class: 'S4', openFamily: other, blockedFamily: null, isLatent}
}

/** Of a list whose items are all understood: spellings that the next edit of the field will not get past the API server with. */
export function notationGap({kind, items}: SourceList): EdgeGap | null {
  const isSloppy = kind.isCore === true && items.some(({text, cidr}) => cidr !== null && notationOf(text, cidr) !== null)
  return isSloppy ? {variant: 'notation', class: 'N', openFamily: null, blockedFamily: null, isLatent: false} : null
}

/** A list of both families that keeps somebody out over IPv4 and nobody over IPv6. */
function widerGap({kind}: SourceList, set: IntervalSet, {families}: Reach): EdgeGap | null {
  if (kind.mode === 'deny' || !covers(set, PUBLIC_V6) || isBroadV4(set)) return null
  return {variant: 'wider-ipv6', class: 'S2', openFamily: 6, blockedFamily: null, isLatent: !families.includes(6)}
}

/** All but 1/256 at most: what is left out then is a carve-out, not a list of the few that may come. */
function isBroadV4(set: IntervalSet): boolean {
  const size = set[4].reduce((sum, [first, last]) => sum + last - first + 1n, 0n)
  return size >= (1n << 32n) - (1n << 24n)
}
