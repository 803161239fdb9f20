import type {FilterAddressClass, ObjectRef} from '../../audit/finding.js'
import {SEVERITIES} from '../../audit/severity.js'
import type {Severity} from '../../audit/severity.js'
import type {Family} from '../../network/ip.js'
import type {AddressSpace} from '../address-space.js'
import type {Effort} from '../effort.js'
import {MOST_PAIRS, newEffort} from '../effort.js'
import type {Gap} from '../gap.js'
import {gravest, gravestFirst, isActive} from '../gap.js'
import type {Atom} from '../ports.js'
import {atomsOf, rulesOnAtoms} from '../ports.js'
import type {AtomGap, ChainOptions, PortVerdict} from './atom-gaps.js'
import {verdictOn} from './atom-gaps.js'
import type {ChainRule, ChainStage} from './chain.js'

/** A difference between the families after the run, the ports that it is on, and the rules to blame, the most telling first. */
export interface ChainGap {
  gap: Gap
  atoms: Atom[]
  rules: ChainRule[]
  /** Public addresses are open by and large over IPv6, and not over IPv4. */
  isWide: boolean
  /** No rule lets in or keeps out anything of the closed family: it tells what was meant only where pods have that family. */
  isOneFamilyAlone: boolean
}

/** A gap as it stands for pods of these families. */
export interface SettledGap extends ChainGap {
  isLatent: boolean
}

/**
 * S3 and A3 of one chain: one of each per set of policies to blame and open
 * family, with the classes of addresses gravest first. Null: it is too much to
 * compare.
 */
export function chainGaps(stages: readonly ChainStage[], named: ReadonlyMap<string, number>, space: AddressSpace, options: ChainOptions = {}, effort: Effort = newEffort()): ChainGap[] | null {
  const atoms = atomsOf(stages.flatMap(({rules}) => rules.map(({ports}) => ports)), named)
  const verdicts = verdictsOn(atoms, stages, {space, options, effort})
  if (verdicts === null) return null
  const lists = new Map<string, {atom: Atom; gap: AtomGap}[]>()
  const keyOf = remembered(({class: name, open, rules}: AtomGap) => JSON.stringify([name, open, [...new Set(rules.map(({policy}) => policyKey(policy)))].toSorted()]))
  for (const [index, atom] of atoms.entries()) for (const gap of verdicts[index]!.gaps) {
    const list = lists.get(keyOf(gap))
    if (list === undefined) lists.set(keyOf(gap), [{atom, gap}])
    else list.push({atom, gap})
  }
  return [...lists.values()].map(list => together(list, stages, verdicts))
}

function remembered<K extends object, V>(ask: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return key => {
    const value = known.get(key) ?? ask(key)
    known.set(key, value)
    return value
  }
}

interface Judging {
  space: AddressSpace
  options: ChainOptions
  effort: Effort
}

/** Most atoms lie between those that some rule names, and the same rules speak of them all: these are judged once. */
function verdictsOn(atoms: readonly Atom[], stages: readonly ChainStage[], {space, options, effort}: Judging): PortVerdict[] | null {
  const rules = stages.flatMap((stage, index) => stage.rules.map(rule => ({rule, stage: index})))
  const on = rulesOnAtoms(rules.map(({rule}) => rule.ports), atoms, MOST_PAIRS)
  if (on === null) return null
  const keys = on.map(positions => positions.join())
  const distinct = new Map(keys.map((key, index) => [key, on[index]!.map(position => rules[position]!)]))
  // Each rule is held against what the rules before it left.
  const steps = sum([...distinct.values()].map(own => own.length * (own.length + sum(own.map(({rule}) => sizeOf(rule))))))
  if (!effort.begin()(steps)) return null
  const verdicts = new Map([...distinct].map(([key, own]) => [key, verdictOn(stages.map((stage, index) => ({...stage, rules: own.filter(one => one.stage === index).map(({rule}) => rule)})), space, options)]))
  return keys.map(key => verdicts.get(key)!)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

function sizeOf({addresses}: ChainRule): number {
  return addresses === 'any' ? 2 : addresses[4].length + addresses[6].length
}

export function policyKey({apiVersion, kind, namespace, name}: ObjectRef): string {
  return `${apiVersion} ${kind} ${namespace}/${name}`
}

function together(list: readonly {atom: Atom; gap: AtomGap}[], stages: readonly ChainStage[], all: readonly PortVerdict[]): ChainGap {
  const gaps = [...new Set(list.map(({gap}) => gap))]
  const [{class: name, open, closed}] = gaps as [AtomGap]
  const isWide = gaps.some(gap => gap.isWide)
  return {
    gap: {
      class: name, openFamily: name === 'S3' ? open : null, blockedFamily: name === 'A3' ? closed : null,
      addressClasses: classesOf(gaps, isWide), endpoints: [...new Set(gaps.flatMap(({endpoints}) => endpoints))],
      severity: gravest(gaps.map(({severity}) => severity)),
    },
    atoms: [...new Set(list.map(({atom}) => atom))],
    rules: [...new Set(gaps.flatMap(({rules}) => rules))],
    isWide, isOneFamilyAlone: name === 'S3' && !speaksOf(closed, stages, all),
  }
}

/** What is wide open comes first: it holds the others. */
function classesOf(gaps: readonly AtomGap[], isWide: boolean): FilterAddressClass[] {
  const worst = new Map<FilterAddressClass, Severity>()
  for (const {kind, severity} of gaps) if (kind !== null) worst.set(kind, gravest([severity, worst.get(kind) ?? 'info']))
  const rank = (kind: FilterAddressClass): number => (isWide && kind === 'public' ? -1 : SEVERITIES.indexOf(worst.get(kind) ?? 'info'))
  return gravestFirst(worst.keys()).toSorted((a, b) => rank(a) - rank(b))
}

function speaksOf(family: Family, stages: readonly ChainStage[], verdicts: readonly PortVerdict[]): boolean {
  const isNamed = stages.some(({rules}) => rules.some(({addresses, families}) => addresses !== 'any' && families.includes(family) && addresses[family].length > 0))
  return isNamed || verdicts.some(({allowed}) => allowed[family].length > 0)
}

/**
 * What of it is worth saying where pods have these families: nothing that waits
 * for IPv4 where only IPv6 is, and no blocked family beside a live hole that is
 * the other face of it.
 */
export function settled(gaps: readonly ChainGap[], families: readonly Family[]): SettledGap[] {
  const isLive = (one: ChainGap): boolean => isActive(one.gap, families)
  const kept = gaps.filter(one => isLive(one) || !(families.includes(6) && !families.includes(4)))
    .filter(one => !one.isOneFamilyAlone || families.includes(closedFamily(one)))
  const holes = kept.filter(one => one.isWide && isLive(one)).map(({gap, atoms}) => ({gap, atoms: new Set(atoms)}))
  return kept.filter(({gap, atoms}) => gap.blockedFamily === null || !holes.some(hole => hole.gap.openFamily !== gap.blockedFamily && atoms.every(atom => hole.atoms.has(atom))))
    .map(one => ({...one, isLatent: !isLive(one)}))
}

function closedFamily({gap}: ChainGap): Family {
  return gap.openFamily === 4 ? 6 : 4
}
