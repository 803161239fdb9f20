import type {Json} from '../../kube/json.js'
import {isGlobMatch} from '../../kube/glob.js'
import {FALSE, TRUE, and, not, or} from './cel-value.js'
import type {Value} from './cel-value.js'
import {ordered} from './cel-compare.js'
import {doesNeverBegin} from './cel-functions.js'

const EITHER = TRUE | FALSE
const sure = (isTrue: boolean): number => (isTrue ? TRUE : FALSE)

/** Whether a value fits a scalar of a pattern, as Kyverno compares them (pkg/engine/pattern). Null: the field is not there. */
export function scalarFits(value: Value | null, pattern: Json): number {
  if (value?.kind === 'unknown') return EITHER
  if (value?.kind === 'list') return value.items.reduce((may, item) => and(may, scalarFits(item, pattern)), value.isOpen ? EITHER : TRUE)
  if (typeof pattern === 'string') return pattern.split('|').reduce((may, one) => or(may, allOf(value, one.trim())), FALSE)
  if (typeof pattern === 'number') return value === null ? FALSE : numberFits(value, pattern)
  if (typeof pattern === 'boolean') return value?.kind !== 'truth' ? FALSE : pattern ? value.may : not(value.may)
  return pattern === null ? emptyFits(value) : EITHER
}

/** `null` as a pattern fits what is not there, and what is empty. */
function emptyFits(value: Value | null): number {
  if (value === null) return TRUE
  if (value.kind === 'text') return sure(value.text === '')
  if (value.kind === 'truth') return not(value.may)
  if (value.kind === 'number') return sure(value.number === 0)
  return value.kind === 'at-least' && value.number <= 0 ? EITHER : FALSE
}

function allOf(value: Value | null, pattern: string): number {
  return pattern.split('&').reduce((may, one) => and(may, oneFits(value, one.trim())), TRUE)
}

const RANGE = /^([-+]?\d+(?:\.\d+)?)\s*(!?)-\s*([-+]?\d+(?:\.\d+)?)$/
const OPERATOR = /^(>=|<=|>|<|!)\s*(.*)$/s

function oneFits(value: Value | null, pattern: string): number {
  const [, least, negated, most] = RANGE.exec(pattern) ?? []
  if (least !== undefined && most !== undefined) {
    const inside = and(compared(value, '>=', least), compared(value, '<=', most))
    return negated === '!' ? not(inside) : inside
  }
  const [, operator, operand = ''] = OPERATOR.exec(pattern) ?? []
  if (operator === undefined) return textFits(value, pattern)
  if (operator === '!') return value === null ? FALSE : not(textFits(value, operand))
  return compared(value, operator as '>', operand)
}

const NUMBER = /^[-+]?\d+(?:\.\d+)?$/

/** Amounts with units are compared too, but no field of these controls is one. */
function compared(value: Value | null, operator: '>' | '<' | '>=' | '<=', operand: string): number {
  if (!NUMBER.test(operand)) return EITHER
  // What is not there counts as 0.
  const own: Value = value ?? {kind: 'number', number: 0}
  const number = own.kind === 'text' && NUMBER.test(own.text) ? {kind: 'number' as const, number: Number(own.text)} : own
  if (number.kind === 'number' || number.kind === 'at-least') return ordered(operator, number, {kind: 'number', number: Number(operand)})
  return own.kind === 'other' ? EITHER : FALSE
}

function textFits(value: Value | null, pattern: string): number {
  if (value === null) return NUMBER.test(pattern) ? sure(Number(pattern) === 0) : FALSE
  if (value.kind === 'number' || value.kind === 'at-least') return numberText(value, pattern)
  if (value.kind === 'truth') return pattern === 'true' ? value.may : pattern === 'false' ? not(value.may) : hasWildcard(pattern) ? EITHER : FALSE
  if (value.kind === 'text') return sure(isGlobMatch(pattern, value.text))
  if (value.kind === 'other') return otherFits(value, pattern)
  return FALSE
}

function otherFits(value: Value & {kind: 'other'}, pattern: string): number {
  if (pattern === '*' || pattern === '?*') return TRUE
  return hasWildcard(pattern) && !doesNeverBegin(value, pattern) ? EITHER : FALSE
}

function numberText(value: Value, pattern: string): number {
  if (NUMBER.test(pattern)) return numberFits(value, Number(pattern))
  return hasWildcard(pattern) ? EITHER : FALSE
}

function numberFits(value: Value, number: number): number {
  if (value.kind === 'number') return sure(value.number === number)
  if (value.kind === 'at-least') return number < value.number ? FALSE : EITHER
  if (value.kind === 'text') return sure(NUMBER.test(value.text) && Number(value.text) === number)
  return value.kind === 'other' ? EITHER : FALSE
}

export function hasWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern)
}
