import type {FilterAddressClass, ObjectRef} from '../../audit/finding.js'
import {SEVERITIES} from '../../audit/severity.js'
import type {Severity} from '../../audit/severity.js'
import type {Family} from '../../network/ip.js'
import type {AddressSpace} from '../address-space.js'
import type {Gap} from '../gap.js'
import {gravest, gravestFirst, isActive} from '../gap.js'
import type {Atom} from '../ports.js'
import {atomsOf, isOn} from '../ports.js'
import type {AtomGap, ChainOptions} from './atom-gaps.js'
import {gapsOn} from './atom-gaps.js'
import type {ChainRule, ChainStage} from './chain.js'
import {runChain} from './chain.js'

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
 * family, with the classes of addresses gravest first.
 */
export function chainGaps(stages: readonly ChainStage[], named: ReadonlyMap<string, number>, space: AddressSpace, options: ChainOptions = {}): ChainGap[] {
  const atoms = atomsOf(stages.flatMap(({rules}) => rules.map(({ports}) => ports)), named)
  const gapsFor = gapsOnce(stages, space, options)
  const found = atoms.flatMap(atom => gapsFor(atom).map(gap => ({atom, gap})))
  const lists = new Map<string, {atom: Atom; gap: AtomGap}[]>()
  for (const one of found) {
    const {class: name, open, rules} = one.gap
    const key = JSON.stringify([name, open, [...new Set(rules.map(({policy}) => policyKey(policy)))].toSorted()])
    lists.set(key, [...(lists.get(key) ?? []), one])
  }
  return [...lists.values()].map(list => together(list, stages, atoms))
}

/** Most atoms lie between those that some rule names, and the same rules speak of them all. */
function gapsOnce(stages: readonly ChainStage[], space: AddressSpace, options: ChainOptions): (atom: Atom) => readonly AtomGap[] {
  const known = new Map<string, readonly AtomGap[]>()
  return atom => {
    const key = stages.map(({rules}) => rules.flatMap(({ports}, index) => (isOn(ports, atom) ? [index] : [])).join()).join('|')
    const gaps = known.get(key) ?? gapsOn(stages, atom, space, options)
    known.set(key, gaps)
    return gaps
  }
}

export function policyKey({apiVersion, kind, namespace, name}: ObjectRef): string {
  return `${apiVersion} ${kind} ${namespace}/${name}`
}

function together(list: readonly {atom: Atom; gap: AtomGap}[], stages: readonly ChainStage[], all: readonly Atom[]): ChainGap {
  const gaps = list.map(({gap}) => gap)
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

function speaksOf(family: Family, stages: readonly ChainStage[], atoms: readonly Atom[]): boolean {
  const isNamed = stages.some(({rules}) => rules.some(({addresses, families}) => addresses !== 'any' && families.includes(family) && addresses[family].length > 0))
  return isNamed || atoms.some(atom => runChain(stages, atom)[family].length > 0)
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
  const holes = kept.filter(one => one.isWide && isLive(one))
  return kept.filter(({gap, atoms}) => gap.blockedFamily === null || !holes.some(hole => hole.gap.openFamily !== gap.blockedFamily && atoms.every(atom => hole.atoms.includes(atom))))
    .map(one => ({...one, isLatent: !isLive(one)}))
}

function closedFamily({gap}: ChainGap): Family {
  return gap.openFamily === 4 ? 6 : 4
}
