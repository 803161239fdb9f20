/**
 * Values of which only some is known. A policy is asked about pods that break a
 * control, and everything else about the pod is left open: what it answers then
 * it answers for every such pod. So "refuses" is a proof about the expression,
 * however it is written, and never a guess from the look of its text.
 */
export type Value =
  | Truth
  | {kind: 'text'; text: string}
  /** A text that stands nowhere in the policy, and does not begin with `never`. */
  | {kind: 'other'; never?: string}
  | {kind: 'number'; number: number}
  /** That number, or a greater one. */
  | {kind: 'at-least'; number: number}
  | {kind: 'null'}
  | List
  | Fields
  | {kind: 'optional'; value: Value | null}
  | Unknown

/** May be anything, and an error too unless it `isSure`: a field that was asked for with `.?`. */
export interface Unknown {
  kind: 'unknown'
  path: string
  isSure?: boolean
  /** Such a field before its `orValue`: each further step is optional. */
  isOptional?: boolean
}

/** Which of true, false and error it may be. An error of an expression of any other type is one too. */
export interface Truth {
  kind: 'truth'
  may: number
}

/** These items, and where it is open perhaps others: after them if they come first, else anywhere. */
export interface List {
  kind: 'list'
  items: readonly Value[]
  isOpen: boolean
  doItemsComeFirst?: boolean
}

/** A mapping. A field that is null is not there; one that is not listed may be anything where the mapping is open. */
export interface Fields {
  kind: 'fields'
  fields: ReadonlyMap<string, Value | null>
  isOpen: boolean
  path: string
}

export const TRUE = 1
export const FALSE = 2
export const ERROR = 4

export const YES: Truth = {kind: 'truth', may: TRUE}
export const NO: Truth = {kind: 'truth', may: FALSE}
export const EITHER: Truth = {kind: 'truth', may: TRUE | FALSE}
export const FAILED: Truth = {kind: 'truth', may: ERROR}
export const OTHER: Value = {kind: 'other'}

export function flag(isTrue: boolean): Truth {
  return isTrue ? YES : NO
}

export function isFailed(value: Value): boolean {
  return value.kind === 'truth' && value.may === ERROR
}

export function mayFail(value: Value): boolean {
  return value.kind === 'truth' ? (value.may & ERROR) !== 0 : value.kind === 'unknown' && value.isSure !== true
}

/** What it may be where true or false is wanted; of any other type it is an error. */
export function mayBe(value: Value): number {
  if (value.kind === 'truth') return value.may
  return value.kind === 'unknown' ? TRUE | FALSE | ERROR : ERROR
}

/** `&&` and `||` of CEL take the sides in any order: an error is lost where the other side decides. */
export function and(a: number, b: number): number {
  return combined(a, b, FALSE, TRUE)
}

export function or(a: number, b: number): number {
  return combined(a, b, TRUE, FALSE)
}

function combined(a: number, b: number, deciding: number, other: number): number {
  let may = 0
  if (((a | b) & deciding) !== 0) may |= deciding
  if ((a & other) !== 0 && (b & other) !== 0) may |= other
  if (((a & ERROR) !== 0 && (b & ~deciding) !== 0) || ((b & ERROR) !== 0 && (a & ~deciding) !== 0)) may |= ERROR
  return may
}

export function not(may: number): number {
  return ((may & TRUE) === 0 ? 0 : FALSE) | ((may & FALSE) === 0 ? 0 : TRUE) | (may & ERROR)
}

/** What is known whichever of the two it is. */
export function joined(a: Value, b: Value): Value {
  if (a.kind === 'truth' && b.kind === 'truth') return {kind: 'truth', may: a.may | b.may}
  if (a.kind === 'text' && b.kind === 'text' && a.text === b.text) return a
  if (a.kind === 'number' && b.kind === 'number' && a.number === b.number) return a
  if ((a.kind === 'list' || a.kind === 'unknown') && (b.kind === 'list' || b.kind === 'unknown') && a.kind !== b.kind) return OPEN_LIST
  if (a.kind === 'list' && b.kind === 'list') return a.items.length === 0 && b.items.length === 0 && !a.isOpen && !b.isOpen ? a : OPEN_LIST
  return {kind: 'unknown', path: ''}
}

export const OPEN_LIST: List = {kind: 'list', items: [], isOpen: true}

/** What a written pod leaves open. */
export interface Hole {
  readonly hole: 'absent' | 'anything' | 'other'
  /** What such a text never begins with. */
  readonly never?: string
}

/** A list of these and perhaps others: after them, or in any order. */
export interface Many {
  readonly many: readonly Sketch[]
  readonly areFirst: boolean
}

/** A number that is not smaller. */
export interface AtLeast {
  readonly atLeast: number
}

/** How pods are written down here: JSON with holes. */
export type Sketch = string | number | boolean | Hole | Many | AtLeast | readonly Sketch[] | {readonly [field: string]: Sketch}

export const absent: Hole = {hole: 'absent'}
export const anything: Hole = {hole: 'anything'}
/** A text that stands nowhere in the policy. */
export const otherText: Hole = {hole: 'other'}

export function among(...many: readonly Sketch[]): Many {
  return {many, areFirst: false}
}

export function firstly(...many: readonly Sketch[]): Many {
  return {many, areFirst: true}
}

/** What such a pod is known to be: its mappings are open, its lists are whole. */
export function partly(sketch: Sketch, path: string): Value {
  if (typeof sketch === 'string') return {kind: 'text', text: sketch}
  if (typeof sketch === 'number') return {kind: 'number', number: sketch}
  if (typeof sketch === 'boolean') return flag(sketch)
  if (Array.isArray(sketch)) return {kind: 'list', items: (sketch as readonly Sketch[]).map(item => partly(item, path)), isOpen: false}
  if ('hole' in sketch) return filled(sketch as Hole, path)
  if ('many' in sketch) return listOf(sketch as Many, path)
  if ('atLeast' in sketch) return {kind: 'at-least', number: (sketch as AtLeast).atLeast}
  const fields = new Map<string, Value | null>()
  for (const [field, value] of Object.entries(sketch as Readonly<Record<string, Sketch>>)) fields.set(field, value === absent ? null : partly(value, below(path, field)))
  return {kind: 'fields', fields, isOpen: true, path}
}

function filled({hole, never}: Hole, path: string): Value {
  if (hole !== 'other') return {kind: 'unknown', path}
  return never === undefined ? OTHER : {kind: 'other', never}
}

function listOf({many, areFirst}: Many, path: string): List {
  const list: List = {kind: 'list', items: many.map(item => partly(item, path)), isOpen: true}
  return areFirst ? {...list, doItemsComeFirst: true} : list
}

export function below(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`
}
