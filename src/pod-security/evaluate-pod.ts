import type {Json} from '../kube/json.js'
import {NEWEST_MINOR as NEWEST} from './control.js'
import {evaluate, messageOf} from './evaluate.js'
import {LEVELS} from './labels.js'
import type * as declared from './evaluate-pod-types.js'
import {withServerDefaults as withDefaults} from './normalise.js'

/** What `kubectl-k121/pod-security` exports; its types stand in evaluate-pod-types.ts. */

export const NEWEST_MINOR: typeof declared.NEWEST_MINOR = NEWEST

export const evaluatePod: typeof declared.evaluatePod = question => {
  expectObject(question, 'the question')
  const {level, minor, metadata, spec} = question
  if (!LEVELS.includes(level)) throw wrong('level', level, LEVELS.join(', '))
  const server = serverOf(question.server)
  const asked = minor === 'latest' ? server : minorOf('minor', minor, `, or 'latest'`)
  expectObject(spec, 'spec')
  const checks = evaluate(level, {minor: asked, server}, {metadata: metadata as Json | undefined, spec: spec as Json})
  return {
    allowed: checks.length === 0, message: messageOf(checks),
    checks: checks.map(check => ({...check, violations: [...check.violations]})),
  }
}

export const withServerDefaults: typeof declared.withServerDefaults = pod => {
  expectObject(pod, 'the pod')
  const {metadata, spec, kind} = pod
  if (kind !== 'pod' && kind !== 'template') throw wrong('kind', kind, 'pod, template')
  expectObject(spec, 'spec')
  const filled = withDefaults({metadata: metadata as Json | undefined, spec: spec as Json}, kind, serverOf(pod.server))
  return {...(filled.metadata === undefined || filled.metadata === null ? {} : {metadata: filled.metadata as object}), spec: filled.spec as object}
}

function serverOf(server: number | undefined): number {
  return server === undefined ? NEWEST : minorOf('server', server, '')
}

function minorOf(field: string, value: unknown, more: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > NEWEST) throw wrong(field, value, `a whole number from 0 to ${NEWEST}${more}`)
  return value
}

/** A value of the right type that is none of those: out of range. */
function wrong(field: string, value: unknown, wanted: string): Error {
  const isOut = field === 'minor' || field === 'server' ? typeof value === 'number' : typeof value === 'string'
  const Kind = isOut ? RangeError : TypeError
  return new Kind(`${field} is ${shown(value)}; it must be ${field === 'level' || field === 'kind' ? `one of ${wanted}` : wanted}`)
}

function expectObject(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${what} is ${Array.isArray(value) ? 'a list' : shown(value)}; it must be an object`)
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  return typeof value === 'object' && value !== null ? 'an object' : typeof value === 'function' ? 'a function' : String(value)
}
