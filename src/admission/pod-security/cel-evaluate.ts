import {hasField, isIn, ordered} from './cel-compare.js'
import {callOf, equality, sum} from './cel-functions.js'
import type {Cel} from './cel-parse.js'
import {partsOf} from './cel-parse.js'
import {ERROR, FAILED, FALSE, TRUE, and, below, isFailed, joined, mayBe, not, or} from './cel-value.js'
import type {Fields, Truth, Value} from './cel-value.js'

/** What an expression may look at, and what it looked at. */
export interface World {
  names: ReadonlyMap<string, Value>
  /** Parsed; each is evaluated when it is first asked for. Null: not understood. */
  variables: ReadonlyMap<string, Cel | null>
  notes: Notes
}

export interface Notes {
  /** Fields that were read and are not known. */
  reads: Set<string>
  /** Functions that are not known here, asked about something that is. */
  strange: Set<string>
}

interface Scope extends World {
  values: Map<string, Value>
  /** Variables that are being evaluated: none may need itself. */
  open: Set<string>
  left: {steps: number}
}

/** An expression that needs more steps is none that a policy needs. */
const MOST_STEPS = 20_000

/** What it may be about such a pod. */
export function evaluateCel(cel: Cel, world: World): number {
  return mayBe(valueOf(cel, {...world, values: new Map(), open: new Set(), left: {steps: MOST_STEPS}}))
}

const truth = (may: number): Truth => ({kind: 'truth', may})
const UNKNOWN: Value = {kind: 'unknown', path: ''}

function valueOf(cel: Cel, scope: Scope): Value {
  if (--scope.left.steps < 0) return strange('too long', scope)
  switch (cel.kind) {
    case 'text': case 'number': case 'null': return cel
    case 'flag': return truth(cel.flag ? TRUE : FALSE)
    case 'list': return {kind: 'list', items: cel.items.map(item => valueOf(item, scope)), isOpen: false}
    case 'map': return mapOf(cel.entries, scope)
    case 'name': return scope.names.get(cel.name) ?? strange(cel.name, scope)
    case 'select': return selected(cel, scope)
    case 'index': return indexed(cel, scope)
    case 'call': return called(cel, scope)
    case 'operation': return operated(cel.sign, cel.args, scope)
  }
}

function strange(what: string, {notes}: Scope): Value {
  notes.strange.add(what)
  return UNKNOWN
}

function mapOf(entries: readonly (readonly [Cel, Cel])[], scope: Scope): Value {
  const fields = new Map<string, Value>()
  for (const [key, value] of entries) {
    if (key.kind !== 'text') return strange('a mapping', scope)
    fields.set(key.text, valueOf(value, scope))
  }
  return {kind: 'fields', fields, isOpen: false, path: ''}
}

function selected({of, field, isOptional}: Cel & {kind: 'select'}, scope: Scope): Value {
  if (of.kind === 'name' && of.name === 'variables') return variable(field, scope)
  return fieldOf(valueOf(of, scope), field, isOptional, scope)
}

function variable(name: string, scope: Scope): Value {
  const known = scope.values.get(name)
  if (known !== undefined) return known
  const cel = scope.variables.get(name)
  if (cel === undefined || cel === null || scope.open.has(name)) return strange(`variables.${name}`, scope)
  scope.open.add(name)
  // A variable sees the whole request, not what an `all(c, …)` around its use names.
  const value = valueOf(cel, {...scope, names: rootNames(scope)})
  scope.open.delete(name)
  scope.values.set(name, value)
  return value
}

const ROOTS = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'authorizer', 'images', 'exceptions'] as const

function rootNames({names}: Scope): ReadonlyMap<string, Value> {
  return new Map(ROOTS.flatMap(name => (names.has(name) ? [[name, names.get(name)!] as const] : [])))
}

function fieldOf(of: Value, field: string, isOptional: boolean, scope: Scope): Value {
  if (isFailed(of)) return FAILED
  if (of.kind === 'unknown') return of.path === '' ? of : unread(of.path, field, scope)
  // After `.?` every further step is optional.
  if (of.kind === 'optional') return of.value === null ? of : fieldOf(of.value, field, true, scope)
  if (of.kind !== 'fields') return FAILED
  const value = of.fields.get(field)
  if (value === undefined && of.isOpen) return unread(of.path, field, scope)
  if (value === undefined || value === null) return isOptional ? {kind: 'optional', value: null} : FAILED
  return isOptional ? {kind: 'optional', value} : value
}

/** Of what stands at an unknown place of a list nothing is told. */
function unread(path: string, field: string, {notes}: Scope): Value {
  const whole = below(path, field)
  notes.reads.add(whole)
  return {kind: 'unknown', path: whole}
}

function indexed({of, index, isOptional}: Cel & {kind: 'index'}, scope: Scope): Value {
  const [whole, place] = [valueOf(of, scope), valueOf(index, scope)]
  const inner = whole.kind === 'optional' ? whole.value : whole
  if (inner === null) return whole
  if (isFailed(inner) || isFailed(place)) return FAILED
  if (inner.kind === 'fields' && place.kind === 'text') return fieldOf(inner, place.text, isOptional || whole.kind === 'optional', scope)
  if (inner.kind !== 'list' || place.kind !== 'number') return inner.kind === 'unknown' || place.kind === 'unknown' ? UNKNOWN : strange('an index', scope)
  // In most open lists it is not known what stands where.
  if (inner.isOpen && (inner.doItemsComeFirst !== true || place.number >= inner.items.length)) return UNKNOWN
  const item = inner.items[place.number] ?? null
  if (isOptional || whole.kind === 'optional') return {kind: 'optional', value: item}
  return item ?? FAILED
}

function operated(sign: string, args: readonly Cel[], scope: Scope): Value {
  const [left, right, last] = args.map(arg => valueOf(arg, scope))
  if (left === undefined) return UNKNOWN
  if (sign === '!') return truth(not(mayBe(left)))
  if (right === undefined) return left.kind === 'number' ? {kind: 'number', number: -left.number} : UNKNOWN
  if (sign === '&&') return truth(and(mayBe(left), mayBe(right)))
  if (sign === '||') return truth(or(mayBe(left), mayBe(right)))
  if (sign === '?:') return chosen(mayBe(left), right, last ?? UNKNOWN)
  if (sign === '==' || sign === '!=') return equality(sign, left, right)
  if (sign === 'in') return truth(isIn(left, right))
  if (sign === '<' || sign === '<=' || sign === '>' || sign === '>=') return truth(ordered(sign, left, right))
  const added = sign === '+' ? sum(left, right) : null
  if (added !== null) return added
  return left.kind === 'unknown' || right.kind === 'unknown' ? UNKNOWN : strange(sign, scope)
}

function chosen(test: number, right: Value, last: Value): Value {
  const either = [...((test & TRUE) === 0 ? [] : [right]), ...((test & FALSE) === 0 ? [] : [last]), ...((test & ERROR) === 0 ? [] : [FAILED])]
  return either.slice(1).reduce(joined, either[0] ?? FAILED)
}

const MACROS: readonly string[] = ['all', 'exists', 'exists_one', 'filter', 'map']

function called({name, of, args}: Cel & {kind: 'call'}, scope: Scope): Value {
  if (name === 'has' && of === null) return truth(isThere(args[0], scope))
  if (of !== null && MACROS.includes(name) && args.length === 2 && args[0]!.kind === 'name') return overEach(name, valueOf(of, scope), {variable: args[0]!.name, body: args[1]!}, scope)
  // `sets.contains(a, b)`: the name of a library is no value.
  const isLibrary = of?.kind === 'name' && !scope.names.has(of.name)
  if (isLibrary && of.name === 'optional') return name === 'none' ? {kind: 'optional', value: null} : name === 'of' && args[0] !== undefined ? {kind: 'optional', value: valueOf(args[0], scope)} : strange(name, scope)
  const asked = [...(of === null || isLibrary ? [] : [of]), ...args]
  const values = asked.map(one => valueOf(one, scope))
  const result = callOf(isLibrary ? `${of.name}.${name}` : name, values)
  if (result !== undefined) return result
  // Of nothing but what is not known, and of what the policy itself says, nothing can be known.
  const isAboutKnown = asked.some((one, index) => values[index]!.kind !== 'unknown' && !isConstant(one))
  return isAboutKnown ? strange(name, scope) : UNKNOWN
}

function isConstant(cel: Cel): boolean {
  return [...partsOf(cel)].every(({kind}) => kind !== 'name')
}

function isThere(asked: Cel | undefined, scope: Scope): number {
  if (asked?.kind !== 'select' || asked.isOptional) return mayBe(strange('has', scope))
  const of = valueOf(asked.of, scope)
  const inner = of.kind === 'optional' ? of.value : of
  if (inner === null) return FALSE
  if (inner.kind === 'unknown') return mayBe(inner.path === '' ? inner : unread(inner.path, asked.field, scope))
  if (inner.kind !== 'fields') return ERROR
  const may = hasField(inner, asked.field)
  if (may === (TRUE | FALSE)) unread(inner.path, asked.field, scope)
  return may
}

interface Macro {
  variable: string
  body: Cel
}

function overEach(name: string, of: Value, {variable: named, body}: Macro, scope: Scope): Value {
  const list = of.kind === 'fields' ? keysOf(of) : of
  if (list.kind === 'unknown') return name === 'filter' || name === 'map' ? UNKNOWN : truth(TRUE | FALSE | ERROR)
  if (list.kind !== 'list') return FAILED
  if (scope.left.steps < 0) return strange('too long', scope)
  const results = list.items.map(item => valueOf(body, {...scope, names: new Map([...scope.names, [named, item]])}))
  if (name === 'map') return {kind: 'list', items: results, isOpen: list.isOpen}
  const may = results.map(mayBe)
  const rest = list.isOpen ? TRUE | FALSE | ERROR : 0
  if (name === 'all') return truth(may.reduce(and, rest === 0 ? TRUE : rest))
  if (name === 'exists') return truth(may.reduce(or, rest === 0 ? FALSE : rest))
  if (name === 'exists_one') return truth(exactlyOne(may, rest))
  if (may.some(one => (one & ERROR) !== 0)) return may.includes(ERROR) ? FAILED : UNKNOWN
  return {kind: 'list', items: list.items.filter((_, index) => may[index] === TRUE), isOpen: list.isOpen || may.includes(TRUE | FALSE)}
}

function keysOf({fields, isOpen}: Fields): Value {
  return {kind: 'list', items: [...fields].flatMap(([text, value]) => (value === null ? [] : [{kind: 'text' as const, text}])), isOpen}
}

/** It looks at every item: an error of any is an error of the whole. */
function exactlyOne(may: readonly number[], rest: number): number {
  const all = [...may, ...(rest === 0 ? [] : [rest])]
  const surely = may.filter(one => one === TRUE).length
  const perhaps = all.filter(one => (one & TRUE) !== 0).length + (rest === 0 ? 0 : 2)
  const mayFail = all.some(one => (one & ERROR) !== 0) ? ERROR : 0
  if (all.includes(ERROR)) return ERROR
  return (surely <= 1 && perhaps >= 1 ? TRUE : 0) | (surely === 1 && perhaps === 1 ? 0 : FALSE) | mayFail
}
