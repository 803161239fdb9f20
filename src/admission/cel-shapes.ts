/**
 * Whether a CEL expression refuses new external IPs. Only shapes that we know
 * count; everything else is unknown, however much it looks the part: a wrong
 * "enforcing" would call an open door closed.
 */
export type Shape = {kind: 'denies'} | {kind: 'allow-list'; allowed: readonly string[]} | {kind: 'unknown'}

export interface ShapeTarget {
  /** `spec.externalIPs` or `status.loadBalancer.ingress`. */
  field: readonly string[]
}

export const SPEC_TARGET: ShapeTarget = {field: ['spec', 'externalIPs']}
export const STATUS_TARGET: ShapeTarget = {field: ['status', 'loadBalancer', 'ingress']}

const TOKEN = /\s+|\/\/[^\n]*|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(\d+)|(\|\||&&|==|!=|>=|<=|\?\.|.)/gsy

/** Tokens joined by single blanks; strings in double quotes, no comments, no outer brackets. */
export function normalised(expression: string): string {
  const tokens = [...expression.matchAll(TOKEN)].flatMap(([, text, name, number, sign]) => {
    if (text !== undefined) return [JSON.stringify(text.slice(1, -1))]
    const token = name ?? number ?? sign
    return token === undefined ? [] : [token]
  })
  const wrapped = outerBrackets(tokens)
  return tokens.slice(wrapped, tokens.length - wrapped).join(' ')
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

/** The body of `all(ip, …)` for which the whole refuses what is not in the old object. */
const OLD_ONLY = (path: string): string => `oldObject != null && has ( oldObject . ${path} ) && ip in oldObject . ${path}`

export function shapeOf(expression: string, {field}: ShapeTarget): Shape {
  const path = field.join(' . ')
  const text = normalised(expression)
  const body = afterAbsence(text, path)
  if (body === '') return {kind: 'denies'}
  if (body === null) return {kind: 'unknown'}
  if (emptyForms(`object . ${path}`).includes(body)) return {kind: 'denies'}
  return shapeOfAll(body, path)
}

/** What is asked where the field is there; '' where nothing may be there; null where absence is not settled first. */
function afterAbsence(text: string, path: string): string | null {
  const absent = [`! has ( object . ${path} )`, ...nestedAbsence(path)]
  for (const start of absent) {
    if (text === start) return ''
    if (text.startsWith(`${start} || `)) return normalised(text.slice(start.length + 4)) || null
  }
  const filled = fullForms(`object . ${path}`).map(form => `! ( has ( object . ${path} ) && ${form} )`)
  if (filled.includes(text)) return ''
  const optional = optionalForm(path)
  if (emptyForms(optional).includes(text)) return ''
  const all = text.startsWith(`${optional} . all (`) ? text.slice(optional.length) : null
  return all === null ? null : `object . ${path}${all}`
}

/** `!has(object.status.loadBalancer) || !has(object.status.loadBalancer.ingress)` settles the same. */
function nestedAbsence(path: string): string[] {
  const steps = path.split(' . ')
  if (steps.length < 3) return []
  const outer = steps.slice(0, -1).join(' . ')
  return [`! has ( object . ${outer} ) || ! has ( object . ${path} )`]
}

function optionalForm(path: string): string {
  const [first = '', ...rest] = path.split(' . ')
  return `object . ${first} . ? ${rest.join(' . ? ')} . orValue ( [ ] )`
}

function emptyForms(list: string): string[] {
  return [`size ( ${list} ) == 0`, `${list} . size ( ) == 0`, `${list} == [ ]`]
}

function fullForms(list: string): string[] {
  return ['> 0', '!= 0'].flatMap(test => [`size ( ${list} ) ${test}`, `${list} . size ( ) ${test}`])
}

const ALL = /^object \. ([\w. ]+?) \. all \( (\w+) , (.+) \)$/
/** Plain addresses: a string with an escape in it is none that we read. */
const LISTED = /^ip in \[ ("[^"\\]*"(?: , "[^"\\]*")*) \]$/
const BLOCK = String.raw`cidr \( "[^"\\]+" \) \. containsIP \( (?:ip|ip \( ip \)) \)`
const BLOCKS = new RegExp(`^${BLOCK}(?: \\|\\| ${BLOCK})*$`)

function shapeOfAll(body: string, path: string): Shape {
  const [, field, variable, test] = ALL.exec(body) ?? []
  if (field !== path || variable === undefined || test === undefined) return {kind: 'unknown'}
  // The variable may have any name; `ip(…)`, the function, keeps its own. Another `ip` would be another thing.
  if (variable !== 'ip' && test.split(' ').some((token, index, all) => token === 'ip' && all[index + 1] !== '(')) return {kind: 'unknown'}
  const own = test.split(' ').map((token, index, all) => (token === variable && all[index + 1] !== '(' ? 'ip' : token)).join(' ')
  const condition = normalised(own)
  if (condition === OLD_ONLY(path) || condition === 'false' || condition === 'ip in [ ]') return {kind: 'denies'}
  const [, listed] = LISTED.exec(condition) ?? []
  if (listed !== undefined) return allowing(listed)
  return BLOCKS.test(condition) ? allowing(condition) : {kind: 'unknown'}
}

function allowing(text: string): Shape {
  return {kind: 'allow-list', allowed: [...text.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value)}
}
