import {OddField} from '../kube/field.js'
import type {Cidr} from '../network/cidr.js'
import {parseCidr, pointOf} from '../network/cidr.js'
import {parseIp} from '../network/ip.js'
import {notationOf} from './network-policy/notation.js'

/**
 * A block as engines read it that use Go's own parsers (`net.ParseCIDR`,
 * `netip.ParsePrefix`), and Linkerd with Rust's: other than Kubernetes they
 * refuse leading zeros, and then one engine leaves the block out, another the
 * whole object. Such a value is not understood.
 *
 * @param mayBeAddress an address alone stands for itself
 */
export function goBlock(text: string, path: string, mayBeAddress = false): Cidr {
  const ip = mayBeAddress && !text.includes('/') ? parseIp(text) : null
  const cidr = ip === null ? parseCidr(text) : pointOf(ip)
  if (cidr === null) throw new OddField(path, 'an address block')
  if (notationOf(text, cidr) === 'leading-zero') throw new OddField(path, 'a block without leading zeros')
  return cidr
}
