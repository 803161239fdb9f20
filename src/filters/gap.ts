import type {FilterAddressClass, FilterClass} from '../audit/finding.js'
import type {Severity} from '../audit/severity.js'
import {SEVERITIES} from '../audit/severity.js'
import type {Family} from '../network/ip.js'
import type {EndpointPair} from './endpoint-pairs.js'
import type {Atom} from './ports.js'

/** What a filter does to one family and not to the other. */
export interface Gap {
  class: FilterClass
  /** The family that is wrongly open (S classes). */
  openFamily: Family | null
  /** The family that is wrongly blocked (A classes). */
  blockedFamily: Family | null
  /** Gravest first; empty where it is about none in particular. */
  addressClasses: readonly FilterAddressClass[]
  /** Of class `metadata`: those that the gap lays open. */
  endpoints: readonly EndpointPair[]
  /** While it is active. */
  severity: Severity
}

/** In this order where two are as grave. */
const GRAVEST_FIRST: readonly FilterAddressClass[] = ['metadata', 'pod', 'node', 'private', 'service', 'public', 'link-local', 'shared', 'special', 'multicast', 'loopback']

export function gravestFirst(classes: Iterable<FilterAddressClass>): FilterAddressClass[] {
  return [...new Set(classes)].toSorted((a, b) => GRAVEST_FIRST.indexOf(a) - GRAVEST_FIRST.indexOf(b))
}

export function gravest(severities: readonly Severity[]): Severity {
  return SEVERITIES.find(severity => severities.includes(severity)) ?? 'info'
}

/** One per class and family: what is open on two ports, or to two classes of addresses, is one mistake. */
export function mergeGaps(gaps: readonly {gap: Gap; atom: Atom}[]): {gap: Gap; atoms: Atom[]}[] {
  const merged = new Map<string, {gaps: Gap[]; atoms: Atom[]}>()
  for (const {gap, atom} of gaps) {
    const key = `${gap.class} ${gap.openFamily} ${gap.blockedFamily}`
    const known = merged.get(key)
    if (known === undefined) merged.set(key, {gaps: [gap], atoms: [atom]})
    else {
      known.gaps.push(gap)
      if (!known.atoms.includes(atom)) known.atoms.push(atom)
    }
  }
  return [...merged.values()].map(one => ({gap: together(one.gaps), atoms: one.atoms}))
}

function together(gaps: readonly Gap[]): Gap {
  const [first] = gaps
  if (first === undefined) throw new Error('no gap to merge')
  return {
    ...first,
    addressClasses: gravestFirst(gaps.flatMap(({addressClasses}) => addressClasses)),
    endpoints: [...new Set(gaps.flatMap(({endpoints}) => endpoints))],
    severity: gravest(gaps.map(({severity}) => severity)),
  }
}

/**
 * Does it matter with the families that pods, or the edge, have today? What is
 * open is a danger once the open family is there, whatever the narrower one is:
 * that one only shows what was meant. What is blocked is missed once the blocked
 * family is there.
 */
export function isActive({openFamily, blockedFamily}: Gap, families: readonly Family[]): boolean {
  const family = openFamily ?? blockedFamily
  return family === null || families.includes(family)
}
