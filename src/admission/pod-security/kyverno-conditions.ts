import {at, isMapping, listAt, textAt} from '../../kube/field.js'
import {isGlobMatch} from '../../kube/glob.js'
import type {Json} from '../../kube/json.js'
import type {Notes} from './cel-evaluate.js'
import {equal} from './cel-compare.js'
import {ERROR, FALSE, TRUE, and, not, or} from './cel-value.js'
import type {Value} from './cel-value.js'
import {parsePath, valueAt} from './kyverno-jmespath.js'
import {hasWildcard} from './kyverno-scalar.js'

/** What `{{ … }}` may be about. */
export interface Subjects {
  object: Value
  element: Value | null
  operation: string
  notes: Notes
}

/** `conditions` of `deny`, or `preconditions`: all of `all` and one of `any`; the oldest form is a list of which all must hold. */
export function conditionsHold(value: Json | undefined, subjects: Subjects): number {
  if (value === undefined) return TRUE
  if (Array.isArray(value)) return (value as readonly Json[]).reduce<number>((may, one) => and(may, isMapping(one) && 'key' in one ? holds(one, subjects) : conditionsHold(one, subjects)), TRUE)
  const anyOf = listAt(value, 'any')
  const all = listAt(value, 'all').reduce<number>((may, one) => and(may, holds(one, subjects)), TRUE)
  return anyOf.length === 0 ? all : and(all, anyOf.reduce<number>((may, one) => or(may, holds(one, subjects)), FALSE))
}

function holds(condition: Json, subjects: Subjects): number {
  const operator = (textAt(condition, 'operator') ?? '').toLowerCase()
  const [key, value] = [resolved(at(condition, 'key'), subjects), resolved(at(condition, 'value'), subjects)]
  const judged = key === null || value === null ? null : compared(operator, key, value)
  if (judged !== null) return judged
  subjects.notes.strange.add(operator)
  return TRUE | FALSE | ERROR
}

const VARIABLE = /^\{\{([^{}]*)\}\}$/

/** Null for what is not understood. */
function resolved(value: Json | undefined, {object, element, operation, notes}: Subjects): Value | null {
  if (typeof value === 'string' && value.includes('{{')) {
    const path = parsePath(VARIABLE.exec(value.trim())?.[1] ?? '')
    if (path === null) return null
    if (path.root === 'operation') return {kind: 'text', text: operation}
    const root = path.root === 'object' ? object : element
    return root === null ? null : valueAt(path, root, notes)
  }
  if (typeof value === 'string') return {kind: 'text', text: value}
  if (typeof value === 'number') return {kind: 'number', number: value}
  if (!Array.isArray(value)) return null
  const items = (value as readonly Json[]).map(one => resolved(one, {object, element, operation, notes}))
  return items.includes(null) ? null : {kind: 'list', items: items as Value[], isOpen: false}
}

/** Null for operators that are not known here. */
function compared(operator: string, key: Value, value: Value): number | null {
  if (operator === 'equals' || operator === 'equal') return equal(key, value)
  if (operator === 'notequals' || operator === 'notequal') return not(equal(key, value))
  const keys = listOf(key)
  if (keys === null) return key.kind === 'null' ? FALSE : TRUE | FALSE | ERROR
  const isIn = keys.items.map(one => inList(one, value))
  const rest = keys.isOpen ? [TRUE | FALSE] : []
  if (operator === 'anynotin') return [...isIn, ...rest].reduce((may, one) => or(may, not(one)), FALSE)
  if (operator === 'anyin') return [...isIn, ...rest].reduce(or, FALSE)
  if (operator === 'allin') return [...isIn, ...rest].reduce(and, TRUE)
  if (operator === 'allnotin') return [...isIn, ...rest].reduce((may, one) => and(may, not(one)), TRUE)
  return null
}

/** A single value counts as a list of one. */
function listOf(key: Value): {items: readonly Value[]; isOpen: boolean} | null {
  if (key.kind === 'list') return key
  return key.kind === 'unknown' || key.kind === 'null' ? null : {items: [key], isOpen: false}
}

/** Wildcards count on either side. A text with a range in it stands for numbers. */
function inList(one: Value, value: Value): number {
  const values = listOf(value)
  if (values === null) return TRUE | FALSE
  return values.items.map(other => same(one, other)).reduce(or, values.isOpen ? TRUE | FALSE : FALSE)
}

function same(one: Value, other: Value): number {
  if (one.kind === 'at-least' || one.kind === 'number') return other.kind === 'text' ? TRUE | FALSE : equal(one, other)
  if (other.kind === 'text' && (hasWildcard(other.text) || /\d-\d/.test(other.text))) return one.kind === 'text' && !/\d-\d/.test(other.text) ? (isGlobMatch(other.text, one.text) ? TRUE : FALSE) : TRUE | FALSE
  return equal(one, other)
}
