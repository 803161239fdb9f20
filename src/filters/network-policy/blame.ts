import type {FilterAddressClass} from '../../audit/finding.js'
import {pointOf} from '../../network/cidr.js'
import type {Cidr} from '../../network/cidr.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {intersect, isEmpty, ofFamily, setOf, unionOf} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {BITS} from '../../network/ip.js'
import type {AddressSpace} from '../address-space.js'
import {addressOf} from '../endpoint-pairs.js'
import type {Gap} from '../gap.js'
import type {Block} from './blocks.js'
import type {ReadNetworkPolicy} from './policies.js'
import type {Entry} from './sides.js'

export interface BlamedBlock {
  policy: ReadNetworkPolicy
  block: Block
}

export interface Blame {
  /** Blocks that a person would edit, or put a second one beside; most telling first. */
  blame: readonly BlamedBlock[]
  /** Blocks of the other family, which show what was meant. */
  meant: readonly BlamedBlock[]
}

/** Who is to blame for a gap, of the rules that speak of its atoms. */
export function blameFor(gap: Gap, entries: ReadonlySet<Entry>, space: AddressSpace, isTwinless: (cidr: Cidr) => boolean): Blame {
  const all = blocksOf(entries)
  if (gap.openFamily !== null) return openers(gap, gap.openFamily, all, space)
  const missing = gap.blockedFamily ?? 6
  const own = all.filter(({block}) => block.cidr.family !== missing)
  const missed = own.filter(({block}) => !isTwinless(block.cidr))
  return {blame: missed.length > 0 ? missed : own, meant: all.filter(({block}) => block.cidr.family === missing)}
}

function openers(gap: Gap, family: Family, all: readonly BlamedBlock[], space: AddressSpace): Blame {
  const lost = lostTo(gap, family, space)
  const others = all.filter(({block}) => block.cidr.family !== family)
  const leavingOut = others.filter(({block}) => block.except.length > 0)
  return {
    blame: all.filter(({block}) => block.cidr.family === family && !isEmpty(intersect(block.set, lost))),
    meant: leavingOut.length > 0 ? leavingOut : others,
  }
}

/** The addresses that are open and should not be. */
function lostTo({addressClasses, endpoints}: Gap, family: Family, {sets}: AddressSpace): IntervalSet {
  const points = setOf(endpoints.flatMap(pair => addressOf(pair, family) ?? []).map(pointOf))
  const classes = addressClasses.filter((kind): kind is Exclude<FilterAddressClass, 'metadata'> => kind !== 'metadata')
  return ofFamily(unionOf([points, ...classes.map(kind => sets[kind])]), family)
}

/** The widest first, then in the order of policies and rules. */
function blocksOf(entries: ReadonlySet<Entry>): BlamedBlock[] {
  const inOrder = [...entries].toSorted((a, b) => a.order - b.order)
  const blocks = inOrder.flatMap(({policy, blocks: own}) => own.map(block => ({policy, block})))
  return blocks.toSorted((a, b) => hostBits(b.block) - hostBits(a.block))
}

/** Of an IPv4 block as of an IPv6 one: how far it is from a single address. */
function hostBits({cidr: {family, prefix}}: Block): number {
  return (BITS[family] - prefix) / BITS[family]
}
