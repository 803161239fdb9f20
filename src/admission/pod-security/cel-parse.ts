import type {Token} from './cel-lex.js'
import {tokensOf} from './cel-lex.js'

/** An expression of CEL. Operators are calls of their sign, as in its own syntax tree; `_?_:_` is the choice. */
export type Cel =
  | {kind: 'text'; text: string}
  | {kind: 'number'; number: number}
  | {kind: 'flag'; flag: boolean}
  | {kind: 'null'}
  | {kind: 'list'; items: readonly Cel[]}
  | {kind: 'map'; entries: readonly (readonly [Cel, Cel])[]}
  | {kind: 'name'; name: string}
  | {kind: 'select'; of: Cel; field: string; isOptional: boolean}
  | {kind: 'index'; of: Cel; index: Cel; isOptional: boolean}
  | {kind: 'call'; name: string; of: Cel | null; args: readonly Cel[]}
  | {kind: 'operation'; sign: string; args: readonly Cel[]}

/** Whoever writes the policy chooses how long and how deep it is; the API server stops at 250 levels. */
const LONGEST = 20_000
const DEEPEST = 200

class NotCel extends Error {
  override readonly name = 'NotCel'
}

/** Null for what is no CEL, or not within what is read here. */
export function parseCel(source: string): Cel | null {
  const tokens = source.length > LONGEST ? null : tokensOf(source)
  if (tokens === null) return null
  try {
    const cursor: Cursor = {tokens, here: 0, depth: 0}
    const parsed = expression(cursor)
    return cursor.here === tokens.length ? parsed : null
  } catch (error) {
    if (error instanceof NotCel) return null
    throw error
  }
}

interface Cursor {
  tokens: readonly Token[]
  here: number
  depth: number
}

function isSign(cursor: Cursor, ...signs: readonly string[]): boolean {
  const token = cursor.tokens[cursor.here]
  return token?.kind === 'sign' && signs.includes(token.sign)
}

/** Moves past one of these signs, if it is next. */
function skip(cursor: Cursor, ...signs: readonly string[]): string | null {
  const token = cursor.tokens[cursor.here]
  if (token?.kind !== 'sign' || !signs.includes(token.sign)) return null
  cursor.here++
  return token.sign
}

function need(cursor: Cursor, sign: string): void {
  if (skip(cursor, sign) === null) throw new NotCel(sign)
}

function nameNext(cursor: Cursor): string {
  const token = cursor.tokens[cursor.here++]
  if (token?.kind !== 'name') throw new NotCel('a name')
  return token.name
}

function expression(cursor: Cursor): Cel {
  if (++cursor.depth > DEEPEST) throw new NotCel('depth')
  const test = binary(cursor, 0)
  let whole = test
  if (skip(cursor, '?') !== null) {
    const chosen = binary(cursor, 0)
    need(cursor, ':')
    whole = {kind: 'operation', sign: '?:', args: [test, chosen, expression(cursor)]}
  }
  cursor.depth--
  return whole
}

/** Loosest first. */
const LEVELS: readonly (readonly string[])[] = [['||'], ['&&'], ['<', '<=', '>', '>=', '==', '!=', 'in'], ['+', '-'], ['*', '/', '%']]

function binary(cursor: Cursor, level: number): Cel {
  const signs = LEVELS[level]
  if (signs === undefined) return unary(cursor)
  let left = binary(cursor, level + 1)
  for (let sign = operatorNext(cursor, signs); sign !== null; sign = operatorNext(cursor, signs))
    left = {kind: 'operation', sign, args: [left, binary(cursor, level + 1)]}
  return left
}

function operatorNext(cursor: Cursor, signs: readonly string[]): string | null {
  const token = cursor.tokens[cursor.here]
  if (token?.kind === 'name' && token.name === 'in' && signs.includes('in')) {
    cursor.here++
    return 'in'
  }
  return skip(cursor, ...signs)
}

/** Two of the same sign are none at all, whatever stands behind them: the parser of the API server drops them (cel-go, parser.go, LogicalNot and Negate). */
function unary(cursor: Cursor): Cel {
  const sign = skip(cursor, '!', '-')
  if (sign === null) return member(cursor)
  let isOdd = true
  while (skip(cursor, sign) !== null) isOdd = !isOdd
  const of = member(cursor)
  if (!isOdd) return of
  if (sign === '-' && of.kind === 'number') return {kind: 'number', number: -of.number}
  return {kind: 'operation', sign: sign === '-' ? 'minus' : '!', args: [of]}
}

function member(cursor: Cursor): Cel {
  let of = primary(cursor)
  for (;;) {
    if (skip(cursor, '.') !== null) {
      const isOptional = skip(cursor, '?') !== null
      const field = nameNext(cursor)
      of = !isOptional && isSign(cursor, '(') ? {kind: 'call', name: field, of, args: argumentsNext(cursor)} : {kind: 'select', of, field, isOptional}
    } else if (skip(cursor, '[') !== null) {
      const isOptional = skip(cursor, '?') !== null
      of = {kind: 'index', of, index: expression(cursor), isOptional}
      need(cursor, ']')
    } else return of
  }
}

function argumentsNext(cursor: Cursor): Cel[] {
  need(cursor, '(')
  return listUntil(cursor, ')')
}

function listUntil(cursor: Cursor, end: string): Cel[] {
  const items: Cel[] = []
  while (skip(cursor, end) === null) {
    if (items.length > 0) need(cursor, ',')
    // A comma may stand at the end.
    if (skip(cursor, end) !== null) return items
    items.push(expression(cursor))
  }
  return items
}

function primary(cursor: Cursor): Cel {
  if (skip(cursor, '(') !== null) {
    const inner = expression(cursor)
    need(cursor, ')')
    return inner
  }
  if (skip(cursor, '[') !== null) return {kind: 'list', items: listUntil(cursor, ']')}
  if (skip(cursor, '{') !== null) return {kind: 'map', entries: entriesUntil(cursor)}
  const token = cursor.tokens[cursor.here++]
  if (token === undefined || token.kind === 'sign') throw new NotCel('a value')
  if (token.kind !== 'name') return token
  if (token.name === 'true' || token.name === 'false') return {kind: 'flag', flag: token.name === 'true'}
  if (token.name === 'null') return {kind: 'null'}
  return isSign(cursor, '(') ? {kind: 'call', name: token.name, of: null, args: argumentsNext(cursor)} : {kind: 'name', name: token.name}
}

function entriesUntil(cursor: Cursor): [Cel, Cel][] {
  const entries: [Cel, Cel][] = []
  while (skip(cursor, '}') === null) {
    if (entries.length > 0) need(cursor, ',')
    if (skip(cursor, '}') !== null) return entries
    const key = expression(cursor)
    need(cursor, ':')
    entries.push([key, expression(cursor)])
  }
  return entries
}

/** Everything that stands in it, itself first. */
export function* partsOf(cel: Cel): Generator<Cel> {
  const left = [cel]
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    yield one
    if (one.kind === 'list') left.push(...one.items)
    else if (one.kind === 'map') left.push(...one.entries.flat())
    else if (one.kind === 'select') left.push(one.of)
    else if (one.kind === 'index') left.push(one.of, one.index)
    else if (one.kind === 'call') left.push(...(one.of === null ? [] : [one.of]), ...one.args)
    else if (one.kind === 'operation') left.push(...one.args)
  }
}
