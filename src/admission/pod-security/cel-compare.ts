import {ERROR, FALSE, TRUE, and, isFailed, mayFail, not, or} from './cel-value.js'
import type {Fields, List, Value} from './cel-value.js'

/** `a == b`. Values of different types are not equal, which is no error. */
export function equal(a: Value, b: Value): number {
  if (isFailed(a) || isFailed(b)) return ERROR
  return equalValues(a, b) | (mayFail(a) || mayFail(b) ? ERROR : 0)
}

function equalValues(a: Value, b: Value): number {
  if (a.kind === 'unknown' || b.kind === 'unknown') return TRUE | FALSE | ERROR
  if (a.kind === 'truth' && b.kind === 'truth') return or(and(a.may, b.may), and(not(a.may), not(b.may)))
  if (a.kind === 'at-least' || b.kind === 'at-least') return equalNumbers(a, b)
  if (a.kind !== b.kind) return FALSE
  if (a.kind === 'text' && b.kind === 'text') return a.text === b.text ? TRUE : FALSE
  if (a.kind === 'number' && b.kind === 'number') return a.number === b.number ? TRUE : FALSE
  if (a.kind === 'null') return TRUE
  if (a.kind === 'list' && b.kind === 'list') return equalLists(a, b)
  return TRUE | FALSE
}

function equalNumbers(a: Value, b: Value): number {
  const [least, other] = a.kind === 'at-least' ? [a.number, b] : [b.kind === 'at-least' ? b.number : 0, a]
  if (other.kind === 'number') return other.number < least ? FALSE : TRUE | FALSE
  return other.kind === 'at-least' ? TRUE | FALSE : FALSE
}

function equalLists(a: List, b: List): number {
  if ((!a.isOpen && b.items.length > a.items.length) || (!b.isOpen && a.items.length > b.items.length)) return FALSE
  if (a.isOpen || b.isOpen) return TRUE | FALSE
  return a.items.reduce((may, item, index) => and(may, equal(item, b.items[index]!)), TRUE)
}

/** `a in b`. */
export function isIn(a: Value, b: Value): number {
  if (isFailed(a) || isFailed(b)) return ERROR
  if (b.kind === 'list') return b.items.reduce((may, item) => or(may, equal(a, item)), b.isOpen ? TRUE | FALSE : FALSE) | (mayFail(a) ? ERROR : 0)
  if (b.kind === 'fields' && a.kind === 'text') return hasField(b, a.text)
  return b.kind === 'unknown' || b.kind === 'fields' ? TRUE | FALSE | ERROR : ERROR
}

export function hasField({fields, isOpen}: Fields, name: string): number {
  const value = fields.get(name)
  if (value === undefined) return isOpen ? TRUE | FALSE : FALSE
  return value === null ? FALSE : TRUE
}

type Order = '<' | '<=' | '>' | '>='
const MIRRORED: Readonly<Record<Order, Order>> = {'<': '>', '<=': '>=', '>': '<', '>=': '<='}

/** `a < b` and the others: of numbers, of texts, and of true and false. */
export function ordered(sign: Order, a: Value, b: Value): number {
  if (isFailed(a) || isFailed(b)) return ERROR
  if (a.kind === 'unknown' || b.kind === 'unknown') return TRUE | FALSE | ERROR
  if (a.kind === 'number' && b.kind === 'number') return holds(sign, a.number, b.number)
  if (a.kind === 'at-least' && b.kind === 'number') return fromLeast(sign, a.number, b.number)
  if (a.kind === 'number' && b.kind === 'at-least') return fromLeast(MIRRORED[sign], b.number, a.number)
  if (a.kind === 'at-least' && b.kind === 'at-least') return TRUE | FALSE
  if (a.kind === 'text' && b.kind === 'text') return holds(sign, a.text, b.text)
  // False is less than true.
  if (a.kind === 'truth' && b.kind === 'truth') return TRUE | FALSE | ERROR
  const areTexts = (a.kind === 'text' || a.kind === 'other') && (b.kind === 'text' || b.kind === 'other')
  return areTexts ? TRUE | FALSE : ERROR
}

function holds<T extends string | number>(sign: Order, a: T, b: T): number {
  const isTrue = sign === '<' ? a < b : sign === '<=' ? a <= b : sign === '>' ? a > b : a >= b
  return isTrue ? TRUE : FALSE
}

/** Of a number that is `least` or greater. */
function fromLeast(sign: Order, least: number, other: number): number {
  if (holds(sign, least, other) === TRUE && (sign === '>' || sign === '>=')) return TRUE
  if (holds(sign, least, other) === FALSE && (sign === '<' || sign === '<=')) return FALSE
  return TRUE | FALSE
}
