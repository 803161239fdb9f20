import type {Cidr} from './cidr.js'
import {cidrOf} from './cidr.js'
import type {Family, Ip} from './ip.js'
import {BITS} from './ip.js'

/** First and last address, both inclusive. */
export type Interval = readonly [first: bigint, last: bigint]

/**
 * A set of addresses: per family, intervals in order that neither overlap nor
 * touch. The families never share one space: `::/0` holds no IPv4 address, and
 * a set that is everything in one family says nothing about the other.
 */
export interface IntervalSet {
  readonly 4: readonly Interval[]
  readonly 6: readonly Interval[]
}

export const FAMILIES: readonly Family[] = [4, 6]
export const EMPTY: IntervalSet = {4: [], 6: []}

export function setOf(cidrs: Iterable<Cidr>): IntervalSet {
  const loose: Record<Family, Interval[]> = {4: [], 6: []}
  for (const {family, first, last} of cidrs) loose[family].push([first, last])
  return {4: merged(loose[4]), 6: merged(loose[6])}
}

export function union(a: IntervalSet, b: IntervalSet): IntervalSet {
  return perFamily(family => merged([...a[family], ...b[family]]))
}

export function intersect(a: IntervalSet, b: IntervalSet): IntervalSet {
  return perFamily(family => common(a[family], b[family]))
}

/** Of many at once. One alone is not copied. */
export function unionOf(sets: readonly IntervalSet[]): IntervalSet {
  return perFamily(family => {
    const lists = sets.map(set => set[family]).filter(list => list.length > 0)
    return lists.length === 1 ? lists[0]! : merged(lists.flat())
  })
}

/** What is in `a` and not in `b`. */
export function subtract(a: IntervalSet, b: IntervalSet): IntervalSet {
  return perFamily(family => (b[family].length === 0 ? a[family] : rest(a[family], b[family])))
}

/** Is every address of `b` in `a`? */
export function covers(a: IntervalSet, b: IntervalSet): boolean {
  // Intervals do not touch, so one of `b` lies in a single one of `a` or not at all.
  return FAMILIES.every(family => b[family].every(([first, last]) => {
    const around = a[family][firstReaching(a[family], first, 0)]
    return around !== undefined && around[0] <= first && around[1] >= last
  }))
}

export function contains(set: IntervalSet, ip: Ip): boolean {
  const intervals = set[ip.family]
  let low = 0
  let high = intervals.length - 1
  while (low <= high) {
    const middle = low + high >> 1
    const [first, last] = intervals[middle]!
    if (ip.value < first) high = middle - 1
    else if (ip.value > last) low = middle + 1
    else return true
  }
  return false
}

export function isEmpty(set: IntervalSet): boolean {
  return set[4].length === 0 && set[6].length === 0
}

export function familiesOf(set: IntervalSet): Family[] {
  return FAMILIES.filter(family => set[family].length > 0)
}

export function ofFamily(set: IntervalSet, family: Family): IntervalSet {
  return {...EMPTY, [family]: set[family]}
}

/** The fewest blocks that make up the set: IPv4 first, in order. */
export function cidrsOf(set: IntervalSet): Cidr[] {
  return FAMILIES.flatMap(family => set[family].flatMap(interval => blocks(family, interval)))
}

function perFamily(make: (family: Family) => readonly Interval[]): IntervalSet {
  return {4: make(4), 6: make(6)}
}

function merged(intervals: readonly Interval[]): Interval[] {
  const list: Interval[] = []
  for (const [first, last] of intervals.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const before = list.at(-1)
    if (before === undefined || first > before[1] + 1n) list.push([first, last])
    else if (last > before[1]) list[list.length - 1] = [before[0], last]
  }
  return list
}

function common(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const list: Interval[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [firstA, lastA] = a[i]!
    const [firstB, lastB] = b[j]!
    const first = firstA > firstB ? firstA : firstB
    const last = lastA < lastB ? lastA : lastB
    if (first <= last) list.push([first, last])
    if (lastA < lastB) i = firstReaching(a, firstB, i + 1)
    else j = firstReaching(b, firstA, j + 1)
  }
  return list
}

/**
 * The first interval from `start` on that does not end before `value`. In steps
 * that double, so that a short list is held against a long one without a walk.
 */
function firstReaching(list: readonly Interval[], value: bigint, start: number): number {
  let low = start
  let step = 1
  while (low + step <= list.length && list[low + step - 1]![1] < value) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step - 1, list.length)
  while (low < high) {
    const middle = low + high >> 1
    if (list[middle]![1] < value) low = middle + 1
    else high = middle
  }
  return low
}

function rest(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const list: Interval[] = []
  let j = 0
  for (const [first, last] of a) {
    let from = first
    j = firstReaching(b, first, j)
    // The last hole may reach into the next interval: `j` stays on it.
    for (; j < b.length && b[j]![0] <= last; j++) {
      const [holeFirst, holeLast] = b[j]!
      if (holeFirst > from) list.push([from, holeFirst - 1n])
      from = holeLast + 1n
      if (holeLast >= last) break
    }
    if (from <= last) list.push([from, last])
  }
  return list
}

function blocks(family: Family, [first, last]: Interval): Cidr[] {
  const list: Cidr[] = []
  for (let at = first; at <= last;) {
    let host = 0
    // Grow the block while it starts where it must and ends inside.
    while (host < BITS[family] && (at >> BigInt(host) & 1n) === 0n && at + (2n << BigInt(host)) - 1n <= last) host++
    const block = cidrOf(family, at, BITS[family] - host)
    list.push(block)
    at = block.last + 1n
  }
  return list
}
