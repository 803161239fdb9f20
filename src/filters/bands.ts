import type {FilterAddressClass} from '../audit/finding.js'
import type {IntervalSet} from '../network/interval-set.js'
import type {Family} from '../network/ip.js'
import type {AddressSpace} from './address-space.js'
import type {Coverage} from './coverage.js'
import {coverageOf, sizeOf} from './coverage.js'

/** How much of a class of addresses a filter lets through; `most`: at most one address in 256 is missing, `n/a`: there is no such address here. */
export type Band = 'n/a' | 'none' | 'some' | 'most' | 'all'

const MOST = 256n

export function bandOf(allowed: IntervalSet, space: AddressSpace, kind: FilterAddressClass, family: Family): Band {
  return bandIn(coverageOf(allowed), space, kind, family)
}

export function bandIn(allowed: Coverage, space: AddressSpace, kind: FilterAddressClass, family: Family): Band {
  const whole = space.sets[kind]
  const total = sizeOf(whole[family])
  if (total === 0n) return 'n/a'
  const inside = allowed.inside(whole, family)
  if (inside === 0n) return 'none'
  if (inside === total) return 'all'
  return (total - inside) * MOST <= total ? 'most' : 'some'
}

/** Does it let nearly all of the Internet through? What it leaves out then is a carve-out that somebody meant. */
export function isBroad(allowed: IntervalSet, space: AddressSpace, family: Family): boolean {
  return isBroadIn(coverageOf(allowed), space, family)
}

export function isBroadIn(allowed: Coverage, space: AddressSpace, family: Family): boolean {
  return ['most', 'all'].includes(bandIn(allowed, space, 'public', family))
}
