import type {CheckContext} from '../../audit/check.js'
import type {SourcePlace} from '../../audit/finding.js'
import type {Direction} from '../../filters/direction.js'
import {mergeGaps} from '../../filters/gap.js'
import type {Gap} from '../../filters/gap.js'
import type {BlamedBlock, GroupGap, GroupGaps, NetworkPolicyGaps} from '../../filters/network-policy/network-policy-gaps.js'
import {networkPolicyGaps} from '../../filters/network-policy/network-policy-gaps.js'
import type {Unread} from '../../filters/network-policy/evaluate.js'
import type {Atom} from '../../filters/ports.js'
import {listAt, mappingAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import {assumedFamilies} from '../../network/assumed-families.js'
import {cniFamilies} from '../../network/cni-families.js'
import type {Family} from '../../network/ip.js'
import {platform} from '../../network/platform.js'

/** What blocks do to every pod that they are wrong for, however many groups these are in. */
export interface PolicyCase {
  variant: string
  direction: Direction
  gap: Gap
  atoms: readonly Atom[]
  /** Most telling first. */
  blame: readonly BlamedBlock[]
  isLatent: boolean
  /** Those for which it matters today; where it matters for none, those for which it will. */
  pods: number
  /** Beside them, where it matters for some today. */
  later: number
  names: readonly string[]
  /** Of the pods for which it matters; both where they differ. */
  families: readonly Family[]
  /** One of the groups, for what else its policies allow. */
  group: GroupGaps
  hasNat64: boolean
  /** Not empty: other policies that decide on some of these pods too, of which it is not known what they do. */
  unsettledBy: string
  /** Same blocks, class, direction and families: the same finding tomorrow. */
  key: string
}

/** Facts that a check of network policies names in `needs`. */
export const POLICY_NEEDS = [networkPolicyGaps, cniFamilies, assumedFamilies, platform] as const

/** Of policies of Kubernetes, or of a kind that says the same of other networks. */
export type Judged = Pick<NetworkPolicyGaps, 'groups' | 'space'>

/** A variant for a gap that the check is about; null for others. */
export type VariantOf = (gap: GroupGap, all: Judged) => string | null

interface Gathering {
  variant: string
  group: GroupGaps
  found: {group: GroupGaps; gap: GroupGap}[]
}

/**
 * One case for all groups of pods with the same blamed blocks: groups that
 * differ in what else selects their pods do not make one mistake two.
 */
export function policyCases(context: CheckContext, variantOf: VariantOf): PolicyCase[] {
  return casesIn(context.fact(networkPolicyGaps), variantOf, unreachedFamily(context))
}

/** @param unreached family of which nothing is said */
export function casesIn(all: Judged, variantOf: VariantOf, unreached: Family | null = null): PolicyCase[] {
  const gathered = new Map<string, Gathering>()
  for (const group of all.groups) for (const gap of group.gaps) {
    const family = gap.gap.openFamily ?? gap.gap.blockedFamily
    const variant = family !== null && family === unreached ? null : variantOf(gap, all)
    if (variant === null) continue
    const key = `${variant} ${keyOfBlame(gap.blame)} ${keyOfGap(group.direction, gap)}`
    const known = gathered.get(key) ?? {variant, group, found: []}
    gathered.set(key, known)
    known.found.push({group, gap})
  }
  return [...gathered.values()].map(caseOf)
}

/** Policies do not reach the interface of a hidden family: they neither open nor close it, and another check says so. */
function unreachedFamily(context: CheckContext): Family | null {
  return context.fact(assumedFamilies).isDual ? null : (context.fact(cniFamilies).hidden?.family ?? null)
}

function keyOfBlame(blame: readonly BlamedBlock[]): string {
  return [...new Set(blame.map(({policy: {ref}}) => `${ref.namespace}/${ref.name}`))].toSorted().join(' ')
}

/** No paths: a rule that moves to another place in its list is the same. */
function keyOfGap(direction: Direction, {gap, blame}: GroupGap): string {
  const family = gap.openFamily === null ? `blocks IPv${gap.blockedFamily}` : `opens IPv${gap.openFamily}`
  return [direction, gap.class, family, ...[...new Set(blame.map(({block}) => block.text))].toSorted()].join(' ')
}

function caseOf({variant, group, found}: Gathering): PolicyCase {
  const active = found.filter(({gap}) => !gap.isLatent)
  const telling = active.length > 0 ? active : found
  const [merged] = mergeGaps(telling.flatMap(({gap}) => gap.atoms.map(atom => ({gap: gap.gap, atom}))))
  const first = telling[0]!.gap
  const sum = (list: Gathering['found']): number => list.reduce((pods, one) => pods + one.group.pods, 0)
  // Another policy among those that are blamed makes it another mistake, of the same first policy.
  const others = new Set(first.blame.map(({policy}) => policy)).size > 1 ? ` of ${keyOfBlame(first.blame)}` : ''
  return {
    variant, direction: group.direction, gap: merged?.gap ?? first.gap, atoms: merged?.atoms ?? first.atoms,
    blame: blamedIn(telling.map(({gap}) => gap)), isLatent: active.length === 0,
    pods: sum(telling), later: sum(found) - sum(telling), names: telling.flatMap(one => one.group.names).slice(0, 3),
    families: ([4, 6] as const).filter(family => telling.some(one => one.group.families.includes(family))),
    group: telling[0]!.group, hasNat64: telling.some(({gap}) => gap.hasNat64), unsettledBy: telling.find(one => one.group.unsettledBy !== '')?.group.unsettledBy ?? '', key: `${keyOfGap(group.direction, first)}${others}`,
  }
}

function blamedIn(gaps: readonly GroupGap[]): BlamedBlock[] {
  const byPlace = new Map(gaps.flatMap(({blame}) => blame).map(one => [`${one.policy.ref.name} ${one.block.path}`, one]))
  return [...byPlace.values()]
}

/** Written by Helm or an operator in kube-system, all of it: graded one lower. */
export function isManaged({blame}: GroupGap): boolean {
  return blame.every(({policy}) => policy.isManagedSystem)
}

/** A group with a block that cannot be read may hold anything. */
export function skipUnreadBlocks(context: CheckContext): void {
  const unread = context.fact(networkPolicyGaps).groups.flatMap(group => group.unread)
  const [first] = unread
  if (first === undefined) return
  context.skip('not-understood', unreadText('NetworkPolicy', first))
}

export function unreadText(kind: string, {policy: {ref: {namespace, name}}, path, text, isTooMuch}: Unread): string {
  const what = isTooMuch === true ? `the rules of ${path}, with those of other policies for the same pods, are too many to compare port by port` : `${path} is no address block (${text})`
  return `${kind} ${namespace}/${name}: ${what}, so what its pods are allowed is not known`
}

export interface BlockPlaces {
  /** For the visitor of the row. */
  add(policy: KubeObject): void
  of(blamed: BlamedBlock): SourcePlace | null
}

/** Where blocks stand in files: asked while the policy is at hand, because what is wrong is known once pods are read. */
export function blockPlaces(context: CheckContext): BlockPlaces {
  const places = new Map<string, SourcePlace>()
  return {
    add(policy) {
      for (const [path, place] of placesIn(policy, context)) places.set(`${namespaceOf(policy)}/${nameOf(policy)} ${path}`, place)
    },
    of: ({policy: {ref: {namespace, name}}, block: {path}}) => places.get(`${namespace}/${name} ${path}`) ?? null,
  }
}

/** The same object goes to every check, and finding a place in a file takes longer than judging what stands there. */
const FOUND = new WeakMap<KubeObject, readonly (readonly [path: string, place: SourcePlace])[]>()

function placesIn(policy: KubeObject, context: CheckContext): readonly (readonly [path: string, place: SourcePlace])[] {
  const known = FOUND.get(policy)
  if (known !== undefined) return known
  const found = blockPaths(policy).flatMap(path => {
    const place = context.place(policy, path)
    return place === null ? [] : [[path, place] as const]
  })
  FOUND.set(policy, found)
  return found
}

/** What stands there is for others to read: a direction that the policy does not speak of may hold anything. */
function blockPaths(policy: KubeObject): string[] {
  const spec = mappingAt(policy, 'spec')
  return ([['ingress', 'from'], ['egress', 'to']] as const).flatMap(([direction, side]) =>
    listAt(spec, direction).flatMap((rule, ruleAt) => Array.from({length: listAt(rule, side).length}, (_, peerAt) => `spec.${direction}[${ruleAt}].${side}[${peerAt}].ipBlock`)))
}
