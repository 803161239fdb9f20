import type {FilterAddressClass} from '../../audit/finding.js'
import type {AddressSpace} from '../../filters/address-space.js'
import {bandOf, isBroad} from '../../filters/bands.js'
import type {Block} from '../../filters/network-policy/blocks.js'
import type {Cidr} from '../../network/cidr.js'
import {pointOf} from '../../network/cidr.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, cidrsOf, contains, covers, intersect, isEmpty, ofFamily, setOf, subtract, union, unionOf} from '../../network/interval-set.js'
import {blocksOf} from '../../network/well-known.js'
import type {Setting, Whose} from './carve-outs.js'
import {ASSIGNED_ULA, RFC1918, ULA, WHOSE, block, carveOutOf, isUnknown, keptBy, rangeOf} from './carve-outs.js'

/** An `ipBlock` of IPv6. */
export interface PlannedBlock {
  cidr: Cidr
  except: readonly Cidr[]
}

/** What stands for IPv4 blocks over IPv6. */
export type Twin =
  | {answer: 'add'; blocks: readonly PlannedBlock[]; why: string}
  /** It is known once somebody names these ranges. */
  | {answer: 'range'; needs: readonly Whose[]}
  /** Nobody misses one. */
  | {answer: 'none'; why: string}
  /** Only a person knows the address over IPv6 of these. */
  | {answer: 'hand'; literals: readonly string[]}

const EVERYTHING = block('0.0.0.0/0')
const ALL_V6 = block('::/0')

/**
 * The twins of the IPv4 blocks of one rule, with the blocks that each is for.
 * Blocks that are nearly all of the Internet only together have one twin
 * together, and so have the private ones.
 */
export function twinsOf(blocks: readonly Block[], setting: Setting): {of: readonly Block[]; twin: Twin}[] {
  const {space} = setting
  const parts = blocks.filter(one => bandOf(one.set, space, 'public', 4) !== 'none' && !isBroad(one.set, space, 4))
  const whole = parts.length > 1 && isBroad(unionOf(parts.map(({set}) => set)), space, 4) ? parts : []
  const own = blocks.filter(one => isPrivate(one.set, space))
  const rest = blocks.filter(one => !whole.includes(one) && !own.includes(one))
  const together = unionOf(whole.map(({set}) => set))
  return [
    ...(whole.length === 0 ? [] : [{of: whole, twin: broadTwin(together, leftOutOf(together), setting)}]),
    ...(own.length === 0 ? [] : [{of: own, twin: privateTwin(unionOf(own.map(({set}) => set)), own, setting)}]),
    ...rest.map(one => ({of: [one], twin: knownTwin(one, setting)})),
  ]
}

const known = new WeakMap<Setting, Map<number, Twin>>()

/** Thousands of rules hold the same few blocks. */
function knownTwin(one: Block, setting: Setting): Twin {
  const twins = known.get(setting) ?? new Map<number, Twin>()
  known.set(setting, twins)
  const twin = twins.get(one.id) ?? twinOf(one, setting)
  twins.set(one.id, twin)
  return twin
}

/** What a set leaves out, in the fewest blocks. */
export function leftOutOf(allowed: IntervalSet): Cidr[] {
  return cidrsOf(subtract(setOf([EVERYTHING]), allowed))
}

function twinOf(one: Block, setting: Setting): Twin {
  if (isBroad(one.set, setting.space, 4)) return broadTwin(one.set, one.cidr.prefix === 0 ? one.except : leftOutOf(one.set), setting)
  return localTwin(one, setting.space) ?? rangeTwin(one, setting) ?? {answer: 'hand', literals: [one.text]}
}

function broadTwin(allowed: IntervalSet, left: readonly Cidr[], setting: Setting): Twin {
  const {exclusions, needs, literals} = carveOutOf({allowed, left}, setting)
  if (literals.length > 0) return {answer: 'hand', literals}
  if (needs.length > 0) return {answer: 'range', needs}
  const kept = keptBy(exclusions, allowed, setting)
  return {answer: 'add', blocks: [{cidr: ALL_V6, except: exclusions.map(({cidr}) => cidr)}, ...kept.map(cidr => ({cidr, except: []}))], why: ''}
}

/** Names of those that stay open because IPv4 lets them through. */
function endpointsAmong(cidrs: readonly Cidr[], space: AddressSpace): string[] {
  return space.endpoints.filter(({ipv6}) => ipv6 !== null && cidrs.some(({text}) => text === pointOf(ipv6).text)).map(({name}) => name)
}

/** Nothing is closed over IPv6 alone: who wants that closes it in both. */
function openText(endpoints: readonly string[]): string {
  return endpoints.length === 0 ? '' : `${endpoints.join(' and ')} ${endpoints.length === 1 ? 'stays' : 'stay'} open because IPv4 lets ${endpoints.length === 1 ? 'it' : 'them'} through: what no pod needs is better left out of both.`
}

const LOCAL = setOf(blocksOf('link-local'))
const NOWHERE: readonly FilterAddressClass[] = ['loopback', 'multicast']

/** The link itself and what answers there, credentials among it. */
function localTwin({set}: Block, space: AddressSpace): Twin | null {
  if (NOWHERE.some(kind => covers(space.sets[kind], set))) return {answer: 'none', why: 'no policy is asked about loopback or multicast'}
  if (!covers(union(LOCAL, space.sets.metadata), set)) return null
  const points = space.endpoints.flatMap(({ipv4, ipv6}) => (ipv6 !== null && contains(set, ipv4) ? [{cidr: pointOf(ipv6), except: []}] : []))
  const link = covers(set, ofFamily(LOCAL, 4)) ? [{cidr: block('fe80::/10'), except: []}] : []
  const blocks = [...link, ...points.filter(({cidr}) => link.length === 0 || !covers(LOCAL, setOf([cidr])))]
  return blocks.length > 0 ? {answer: 'add', blocks, why: openText(endpointsAmong(blocks.map(({cidr}) => cidr), space))} : {answer: 'none', why: 'what answers there has no IPv6 address that is known'}
}

/** Does it hold a whole block of RFC 1918, but for ranges of the cluster, and nothing public? */
function isPrivate(set: IntervalSet, space: AddressSpace): boolean {
  if (bandOf(set, space, 'public', 4) !== 'none') return false
  const mostly = union(set, own4(space))
  return RFC1918.some(one => covers(mostly, setOf([one])) && !isEmpty(intersect(set, setOf([one]))))
}

/** Unique local addresses, and the ranges of the cluster that it holds where these are global. */
function privateTwin(set: IntervalSet, of: readonly Block[], {space, unmatched}: Setting): Twin {
  const bands = WHOSE.map(whose => ({whose, band: bandOf(set, space, whose, 4)}))
  if (bands.some(({band}) => band === 'some' || band === 'most')) return {answer: 'hand', literals: of.map(({text}) => text)}
  // As where they are left out: all of them, or the half that is assigned.
  const base = bandOf(set, space, 'private', 4) === 'all' ? ULA : ASSIGNED_ULA
  const ula = setOf([base])
  const needs = bands.filter(({whose, band}) => band !== 'n/a' && !unmatched.includes(whose) && isUnknown(whose, EMPTY, space)).map(({whose}) => whose)
  if (needs.length > 0) return {answer: 'range', needs}
  const inside = (whose: Whose): Cidr[] => rangeOf(whose, space).filter(cidr => covers(ula, setOf([cidr])))
  const outside = (whose: Whose): Cidr[] => rangeOf(whose, space).filter(cidr => !covers(ula, setOf([cidr])))
  // The addresses of metadata endpoints lie in fc00::/7, while those of IPv4 lie in no private block.
  const endpoints = (unmatched.includes('metadata') ? [] : space.endpoints).flatMap(({ipv4, ipv6}) => (ipv6 !== null && contains(ula, ipv6) && !contains(set, ipv4) ? [pointOf(ipv6)] : []))
  const except = [...bands.filter(({band}) => band === 'none').flatMap(({whose}) => inside(whose)), ...endpoints]
  const more = bands.filter(({band}) => band === 'all').flatMap(({whose}) => outside(whose))
  return {answer: 'add', blocks: [{cidr: base, except}, ...more.map(cidr => ({cidr, except: []}))], why: `${base.text} holds every unique local network, of others too: name your own instead where you know it.`}
}

/** What of the private blocks has a class of its own: the ranges of the cluster. */
function own4({sets}: AddressSpace): IntervalSet {
  return WHOSE.reduce((sum, whose) => union(sum, sets[whose]), EMPTY)
}

/** It holds every pod, every Service or every node: the same over IPv6. */
function rangeTwin({set}: Block, {space}: Setting): Twin | null {
  const held = WHOSE.filter(whose => bandOf(set, space, whose, 4) === 'all')
  if (held.length === 0 || bandOf(set, space, 'public', 4) !== 'none') return null
  const needs = held.filter(whose => isUnknown(whose, EMPTY, space))
  if (needs.length > 0) return {answer: 'range', needs}
  return {answer: 'add', blocks: held.flatMap(whose => rangeOf(whose, space)).map(cidr => ({cidr, except: []})), why: ''}
}
