import type {Direction} from '../../filters/direction.js'
import {at, isMapping, listAt} from '../../kube/field.js'
import {stepsOf} from '../../kube/field-path.js'
import type {Json, JsonObject, KubeObject} from '../../kube/json.js'
import type {Cidr} from '../../network/cidr.js'
import type {Patch, PatchOperation} from './plan.js'
import {PEERS} from './policy-sources.js'
import type {PlannedBlock} from './twin.js'

/** Where a rule stands in its policy. */
export interface RulePlace {
  direction: Direction
  rule: number
}

/** What is put into one rule's list of peers. */
export interface RuleChange extends RulePlace {
  add: readonly PlannedBlock[]
  /** By position in the list. */
  except: ReadonlyMap<number, readonly Cidr[]>
}

/** Of `spec.egress[2].to[0].ipBlock`. */
export function placeOf(path: string): RulePlace & {peer: number} {
  const [, direction, rule, , peer] = stepsOf(path)
  if ((direction !== 'ingress' && direction !== 'egress') || typeof rule !== 'number' || typeof peer !== 'number') throw new Error(`${path} is the path of no block`)
  return {direction, rule, peer}
}

/** Changes of the same rule as one: each block and exception once. */
export function mergeChanges(changes: readonly RuleChange[]): RuleChange[] {
  const rules = new Map<string, RuleChange>()
  for (const change of changes) {
    const key = `${change.direction} ${String(change.rule).padStart(6, '0')}`
    const known = rules.get(key)
    rules.set(key, known === undefined ? change : {...known, add: once([...known.add, ...change.add]), except: together(known.except, change.except)})
  }
  return [...rules].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change)
}

function once(blocks: readonly PlannedBlock[]): PlannedBlock[] {
  return [...new Map(blocks.map(block => [blockText(block), block])).values()]
}

function together(a: RuleChange['except'], b: RuleChange['except']): RuleChange['except'] {
  const peers = new Set([...a.keys(), ...b.keys()])
  return new Map([...peers].map(peer => [peer, [...new Map([...(a.get(peer) ?? []), ...(b.get(peer) ?? [])].map(cidr => [cidr.text, cidr])).values()]]))
}

/** `::/0 except fc00::/7, fe80::/10` */
export function blockText({cidr, except}: PlannedBlock): string {
  return except.length === 0 ? cidr.text : `${cidr.text} except ${except.map(({text}) => text).join(', ')}`
}

/**
 * The changes as a JSON patch that adds to the lists, and only where these are
 * what they were when they were read; and what takes that back.
 */
export function patchOf(object: KubeObject, changes: readonly RuleChange[]): {patch: Patch; changed: KubeObject} {
  const rules = changes.map(change => ({change, path: `/spec/${change.direction}/${change.rule}/${PEERS[change.direction]}`, before: listAt(object, 'spec', change.direction, change.rule, PEERS[change.direction])}))
  const done = rules.map(rule => ({...rule, after: afterOf(rule.before, rule.change)}))
  return {
    patch: {
      apply: done.flatMap(({change, path, before}) => [test(path, before), ...additions(path, before, change)]),
      undo: done.toReversed().flatMap(({path, before, after}) => [test(path, after), {op: 'replace' as const, path, value: before as Json}]),
    },
    changed: done.reduce((policy, {change, after}) => withList(policy, change, after), object),
  }
}

function test(path: string, value: readonly Json[]): PatchOperation {
  return {op: 'test', path, value: value as Json}
}

function additions(path: string, before: readonly Json[], {add, except}: RuleChange): PatchOperation[] {
  return [
    ...[...except].flatMap(([peer, cidrs]): PatchOperation[] => {
      const list = `${path}/${peer}/ipBlock/except`
      if (Array.isArray(at(before[peer], 'ipBlock', 'except'))) return cidrs.map(({text}) => ({op: 'add', path: `${list}/-`, value: text}))
      return [{op: 'add', path: list, value: cidrs.map(({text}) => text)}]
    }),
    ...add.map((block): PatchOperation => ({op: 'add', path: `${path}/-`, value: peerOf(block)})),
  ]
}

function peerOf({cidr, except}: PlannedBlock): JsonObject {
  return {ipBlock: {cidr: cidr.text, ...(except.length === 0 ? {} : {except: except.map(({text}) => text)})}}
}

function afterOf(before: readonly Json[], {add, except}: RuleChange): Json[] {
  const kept = before.map((peer, index) => {
    const cidrs = except.get(index)
    const block = isMapping(peer) ? peer['ipBlock'] : undefined
    if (cidrs === undefined || !isMapping(peer) || !isMapping(block)) return peer
    return {...peer, ipBlock: {...block, except: [...listAt(block, 'except'), ...cidrs.map(({text}) => text)]}}
  })
  return [...kept, ...add.map(peerOf)]
}

function withList(object: KubeObject, {direction, rule}: RulePlace, after: readonly Json[]): KubeObject {
  const rules = listAt(object, 'spec', direction).map((one, index) => (index === rule && isMapping(one) ? {...one, [PEERS[direction]]: after as Json} : one))
  const spec = at(object, 'spec')
  return {...object, spec: {...(isMapping(spec) ? spec : {}), [direction]: rules}}
}
