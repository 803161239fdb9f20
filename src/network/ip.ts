export type Family = 4 | 6

export function otherFamilyOf(family: Family): Family {
  return family === 4 ? 6 : 4
}

export interface Ip {
  family: Family
  /** Canonical: dotted decimal, or RFC 5952. Equal addresses have equal texts. */
  text: string
  /** 32 or 128 bits. Comparable only within a family. */
  value: bigint
}

export const BITS: Readonly<Record<Family, number>> = {4: 32, 6: 128}

/** The first 96 bits of `::ffff:0:0/96`, below which IPv4 addresses are written as IPv6. */
const MAPPED_PREFIX = 0xffffn

/**
 * Reads an address as Kubernetes does (`ParseIPSloppy` of k8s.io/utils/net):
 * leading zeros are decimal, `::ffff:1.2.3.4` is the IPv4 address, a zone is no
 * address. Null for what Kubernetes does not read either.
 */
export function parseIp(text: string): Ip | null {
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

function parseV4(text: string): Ip | null {
  const value = v4Number(text)
  return value === null ? null : ipOf(4, BigInt(value))
}

function parseV6(text: string): Ip | null {
  const value = v6Value(text)
  if (value === null) return null
  return isMapped(value) ? ipOf(4, value & 0xffff_ffffn) : ipOf(6, value)
}

/** Is it one of the IPv6 spellings of an IPv4 address? */
export function isMapped(value: bigint): boolean {
  return value >> 32n === MAPPED_PREFIX
}

/**
 * Most addresses are compared and never printed. One getter serves all: with an
 * accessor of its own each address would be an object of a shape of its own, and
 * of 800 bytes.
 */
const SPELT = {
  family: 4 as Family,
  value: 0n,
  get text(): string {
    return this.family === 4 ? v4Text(Number(this.value)) : v6Text(this.value)
  },
}

export function ipOf(family: Family, value: bigint): Ip {
  return Object.assign(Object.create(SPELT) as Ip, {family, value})
}

/** Four decimal numbers, however many zeros are in front; null otherwise. */
export function v4Number(text: string): number | null {
  let value = 0
  let octet = -1
  let dots = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x2e) {
      if (octet < 0 || ++dots > 3) return null
      value = value * 256 + octet
      octet = -1
    } else {
      if (code < 0x30 || code > 0x39) return null
      octet = (octet < 0 ? 0 : octet * 10) + code - 0x30
      if (octet > 255) return null
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : null
}

/** The 128 bits of an IPv6 text, IPv4-mapped ones as they are written; null otherwise. */
export function v6Value(text: string): bigint | null {
  const [before = '', after, ...more] = text.split('::')
  if (more.length > 0) return null
  const head = groupsOf(before, after === undefined)
  const tail = after === undefined ? [] : groupsOf(after, true)
  if (head === null || tail === null) return null
  // An ellipsis stands for at least one group.
  const missing = 8 - head.length - tail.length
  if (after === undefined ? missing !== 0 : missing < 1) return null
  return valueOf([...head, ...Array<number>(missing).fill(0), ...tail])
}

/** Groups of 16 bits; the last two may be written as an IPv4 address where the text ends. */
function groupsOf(text: string, isEnd: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const words = text.split(':')
  for (const [index, word] of words.entries()) {
    if (isEnd && index === words.length - 1 && word.includes('.')) {
      const v4 = v4Number(word)
      if (v4 === null) return null
      groups.push(Math.floor(v4 / 0x10000), v4 % 0x10000)
    } else {
      if (!/^0*[0-9a-f]{1,4}$/i.test(word)) return null
      groups.push(Number.parseInt(word, 16))
    }
  }
  return groups
}

function valueOf(groups: readonly number[]): bigint {
  const word = (at: number): bigint => BigInt(groups[at]! * 0x10000 + groups[at + 1]!)
  return word(0) << 96n | word(2) << 64n | word(4) << 32n | word(6)
}

function v4Text(value: number): string {
  return `${value >>> 24}.${value >>> 16 & 255}.${value >>> 8 & 255}.${value & 255}`
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
function v6Text(value: bigint): string {
  const hex = value.toString(16).padStart(32, '0')
  const groups = Array.from({length: 8}, (_, index) => Number.parseInt(hex.slice(index * 4, index * 4 + 4), 16).toString(16))
  const {start, length} = longestZeros(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

function longestZeros(groups: readonly string[]): {start: number; length: number} {
  let best = {start: 0, length: 0}
  for (let start = 0; start < groups.length; start++) {
    let end = start
    while (groups[end] === '0') end++
    if (end - start > best.length) best = {start, length: end - start}
    start = Math.max(start, end)
  }
  return best
}
