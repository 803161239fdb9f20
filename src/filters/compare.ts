import type {FilterAddressClass} from '../audit/finding.js'
import type {Severity} from '../audit/severity.js'
import type {IntervalSet} from '../network/interval-set.js'
import type {Family} from '../network/ip.js'
import type {AddressSpace} from './address-space.js'
import type {Band} from './bands.js'
import {bandIn, isBroadIn} from './bands.js'
import {isClosedForItself} from './closed-endpoint.js'
import type {Coverage} from './coverage.js'
import {coverageOf} from './coverage.js'
import type {EndpointPair} from './endpoint-pairs.js'
import {addressOf} from './endpoint-pairs.js'
import type {Gap} from './gap.js'
import {gravest, gravestFirst} from './gap.js'

export interface CompareOptions {
  /** Classes that the engine knows by identity and never by address, or that cannot be at the other end. */
  unmatched?: readonly FilterAddressClass[]
  /** Is anything of this family allowed that is missed if the other has nothing? All, but for addresses that have no twin. */
  isMissed?(family: Family): boolean
}

export type Compared = 'pod' | 'service' | 'node' | 'private' | 'link-local'
export const COMPARED: readonly Compared[] = ['pod', 'service', 'node', 'private', 'link-local']
/** Plugins differ on whether a policy sees the address of a Service; nothing beyond the link has link-local ones. */
const SEVERITY: Readonly<Record<Compared, Severity>> = {pod: 'medium', service: 'low', node: 'medium', private: 'medium', 'link-local': 'info'}

/**
 * What a list of allowed addresses does to one family and not to the other, on
 * one atom of ports: S1, S2, A1 and A2. What was meant is known of a family that
 * is let out to the Internet at large with something left out; two lists of few
 * addresses are not comparable.
 */
export function compareAllowed(allowed: IntervalSet, space: AddressSpace, options: CompareOptions = {}): Gap[] {
  return compareCoverage(coverageOf(allowed), space, options)
}

export function compareCoverage(allowed: Coverage, space: AddressSpace, {unmatched = [], isMissed = family => allowed.has(family)}: CompareOptions = {}): Gap[] {
  const holes = isWiderInV6(allowed, space) ? [gap('S2', {openFamily: 6}, 'high', ['public'])] : ([6, 4] as const).flatMap(open => lostCarveOut(allowed, space, open, unmatched))
  return [...holes, ...blocked(allowed, space, isMissed)]
}

function gap(name: Gap['class'], families: Partial<Pick<Gap, 'openFamily' | 'blockedFamily'>>, severity: Severity, addressClasses: readonly FilterAddressClass[] = [], endpoints: readonly EndpointPair[] = []): Gap {
  return {class: name, openFamily: null, blockedFamily: null, ...families, severity, addressClasses, endpoints}
}

/** S2: few public addresses or none over IPv4, all of them over IPv6; one that is left out makes that no better. */
function isWiderInV6(allowed: Coverage, space: AddressSpace): boolean {
  return isBroadIn(allowed, space, 6) && !isBroadIn(allowed, space, 4)
}

/** S1: what one family leaves out is open in the other. */
function lostCarveOut(allowed: Coverage, space: AddressSpace, open: Family, unmatched: readonly FilterAddressClass[]): Gap[] {
  const meant: Family = open === 6 ? 4 : 6
  if (!isBroadIn(allowed, space, meant)) return []
  const endpoints = unmatched.includes('metadata') ? [] : space.endpoints.filter(pair => isLost(allowed, pair, meant, open))
  const classes = isBroadIn(allowed, space, open) ? lostClasses(allowed, space, open, meant).filter(({kind}) => !unmatched.includes(kind)) : []
  const found: {kind: FilterAddressClass; severity: Severity}[] = [...endpoints.map(({severity}) => ({kind: 'metadata' as const, severity})), ...classes]
  if (found.length === 0) return []
  return [gap('S1', {openFamily: open}, gravest(found.map(({severity}) => severity)), gravestFirst(found.map(({kind}) => kind)), endpoints)]
}

function isLost(allowed: Coverage, pair: EndpointPair, meant: Family, open: Family): boolean {
  const [left, twin] = [addressOf(pair, meant), addressOf(pair, open)]
  if (left === null || twin === null || allowed.contains(left) || !allowed.contains(twin)) return false
  return isClosedForItself(left, around => allowed.inside(around, left.family) > 0n)
}

function lostClasses(allowed: Coverage, space: AddressSpace, open: Family, meant: Family): {kind: FilterAddressClass; severity: Severity}[] {
  const lost = COMPARED.filter(kind => isLostBetween(kind, bandIn(allowed, space, kind, meant), bandIn(allowed, space, kind, open)))
  const isListed = open === 6 && bandIn(allowed, space, 'public', 4) === 'most' && bandIn(allowed, space, 'public', 6) === 'all'
  return [...lost.map(kind => ({kind, severity: severityOf(kind, space, open)})), ...(isListed ? [{kind: 'public' as const, severity: 'low' as const}] : [])]
}

/** Of the wide classes a sliver is no carve-out of the class: leaving out a network of nodes takes one from `private`. */
export function isLostBetween(kind: Compared, meant: Band, open: Band): boolean {
  if (meant === 'n/a' || open === 'n/a') return false
  if (meant === 'none') return open !== 'none'
  const isSliver = meant === 'most' && (kind === 'private' || kind === 'link-local')
  return open === 'all' && meant !== 'all' && !isSliver
}

/** Nobody can be reached at private IPv6 addresses where none is in use. */
export function severityOf(kind: Compared, {isUlaInUse}: AddressSpace, open: Family): Severity {
  return kind === 'private' && open === 6 && !isUlaInUse ? 'low' : SEVERITY[kind]
}

function blocked(allowed: Coverage, space: AddressSpace, isMissed: (family: Family) => boolean): Gap[] {
  for (const missing of [6, 4] as const) {
    const other: Family = missing === 6 ? 4 : 6
    // A1: nothing at all, where the other family has something.
    if (!allowed.has(missing) && isMissed(other)) return [gap('A1', {blockedFamily: missing}, isBroadIn(allowed, space, other) ? 'medium' : 'low')]
  }
  const isNarrower = allowed.has(6) && isBroadIn(allowed, space, 4) && !isBroadIn(allowed, space, 6)
  return isNarrower ? [gap('A2', {blockedFamily: 6}, 'low')] : []
}
