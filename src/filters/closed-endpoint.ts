import {parseCidr, cidrOf, isIn} from '../network/cidr.js'
import type {IntervalSet} from '../network/interval-set.js'
import {setOf} from '../network/interval-set.js'
import type {Ip} from '../network/ip.js'

const ULA = parseCidr('fc00::/7')
/** Wider than any block that is written for an endpoint's sake, and narrower than those for private addresses at large. */
const AROUND = 24

const known = new Map<bigint, IntervalSet>()

/**
 * Is an endpoint that is closed closed for its own sake? In IPv6 most lie in
 * fc00::/7, while those of IPv4 are link-local: where nothing around them is open
 * either, private addresses were left out, and the endpoint by the way. That
 * shows no intent about the other family.
 */
export function isClosedForItself(ip: Ip, isOpen: (set: IntervalSet) => boolean): boolean {
  if (ip.family === 4 || ULA === null || !isIn(ip, ULA)) return true
  const around = known.get(ip.value) ?? setOf([cidrOf(6, ip.value, AROUND)])
  known.set(ip.value, around)
  return isOpen(around)
}
