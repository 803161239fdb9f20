import type {FilterAddressClass} from '../../audit/finding.js'
import type {AddressSpace} from '../../filters/address-space.js'
import type {Direction} from '../../filters/direction.js'
import {DIRECTIONS} from '../../filters/direction.js'
import type {AtomVerdict, Evaluation, Unread} from '../../filters/network-policy/evaluate.js'
import {evaluator} from '../../filters/network-policy/evaluate.js'
import type {GroupGap} from '../../filters/network-policy/group-gaps.js'
import {gapsOf} from '../../filters/network-policy/group-gaps.js'
import type {ReadNetworkPolicy} from '../../filters/network-policy/policies.js'
import type {Side, Sides} from '../../filters/network-policy/sides.js'
import {hasBlock, sidesMaker} from '../../filters/network-policy/sides.js'
import type {Gap} from '../../filters/gap.js'
import type {PodGroup} from '../../filters/pod-groups.js'
import type {Cidr} from '../../network/cidr.js'

/** The cluster as every group of pods is judged. */
export interface World {
  space: AddressSpace
  /** Classes that no block matches, whatever the direction. */
  unmatched: readonly FilterAddressClass[]
  isTwinless(cidr: Cidr): boolean
}

/** Pods of one group, and one direction in which a block speaks for them. */
export interface Judged {
  group: PodGroup<ReadNetworkPolicy>
  direction: Direction
  policies: readonly ReadNetworkPolicy[]
  atoms: readonly AtomVerdict[]
  /** Rules on all ports, beside those of each atom. */
  base: Evaluation['base']
  gaps: readonly GroupGap[]
  /** Not empty: nothing is known. */
  unread: readonly Unread[]
}

/**
 * Every group as the audit judges it. Of the policies given as `changed`, by
 * `namespace/name`, the changed ones count.
 */
export function judge(groups: readonly PodGroup<ReadNetworkPolicy>[], world: World, changed: ReadonlyMap<string, ReadNetworkPolicy> = new Map()): Judged[] {
  const evaluate = evaluator(world)
  const sides = memoised(changed)
  return groups.flatMap(group => DIRECTIONS.flatMap((direction): Judged[] => {
    const own = group.policies.flatMap((policy): readonly Side[] => listOf(sides(policy)?.[direction]))
    if (!hasBlock(own)) return []
    const evaluation = evaluate(own, direction, direction === 'ingress' ? group.namedPorts : NO_NAMES)
    const gaps = gapsOf(evaluation, {families: group.families, isV6Only: false, space: world.space, isTwinless: cidr => world.isTwinless(cidr)})
    return [{group, direction, policies: own.map(({policy}) => policy), ...evaluation, gaps}]
  }))
}

function listOf(side: Side | null | undefined): readonly Side[] {
  return side === null || side === undefined ? [] : [side]
}

const NO_NAMES: ReadonlyMap<string, number> = new Map()

export function keyOfPolicy({ref: {namespace, name}}: ReadNetworkPolicy): string {
  return `${namespace}/${name}`
}

function memoised(changed: ReadonlyMap<string, ReadNetworkPolicy>): (policy: ReadNetworkPolicy) => Sides | null {
  const make = sidesMaker()
  const known = new Map<ReadNetworkPolicy, Sides | null>()
  return policy => {
    const before = known.get(policy)
    if (before !== undefined) return before
    const sides = make(changed.get(keyOfPolicy(policy)) ?? policy)
    known.set(policy, sides)
    return sides
  }
}

/**
 * What is wrong after a change that was not wrong before: of the same group, and
 * on the same ports. `A1` that becomes `A2` is new as well.
 */
export function newGaps(before: readonly Judged[], after: readonly Judged[]): {judged: Judged; gaps: readonly string[]}[] {
  return after.flatMap((judged, index) => {
    const old = before[index]
    const known = new Set((old?.atoms ?? []).flatMap(({atom, gaps}) => gaps.flatMap(keysOf).map(key => `${JSON.stringify(atom)} ${key}`)))
    const found = judged.atoms.flatMap(({atom, gaps}) => gaps.filter(gap => isSaid(gap, judged)).flatMap(keysOf).filter(key => !known.has(`${JSON.stringify(atom)} ${key}`)))
    return found.length === 0 ? [] : [{judged, gaps: [...new Set(found)]}]
  })
}

/** Of what one family leaves out the audit says nothing where it hangs on the address of one Service alone. */
function isSaid({class: name, openFamily}: Gap, {gaps}: Judged): boolean {
  return name !== 'S1' || gaps.some(({gap}) => gap.class === 'S1' && gap.openFamily === openFamily)
}

/** One for each thing that is open or blocked. */
function keysOf(gap: Gap): string[] {
  const head = `${gap.class} of IPv${gap.openFamily ?? gap.blockedFamily ?? 6}`
  const kinds = gap.addressClasses.filter(kind => kind !== 'metadata' || gap.endpoints.length === 0)
  const parts = [...kinds, ...gap.endpoints.map(({name}) => name)]
  return parts.length === 0 ? [head] : parts.map(part => `${head}: ${part}`)
}
