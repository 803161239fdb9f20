import type {FilterAddressClass} from '../../audit/finding.js'
import type {Severity} from '../../audit/severity.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {FAMILIES, contains, covers, intersect, isEmpty, ofFamily} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import type {AddressSpace} from '../address-space.js'
import {isBroad} from '../bands.js'
import type {Beside} from '../beside.js'
import type {ChainStage} from '../chain/chain.js'
import {EVERYTHING, reachOf, runChain} from '../chain/chain.js'
import type {Compared} from '../compare.js'
import {COMPARED, severityOf} from '../compare.js'
import type {Direction} from '../direction.js'
import {addressOf} from '../endpoint-pairs.js'
import type {Gap} from '../gap.js'
import {gravest} from '../gap.js'
import type {Atom, Ports} from '../ports.js'
import {atomsOf, isOn} from '../ports.js'
import type {AtomVerdict, Evaluation} from './evaluate.js'

export interface Confirming {
  beside: readonly Beside[]
  direction: Direction
  named: ReadonlyMap<string, number>
  space: AddressSpace
}

export interface Confirmed {
  evaluation: Evaluation
  /** Policies beside these, of which it is not known what they do; empty: none. */
  unsettledBy: string
}

/** An evaluation with what is left of it beside other policies of the same pods. */
export function confirm(evaluation: Evaluation, confirming: Confirming): Confirmed {
  let {atoms} = evaluation
  const unsettled: string[] = []
  for (const {words, chains} of confirming.beside) {
    const orders = atoms.some(({gaps}) => gaps.length > 0) ? chains(confirming.direction, confirming.named) : []
    const left = orders === null ? null : orders.length === 0 ? atoms : confirmed(atoms, orders, confirming)
    if (left === null) unsettled.push(words)
    else atoms = left
  }
  return {evaluation: {...evaluation, atoms}, unsettledBy: unsettled.join(' and ')}
}

/** Held against each other, rules on so many ports take seconds. */
const MOST_STEPS = 2_000_000

/**
 * Gaps of NetworkPolicies that are still there when other policies have spoken
 * too: these may deny what is open here, and let through what is blocked. Each
 * chain is one order in which all of them may be asked. Null: that is too much
 * to ask.
 */
function confirmed(atoms: readonly AtomVerdict[], chains: readonly (readonly ChainStage[])[], {space, named}: Confirming): AtomVerdict[] | null {
  const telling = atoms.filter(({gaps}) => gaps.length > 0)
  const ports = [...new Set(chains.flatMap(stages => stages.flatMap(({rules}) => rules.map(rule => rule.ports))))]
  const parts = telling.map(one => ({one, parts: partsOf(one.atom, ports, named)}))
  const rules = chains.reduce((sum, stages) => sum + stages.reduce((own, stage) => own + stage.rules.length, 0), 0)
  if (parts.reduce((sum, {parts: own}) => sum + own.length, 0) * (rules + 1) > MOST_STEPS) return null
  return [...atoms.filter(({gaps}) => gaps.length === 0), ...parts.flatMap(({one, parts: own}) => own.map(atom => ({...one, atom, gaps: gapsLeft(one.gaps, atom, chains, space)})))]
}

/** The ports of an atom, as finely as all rules tell them apart. */
function partsOf(atom: Atom, rules: readonly Ports[], named: ReadonlyMap<string, number>): Atom[] {
  if (atom.name !== null) return [atom]
  const {protocol, first, last} = atom
  const own = rules.map(ports => (ports === 'all' ? [] : ports.filter(match => match.protocol === protocol)))
  return atomsOf([[{protocol, first, last}], ...own], named).filter(part => part.protocol === protocol && part.name === null && part.first >= first && part.last <= last)
}

function gapsLeft(gaps: readonly Gap[], atom: Atom, chains: readonly (readonly ChainStage[])[], space: AddressSpace): Gap[] {
  const runs = chains.map((stages): Run => ({allowed: runChain(stages, atom), denied: deniedIn(stages, atom)}))
  // Nobody can rely on the better of two orders.
  return gaps.flatMap(gap => runs.map(run => left(gap, run, space)).find(one => one !== null) ?? [])
}

interface Run {
  allowed: IntervalSet
  /** Families that some rule denies in so many words. */
  denied: readonly Family[]
}

function deniedIn(stages: readonly ChainStage[], atom: Atom): Family[] {
  const denials = stages.flatMap(({rules}) => rules.filter(({action, ports}) => action === 'deny' && isOn(ports, atom)))
  return FAMILIES.filter(family => denials.some(rule => covers(reachOf(rule), ofFamily(EVERYTHING, family))))
}

/** What of a gap is left; null: nothing. */
function left(gap: Gap, run: Run, space: AddressSpace): Gap | null {
  const {allowed, denied} = run
  if (gap.class === 'S1') return carveOutLeft(gap, run, space)
  if (gap.class === 'S2') return isBroad(allowed, space, 6) && !isBroad(allowed, space, 4) ? gap : null
  if (gap.class === 'A2') return isBroad(allowed, space, 4) && allowed[6].length > 0 && !isBroad(allowed, space, 6) ? gap : null
  const missing = gap.blockedFamily ?? 6
  const other: Family = missing === 6 ? 4 : 6
  // Who denies a family has not forgotten to let it through.
  if (allowed[missing].length > 0 || allowed[other].length === 0 || denied.includes(missing)) return null
  return {...gap, severity: isBroad(allowed, space, other) ? 'medium' : 'low'}
}

function carveOutLeft(gap: Gap, {allowed}: Run, space: AddressSpace): Gap | null {
  const open = gap.openFamily ?? 6
  const closed: Family = open === 6 ? 4 : 6
  const endpoints = gap.endpoints.filter(pair => {
    const [here, there] = [addressOf(pair, closed), addressOf(pair, open)]
    return here !== null && there !== null && !contains(allowed, here) && contains(allowed, there)
  })
  const classes = gap.addressClasses.filter(kind => {
    if (kind === 'metadata') return endpoints.length > 0
    return !isEmpty(intersect(ofFamily(space.sets[kind], open), allowed)) && !covers(allowed, ofFamily(space.sets[kind], closed))
  })
  return classes.length === 0 ? null : {...gap, addressClasses: classes, endpoints, severity: gravest([...endpoints.map(({severity}) => severity), ...classes.flatMap(kind => severityIn(kind, space, open))])}
}

function severityIn(kind: FilterAddressClass, space: AddressSpace, open: Family): Severity[] {
  if (kind === 'metadata') return []
  return [(COMPARED as readonly string[]).includes(kind) ? severityOf(kind as Compared, space, open) : 'low']
}
