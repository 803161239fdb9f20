import type {FilterAddressClass} from '../../audit/finding.js'
import {SEVERITIES} from '../../audit/severity.js'
import type {Cidr} from '../../network/cidr.js'
import {EMPTY, setOf} from '../../network/interval-set.js'
import type {IntervalSet} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {BITS} from '../../network/ip.js'
import {blocksOf} from '../../network/well-known.js'
import type {AddressSpace} from '../address-space.js'
import type {Gap} from '../gap.js'
import {isActive, mergeGaps} from '../gap.js'
import type {Atom} from '../ports.js'
import {meetsAny} from '../ports.js'
import type {Blame} from './blame.js'
import {blameFor} from './blame.js'
import type {AtomVerdict, Evaluation} from './evaluate.js'
import type {Entry} from './sides.js'

export interface GroupGap extends Blame {
  gap: Gap
  atoms: readonly Atom[]
  /** The family that makes it matter is not there yet. */
  isLatent: boolean
  /** 64:ff9b::/96 is open, by which IPv6 reaches IPv4 addresses where there is a translator, and IPv4 leaves something out. */
  hasNat64: boolean
}

export interface GapOptions {
  families: readonly Family[]
  /** No pod of the cluster has IPv4. */
  isV6Only: boolean
  space: AddressSpace
  isTwinless(cidr: Cidr): boolean
}

/** What is to be said of pods with these families; at most one gap per class and family, gravest first. */
export function gapsOf({atoms, base, idle}: Evaluation, options: GapOptions): GroupGap[] {
  const hasV4 = atoms.some(({allowed}) => allowed.has(4))
  const found = atoms.flatMap(one => worthSaying(one.gaps, hasV4, options).map(gap => ({gap, atom: one.atom})))
  const byAtom = new Map(atoms.map(one => [one.atom, one]))
  const merged = mergeGaps(found).map(({gap, atoms: on}): GroupGap => {
    const verdicts = on.map(atom => byAtom.get(atom)).filter(one => one !== undefined)
    return {gap, atoms: on, isLatent: !isActive(gap, options.families), hasNat64: gap.openFamily === 6 && verdicts.some(isNat64Open), ...blameFor(gap, entriesOn(verdicts, base, idle), options.space, options.isTwinless)}
  })
  return merged.filter(one => !isOfSingleAddresses(one, options)).toSorted((a, b) => Number(a.isLatent) - Number(b.isLatent) || SEVERITIES.indexOf(a.gap.severity) - SEVERITIES.indexOf(b.gap.severity) || (a.gap.class < b.gap.class ? -1 : 1))
}

const BESIDE: readonly FilterAddressClass[] = ['service', 'link-local']

/** The address of a DNS Service of one family, beside what is let out to the Internet, opens nothing that the other family has to keep shut. */
function isOfSingleAddresses({gap, blame}: GroupGap, {isTwinless}: GapOptions): boolean {
  if (gap.class !== 'S1' || !gap.addressClasses.every(kind => BESIDE.includes(kind))) return false
  return blame.every(({block: {cidr}}) => cidr.prefix === BITS[cidr.family] && isTwinless(cidr))
}

function entriesOn(verdicts: readonly AtomVerdict[], base: readonly Entry[], idle: readonly Entry[]): Set<Entry> {
  const entries = new Set(base)
  for (const {own} of verdicts) for (const entry of own) entries.add(entry)
  const atoms = verdicts.map(({atom}) => atom)
  for (const entry of idle) if (meetsAny(entry.ports, atoms)) entries.add(entry)
  return entries
}

/**
 * Without an IPv4 block, and without IPv4, nobody has forgotten IPv4: the policy
 * is of an IPv6 cluster. Where IPv6 is wider and there, that is what is wrong,
 * and not that IPv4 is closed beside it.
 */
function worthSaying(gaps: readonly Gap[], hasV4: boolean, {families, isV6Only}: GapOptions): Gap[] {
  const meant = gaps.filter(gap => gap.class !== 'S2' || hasV4 || families.includes(4))
  const isWiderNow = meant.some(gap => gap.class === 'S2' && isActive(gap, families))
  return meant.filter(gap => {
    if (gap.class === 'A1' && isWiderNow) return false
    return !(isV6Only && (gap.openFamily ?? gap.blockedFamily) === 4 && !isActive(gap, families))
  })
}

const NAT64 = setOf(blocksOf('reserved').filter(({text}) => text === '64:ff9b::/96'))
const ALL_V4: IntervalSet = {...EMPTY, 4: [[0n, 0xffff_ffffn]]}

function isNat64Open({allowed}: AtomVerdict): boolean {
  return allowed.inside(NAT64, 6) > 0n && allowed.inside(ALL_V4, 4) < 1n << 32n
}
