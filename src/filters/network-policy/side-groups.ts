import type {Family} from '../../network/ip.js'
import type {Beside} from '../beside.js'
import {isBeside} from '../beside.js'
import type {Direction} from '../direction.js'
import {DIRECTIONS} from '../direction.js'
import type {PodGroup} from '../pod-groups.js'
import type {Side, Sides} from './sides.js'
import {hasBlock} from './sides.js'

/** Pods for which the same policies speak in one direction. */
export interface SideGroup {
  namespace: string
  direction: Direction
  sides: readonly Side[]
  families: readonly Family[]
  pods: number
  names: readonly string[]
  namedPorts: ReadonlyMap<string, number>
  /** What else decides on them. */
  beside: readonly Beside[]
}

/** Groups that differ in policies of the other direction alone are one; those without a block are none. */
export function sideGroups(groups: readonly PodGroup<Sides | Beside>[]): SideGroup[] {
  const merged = new Map<string, SideGroup>()
  for (const group of groups) for (const direction of DIRECTIONS) {
    const sides = group.policies.flatMap(policy => (isBeside(policy) ? [] : policy[direction] ?? []))
    if (hasBlock(sides)) add(merged, group, direction, sides)
  }
  return [...merged.values()]
}

const MOST_NAMES = 3

function add(merged: Map<string, SideGroup>, {namespace, families, pods, names, namedPorts, policies}: PodGroup<Sides | Beside>, direction: Direction, sides: readonly Side[]): void {
  const ports = direction === 'ingress' ? namedPorts : new Map<string, number>()
  const beside = policies.filter(isBeside)
  const key = JSON.stringify([direction, families, sides.map(({id}) => id), beside.map(({id}) => id), [...ports]])
  const known = merged.get(key)
  if (known === undefined) merged.set(key, {namespace, direction, sides, families, pods, names, namedPorts: ports, beside})
  else merged.set(key, {...known, pods: known.pods + pods, names: [...known.names, ...names].slice(0, MOST_NAMES)})
}
