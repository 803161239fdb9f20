import type {Family} from '../../network/ip.js'
import type {Direction} from '../direction.js'
import type {BlamedBlock} from './blame.js'
import type {GroupGap} from './group-gaps.js'
import type {SideGroup} from './side-groups.js'
import type {Side} from './sides.js'

/** A block of a family that none of the pods has that its policy selects. */
export interface DeadEntry extends BlamedBlock {
  direction: Direction
  /** Of the pods. */
  families: readonly Family[]
  pods: number
}

/** Once for each block, over all groups that its policy selects; a block that a gap is about is spoken of there. */
export function deadEntries(groups: readonly SideGroup[], gaps: readonly GroupGap[]): DeadEntry[] {
  const bySide = new Map<Side, {families: Set<Family>; pods: number}>()
  for (const {sides, families, pods} of groups) for (const side of sides) {
    const seen = bySide.get(side) ?? {families: new Set(), pods: 0}
    families.forEach(family => seen.families.add(family))
    bySide.set(side, {families: seen.families, pods: seen.pods + pods})
  }
  const spokenOf = new Set(gaps.flatMap(({blame, meant}) => [...blame, ...meant]).map(({block}) => block))
  return [...bySide].flatMap(([{policy, direction, entries}, {families, pods}]) => {
    if (families.size === 2) return []
    return entries.flatMap(({blocks}) => blocks).filter(block => !families.has(block.cidr.family) && !spokenOf.has(block)).map(block => ({policy, block, direction, families: [...families], pods}))
  })
}
