import {equal, isIn} from './cel-compare.js'
import {EITHER, ERROR, FAILED, FALSE, OPEN_LIST, TRUE, and, flag, isFailed, mayFail, not, or} from './cel-value.js'
import type {Truth, Unknown, Value} from './cel-value.js'

/** What a function gives, its receiver first; undefined for one that is not known here, or not of such values. */
export function callOf(name: string, args: readonly Value[]): Value | undefined {
  const [of, first] = args
  if (of === undefined) return undefined
  if (name === 'orValue' || name === 'hasValue' || name === 'value' || name === 'or') return ofOptional(name, of, first)
  if (args.some(isFailed)) return FAILED
  if (name === 'size' && args.length === 1) return sizeOf(of)
  if (name === 'dyn' && args.length === 1) return of
  if (name === 'flatten' && args.length === 1) return flattened(of)
  if (name === 'string' && args.length === 1) return of.kind === 'text' || of.kind === 'other' ? of : undefined
  if (name === 'int' && args.length === 1) return of.kind === 'number' || of.kind === 'at-least' ? of : undefined
  if (first === undefined) return undefined
  if (name in TEXT_TESTS) return textTest(name as keyof typeof TEXT_TESTS, of, first)
  if (name === 'matches') return matches(of, first)
  return ofLists(name, of, first)
}

function ofOptional(name: string, of: Value, first: Value | undefined): Value | undefined {
  if (isFailed(of)) return FAILED
  if (of.kind === 'unknown') return name === 'hasValue' ? {kind: 'truth', may: MAY_ALL} : unpacked(name, of, first)
  if (of.kind !== 'optional') return undefined
  if (name === 'hasValue') return flag(of.value !== null)
  if (name === 'value') return of.value ?? FAILED
  if (name === 'or') return of.value === null ? first : of
  return of.value ?? first
}

/** With a value for where there is none it is no error, unless that value is one. */
function unpacked(name: string, {path, isSure}: Unknown, first: Value | undefined): Value {
  return name === 'orValue' && isSure === true && first !== undefined && !mayFail(first) ? {kind: 'unknown', path, isSure} : {kind: 'unknown', path}
}

/** Longer lists are none that a policy needs; a policy can double one with each variable. */
const LONGEST_LIST = 1000

export function sizeOf(of: Value): Value | undefined {
  if (of.kind === 'list') return of.isOpen ? {kind: 'at-least', number: of.items.length} : {kind: 'number', number: of.items.length}
  if (of.kind === 'text') return {kind: 'number', number: [...of.text].length}
  if (of.kind !== 'fields') return undefined
  const number = [...of.fields.values()].filter(value => value !== null).length
  return {kind: of.isOpen ? 'at-least' : 'number', number}
}

const TEXT_TESTS = {
  startsWith: (text: string, part: string): boolean => text.startsWith(part),
  endsWith: (text: string, part: string): boolean => text.endsWith(part),
  contains: (text: string, part: string): boolean => text.includes(part),
} as const

function textTest(name: keyof typeof TEXT_TESTS, of: Value, part: Value): Value | undefined {
  if (of.kind === 'text' && part.kind === 'text') return flag(TEXT_TESTS[name](of.text, part.text))
  if (name === 'startsWith' && of.kind === 'other' && part.kind === 'text' && doesNeverBegin(of, part.text)) return flag(false)
  return of.kind === 'other' || part.kind === 'other' ? EITHER : undefined
}

/** With a text that begins so no such value can begin. */
export function doesNeverBegin({never}: {never?: string}, text: string): boolean {
  return never !== undefined && text.startsWith(never)
}

const ALTERNATIVES = /^\^\(?((?:[\w\-/ ]|\\\.)+(?:\|(?:[\w\-/ ]|\\\.)+)*)\)?\$$/

/** Patterns that are a list of texts, and no others: a pattern of the cluster's is never run. */
function matches(of: Value, pattern: Value): Value | undefined {
  if (of.kind === 'other') return pattern.kind === 'text' && textsOf(pattern.text) !== null ? flag(false) : EITHER
  if (of.kind !== 'text' || pattern.kind !== 'text') return undefined
  const texts = textsOf(pattern.text)
  return texts === null ? undefined : flag(texts.includes(of.text))
}

/** Without brackets `^a|b$` would be something else. */
export function textsOf(pattern: string): string[] | null {
  const [, listed] = ALTERNATIVES.exec(pattern) ?? []
  if (listed === undefined || (listed.includes('|') && !pattern.startsWith('^('))) return null
  if (pattern.startsWith('^(') !== pattern.endsWith(')$')) return null
  return listed.split('|').map(text => text.replaceAll('\\.', '.'))
}

/** Lists in a list, as one. */
function flattened(of: Value): Value | undefined {
  if (of.kind !== 'list') return undefined
  const items = of.items.flatMap(item => (item.kind === 'list' ? item.items : item.kind === 'unknown' ? [] : [item]))
  const isOpen = of.isOpen || of.items.some(item => item.kind === 'unknown' || (item.kind === 'list' && item.isOpen))
  return items.length > LONGEST_LIST ? undefined : {kind: 'list', items, isOpen}
}

function ofLists(name: string, of: Value, other: Value): Value | undefined {
  if (of.kind !== 'list' || other.kind !== 'list') return undefined
  const truth = (may: number): Truth => ({kind: 'truth', may})
  if (name === 'sets.contains' || name === 'containsAll') return truth(other.items.reduce((may, item) => and(may, isIn(item, of)), other.isOpen ? TRUE | FALSE : TRUE))
  if (name === 'sets.intersects') return truth(other.items.reduce((may, item) => or(may, isIn(item, of)), other.isOpen ? TRUE | FALSE : FALSE))
  return undefined
}

/** `a + b`; null where it is neither of numbers nor lists. Texts that are put together stand nowhere in the policy, so nobody asked about them. */
export function sum(a: Value, b: Value): Value | null {
  if (isFailed(a) || isFailed(b)) return FAILED
  if (a.kind === 'number' && b.kind === 'number') return {kind: 'number', number: a.number + b.number}
  // Fields of pods that are lists are lists: what is not known of one is what stands in it.
  const [left, right] = [a.kind === 'unknown' ? OPEN_LIST : a, b.kind === 'unknown' ? OPEN_LIST : b]
  if (left.kind !== 'list' || right.kind !== 'list' || (a.kind === 'unknown' && b.kind === 'unknown')) return null
  const items = [...left.items, ...right.items]
  return items.length > LONGEST_LIST ? null : {kind: 'list', items, isOpen: left.isOpen || right.isOpen}
}

/** `!=`, or `==`. */
export function equality(sign: string, a: Value, b: Value): Truth {
  const may = equal(a, b)
  return {kind: 'truth', may: sign === '==' ? may : not(may)}
}

const MAY_ALL = TRUE | FALSE | ERROR
