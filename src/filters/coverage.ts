import type {Interval, IntervalSet} from '../network/interval-set.js'
import {contains, intersect, isEmpty, ofFamily, subtract} from '../network/interval-set.js'
import type {Family, Ip} from '../network/ip.js'

/** What is asked about a set of allowed addresses. */
export interface Coverage {
  has(family: Family): boolean
  contains(ip: Ip): boolean
  /** How many of these addresses. */
  inside(set: IntervalSet, family: Family): bigint
}

export interface BaseCoverage extends Coverage {
  set: IntervalSet
}

/** Answers are kept: the same few classes are asked about. */
export function coverageOf(set: IntervalSet): BaseCoverage {
  const known = new Map<readonly Interval[], bigint>()
  return {
    set,
    has: family => set[family].length > 0,
    contains: ip => contains(set, ip),
    inside(asked, family) {
      const size = known.get(asked[family]) ?? sizeOf(intersect(ofFamily(set, family), asked)[family])
      known.set(asked[family], size)
      return size
    },
  }
}

/** The base and a little more: on each of many ports a few addresses come to what holds for all. */
export function widened(base: BaseCoverage, more: IntervalSet): Coverage {
  const own = subtract(more, base.set)
  if (isEmpty(own)) return base
  const beside = coverageOf(own)
  return {
    has: family => base.has(family) || beside.has(family),
    contains: ip => base.contains(ip) || beside.contains(ip),
    inside: (asked, family) => base.inside(asked, family) + beside.inside(asked, family),
  }
}

const sizes = new WeakMap<readonly Interval[], bigint>()

export function sizeOf(intervals: readonly Interval[]): bigint {
  const known = sizes.get(intervals)
  if (known !== undefined) return known
  const size = intervals.reduce((sum, [first, last]) => sum + last - first + 1n, 0n)
  sizes.set(intervals, size)
  return size
}
