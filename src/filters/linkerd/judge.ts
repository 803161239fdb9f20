import type {FilterClass} from '../../audit/finding.js'
import {cidrOf} from '../../network/cidr.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, covers, familiesOf, setOf, union} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import type {NetworkList} from './networks.js'

export type LinkerdVariant = 'egress-open' | 'egress-list-open' | 'wider-ipv6' | 'blocked'

export interface LinkerdGap {
  variant: LinkerdVariant
  class: Extract<FilterClass, 'S2' | 'S4' | 'A3'>
  openFamily: Family | null
  blockedFamily: Family | null
}

const PUBLIC_V6 = setOf([cidrOf(6, 0x2000n << 112n, 3)])
/** All but 1/256: what is left out then is a carve-out. */
const BROAD_V4 = (1n << 32n) - (1n << 24n)

/** A client of a family without a network passes no such list. */
export function judgeClients({set}: NetworkList): LinkerdGap | null {
  const [named, second] = familiesOf(set)
  if (named === undefined) return null
  if (second === undefined) return {variant: 'blocked', class: 'A3', openFamily: null, blockedFamily: otherFamilyOf(named)}
  const isWider = covers(set, PUBLIC_V6) && sizeOfV4(set) < BROAD_V4
  return isWider ? {variant: 'wider-ipv6', class: 'S2', openFamily: 6, blockedFamily: null} : null
}

function sizeOfV4(set: IntervalSet): bigint {
  return set[4].reduce((sum, [first, last]) => sum + last - first + 1n, 0n)
}

/**
 * A destination outside of the cluster that no EgressNetwork of the namespace
 * holds is passed on as it is (`lookup_ip` of policy-controller/runtime), so a
 * denial of one family leaves the other open. Of several the most specific
 * holds, and one that names the other family, to allow it, says that it is meant.
 */
export function judgeDestinations(list: NetworkList, others: readonly NetworkList[]): LinkerdGap | null {
  const [named, second] = familiesOf(list.set)
  if (!list.isDenied || named === undefined || second !== undefined) return null
  const other = otherFamilyOf(named)
  if (others.reduce((sum: IntervalSet, one) => union(sum, one.set), EMPTY)[other].length > 0) return null
  return {variant: isMostOf(list.set, named) ? 'egress-open' : 'egress-list-open', class: 'S4', openFamily: other, blockedFamily: null}
}

/** Everything but the cluster's own ranges, as such a denial is commonly written. */
function isMostOf(set: IntervalSet, family: Family): boolean {
  return family === 4 ? sizeOfV4(set) > 1n << 31n : covers(set, PUBLIC_V6)
}
