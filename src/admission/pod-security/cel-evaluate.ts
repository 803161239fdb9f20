import {hasField, isIn, ordered} from './cel-compare.js'
import {callOf, equality, sum} from './cel-functions.js'
import type {Cel} from './cel-parse.js'
import {partsOf} from './cel-parse.js'
import {ERROR, FAILED, FALSE, TRUE, and, below, isFailed, joined, mayBe, mayFail, not, or} from './cel-value.js'
import type {Fields, Truth, Unknown, Value} from './cel-value.js'

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
  /** An error that the value does not show may have come up: a list of which one item is an error is one. */
  mayFail: boolean
}

interface Scope extends World {
  /** What the whole expression sees, whatever an `all(object, …)` calls so. */
  roots: World['names']
  values: Map<string, Value>
  /** Variables that are being evaluated: none may need itself. */
  open: Set<string>
  left: {steps: number}
}

/** An expression that needs more steps is none that a policy needs. */
const MOST_STEPS = 20_000

/** What it may be about such a pod. */
export function evaluateCel(cel: Cel, world: World): number {
  const may = mayBe(valueOf(cel, {...world, roots: world.names, values: new Map(), open: new Set(), left: {steps: MOST_STEPS}}))
  return may | (world.notes.mayFail ? ERROR : 0)
}

const truth = (may: number): Truth => ({kind: 'truth', may})
const UNKNOWN: Unknown = {kind: 'unknown', path: ''}
const SURE: Unknown = {kind: 'unknown', path: '', isSure: true, isOptional: true}

/** The value in something that does not show whether it is an error. */
function kept(value: Value, {notes}: Scope): Value {
  if (mayFail(value)) notes.mayFail = true
  return value
}

function valueOf(cel: Cel, scope: Scope): Value {
  if (--scope.left.steps < 0) return strange('too long', scope)
  switch (cel.kind) {
    case 'text': case 'number': case 'null': return cel
    case 'flag': return truth(cel.flag ? TRUE : FALSE)
    case 'list': return {kind: 'list', items: cel.items.map(item => kept(valueOf(item, scope), scope)), isOpen: false}
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
    fields.set(key.text, kept(valueOf(value, scope), scope))
  }
  return {kind: 'fields', fields, isOpen: false, path: ''}
}

function selected({of, field, isOptional}: Cel & {kind: 'select'}, scope: Scope): Value {
  if (of.kind === 'name' && of.name === 'variables' && !scope.names.has(of.name)) {
    const value = variable(field, scope)
    return isOptional ? {kind: 'optional', value: kept(value, scope)} : value
  }
  return fieldOf(valueOf(of, scope), field, isOptional, scope)
}

function variable(name: string, scope: Scope): Value {
  const known = scope.values.get(name)
  if (known !== undefined) return known
  const cel = scope.variables.get(name)
  if (cel === undefined || cel === null || scope.open.has(name)) return strange(`variables.${name}`, scope)
  scope.open.add(name)
  // A variable sees the whole request, not what an `all(c, …)` around its use names.
  const value = valueOf(cel, {...scope, names: scope.roots})
  scope.open.delete(name)
  scope.values.set(name, value)
  return value
}

function fieldOf(of: Value, field: string, isOptional: boolean, scope: Scope): Value {
  if (isFailed(of)) return FAILED
  if (of.kind === 'unknown') return furtherOf(of, field, isOptional, scope)
  // After `.?` every further step is optional.
  if (of.kind === 'optional') return of.value === null ? of : fieldOf(of.value, field, true, scope)
  // Of what has no fields an optional one is not there, or it is an error, by version.
  if (of.kind !== 'fields') return isOptional ? UNKNOWN : FAILED
  const value = of.fields.get(field)
  if (value === undefined && of.isOpen) return unread(of.path, field, isOptional, scope)
  if (value === undefined || value === null) return isOptional ? {kind: 'optional', value: null} : FAILED
  return isOptional ? {kind: 'optional', value} : value
}

function furtherOf(of: Unknown, field: string, isOptional: boolean, scope: Scope): Value {
  const isSure = of.isSure === true && (isOptional || of.isOptional === true)
  return of.path === '' ? (isSure ? SURE : UNKNOWN) : unread(of.path, field, isSure, scope)
}

/** Of what stands at an unknown place of a list nothing is told. */
function unread(path: string, field: string, isSure: boolean, {notes}: Scope): Unknown {
  const whole = below(path, field)
  notes.reads.add(whole)
  return isSure ? {kind: 'unknown', path: whole, isSure, isOptional: true} : {kind: 'unknown', path: whole}
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
  if (sign === '?:') return picked(args, [left, right, last ?? UNKNOWN], scope)
  if (sign === '==' || sign === '!=') return equality(sign, left, right)
  if (sign === 'in') return truth(isIn(left, right))
  if (sign === '<' || sign === '<=' || sign === '>' || sign === '>=') return truth(ordered(sign, left, right))
  const added = sign === '+' ? sum(left, right) : null
  if (added !== null) return isFailed(added) ? added : [left, right].reduce((_, side) => (kept(side, scope), added), added)
  return left.kind === 'unknown' || right.kind === 'unknown' ? UNKNOWN : strange(sign, scope)
}

/** `has(x) ? x : …`, or the other way round: there `x` is no error. */
function picked(args: readonly Cel[], [test, right, last]: readonly [Value, Value, Value], scope: Scope): Value {
  const [yes, no] = [isSurely(args[1], args[0]) ? sure(right) : right, isSurely(args[2], negated(args[0])) ? sure(last) : last]
  const value = chosen(mayBe(test), yes, no)
  // A list does not show it.
  if (value.kind === 'list') for (const one of [yes, no]) kept(one, scope)
  return value
}

function sure(value: Value): Value {
  return value.kind === 'unknown' ? {...value, isSure: true} : value
}

function negated(cel: Cel | undefined): Cel | undefined {
  return cel?.kind === 'operation' && cel.sign === '!' ? cel.args[0] : undefined
}

function isSurely(value: Cel | undefined, test: Cel | undefined): boolean {
  return test?.kind === 'call' && test.of === null && test.name === 'has' && JSON.stringify(test.args[0]) === JSON.stringify(value)
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
  if (isLibrary && of.name === 'optional') return name === 'none' ? {kind: 'optional', value: null} : name === 'of' && args[0] !== undefined ? {kind: 'optional', value: kept(valueOf(args[0], scope), scope)} : strange(name, scope)
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
  if (inner.kind === 'unknown') return mayBe(inner.path === '' ? inner : unread(inner.path, asked.field, false, scope))
  // `has(oldObject.spec)` where there is none: false today, and no error.
  if (inner.kind !== 'fields') return isFailed(inner) ? ERROR : FALSE | ERROR
  const may = hasField(inner, asked.field)
  if (may === (TRUE | FALSE)) unread(inner.path, asked.field, false, scope)
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
  const doesLeaveOut = name === 'map' || name === 'filter'
  // Nothing is known of the others, so the whole may be an error by any of them.
  if (doesLeaveOut && list.isOpen && mayFail(ofOther(name, {variable: named, body}, scope))) scope.notes.mayFail = true
  if (name === 'map') return results.some(isFailed) ? FAILED : {kind: 'list', items: results.map(one => kept(one, scope)), isOpen: list.isOpen}
  const may = results.map(mayBe)
  const rest = list.isOpen ? TRUE | FALSE | ERROR : 0
  if (name === 'all') return truth(may.reduce(and, rest === 0 ? TRUE : rest))
  if (name === 'exists') return truth(may.reduce(or, rest === 0 ? FALSE : rest))
  if (name === 'exists_one') return truth(exactlyOne(may, rest))
  if (may.some(one => (one & ERROR) !== 0)) return may.includes(ERROR) ? FAILED : UNKNOWN
  return {kind: 'list', items: list.items.filter((_, index) => may[index] === TRUE), isOpen: list.isOpen || may.includes(TRUE | FALSE)}
}

const ANYTHING: Fields = {kind: 'fields', fields: new Map(), isOpen: true, path: ''}

/** What the body gives for an item of which nothing is known. */
function ofOther(name: string, {variable: named, body}: Macro, scope: Scope): Value {
  const value = valueOf(body, {...scope, names: new Map([...scope.names, [named, ANYTHING]]), notes: {reads: new Set(), strange: new Set(), mayFail: false}})
  return name === 'filter' ? truth(mayBe(value)) : value
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
