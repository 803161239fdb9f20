import {shortList} from '../kube/short-list.js'

/** One entry of a rule's list of ports. A name stands for what a pod gives that name. */
export type PortMatch = {protocol: string; first: number; last: number} | {protocol: string; name: string}
/** `all`: of every protocol. */
export type Ports = 'all' | readonly PortMatch[]

/** A range of ports that every rule takes whole or not at all. With a name: what that name means is not known here, and no number is in it. */
export interface Atom {
  protocol: string
  first: number
  last: number
  name: string | null
  /** Names that the pods give its number; absent: none. */
  aliases?: readonly string[]
}

export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const
export const FIRST_PORT = 1
export const LAST_PORT = 65_535

/** @param named `TCP/web` to the number that the pods give it */
export function atomsOf(rules: readonly Ports[], named: ReadonlyMap<string, number>): Atom[] {
  const matches = rules.flatMap(ports => (ports === 'all' ? [] : ports))
  const protocols = [...new Set([...PROTOCOLS, ...matches.map(({protocol}) => protocol)])]
  const isEverywhere = rules.includes('all')
  return protocols.flatMap(protocol => {
    const own = matches.filter(match => match.protocol === protocol)
    if (own.length === 0) return isEverywhere ? [wholeOf(protocol)] : []
    return [...numbered(protocol, own, named), ...unresolved(protocol, own, named)]
  })
}

function wholeOf(protocol: string): Atom {
  return {protocol, first: FIRST_PORT, last: LAST_PORT, name: null}
}

/** Cut at the first port of each entry, and behind its last. */
function numbered(protocol: string, matches: readonly PortMatch[], named: ReadonlyMap<string, number>): Atom[] {
  const cuts = new Set([FIRST_PORT])
  const aliases = new Map<number, Set<string>>()
  for (const match of matches) {
    const range = rangeOf(match, named)
    if (range === null) continue
    cuts.add(range.first)
    if (range.last < LAST_PORT) cuts.add(range.last + 1)
    if ('name' in match) aliases.set(range.first, (aliases.get(range.first) ?? new Set()).add(match.name))
  }
  const starts = [...cuts].toSorted((a, b) => a - b)
  return starts.map((first, index) => {
    const atom = {protocol, first, last: (starts[index + 1] ?? LAST_PORT + 1) - 1, name: null}
    const names = aliases.get(first)
    return names === undefined ? atom : {...atom, aliases: [...names]}
  })
}

function unresolved(protocol: string, matches: readonly PortMatch[], named: ReadonlyMap<string, number>): Atom[] {
  const names = matches.flatMap(match => ('name' in match && rangeOf(match, named) === null ? [match.name] : []))
  return [...new Set(names)].toSorted().map(name => ({protocol, first: 0, last: 0, name}))
}

function rangeOf(match: PortMatch, named: ReadonlyMap<string, number>): {first: number; last: number} | null {
  if (!('name' in match)) return match
  const number = named.get(`${match.protocol}/${match.name}`)
  return number === undefined ? null : {first: number, last: number}
}

/** Does a rule with these ports speak of the atom? It must be one of the atoms that were made of the rule. */
export function isOn(ports: Ports, atom: Atom): boolean {
  if (ports === 'all') return true
  return ports.some(match => {
    if (match.protocol !== atom.protocol) return false
    if ('name' in match) return match.name === atom.name || atom.aliases?.includes(match.name) === true
    if (atom.name !== null) return isWhole(match)
    return match.first <= atom.first && atom.last <= match.last
  })
}

/** All ports, whatever a pod calls them. */
function isWhole({first, last}: {first: number; last: number}): boolean {
  return first <= FIRST_PORT && last >= LAST_PORT
}

/**
 * For each atom, the positions of the rules that speak of it: `isOn` for all at
 * once, without asking each rule about each atom. Null: these are more than `most`.
 */
export function rulesOnAtoms(rules: readonly Ports[], atoms: readonly Atom[], most = Infinity): readonly number[][] | null {
  const on = atoms.map((): number[] => [])
  const visit = visitorOf(atoms)
  let pairs = 0
  for (const [rule, ports] of rules.entries()) {
    const add = (place: number): void => {
      // A name and a number of one rule may meet on an atom.
      if (on[place] === undefined || on[place].at(-1) === rule) return
      on[place].push(rule)
      pairs++
    }
    if (ports === 'all') atoms.forEach((_, place) => add(place))
    else visit(ports, add)
    if (pairs > most) return null
  }
  return on
}

/** Where the atoms of a rule's entries stand: those of a protocol stand in order of their ports. */
function visitorOf(atoms: readonly Atom[]): (ports: readonly PortMatch[], add: (place: number) => void) => void {
  const starts = new Map<string, number>()
  const names = new Map<string, number>()
  for (const [index, {protocol, first, name, aliases = []}] of atoms.entries()) {
    if (name === null) starts.set(`${protocol} ${first}`, index)
    for (const one of name === null ? aliases : [name]) names.set(`${protocol} ${one}`, index)
  }
  const unnumbered = atoms.flatMap(({protocol, name}, index) => (name === null ? [] : [{protocol, index}]))
  return (ports, add) => {
    const numbered = ports.filter(match => !('name' in match)) as Range[]
    // In their order, so that ranges that overlap are walked once.
    const reached = new Map<string, number>()
    for (const match of numbered.length > 1 ? numbered.toSorted((a, b) => a.first - b.first) : numbered) {
      const start = starts.get(`${match.protocol} ${match.first}`)
      if (start === undefined) continue
      let at = Math.max(start, reached.get(match.protocol) ?? 0)
      for (; isUpTo(atoms[at], match); at++) add(at)
      reached.set(match.protocol, at)
    }
    for (const match of ports) {
      if ('name' in match) add(names.get(`${match.protocol} ${match.name}`) ?? -1)
      else if (isWhole(match)) for (const {protocol, index} of unnumbered) if (protocol === match.protocol) add(index)
    }
  }
}

type Range = Exclude<PortMatch, {name: string}>

function isUpTo(atom: Atom | undefined, {protocol, last}: {protocol: string; last: number}): boolean {
  return atom !== undefined && atom.protocol === protocol && atom.name === null && atom.last <= last
}

/** Does a rule speak of any of these atoms? They may have been made of other rules. */
export function meetsAny(ports: Ports, atoms: readonly Atom[]): boolean {
  return ports === 'all' || ports.some(match => atoms.some(atom => meets(match, atom)))
}

function meets(match: PortMatch, atom: Atom): boolean {
  if (match.protocol !== atom.protocol) return false
  if ('name' in match) return match.name === atom.name || atom.aliases?.includes(match.name) === true
  return atom.name === null ? match.first <= atom.last && atom.first <= match.last : isWhole(match)
}

export const NO_NAMES: ReadonlyMap<string, number> = new Map()

/** `all`, `TCP 443, UDP 53`, `TCP 1-442, 444-65535`, `TCP web`. */
export function portsText(atoms: readonly Atom[]): string {
  const protocols = [...new Set(atoms.map(({protocol}) => protocol))]
  const texts = protocols.map(protocol => ({protocol, text: rangesText(atoms.filter(atom => atom.protocol === protocol))}))
  if (PROTOCOLS.every(protocol => texts.some(one => one.protocol === protocol && one.text === ''))) return 'all'
  return texts.map(({protocol, text}) => (text === '' ? protocol : `${protocol} ${text}`)).join(', ')
}

/** A policy may name ten thousand; nobody reads them. */
const MOST_RANGES = 20

/** Empty: all ports of the protocol. Atoms side by side are one range again. */
function rangesText(atoms: readonly Atom[]): string {
  const ranges: {first: number; last: number}[] = []
  for (const {first, last} of atoms.filter(({name}) => name === null).toSorted((a, b) => a.first - b.first)) {
    const before = ranges.at(-1)
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last)
    else ranges.push({first, last})
  }
  const names = new Set(atoms.flatMap(({name}) => (name === null ? [] : [name])))
  if (names.size === 0 && ranges.length === 1 && ranges[0]?.first === FIRST_PORT && ranges[0].last === LAST_PORT) return ''
  return shortList([...ranges.map(({first, last}) => (first === last ? String(first) : `${first}-${last}`)), ...names], MOST_RANGES)
}
