import type {Cidr} from './cidr.js'
import {cidrOf} from './cidr.js'
import type {IntervalSet} from './interval-set.js'
import {setOf} from './interval-set.js'
import type {Family, Ip} from './ip.js'
import {BITS} from './ip.js'

/** Blocks that observed addresses are rounded up to, as there are more and more of them. */
const STEPS: Readonly<Record<Family, readonly number[]>> = {4: [32, 24, 16, 8], 6: [128, 64, 56, 48, 32, 16, 8]}

export interface Observed {
  add(ip: Ip): void
  set(): IntervalSet
  /** `/24`, `/64` where addresses were rounded up; empty where the set is exact. */
  roundedTo(): string[]
}

/**
 * A set that holds every address that was seen, and stays small: above `limit`
 * blocks of a family they are rounded up. It may hold more than was seen, never
 * less.
 */
export function observe(limit = 256): Observed {
  const seen = {4: coarsening(4, limit), 6: coarsening(6, limit)}
  return {
    add: ip => seen[ip.family].add(ip.value),
    set: () => setOf([...seen[4].cidrs(), ...seen[6].cidrs()]),
    roundedTo: () => ([4, 6] as const).map(family => (seen[family].prefix() === BITS[family] ? null : seen[family].prefix())).filter(prefix => prefix !== null).map(prefix => `/${prefix}`),
  }
}

interface Coarsening {
  add(value: bigint): void
  prefix(): number
  cidrs(): Cidr[]
}

function coarsening(family: Family, limit: number): Coarsening {
  let step = 0
  let heads = new Set<bigint>()
  const prefix = (): number => STEPS[family][step] ?? 0
  const hostBits = (): bigint => BigInt(BITS[family] - prefix())
  return {
    prefix,
    add(value) {
      heads.add(value >> hostBits())
      while (heads.size > limit && step + 1 < STEPS[family].length) {
        const before = prefix()
        step++
        heads = new Set([...heads].map(head => head >> BigInt(before - prefix())))
      }
    },
    cidrs: () => [...heads].map(head => cidrOf(family, head << hostBits(), prefix())),
  }
}
