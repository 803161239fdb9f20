import type {FilterAddressClass} from '../../audit/finding.js'
import type {AddressSpace} from '../../filters/address-space.js'
import {bandOf} from '../../filters/bands.js'
import type {EndpointPair} from '../../filters/endpoint-pairs.js'
import type {Cidr} from '../../network/cidr.js'
import {parseCidr, pointOf} from '../../network/cidr.js'
import type {Ranges} from '../../network/family-ranges.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {cidrsOf, contains, covers, intersect, isEmpty, ofFamily, setOf, subtract, union} from '../../network/interval-set.js'
import {blocksOf} from '../../network/well-known.js'

/** Whose range: as `--range` names it. */
export const WHOSE = ['pod', 'service', 'node'] as const
export type Whose = (typeof WHOSE)[number]

export const FIELD: Readonly<Record<Whose, keyof Ranges>> = {pod: 'pods', service: 'services', node: 'nodes'}

/** What a rule's blocks are held against. */
export interface Setting {
  space: AddressSpace
  /** Classes that no block matches there, or that cannot be at the other end: of them nothing has to be left out. */
  unmatched: readonly FilterAddressClass[]
  /** Other policies let some private addresses through, so IPv6 must not leave all of them out either. */
  isPrivateInPart?: boolean
}

/** What has to be left out of IPv6, and what it stands for. */
export interface Exclusion {
  cidr: Cidr
  kind: FilterAddressClass
}

export interface Exclusions {
  exclusions: readonly Exclusion[]
  /** Ranges without which it is not known what to leave out. */
  needs: readonly Whose[]
}

export interface CarveOut extends Exclusions {
  /** What has no counterpart: a person has to name it. Empty: all is said. */
  literals: readonly string[]
}

/** What IPv4 lets through: nearly all of the Internet. */
export interface Allowed {
  allowed: IntervalSet
  /** What it leaves out, as it is written. */
  left: readonly Cidr[]
}

export function block(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === null) throw new Error(`${text} is no block`)
  return cidr
}

export const RFC1918 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(block)
/** The counterpart of all private IPv4, and of a part of it: only the half that may be assigned (RFC 4193), so that neither family leaves out a class whole where the other does not. */
export const ULA = block('fc00::/7')
export const ASSIGNED_ULA = block('fd00::/8')
const LEFT_WHOLE: ReadonlyMap<FilterAddressClass, Cidr> = new Map([['link-local', block('fe80::/10')], ['multicast', block('ff00::/8')], ['loopback', block('::1/128')]])
const WIDE: readonly FilterAddressClass[] = ['private', ...LEFT_WHOLE.keys()]

/** What IPv6 has to leave out so that it is let through as IPv4 is. */
export function carveOutOf({allowed, left}: Allowed, setting: Setting): CarveOut {
  const endpoints = setting.space.endpoints.filter(({ipv4}) => !contains(allowed, ipv4))
  return {...exclusionsOf([...WIDE, ...WHOSE, 'metadata'], endpoints, {allowed, left}, setting), literals: literalsOf({allowed, left}, setting)}
}

/** The same for some classes, and of metadata for these endpoints. */
export function exclusionsOf(classes: readonly FilterAddressClass[], endpoints: readonly EndpointPair[], {allowed, left}: Allowed, {space, unmatched, isPrivateInPart = false}: Setting): Exclusions {
  const isLeft = (kind: FilterAddressClass): boolean => classes.includes(kind) && !unmatched.includes(kind) && bandOf(allowed, space, kind, 4) === 'none'
  const wide = [...(classes.includes('private') ? privateOf({allowed, left}, space, isPrivateInPart) : []), ...[...LEFT_WHOLE].flatMap(([kind, cidr]) => (isLeft(kind) ? [{cidr, kind}] : []))]
  const closed = setOf(wide.map(({cidr}) => cidr))
  const own = WHOSE.filter(isLeft)
  const points = classes.includes('metadata') && !unmatched.includes('metadata') ? endpoints : []
  const narrow = [
    ...own.flatMap(whose => rangeOf(whose, space).map(cidr => ({cidr, kind: whose}))),
    ...points.flatMap(({ipv6}): Exclusion[] => (ipv6 === null ? [] : [{cidr: pointOf(ipv6), kind: 'metadata'}])),
  ]
  return {exclusions: [...wide, ...narrow.filter(({cidr}) => !covers(closed, setOf([cidr])))], needs: own.filter(whose => isUnknown(whose, closed, space))}
}

function privateOf({allowed, left}: Allowed, space: AddressSpace, isInPart: boolean): Exclusion[] {
  if (bandOf(allowed, space, 'private', 4) === 'none' && !isInPart) return [{cidr: ULA, kind: 'private'}]
  return RFC1918.some(one => covers(setOf(left), setOf([one]))) ? [{cidr: ASSIGNED_ULA, kind: 'private'}] : []
}

/** What the cluster has, or somebody gave: addresses that were only seen are not written down, for the next ones would be others. */
export function rangeOf(whose: Whose, {ranges}: AddressSpace): readonly Cidr[] {
  const {told} = ranges[FIELD[whose]]
  const cidrs = written.get(told) ?? cidrsOf(ofFamily(told, 6))
  written.set(told, cidrs)
  return cidrs
}

/** Thousands of rules ask for the same few ranges. */
const written = new WeakMap<IntervalSet, readonly Cidr[]>()

/** Nothing tells the range, or something is outside of what was told. */
export function isUnknown(whose: Whose, covered: IntervalSet, {ranges}: AddressSpace): boolean {
  const {set, told} = ranges[FIELD[whose]]
  return set[6].length === 0 || !covers(union(covered, told), ofFamily(set, 6))
}

/**
 * What these exclusions hold and IPv4 lets through all the same: pods out of
 * 100.64.0.0/10 have addresses out of fc00::/7 over IPv6. It needs blocks of its
 * own, or IPv6 would be closed to them. Metadata endpoints are never let in.
 */
export function keptBy(exclusions: readonly Exclusion[], allowed: IntervalSet, {space, unmatched}: Setting): Cidr[] {
  const closed = setOf(exclusions.map(({cidr}) => cidr))
  const open = WHOSE.filter(whose => !unmatched.includes(whose) && bandOf(allowed, space, whose, 4) === 'all')
  return open.flatMap(whose => rangeOf(whose, space).filter(cidr => !isEmpty(intersect(closed, setOf([cidr])))))
}

/** Left out, or not: over IPv6 there is nothing that corresponds. */
const WITHOUT_TWIN = setOf(blocksOf('link-local', 'loopback', 'multicast', 'shared', 'unspecified', 'documentation', 'reserved', 'metadata'))

/** Private and public addresses of somebody in particular, and parts of a range of the cluster. */
function literalsOf({allowed, left}: Allowed, {space}: Setting): string[] {
  const bands = new Map(WHOSE.map(whose => [whose, bandOf(allowed, space, whose, 4)]))
  const partly = WHOSE.filter(whose => bands.get(whose) === 'some' || bands.get(whose) === 'most')
  const networks = WHOSE.filter(whose => bands.get(whose) === 'none').map(whose => space.sets[whose])
  return left.filter(cidr => {
    const set = setOf([cidr])
    const touches = (other: IntervalSet): boolean => !isEmpty(ofFamily(intersect(set, other), 4))
    if (partly.some(whose => touches(space.sets[whose])) || touches(space.sets.public)) return true
    if (RFC1918.some(one => covers(set, setOf([one])))) return false
    // The network around the pods, or around nodes, is left out for their sake.
    return touches(subtract(space.sets.private, WITHOUT_TWIN)) && !networks.some(touches)
  }).map(({text}) => text)
}
