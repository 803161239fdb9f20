import type {FilterAddressClass} from '../../audit/finding.js'
import type {Severity} from '../../audit/severity.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, FAMILIES, contains, covers, intersect, isEmpty, ofFamily, setOf, subtract, union} from '../../network/interval-set.js'
import {pointOf} from '../../network/cidr.js'
import type {Family} from '../../network/ip.js'
import type {AddressSpace} from '../address-space.js'
import type {Band} from '../bands.js'
import {bandOf, isBroad} from '../bands.js'
import type {EndpointPair} from '../endpoint-pairs.js'
import {addressOf} from '../endpoint-pairs.js'
import type {Atom} from '../ports.js'
import {isOn} from '../ports.js'
import type {ChainRule, ChainStage, Decision} from './chain.js'
import {allowedBy, decisionsOf, reachOf} from './chain.js'

/** A difference between the families in one class of addresses, on one atom. */
export interface AtomGap {
  class: 'S3' | 'A3'
  /** Open in one family, closed in the other. */
  open: Family
  closed: Family
  /** Null: about the family as a whole. */
  kind: FilterAddressClass | null
  endpoints: readonly EndpointPair[]
  severity: Severity
  /** Most telling first. */
  rules: readonly ChainRule[]
  /** Public addresses are open by and large, where the other family has few of them or none. */
  isWide: boolean
}

/** What an engine knows of addresses, beside the rules. */
export interface ChainOptions {
  /** Classes that the engine knows by identity and never by address. */
  unmatched?: readonly FilterAddressClass[]
  /** Addresses that the other family needs no twin of: that of a Service of one family. */
  twinless?: IntervalSet
}

/** Of S3 per class of addresses; metadata is compared point by point, public addresses by how much of them. */
const COMPARED = ['pod', 'service', 'node', 'private', 'link-local'] as const
const SEVERITY: Readonly<Record<(typeof COMPARED)[number], Severity>> = {pod: 'medium', service: 'low', node: 'medium', private: 'medium', 'link-local': 'info'}
const DIRECTIONS = [{open: 6, closed: 4}, {open: 4, closed: 6}] as const

/** What one atom's run tells. */
interface Run {
  atom: Atom
  stages: readonly ChainStage[]
  decisions: readonly Decision[]
  allowed: IntervalSet
  /** What explicit denials speak of, whether or not they get to decide. */
  denied: IntervalSet
  space: AddressSpace
  options: ChainOptions
}

export function gapsOn(stages: readonly ChainStage[], atom: Atom, space: AddressSpace, options: ChainOptions): AtomGap[] {
  const decisions = decisionsOf(stages, atom)
  const denials = rulesOn(stages, atom).filter(({action}) => action === 'deny')
  const run: Run = {atom, stages, decisions, space, options, allowed: allowedBy(decisions), denied: denials.reduce((sum, rule) => union(sum, reachOf(rule)), EMPTY)}
  return DIRECTIONS.flatMap(({open, closed}) => [
    ...publicGap(run, open, closed), ...endpointGaps(run, open, closed), ...classGaps(run, open, closed), ...familyGap(run, open, closed),
  ])
}

function rulesOn(stages: readonly ChainStage[], atom: Atom): ChainRule[] {
  return stages.flatMap(({rules}) => rules.filter(({ports}) => isOn(ports, atom)))
}

/** IPv6 alone: who closes IPv6 and leaves IPv4 open has forgotten nothing. */
function publicGap(run: Run, open: Family, closed: Family): AtomGap[] {
  if (open === 4) return []
  const band = bandOf(run.allowed, run.space, 'public', closed)
  const isWide = isBroad(run.allowed, run.space, open) && (band === 'none' || band === 'some')
  const isListed = band === 'most' && bandOf(run.allowed, run.space, 'public', open) === 'all'
  if (!isWide && !isListed) return []
  return [{class: 'S3', open, closed, kind: 'public', endpoints: [], severity: isWide ? 'high' : 'low', isWide, rules: blameFor(run, run.space.sets.public, open, closed)}]
}

function endpointGaps(run: Run, open: Family, closed: Family): AtomGap[] {
  return run.space.endpoints.flatMap((pair): AtomGap[] => {
    const [here, there] = [addressOf(pair, closed), addressOf(pair, open)]
    if (here === null || there === null || contains(run.allowed, here) || !contains(run.allowed, there)) return []
    const points = setOf([pointOf(here), pointOf(there)])
    if (!isBroad(run.allowed, run.space, closed) && !isMeant(run, points, open, closed)) return []
    return [{class: 'S3', open, closed, kind: 'metadata', endpoints: [pair], severity: pair.severity, isWide: false, rules: blameFor(run, points, open, closed)}]
  })
}

function classGaps(run: Run, open: Family, closed: Family): AtomGap[] {
  const {allowed, space, options: {unmatched = []}} = run
  const areBroad = FAMILIES.every(family => isBroad(allowed, space, family))
  return COMPARED.filter(kind => !unmatched.includes(kind)).flatMap((kind): AtomGap[] => {
    if (!isWider(bandOf(allowed, space, kind, open), bandOf(allowed, space, kind, closed))) return []
    const set = space.sets[kind]
    if (!areBroad && !isMeant(run, set, open, closed)) return []
    const severity = kind === 'private' && !space.isUlaInUse ? 'low' : SEVERITY[kind]
    return [{class: 'S3', open, closed, kind, endpoints: [], severity, isWide: false, rules: blameFor(run, set, open, closed)}]
  })
}

function isWider(open: Band, closed: Band): boolean {
  if (open === 'n/a' || closed === 'n/a') return false
  return open === 'all' ? closed !== 'all' : closed === 'none' && (open === 'some' || open === 'most')
}

/**
 * Did somebody want these addresses closed? A denial that has no counterpart in
 * the open family says so, and one whose counterpart comes too late. Not so
 * where the open family has a rule of its own that lets them in, before denials
 * of both or a closing default: two lists of few addresses are not comparable.
 */
function isMeant(run: Run, set: IntervalSet, open: Family, closed: Family): boolean {
  if (denialsOf(run, set, closed).length === 0) return false
  if (!covers(run.denied, ofFamily(set, open))) return true
  return openersOf(run, set, open).some(rule => rule === null || !isEmpty(intersect(reachOf(rule), ofFamily(set, closed))))
}

function denialsOf({decisions}: Run, set: IntervalSet, family: Family): ChainRule[] {
  const found = decisions.filter(one => !one.isAllowed && one.rule?.action === 'deny' && meets(one, set, family))
  return found.flatMap(({rule}) => rule ?? [])
}

/** Null: the default of a stage. */
function openersOf({decisions}: Run, set: IntervalSet, family: Family): (ChainRule | null)[] {
  return decisions.filter(one => one.isAllowed && meets(one, set, family)).map(({rule}) => rule)
}

function meets(one: Decision, set: IntervalSet, family: Family): boolean {
  return !isEmpty(intersect(one.set, ofFamily(set, family)))
}

/** Denials of the closed family; where a default closed it, rules that open the other one alone. */
function blameFor(run: Run, set: IntervalSet, open: Family, closed: Family): ChainRule[] {
  const denials = denialsOf(run, set, closed)
  return denials.length > 0 ? denials : oneSided(run, openersOf(run, set, open), set, closed)
}

function oneSided({stages, atom}: Run, openers: readonly (ChainRule | null)[], set: IntervalSet, closed: Family): ChainRule[] {
  const rules = openers.flatMap(rule => rule ?? [])
  const own = rules.filter(rule => !covers(reachOf(rule), ofFamily(set, closed)))
  if (own.length > 0) return own
  return rules.length > 0 ? rules : rulesOn(stages, atom).filter(({addresses}) => addresses !== 'any')
}

/** A3: something is let in over one family and nothing over the other, or by and large over IPv4 and little over IPv6. */
function familyGap(run: Run, open: Family, closed: Family): AtomGap[] {
  const {allowed, space} = run
  const worth = ofFamily(subtract(allowed, neverMissed(run)), open)
  const isBlocked = !isEmpty(worth) && allowed[closed].length === 0
  const isNarrower = open === 4 && isBroad(allowed, space, 4) && !isBroad(allowed, space, 6) && allowed[6].length > 0
  if (!isBlocked && !isNarrower) return []
  const openers = openersOf(run, worth, open)
  const own = openers.flatMap(rule => rule ?? []).filter(rule => reachOf(rule)[closed].length === 0)
  const rules = own.length > 0 ? own : blameFor(run, ALL_OF(space), open, closed)
  return [{class: 'A3', open, closed, kind: null, endpoints: [], severity: 'low', isWide: false, rules}]
}

function ALL_OF({sets}: AddressSpace): IntervalSet {
  return union(sets.public, sets.private)
}

/** Nobody misses these in the other family. */
function neverMissed({space: {sets, endpoints}, options: {twinless = EMPTY}}: Run): IntervalSet {
  const alone = setOf(endpoints.filter(({ipv6}) => ipv6 === null).map(({ipv4}) => pointOf(ipv4)))
  return [sets.loopback, sets['link-local'], sets.multicast, alone].reduce(union, twinless)
}
