import type {Judgement} from './engines/blocker.js'
import {unique} from './engines/blocker.js'
import type {LabelSelector} from '../kube/label-selector.js'
import {isSelected} from '../kube/label-selector.js'
import type {NamespacesInfo} from './namespaces.js'
import {NAME_LABEL, leftOut} from './namespaces.js'
import type {RequestRule, ServiceRequest} from './request-rules.js'
import {REQUESTS, doesCover, doesCoverNames} from './request-rules.js'

export type Labels = Readonly<Record<string, string>>

/**
 * One thing that refuses by itself: a policy by one binding, a webhook with
 * what it asks. Several of them are summed request by request and namespace by
 * namespace: never the operations of one with the namespaces of another.
 */
export interface Refuser {
  sees(request: ServiceRequest): boolean
  /** Null: every namespace, also those that were not seen. */
  isIn: ((name: string, labels: Labels) => boolean) | null
  /** Ways past it, wherever it refuses. */
  gaps: readonly string[]
}

const SOME_NAMES = 'it matches Services of some names only'
export const LATER = 'a namespace made later is left out'
export const OBJECT_SELECTOR = 'an objectSelector: whoever writes the Service chooses its labels'

export function inSelected(selector: LabelSelector): Refuser['isIn'] {
  return selector.length === 0 ? null : (_, labels) => isSelected(selector, labels)
}

/** Whoever may label a namespace, or make one with labels, takes it out of what a selector leaves out by a label. Nobody chooses the label that is the name. */
export function optOutGaps(selector: LabelSelector, guarded: readonly string[] = []): string[] {
  const keys = selector.filter(({key, operator}) => (operator === 'NotIn' || operator === 'DoesNotExist') && key !== NAME_LABEL && !guarded.includes(key)).map(({key}) => key)
  return keys.map(key => `a namespace gets past it by its label ${key}`)
}

/** Null: no rules at all, which in a binding means whatever its policy sees. */
export function byRules(rules: readonly RequestRule[] | null, excluded: readonly RequestRule[], {isIn, gaps}: Omit<Refuser, 'sees'>): Refuser[] {
  const isLeft = (request: ServiceRequest): boolean => !doesCover(excluded, request)
  const doesExcludeNames = [...REQUESTS.spec, ...REQUESTS.status].some(request => doesCoverNames(excluded, request))
  const own = doesExcludeNames ? [...gaps, 'Services of some names are excluded'] : gaps
  const whole: Refuser = {isIn, gaps: own, sees: request => isLeft(request) && (rules === null || doesCover(rules, request))}
  const named: Refuser = {isIn, gaps: [...own, SOME_NAMES], sees: request => isLeft(request) && rules !== null && doesCoverNames(rules, request)}
  return rules?.some(({hasNames}) => hasNames) ? [whole, named] : [whole]
}

/** What both let through to their refusal. */
export function both(a: Refuser, b: Refuser): Refuser {
  const isIn = a.isIn === null ? b.isIn : b.isIn === null ? a.isIn : (name: string, labels: Labels) => a.isIn!(name, labels) && b.isIn!(name, labels)
  return {sees: request => a.sees(request) && b.sees(request), isIn, gaps: unique([...a.gaps, ...b.gaps])}
}

export function eachWithEach(some: readonly Refuser[], others: readonly Refuser[]): Refuser[] {
  return some.flatMap(one => others.map(other => both(one, other)))
}

export function seesAny(refuser: Refuser, requests: readonly ServiceRequest[]): boolean {
  return requests.some(request => refuser.sees(request))
}

/** Stands for any namespace that somebody makes tomorrow, without a label; no namespace has that name. */
const UNBORN = '-'

interface Seen {
  request: ServiceRequest
  /** Namespaces without anybody who refuses. */
  left: readonly string[]
  covered: number
  gaps: readonly string[]
}

/** What all of them refuse together, for each request in each namespace. */
export function judgeTogether(refusers: readonly Refuser[], requests: readonly ServiceRequest[], namespaces: NamespacesInfo): Judgement {
  const seen = requests.filter(request => refusers.some(one => one.sees(request))).map(request => inNamespaces(refusers.filter(one => one.sees(request)), request, namespaces))
  const isSure = namespaces.isWhole && namespaces.labels.size > 0
  if (seen.length === 0) return {state: 'inert', gaps: ['no such request gets to it']}
  if (isSure && seen.every(({covered}) => covered === 0)) return {state: 'inert', gaps: ['it covers no namespace that exists']}
  const unmatched = requests.filter(request => !seen.some(one => one.request === request))
  return {state: 'enforcing', gaps: unique([...unmatched.map(({operation}) => `${operation} is not matched`), ...leftGaps(seen), ...seen.flatMap(({gaps}) => gaps)])}
}

function inNamespaces(seeing: readonly Refuser[], request: ServiceRequest, {labels, isWhole}: NamespacesInfo): Seen {
  const everywhere = seeing.filter(({isIn}) => isIn === null)
  const left: string[] = []
  const gaps = new Set<string>()
  let covered = 0
  for (const [name, own] of labels) {
    const best = leastGaps(seeing.filter(({isIn}) => isIn === null || isIn(name, own)))
    if (best === null) left.push(name)
    else {
      covered++
      for (const gap of best.gaps) gaps.add(gap)
    }
  }
  // Namespaces that were not seen are covered only by what asks for nothing.
  if (!isWhole || labels.size === 0) for (const gap of leastGaps(everywhere)?.gaps ?? ['which namespaces it leaves out is not known']) gaps.add(gap)
  else if (left.length === 0 && !seeing.some(({isIn}) => isIn === null || isIn(UNBORN, {[NAME_LABEL]: UNBORN}))) gaps.add(LATER)
  return {request, left, covered, gaps: [...gaps]}
}

function leastGaps(refusers: readonly Refuser[]): Refuser | null {
  return refusers.toSorted((a, b) => a.gaps.length - b.gaps.length)[0] ?? null
}

/** Once where every request has the same hole. */
function leftGaps(seen: readonly Seen[]): string[] {
  const texts = seen.map(({left}) => leftOut(left))
  if (new Set(texts).size === 1) return texts[0] === '' ? [] : [texts[0]!]
  return seen.flatMap(({request}, index) => (texts[index] === '' ? [] : [`${request.operation}: ${texts[index]}`]))
}
