import type {Value} from './cel-value.js'
import {OPEN_LIST} from './cel-value.js'
import type {Notes} from './cel-evaluate.js'

/**
 * The few forms of JMESPath that policies about pods are written in: a path of
 * fields, `[a, b]` of several, `[]` over what is in a list, `keys(@)`, and what
 * stands for it where there is nothing.
 */
export interface Path {
  root: 'object' | 'element' | 'operation'
  steps: readonly Step[]
  /** After `||`: an empty text, an empty list, another word. */
  otherwise: Value | null
}

type Step = {kind: 'field'; field: string} | {kind: 'several'; fields: readonly string[]} | {kind: 'each'} | {kind: 'keys'}

const ROOTS: Readonly<Record<string, Path['root']>> = {'request.object': 'object', 'request.operation': 'operation', element: 'element'}
const HEAD = /^(request\.object|request\.operation|element)/
const STEP = /^(?:\.?\[\]|\.?\[\s*(\w+(?:\s*,\s*\w+)*)\s*\]|\.keys\(@\)|\.(\w+))/
const REST = /^\s*(?:\|\|\s*(?:'([^']*)'|`(\[\])`)\s*)?$/

/** Null for any other. */
export function parsePath(text: string): Path | null {
  const trimmed = text.trim()
  const [head = ''] = HEAD.exec(trimmed) ?? []
  const root = ROOTS[head]
  if (root === undefined) return null
  const steps: Step[] = []
  let rest = trimmed.slice(head.length)
  for (let found = STEP.exec(rest); found !== null; found = STEP.exec(rest)) {
    steps.push(stepOf(found))
    rest = rest.slice(found[0].length)
  }
  const end = REST.exec(rest)
  if (end === null) return null
  const [, text0, list] = end
  return {root, steps, otherwise: list === undefined ? (text0 === undefined ? null : {kind: 'text', text: text0}) : {kind: 'list', items: [], isOpen: false}}
}

function stepOf([whole, several, field]: RegExpExecArray): Step {
  if (several !== undefined) return {kind: 'several', fields: several.split(',').map(one => one.trim())}
  if (field !== undefined) return {kind: 'field', field}
  return whole.includes('keys') ? {kind: 'keys'} : {kind: 'each'}
}

const NOTHING: Value = {kind: 'null'}

/** What stands there; of an open list it is open what else. */
export function valueAt(path: Path, root: Value, notes: Notes): Value {
  const found = follow(root, path.steps, notes)
  if (path.otherwise === null || found.kind === 'unknown') return found
  const isNothing = found.kind === 'null' || (found.kind === 'list' && found.items.length === 0 && !found.isOpen)
  return isNothing ? path.otherwise : found
}

/** Steps after `[]` are taken for each item, and what has nothing there is left out. */
function follow(of: Value, steps: readonly Step[], notes: Notes): Value {
  const [step, ...rest] = steps
  if (step === undefined) return of
  if (step.kind !== 'each') return follow(stepped(of, step, notes), rest, notes)
  const flat = flattened(of)
  if (flat === null) return of.kind === 'unknown' ? OPEN_LIST : NOTHING
  const next = rest.findIndex(({kind}) => kind === 'each')
  const own = next === -1 ? rest : rest.slice(0, next)
  const found = flat.items.map(item => follow(item, own, notes))
  const items = found.filter(item => item.kind !== 'null' && item.kind !== 'unknown')
  const list: Value = {kind: 'list', items, isOpen: flat.isOpen || found.some(({kind}) => kind === 'unknown')}
  return next === -1 ? list : follow(list, rest.slice(next), notes)
}

function flattened(of: Value): {items: Value[]; isOpen: boolean} | null {
  if (of.kind !== 'list') return null
  const items = of.items.flatMap(item => (item.kind === 'list' ? item.items : item.kind === 'unknown' ? [] : [item]))
  return {items, isOpen: of.isOpen || of.items.some(item => item.kind === 'unknown' || (item.kind === 'list' && item.isOpen))}
}

function stepped(of: Value, step: Exclude<Step, {kind: 'each'}>, notes: Notes): Value {
  if (of.kind === 'unknown') return of
  if (of.kind !== 'fields') return NOTHING
  if (step.kind === 'several') return {kind: 'list', items: step.fields.map(field => stepped(of, {kind: 'field', field}, notes)), isOpen: false}
  if (step.kind === 'keys') return {kind: 'list', items: [...of.fields].flatMap(([text, value]) => (value === null ? [] : [{kind: 'text' as const, text}])), isOpen: of.isOpen}
  const value = of.fields.get(step.field)
  if (value !== undefined) return value ?? NOTHING
  if (!of.isOpen) return NOTHING
  const path = `${of.path}.${step.field}`
  notes.reads.add(path)
  return {kind: 'unknown', path}
}
