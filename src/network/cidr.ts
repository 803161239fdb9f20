import type {Family, Ip} from './ip.js'
import {BITS, ipOf, isMapped, v4Number, v6Value} from './ip.js'

export interface Cidr {
  family: Family
  /** Canonical: host bits are zero. */
  text: string
  /** First and last address, both inclusive. */
  first: bigint
  last: bigint
  /** Length of the prefix: 0–32 or 0–128. */
  prefix: number
}

/**
 * Reads a block as Kubernetes does (`ParseCIDRSloppy`): leading zeros are
 * decimal, also in the length; host bits are masked away. A mapped block
 * (`::ffff:10.0.0.0/104`) is the IPv4 block, but only while its length leaves
 * the mapped prefix whole: a shorter one is IPv6.
 */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/')
  if (slash === -1) return null
  const prefix = lengthOf(text.slice(slash + 1))
  if (prefix === null) return null
  const address = text.slice(0, slash)
  const v4 = v4Number(address)
  if (v4 !== null) return blockOf(4, BigInt(v4), prefix)
  const v6 = v6Value(address)
  if (v6 === null) return null
  return isMapped(v6) && prefix >= 96 ? blockOf(4, v6 & 0xffff_ffffn, prefix - 96) : blockOf(6, v6, prefix)
}

function lengthOf(text: string): number | null {
  return /^0*\d{1,3}$/.test(text) ? Number(text) : null
}

function blockOf(family: Family, value: bigint, prefix: number): Cidr | null {
  return prefix > BITS[family] ? null : cidrOf(family, value, prefix)
}

/** The block of that length around an address. */
export function cidrOf(family: Family, value: bigint, prefix: number): Cidr {
  const host = BigInt(BITS[family] - prefix)
  const first = value >> host << host
  return {family, first, last: first + (1n << host) - 1n, prefix, text: `${ipOf(family, first).text}/${prefix}`}
}

/** The block that holds this address alone. */
export function pointOf(ip: Ip): Cidr {
  return cidrOf(ip.family, ip.value, BITS[ip.family])
}

export function isIn(ip: Ip, cidr: Cidr): boolean {
  return ip.family === cidr.family && ip.value >= cidr.first && ip.value <= cidr.last
}
