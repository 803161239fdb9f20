const TOKEN = /\s+|\/\/[^\n]*|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(\d+)|(\|\||&&|==|!=|>=|<=|\?\.|.)/gsy

/** Tokens of a CEL expression joined by single blanks; strings in double quotes, no comments, no outer brackets. */
export function normalised(expression: string): string {
  const tokens = tokensOf(expression)
  const wrapped = outerBrackets(tokens)
  return tokens.slice(wrapped, tokens.length - wrapped).join(' ')
}

function tokensOf(expression: string): string[] {
  return [...expression.matchAll(TOKEN)].flatMap(([, text, name, number, sign]) => {
    if (text !== undefined) return [JSON.stringify(text.slice(1, -1))]
    const token = name ?? number ?? sign
    return token === undefined ? [] : [token]
  })
}

/** Pairs of brackets around the whole, counted in one pass: whoever writes the policy chooses how many there are. */
function outerBrackets(tokens: readonly string[]): number {
  const first = tokens.findIndex(token => token !== '(')
  if (first === -1) return 0
  const last = tokens.findLastIndex(token => token !== ')')
  let depth = first
  let least = Math.min(first, tokens.length - 1 - last)
  for (const token of tokens.slice(first, last + 1)) {
    depth += token === '(' ? 1 : token === ')' ? -1 : 0
    least = Math.min(least, depth)
  }
  return Math.max(0, least)
}

/** What `||` joins at the top, each without its outer brackets; `&&` binds tighter, and `?` never gets here as one that we know. */
export function alternatives(expression: string): string[] {
  const parts: string[][] = [[]]
  let depth = 0
  for (const token of tokensOf(expression)) {
    depth += '([{'.includes(token) ? 1 : ')]}'.includes(token) ? -1 : 0
    if (token === '||' && depth === 0) parts.push([])
    else parts.at(-1)!.push(token)
  }
  return parts.map(part => normalised(part.join(' ')))
}
