import {BITS, ipOf} from '../../network/ip.js'
import {parseIp} from '../../network/ip.js'
import type {Cidr} from '../../network/cidr.js'
import {parseCidr, pointOf} from '../../network/cidr.js'

/** `192.0.2.0/24`, or one address; null for anything else. */
export function blockOf(text: string): Cidr | null {
  const ip = parseIp(text)
  return ip === null ? parseCidr(text) : pointOf(ip)
}

/** `192.0.2.7` for a block of one address, else the block. */
export function blockText({family, first, prefix, text}: Cidr): string {
  return prefix === BITS[family] ? ipOf(family, first).text : text
}

/** CEL that holds for addresses in the blocks, and the blocks that this server's CEL cannot speak of. */
export interface AllowedTest {
  expression: string
  inexpressible: readonly Cidr[]
}

/**
 * With the functions `isIP` and `cidr`, or with strings alone. Both refuse what they
 * cannot read: leading zeros and IPv4 written as IPv6 are in no block.
 */
export function allowedTest(blocks: readonly Cidr[], variable: string, hasIpLibrary: boolean): AllowedTest {
  if (hasIpLibrary) {
    const tests = blocks.map(({text}) => `cidr('${text}').containsIP(${variable})`)
    return {expression: `isIP(${variable}) && (${tests.join(' || ')})`, inexpressible: []}
  }
  const tests = blocks.map(block => ({block, test: textTest(block, variable)}))
  const expressible = tests.flatMap(({test}) => (test === null ? [] : [test]))
  return {expression: expressible.join(' || '), inexpressible: tests.flatMap(({block, test}) => (test === null ? [block] : []))}
}

/** IPv4 by arithmetic; of IPv6 only single addresses, and those in one spelling. */
function textTest({family, first, last, prefix}: Cidr, variable: string): string | null {
  if (prefix === BITS[family]) return `${variable} == '${ipOf(family, first).text}'`
  if (family === 6) return null
  const number = 'part[0] * 16777216 + part[1] * 65536 + part[2] * 256 + part[3]'
  const isDotted = `${variable}.matches('^(0|[1-9][0-9]{0,2})([.](0|[1-9][0-9]{0,2})){3}$')`
  return `${isDotted} && [${variable}.split('.').map(octet, int(octet))].exists(part, ${number} >= ${first} && ${number} <= ${last})`
}
