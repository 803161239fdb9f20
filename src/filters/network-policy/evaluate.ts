import type {FilterAddressClass} from '../../audit/finding.js'
import type {Cidr} from '../../network/cidr.js'
import {covers, unionOf} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import type {AddressSpace} from '../address-space.js'
import {compareCoverage} from '../compare.js'
import type {BaseCoverage, Coverage} from '../coverage.js'
import {coverageOf, widened} from '../coverage.js'
import type {Direction} from '../direction.js'
import {MOST_PAIRS, newEffort} from '../effort.js'
import type {Gap} from '../gap.js'
import type {Atom} from '../ports.js'
import {atomsOf, rulesOnAtoms} from '../ports.js'
import type {Block} from './blocks.js'
import type {ReadNetworkPolicy} from './policies.js'
import type {Entry, Side} from './sides.js'

/** What the union of all rules lets through on one atom, and what is wrong with it. */
export interface AtomVerdict {
  atom: Atom
  /** Rules on this atom that let more through than those on all ports. */
  own: readonly Entry[]
  allowed: Coverage
  gaps: readonly Gap[]
}

export interface Unread {
  policy: ReadNetworkPolicy
  path: string
  text: string
  /** Every value can be read, but all of them together are more than can be compared. */
  isTooMuch?: boolean
}

export interface Evaluation {
  /** Rules on all ports. */
  base: readonly Entry[]
  /** Rules on some ports that let nothing through but what those on all ports do. */
  idle: readonly Entry[]
  /** Those that some rule opens to everything are left out, as are those that no block opens. */
  atoms: readonly AtomVerdict[]
  /** Where something is not known of one atom, nothing is known of the group. */
  unread: readonly Unread[]
}

export interface EvaluatorOptions {
  space: AddressSpace
  /** Classes that no block matches here. */
  unmatched: readonly FilterAddressClass[]
  isTwinless(cidr: Cidr): boolean
}

const NOTHING: Evaluation = {base: [], idle: [], atoms: [], unread: []}

/**
 * Rules of the policies that select the same pods, as one union. What is on all
 * ports is put together once; the same few sets of blocks come again and again,
 * and each is judged once.
 */
export function evaluator(given: EvaluatorOptions): (sides: readonly Side[], direction: Direction, named: ReadonlyMap<string, number>) => Evaluation {
  const options = {...given, isTwinless: remembered(given.isTwinless)}
  const bases = {ingress: new Map<string, Base>(), egress: new Map<string, Base>()}
  const effort = newEffort()
  return (sides, direction, named) => {
    const entries = sides.flatMap(side => side.entries)
    const onAll = entries.filter(({ports}) => ports === 'all')
    if (onAll.some(({isOpen}) => isOpen)) return NOTHING
    const spend = effort.begin()
    if (!spend(STEPS * weightOf(onAll))) return tooMuch(onAll, direction)
    const base = baseOf(onAll, direction, bases[direction], options)
    const [more, idle] = split(entries.filter(({ports}) => ports !== 'all'), base.isAdding)
    const closed = closedAtoms(more, {hasBase: onAll.length > 0, named, direction})
    if (closed === null || !spend(STEPS * closed.reduce((all, {own}) => all + weightOf(own), 0))) return tooMuch(more, direction)
    const unread = closed.length === 0 ? [] : unreadIn([onAll, ...closed.map(({own}) => own)])
    if (unread.length > 0) return {...NOTHING, unread}
    const atoms: AtomVerdict[] = []
    for (const one of closed) {
      const verdict = base.judge(one.own, spend)
      if (verdict === null) return tooMuch(more, direction)
      if (verdict.allowed.has(4) || verdict.allowed.has(6)) atoms.push({...one, ...verdict})
    }
    return {base: onAll, idle, atoms, unread}
  }
}

/** Of the work of a chain: numbers of blocks are sorted and put together, atom by atom. */
const STEPS = 150
/** What is compared of each distinct sum of blocks, a quarter of a millisecond. */
const STEPS_FOR_ONE = 5000

function weightOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, {blocks}) => sum + 1 + blocks.length, 0)
}

function tooMuch([first]: readonly Entry[], direction: Direction): Evaluation {
  return first === undefined ? NOTHING : {...NOTHING, unread: [{policy: first.policy, path: `spec.${direction}`, text: 'too many rules and ports to compare', isTooMuch: true}]}
}

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  const lists: [T[], T[]] = [[], []]
  for (const item of items) lists[isFirst(item) ? 0 : 1].push(item)
  return lists
}

/** Equal blocks share one CIDR. */
function remembered(ask: (cidr: Cidr) => boolean): (cidr: Cidr) => boolean {
  const known = new Map<Cidr, boolean>()
  return cidr => {
    const answer = known.get(cidr) ?? ask(cidr)
    known.set(cidr, answer)
    return answer
  }
}

/** Atoms that no rule opens to everything, with the rules on them. Null: that is too much. */
function closedAtoms(entries: readonly Entry[], {hasBase, named, direction}: {hasBase: boolean; named: ReadonlyMap<string, number>; direction: Direction}): {atom: Atom; own: Entry[]}[] | null {
  const ports = entries.map(entry => entry.ports)
  const atoms = atomsOf(hasBase ? ['all', ...ports] : ports, named)
  const on = rulesOnAtoms(ports, atoms, MOST_PAIRS)
  if (on === null) return null
  // Of ingress the selected pods tell the number: a name that they do not have opens nothing, in either family.
  const isReal = ({name}: Atom): boolean => direction === 'egress' || name === null
  return atoms.map((atom, index) => ({atom, own: (on[index] ?? []).map(position => entries[position]!)})).filter(({atom, own}) => isReal(atom) && !own.some(({isOpen}) => isOpen))
}

function unreadIn(lists: readonly (readonly Entry[])[]): Unread[] {
  const found = new Map<string, Unread>()
  for (const list of lists) for (const {policy, unread} of list) for (const {path, text} of unread) found.set(`${policy.ref.name} ${path}`, {policy, path, text})
  return [...found.values()]
}

type Verdict = Pick<AtomVerdict, 'allowed' | 'gaps'>

interface Base {
  isAdding(entry: Entry): boolean
  /** Of the base and what these rules add. Null: that is too much. */
  judge(own: readonly Entry[], spend: (steps: number) => boolean): Verdict | null
}

function baseOf(entries: readonly Entry[], direction: Direction, known: Map<string, Base>, options: EvaluatorOptions): Base {
  const sum = sumOf(entries, options)
  const key = `${sum.isEveryPod ? '*' : ''}${[...sum.blocks.keys()].toSorted((a, b) => a - b).join()}`
  const before = known.get(key)
  if (before !== undefined) return before
  const base = newBase(sum, direction, options)
  known.set(key, base)
  return base
}

interface Sum {
  /** By content. */
  blocks: ReadonlyMap<number, Block>
  isEveryPod: boolean
  /** Families of blocks that are missed where the other has none. */
  missed: ReadonlySet<Family>
}

function sumOf(entries: readonly Entry[], {isTwinless}: EvaluatorOptions): Sum {
  const blocks = new Map<number, Block>()
  for (const entry of entries) for (const block of entry.blocks) blocks.set(block.id, block)
  const missed = new Set<Family>()
  for (const {cidr, set} of blocks.values()) if (set[cidr.family].length > 0 && !missed.has(cidr.family) && !isTwinless(cidr)) missed.add(cidr.family)
  return {blocks, missed, isEveryPod: entries.some(entry => entry.isEveryPod)}
}

function newBase(sum: Sum, direction: Direction, options: EvaluatorOptions): Base {
  const coverage = coverageOf(unionOf([...sum.blocks.values()].map(({set}) => set)))
  const adds = addsTo(coverage)
  const verdicts = new Map<string, Verdict>()
  const isMissed = ({cidr}: Block): boolean => !sum.missed.has(cidr.family) && !options.isTwinless(cidr)
  return {
    isAdding: ({isOpen, isEveryPod, unread, blocks}) => isOpen || unread.length > 0 || isEveryPod && !sum.isEveryPod || blocks.some(block => adds(block) || isMissed(block)),
    judge(own, spend) {
      const {blocks, isEveryPod, missed} = sumOf(own, options)
      const more = [...blocks.values()].filter(adds)
      const all: Sum = {blocks, isEveryPod: isEveryPod || sum.isEveryPod, missed: new Set([...missed, ...sum.missed])}
      const key = `${all.isEveryPod ? '*' : ''}${[...all.missed].toSorted().join('/')} ${more.map(({id}) => id).toSorted((a, b) => a - b).join()}`
      const known = verdicts.get(key)
      if (known !== undefined) return known
      if (!spend(STEPS_FOR_ONE)) return null
      const verdict = judged(more.length === 0 ? coverage : widened(coverage, unionOf(more.map(({set}) => set))), all, direction, options)
      verdicts.set(key, verdict)
      return verdict
    },
  }
}

/** Most of what stands on single ports is let through on all of them already. */
function addsTo({set}: BaseCoverage): (block: Block) => boolean {
  const known = new Map<number, boolean>()
  return block => {
    const answer = known.get(block.id) ?? !covers(set, block.set)
    known.set(block.id, answer)
    return answer
  }
}

/**
 * Neither metadata endpoints nor addresses of Services open connections: leaving
 * them out of who may come is no carve-out that can be lost.
 */
const NEVER_A_SOURCE: readonly FilterAddressClass[] = ['metadata', 'service']

function judged(allowed: Coverage, {isEveryPod, missed}: Sum, direction: Direction, {space, unmatched}: EvaluatorOptions): Verdict {
  // Selectors let pods through over both families, whatever the blocks leave out.
  const beside: FilterAddressClass[] = [...unmatched, ...(isEveryPod ? ['pod' as const] : []), ...(direction === 'ingress' ? NEVER_A_SOURCE : [])]
  return {allowed, gaps: compareCoverage(allowed, space, {unmatched: beside, isMissed: family => missed.has(family)})}
}
