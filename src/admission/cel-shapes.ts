import {allowedBy} from './cel-allowed.js'
import {alternatives, normalised} from './cel-tokens.js'

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

function shapeOfAll(body: string, path: string): Shape {
  const [, field, variable, test] = ALL.exec(body) ?? []
  if (field !== path || variable === undefined || test === undefined) return {kind: 'unknown'}
  // The variable may have any name; `ip(…)`, the function, keeps its own. Another `ip` would be another thing.
  if (variable !== 'ip' && test.split(' ').some((token, index, all) => token === 'ip' && all[index + 1] !== '(')) return {kind: 'unknown'}
  const own = test.split(' ').map((token, index, all) => (token === variable && all[index + 1] !== '(' ? 'ip' : token)).join(' ')
  return shapeOfTest(normalised(own), path)
}

/** One address passes if any of the alternatives lets it: each must be one that we know. */
function shapeOfTest(test: string, path: string): Shape {
  const passing = alternatives(test).map(one => (one === OLD_ONLY(path) || one === 'false' || one === 'ip in [ ]' ? [] : allowedBy(one)))
  const known = passing.filter(allowed => allowed !== null)
  if (known.length < passing.length) return {kind: 'unknown'}
  const allowed = known.flat()
  return allowed.length === 0 ? {kind: 'denies'} : {kind: 'allow-list', allowed}
}
