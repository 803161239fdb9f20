/**
 * Value of a label; undefined: the object has none. Null: nobody here knows,
 * as with labels of ServiceAccounts, which are not read.
 */
export type Lookup = (label: string) => string | undefined | null

/** An expression of Calico's own grammar: libcalico-go/lib/selector. */
export interface Selector {
  /** Labels that it looks at, the prefix included. */
  labels: ReadonlySet<string>
  /** Null: that hangs on a label which is not known. */
  matches(lookup: Lookup): boolean | null
}

export interface SelectorOptions {
  /** In front of each label: `pcns.` for labels of the namespace, `pcsa.` for those of the ServiceAccount. */
  prefix?: string
  /** What `all()` stands for: the label that whatever is meant has. Absent: everything. */
  allHave?: string | undefined
}

/** What is no such expression. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError'
}

type Test = Selector['matches']

/** Reads an expression; empty is everything. */
export function parseSelector(text: string, options: SelectorOptions = {}): Selector {
  const parser = parserOf(text, options)
  parser.skipBlanks()
  if (parser.isAtEnd()) return {labels: new Set(), matches: everything(options)}
  const matches = parser.alternatives()
  if (!parser.isAtEnd()) throw new SelectorError(`unexpected text at character ${parser.position() + 1}`)
  return {labels: parser.labels, matches}
}

/** All of them must match. */
export function allOf(selectors: readonly Selector[]): Selector {
  return {labels: new Set(selectors.flatMap(({labels}) => [...labels])), matches: and(selectors.map(({matches}) => matches))}
}

export function labelIs(label: string, value: string): Selector {
  return {labels: new Set([label]), matches: on(label, own => own === value, false)}
}

export function labelIsOneOf(label: string, values: readonly string[]): Selector {
  return {labels: new Set([label]), matches: on(label, own => values.includes(own), false)}
}

/** Precedence from loose to tight: `||`, `&&`, `!`. The tokens are those of Calico's tokenizer, blanks and tabs between them. */
function parserOf(text: string, {prefix = '', allHave}: SelectorOptions) {
  const labels = new Set<string>()
  let here = 0
  const fail = (wanted: string): never => {
    throw new SelectorError(`${wanted} expected at character ${here + 1}`)
  }
  const skipBlanks = (): void => {
    while (text[here] === ' ' || text[here] === '\t') here++
  }
  /** Takes a token if it is the next one. */
  const take = (token: RegExp): string | null => {
    const found = new RegExp(token.source, 'y')
    found.lastIndex = here
    const match = found.exec(text)
    if (match === null) return null
    here += match[0].length
    skipBlanks()
    return match[1] ?? match[0]
  }
  const label = (): string | null => {
    const name = take(/[\w./-]{1,512}(?![\w./-])/)
    if (name === null) return null
    labels.add(prefix + name)
    return prefix + name
  }
  const literal = (): string => take(/"([^"]*)"/) ?? take(/'([^']*)'/) ?? fail('a string')
  const values = (): string[] => {
    if (take(/\{/) === null) fail('{')
    const list: string[] = []
    while (/["']/.test(text[here] ?? '')) {
      list.push(literal())
      if (take(/,/) === null) break
    }
    if (take(/\}/) === null) fail('}')
    return list
  }
  const joined = (operator: RegExp, next: () => Test, join: (tests: readonly Test[]) => Test): Test => {
    const tests = [next()]
    while (take(operator) !== null) tests.push(next())
    return tests.length === 1 ? tests[0]! : join(tests)
  }
  const alternatives = (): Test => joined(/\|\|/, conjunction, or)
  const conjunction = (): Test => joined(/&&/, operation, and)
  const operation = (): Test => {
    let isNegated = false
    while (take(/!(?!=)/) !== null) isNegated = !isNegated
    const test = operand()
    return isNegated ? not(test) : test
  }
  const operand = (): Test => {
    if (take(/\(/) !== null) {
      const inner = alternatives()
      if (take(/\)/) === null) fail(')')
      return inner
    }
    if (take(/has\(/) !== null) {
      const name = label() ?? fail('a label')
      if (take(/\)/) === null) fail(')')
      return on(name, () => true, false)
    }
    if (take(/all\([ \t]*\)/) !== null) return everything({prefix, allHave})
    // Where a namespace is selected, this is what stands in none; elsewhere Calico takes it for everything.
    if (take(/global\([ \t]*\)/) !== null) return allHave === undefined ? () => true : not(has(allHave))
    return comparison(label() ?? fail('a label or has(), all(), global()'))
  }
  const comparison = (name: string): Test => {
    if (take(/==/) !== null) return equals(name, literal())
    if (take(/!=/) !== null) return not(equals(name, literal()))
    const isWordEnd = '(?![\\w./-])'
    const word = (pattern: string): boolean => take(new RegExp(pattern + isWordEnd)) !== null
    if (word('contains')) return compared(name, literal(), (own, part) => own.includes(part))
    if (word('starts[ \\t]*with[ \\t]*')) return compared(name, literal(), (own, part) => own.startsWith(part))
    if (word('ends[ \\t]*with[ \\t]*')) return compared(name, literal(), (own, part) => own.endsWith(part))
    if (word('not[ \\t]*in[ \\t]*')) return not(isOneOf(name, values()))
    if (word('in')) return isOneOf(name, values())
    return fail('an operator')
  }
  return {labels, skipBlanks, alternatives, isAtEnd: () => here === text.length, position: () => here}
}

function everything({allHave}: SelectorOptions): Test {
  return allHave === undefined ? () => true : has(allHave)
}

function has(label: string): Test {
  return on(label, () => true, false)
}

function equals(label: string, value: string): Test {
  return on(label, own => own === value, false)
}

function compared(label: string, value: string, test: (own: string, value: string) => boolean): Test {
  return on(label, own => test(own, value), false)
}

function isOneOf(label: string, values: readonly string[]): Test {
  return on(label, own => values.includes(own), false)
}

function on(label: string, test: (value: string) => boolean, whenAbsent: boolean): Test {
  return lookup => {
    const value = lookup(label)
    return value === null ? null : value === undefined ? whenAbsent : test(value)
  }
}

function not(test: Test): Test {
  return lookup => {
    const answer = test(lookup)
    return answer === null ? null : !answer
  }
}

function and(tests: readonly Test[]): Test {
  return lookup => first(tests, lookup, false)
}

function or(tests: readonly Test[]): Test {
  return lookup => first(tests, lookup, true)
}

/** One that gives `decisive` decides; else one that is not known leaves it open. */
function first(tests: readonly Test[], lookup: Lookup, decisive: boolean): boolean | null {
  let isOpen = false
  for (const test of tests) {
    const answer = test(lookup)
    if (answer === decisive) return decisive
    isOpen ||= answer === null
  }
  return isOpen ? null : !decisive
}
