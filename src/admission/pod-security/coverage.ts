import type {CoverageBy, CoverageLine} from '../../audit/audit-report.js'
import {compareText} from '../../audit/order.js'
import type {ControlId} from '../../pod-security/control.js'
import {CONTROLS} from '../../pod-security/control.js'
import type {NamespacesInfo} from '../namespaces.js'
import {answerOf} from './coverage-answer.js'
import type {Asked} from './coverage-answer.js'
import type {PodGuard, PodOperation} from './pod-guard.js'

export interface CoverageInput {
  guards: readonly PodGuard[]
  /** What could not be read, and may refuse anything anywhere. */
  unread: readonly CoverageBy[]
  namespaces: NamespacesInfo
  /** Those that the server serves. */
  operations: readonly PodOperation[]
}

/**
 * Namespace × control × operation. Thousands of namespaces share a few answers:
 * first they are put together by the guards that are in them, then an answer is
 * made once for each set of guards that bears on it.
 */
export function coverageOf(input: CoverageInput): CoverageLine[] {
  const groups = groupsOf(input)
  const seen = input.guards.map(guard => new Set(input.operations.filter(operation => guard.sees(operation))))
  return CONTROLS.flatMap(control => {
    const bearing = input.guards.flatMap(({controls}, index) => (controls === null || controls.has(control) ? [index] : []))
    const sets = setsOf(bearing, groups)
    return input.operations.flatMap(operation => {
      const asked = sets.map(({indices, namespaces}) => ({namespaces, asked: indices.map(index => ({guard: input.guards[index]!, isSeen: seen[index]!.has(operation)}))}))
      return linesOf({control, operation}, asked, input.unread)
    })
  })
}

/** Namespaces with the same guards. */
interface Group {
  has: Uint8Array
  namespaces: string[]
}

function groupsOf({guards, namespaces}: CoverageInput): Group[] {
  const groups = new Map<string, Group>()
  for (const [name, labels] of namespaces.labels) {
    const has = Uint8Array.from(guards, ({isIn}) => (isIn === null || isIn(name, labels) ? 1 : 0))
    const key = textOf(has)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, {has, namespaces: [name]})
    else group.namespaces.push(name)
  }
  return [...groups.values()]
}

function textOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte === 1 ? '1' : '0'
  return text
}

/** Those of the guards that bear on a control, by their places in the list. */
function setsOf(bearing: readonly number[], groups: readonly Group[]): {indices: readonly number[]; namespaces: string[]}[] {
  const sets = new Map<string, {indices: readonly number[]; namespaces: string[]}>()
  for (const {has, namespaces} of groups) {
    const key = textOf(Uint8Array.from(bearing, index => has[index]!))
    const known = sets.get(key)
    if (known === undefined) sets.set(key, {indices: bearing.filter(index => has[index] === 1), namespaces: [...namespaces]})
    else for (const name of namespaces) known.namespaces.push(name)
  }
  return [...sets.values()]
}

function linesOf(cell: {control: ControlId; operation: PodOperation}, sets: readonly {asked: readonly Asked[]; namespaces: readonly string[]}[], unread: readonly CoverageBy[]): CoverageLine[] {
  const lines = new Map<string, {said: ReturnType<typeof answerOf>; namespaces: string[]}>()
  for (const {asked, namespaces} of sets) {
    const said = answerOf(asked, cell, unread)
    // Sets that differ in what does not matter say the same.
    const key = JSON.stringify(said)
    const known = lines.get(key)
    if (known === undefined) lines.set(key, {said, namespaces: [...namespaces]})
    else for (const name of namespaces) known.namespaces.push(name)
  }
  return [...lines.values()].map(({said, namespaces}) => ({namespaces: namespaces.toSorted(compareText), ...cell, ...said}))
    .toSorted((a, b) => compareText(a.namespaces[0] ?? '', b.namespaces[0] ?? ''))
}
