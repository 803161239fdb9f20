import {ipOf} from '../network/ip.js'
import {alternatives, normalised} from './cel-tokens.js'

/** Plain addresses: a string with an escape in it is none that we read. */
const TEXT = String.raw`"([^"\\]+)"`
const LISTED = new RegExp(String.raw`^ip in \[ (${TEXT}(?: , ${TEXT})*) \]$`)
const EQUAL = new RegExp(`^ip == ${TEXT}$`)
const BLOCK = new RegExp(String.raw`^cidr \( ${TEXT} \) \. containsIP \( (?:ip|ip \( ip \)) \)$`)
/** What is no address is in no block, and asking would be an error. */
const GUARDED = /^isIP \( ip \) && (.+)$/

/** An IPv4 block where the server has no functions for addresses, as our own policies have it. */
const ARITHMETIC = patternOf(
  "ip.matches('^(0|[1-9][0-9]{0,2})([.](0|[1-9][0-9]{0,2})){3}$') && [ip.split('.').map(octet, int(octet))].exists(part, "
  + 'part[0] * 16777216 + part[1] * 65536 + part[2] * 256 + part[3] >= 111 && part[0] * 16777216 + part[1] * 65536 + part[2] * 256 + part[3] <= 999)',
)

/** Exactly that text, with any numbers for 111 and 999. */
function patternOf(expression: string): RegExp {
  const literal = normalised(expression).replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${literal.replace('111', String.raw`(\d{1,10})`).replace('999', String.raw`(\d{1,10})`)}$`)
}

/** Addresses and blocks that one alternative lets through; null for one that we do not know. */
export function allowedBy(test: string): string[] | null {
  const [, listed] = LISTED.exec(test) ?? []
  if (listed !== undefined) return [...listed.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text)
  const [, one] = EQUAL.exec(test) ?? BLOCK.exec(test) ?? []
  if (one !== undefined) return [one]
  const [, guarded] = GUARDED.exec(test) ?? []
  if (guarded !== undefined) return blocksIn(guarded)
  const [, first, last] = ARITHMETIC.exec(test) ?? []
  return first === undefined || last === undefined ? null : rangeOf(Number(first), Number(last))
}

/** One block, or several in brackets: without them `&&` would take the first alone. */
function blocksIn(guarded: string): string[] | null {
  const blocks = alternatives(normalised(guarded)).map(one => BLOCK.exec(one)?.[1])
  return blocks.every(block => block !== undefined) ? blocks : null
}

const LAST_V4 = 0xffff_ffff

function rangeOf(first: number, last: number): string[] | null {
  if (first > LAST_V4 || last > LAST_V4) return null
  return [`${ipOf(4, BigInt(first)).text}-${ipOf(4, BigInt(last)).text}`]
}
