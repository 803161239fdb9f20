import {Flags} from '@oclif/core'
import {UsageError} from '../errors.js'
import type {AssumedFamilies} from '../network/assumed-families.js'
import type {Cidr} from '../network/cidr.js'
import {parseCidr} from '../network/cidr.js'
import type {IntervalSet} from '../network/interval-set.js'
import {setOf} from '../network/interval-set.js'
import {quote} from '../printable.js'

const GROUP = 'SCOPE'

/** What somebody says of the IP families beside what the cluster shows. */
export const RANGE_FLAG = {
  range: Flags.string({multiple: true, summary: 'A range that the cluster does not show: pod=CIDR, service=CIDR or node=CIDR; several with commas, may be repeated.', helpGroup: GROUP}),
}

export const ASSUMED_FLAGS = {
  assume: Flags.option({options: ['dual'] as const, summary: 'Judge filters as if every pod, Service and load balancer had both IP families.', helpGroup: GROUP})(),
  ...RANGE_FLAG,
}

export interface AssumedFlags {
  assume?: 'dual' | undefined
  range?: readonly string[] | undefined
}

/** Null: nothing is assumed. */
export function assumedIn({assume, range = []}: AssumedFlags): AssumedFamilies | null {
  if (assume === undefined && range.length === 0) return null
  const given = range.map(parseRange)
  const setFor = (whose: Whose): IntervalSet => setOf(given.filter(one => one.whose === whose).flatMap(({cidrs}) => cidrs))
  return {isDual: assume === 'dual', ranges: {pods: setFor('pod'), services: setFor('service'), nodes: setFor('node')}}
}

const WHOSE = ['pod', 'service', 'node'] as const
type Whose = (typeof WHOSE)[number]

const HINT = 'such as pod=fd10:244::/56, service=10.96.0.0/12,fd00:96::/108 or node=2001:db8:1::/64'

function parseRange(text: string): {whose: Whose; cidrs: Cidr[]} {
  const equals = text.indexOf('=')
  const whose = WHOSE.find(name => name === text.slice(0, Math.max(0, equals)))
  if (whose === undefined) throw new UsageError('bad-argument', `--range ${quote(text)} does not say whose range it is`, HINT)
  return {whose, cidrs: text.slice(equals + 1).split(',').map(one => parseBlock(one, text))}
}

/** A block that holds everything would make every address a pod's, and every filter a mistake. */
function parseBlock(block: string, whole: string): Cidr {
  const cidr = parseCidr(block.trim())
  if (cidr === null) throw new UsageError('bad-argument', `--range ${quote(whole)}: ${quote(block)} is no CIDR`, HINT)
  if (cidr.prefix === 0) throw new UsageError('bad-argument', `--range ${quote(whole)}: ${quote(block)} holds every address`, HINT)
  return cidr
}
