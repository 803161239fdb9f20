/** A token of CEL (cel-spec, doc/langdef.md). */
export type Token =
  | {kind: 'text'; text: string}
  | {kind: 'number'; number: number}
  | {kind: 'name'; name: string}
  | {kind: 'sign'; sign: string}

const SPACE = /(?:\s|\/\/[^\n]*)+/y
const NUMBER = /0[xX][0-9a-fA-F]+[uU]?|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[uU]?/y
const NAME = /[A-Za-z_]\w*/y
const SIGN = /\|\||&&|==|!=|<=|>=|[-+*/%!<>?:.,()[\]{}]/y
const QUOTE = /([rR]?)("""|'''|"|')/y

/** Null for what is no CEL, or is CEL that policies do not need: bytes, odd escapes. */
export function tokensOf(source: string): Token[] | null {
  const tokens: Token[] = []
  let here = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = here
    const found = pattern.exec(source)
    if (found !== null) here = pattern.lastIndex
    return found
  }
  for (take(SPACE); here < source.length; take(SPACE)) {
    const quote = take(QUOTE)
    if (quote !== null) {
      const body = textAfter(source, here, {isRaw: quote[1] !== '', quote: quote[2]!})
      if (body === null) return null
      tokens.push({kind: 'text', text: body.text})
      here = body.end
      continue
    }
    const token = wordToken(take)
    if (token === null) return null
    tokens.push(token)
  }
  return tokens
}

function wordToken(take: (pattern: RegExp) => RegExpExecArray | null): Token | null {
  const number = take(NUMBER)?.[0]
  if (number !== undefined) return {kind: 'number', number: Number(number.replace(/[uU]$/, ''))}
  const name = take(NAME)?.[0]
  if (name !== undefined) return {kind: 'name', name}
  const sign = take(SIGN)?.[0]
  return sign === undefined ? null : {kind: 'sign', sign}
}

const ESCAPES: Readonly<Record<string, string>> = {a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '?': '?', '"': '"', '\'': '\'', '`': '`'}

function textAfter(source: string, start: number, {isRaw, quote}: {isRaw: boolean; quote: string}): {text: string; end: number} | null {
  let text = ''
  for (let here = start; here < source.length; here++) {
    if (source.startsWith(quote, here)) return {text, end: here + quote.length}
    const sign = source[here]!
    if (sign === '\n' && quote.length === 1) return null
    // In a raw text nothing is escaped, not even the quote.
    if (isRaw || sign !== '\\') {
      text += sign
      continue
    }
    here++
    const escaped = ESCAPES[source[here] ?? '']
    if (escaped === undefined) return null
    text += escaped
  }
  return null
}
