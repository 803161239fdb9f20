import type {FilterAddressClass} from '../../audit/finding.js'
import type {Severity} from '../../audit/severity.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, FAMILIES, contains, covers, intersect, isEmpty, ofFamily, setOf, subtract, unionOf} from '../../network/interval-set.js'
import {pointOf} from '../../network/cidr.js'
import type {Family} from '../../network/ip.js'
import type {AddressSpace} from '../address-space.js'
import type {Band} from '../bands.js'
import {bandOf} from '../bands.js'
import {isClosedForItself} from '../closed-endpoint.js'
import {COMPARED, isLostBetween, severityOf} from '../compare.js'
import type {EndpointPair} from '../endpoint-pairs.js'
import {addressOf} from '../endpoint-pairs.js'
import type {ChainRule, ChainStage, Decision} from './chain.js'
import {EVERYTHING, allowedBy, decisionsIn, reachOf} from './chain.js'

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
  /** Absent: egress. */
  direction?: 'ingress' | 'egress'
}

/** Neither opens connections, so nobody keeps them from coming in. */
const NEVER_A_SOURCE: readonly FilterAddressClass[] = ['metadata', 'service']

const DIRECTIONS = [{open: 6, closed: 4}, {open: 4, closed: 6}] as const

/** What one atom's run tells. */
interface Run {
  decisions: readonly Decision[]
  allowed: IntervalSet
  /** What explicit denials speak of, whether or not they get to decide. */
  denied: IntervalSet
  space: AddressSpace
  /** Of what is allowed. */
  band(kind: FilterAddressClass, family: Family): Band
  isBroad(family: Family): boolean
  unmatched: readonly FilterAddressClass[]
  twinless: IntervalSet
}

/** What rules do on a port that all of them speak of. */
export interface PortVerdict {
  allowed: IntervalSet
  gaps: readonly AtomGap[]
}

export function verdictOn(stages: readonly ChainStage[], space: AddressSpace, {unmatched = [], twinless = EMPTY, direction = 'egress'}: ChainOptions): PortVerdict {
  const decisions = decisionsIn(stages)
  const denials = stages.flatMap(({rules}) => rules).filter(({action}) => action === 'deny')
  const allowed = allowedBy(decisions)
  const band = bandsOf(allowed, space)
  const run: Run = {
    decisions, space, twinless, allowed, band, isBroad: family => ['most', 'all'].includes(band('public', family)), denied: unionOf(denials.map(reachOf)),
    unmatched: direction === 'ingress' ? [...unmatched, ...NEVER_A_SOURCE] : unmatched,
  }
  return {allowed, gaps: DIRECTIONS.flatMap(({open, closed}) => [...(isSwitchedOff(run, closed) ? [] : holes(run, open, closed)), ...familyGap(run, open, closed)])}
}

/** Several questions are about the same class. */
function bandsOf(allowed: IntervalSet, space: AddressSpace): Run['band'] {
  const known = new Map<string, Band>()
  return (kind, family) => {
    const key = `${kind}${family}`
    const band = known.get(key) ?? bandOf(allowed, space, kind, family)
    known.set(key, band)
    return band
  }
}

/** IPv6 closed altogether is no list that forgot IPv4. */
function isSwitchedOff({allowed}: Run, closed: Family): boolean {
  return closed === 6 && allowed[6].length === 0
}

function holes(run: Run, open: Family, closed: Family): AtomGap[] {
  return [...publicGap(run, open, closed), ...endpointGaps(run, open, closed), ...classGaps(run, open, closed)]
}

/** Few public addresses over IPv4 and all over IPv6 is a hole however it came about; the other way round only where a denial of all IPv6 has no counterpart. */
function publicGap(run: Run, open: Family, closed: Family): AtomGap[] {
  const {denied, space} = run
  const set = space.sets.public
  const band = run.band('public', closed)
  const isForgotten = open === 6 || (covers(denied, ofFamily(set, closed)) && isMeant(run, set, open, closed))
  const isWide = isForgotten && run.isBroad(open) && (band === 'none' || band === 'some')
  const isListed = open === 6 && band === 'most' && run.band('public', open) === 'all'
  if (!isWide && !isListed) return []
  return [{class: 'S3', open, closed, kind: 'public', endpoints: [], severity: isWide ? 'high' : 'low', isWide, rules: blameFor(run, set, open, closed)}]
}

function endpointGaps(run: Run, open: Family, closed: Family): AtomGap[] {
  if (run.unmatched.includes('metadata')) return []
  return run.space.endpoints.flatMap((pair): AtomGap[] => {
    const [here, there] = [addressOf(pair, closed), addressOf(pair, open)]
    if (here === null || there === null || contains(run.allowed, here) || !contains(run.allowed, there)) return []
    if (!isClosedForItself(here, around => !isEmpty(intersect(around, run.allowed)))) return []
    const points = setOf([pointOf(here), pointOf(there)])
    if (!run.isBroad(closed) && !isMeant(run, points, open, closed)) return []
    return [{class: 'S3', open, closed, kind: 'metadata', endpoints: [pair], severity: pair.severity, isWide: false, rules: blameFor(run, points, open, closed)}]
  })
}

function classGaps(run: Run, open: Family, closed: Family): AtomGap[] {
  const {space, unmatched} = run
  const areBroad = FAMILIES.every(run.isBroad)
  return COMPARED.filter(kind => !unmatched.includes(kind)).flatMap((kind): AtomGap[] => {
    if (!isLostBetween(kind, run.band(kind, closed), run.band(kind, open))) return []
    const set = space.sets[kind]
    if (!areBroad && !isMeant(run, set, open, closed)) return []
    return [{class: 'S3', open, closed, kind, endpoints: [], severity: severityOf(kind, space, open), isWide: false, rules: blameFor(run, set, open, closed)}]
  })
}

/**
 * Did somebody want these addresses closed? A denial that has no counterpart in
 * the open family says so, and one that comes before what opens both. Not so
 * where the open family has a rule of its own that lets them in, before denials
 * of both or a closing default: two lists of few addresses are not comparable.
 */
function isMeant(run: Run, set: IntervalSet, open: Family, closed: Family): boolean {
  if (denialsOf(run, set, closed).length === 0) return false
  if (!covers(run.denied, intersect(ofFamily(set, open), run.allowed))) return true
  const shut = subtract(ofFamily(set, closed), run.allowed)
  return openersOf(run, set, open).some(rules => rules.every(rule => !isEmpty(intersect(reachOf(rule), shut))))
}

function denialsOf({decisions}: Run, set: IntervalSet, family: Family): ChainRule[] {
  return decisions.filter(one => !one.isAllowed && meets(one, set, family)).flatMap(({rule}) => rule ?? [])
}

/** Of each way in: who let it in or passed it on; empty where defaults did. */
function openersOf({decisions}: Run, set: IntervalSet, family: Family): (readonly ChainRule[])[] {
  return decisions.filter(one => one.isAllowed && meets(one, set, family)).map(({rule, passedBy}) => (rule === null ? passedBy : [rule, ...passedBy]))
}

function meets(one: Decision, set: IntervalSet, family: Family): boolean {
  return !isEmpty(intersect(one.set, ofFamily(set, family)))
}

/** Denials of the closed family, where they say what was meant; else rules that open the other one alone. */
function blameFor(run: Run, set: IntervalSet, open: Family, closed: Family): ChainRule[] {
  if (isMeant(run, set, open, closed)) return denialsOf(run, set, closed)
  const openers = openersOf(run, set, open).flat().filter(rule => !covers(reachOf(rule), ofFamily(set, closed)))
  return openers.length > 0 ? openers : closersOf(run, set, closed)
}

/** Denials; where defaults denied, the rules that passed it on to these. */
function closersOf(run: Run, set: IntervalSet, family: Family): ChainRule[] {
  const denials = denialsOf(run, set, family)
  return denials.length > 0 ? denials : run.decisions.filter(one => !one.isAllowed && meets(one, set, family)).flatMap(({passedBy}) => passedBy)
}

/**
 * A3: something is let in over one family and nothing over the other, or by and
 * large over IPv4 and little over IPv6. Who denies a family in so many words has
 * not forgotten to let it in.
 */
function familyGap(run: Run, open: Family, closed: Family): AtomGap[] {
  const {allowed} = run
  const worth = ofFamily(subtract(allowed, neverMissed(run)), open)
  const isBlocked = !isEmpty(worth) && allowed[closed].length === 0
  const isNarrower = open === 4 && run.isBroad(4) && !run.isBroad(6) && allowed[6].length > 0
  if (!isBlocked && !isNarrower) return []
  const openers = openersOf(run, worth, open).flat()
  const choices = [openers.filter(rule => reachOf(rule)[closed].length === 0), openers.filter(rule => !covers(reachOf(rule), EVERYTHING)), closersOf(run, EVERYTHING, closed)]
  const rules = choices.find(({length}) => length > 0) ?? []
  return rules.every(({action}) => action === 'deny') ? [] : [{class: 'A3', open, closed, kind: null, endpoints: [], severity: 'low', isWide: false, rules}]
}

/** Nobody misses these in the other family. */
function neverMissed({space: {sets, endpoints}, twinless}: Run): IntervalSet {
  const alone = setOf(endpoints.filter(({ipv6}) => ipv6 === null).map(({ipv4}) => pointOf(ipv4)))
  return unionOf([sets.loopback, sets['link-local'], sets.multicast, alone, twinless])
}
