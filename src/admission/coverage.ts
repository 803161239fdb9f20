import type {Judgement} from './engines/blocker.js'
import {unique} from './engines/blocker.js'
import type {LabelSelector} from '../kube/label-selector.js'
import {isSelected} from '../kube/label-selector.js'
import {NAME_LABEL} from '../kube/object.js'
import type {NamespacesInfo} from './namespaces.js'
import {leftOut} from './namespaces.js'
import type {ApiRequest, RequestRule, ServiceRequest} from './request-rules.js'
import {REQUESTS, doesCover, doesCoverNames} from './request-rules.js'

export type Labels = Readonly<Record<string, string>>

/**
 * One thing that refuses by itself: a policy by one binding, a webhook with
 * what it asks. Several of them are summed request by request and namespace by
 * namespace: never the operations of one with the namespaces of another.
 */
export interface Refuser<R extends ApiRequest = ServiceRequest> {
  /** A property, so that who judges Services cannot be asked about pods. */
  sees: (request: R) => boolean
  /** Null: every namespace, also those that were not seen. */
  isIn: ((name: string, labels: Labels) => boolean) | null
  /** Ways past it, wherever it refuses. */
  gaps: readonly string[]
  /** Ways past it that whoever writes the object chooses (its labels, its name), where somebody asks for them apart from the gaps. */
  holes?: readonly string[]
}

/** What requests are about, in the words of the gaps. */
export interface Subject<R extends ApiRequest> {
  one: string
  many: string
  requests: readonly R[]
  /** Where a way past goes that the writer of the object chooses. */
  chosen: 'gaps' | 'holes'
}

export const SERVICES: Subject<ServiceRequest> = {one: 'Service', many: 'Services', requests: [...REQUESTS.spec, ...REQUESTS.status], chosen: 'gaps'}

export const LATER = 'a namespace made later is left out'

/** Of policies with failurePolicy Ignore. An expression over a long list can exceed its budget, which is an error. */
export const FAIL_OPEN = 'failurePolicy Ignore: an error in the evaluation lets the request through'

export function selectorGap({one}: Pick<Subject<never>, 'one'>): string {
  return `an objectSelector: whoever writes the ${one} chooses its labels`
}

export function inSelected(selector: LabelSelector): Refuser['isIn'] {
  return selector.length === 0 ? null : (_, labels) => isSelected(selector, labels)
}

/** Whoever may label a namespace, or make one with labels, takes it out of what a selector leaves out by a label. Nobody chooses the label that is the name. */
export function optOutGaps(selector: LabelSelector, guarded: readonly string[] = []): string[] {
  const keys = selector.filter(({key, operator}) => (operator === 'NotIn' || operator === 'DoesNotExist') && key !== NAME_LABEL && !guarded.includes(key)).map(({key}) => key)
  return keys.map(optOutGap)
}

export function optOutGap(key: string): string {
  return `${BY_LABEL} by its label ${key}`
}

/** What a selector asks for by a label is left out without it. */
export function optInGaps(selector: LabelSelector): string[] {
  const keys = selector.filter(({key, operator}) => (operator === 'In' || operator === 'Exists') && key !== NAME_LABEL).map(({key}) => key)
  return unique(keys).map(key => `${BY_LABEL} without its label ${key}`)
}

const BY_LABEL = 'a namespace gets past it'

/** Is it a way past that whoever changes the labels of namespaces opens? */
export function isLabelGap(gap: string): boolean {
  return gap.startsWith(BY_LABEL)
}

/** Null: no rules at all, which in a binding means whatever its policy sees. */
export function byRules<R extends ApiRequest>(rules: readonly RequestRule[] | null, excluded: readonly RequestRule[], rest: Omit<Refuser<R>, 'sees'>, subject: Subject<R>): Refuser<R>[] {
  const isLeft = (request: ApiRequest): boolean => !doesCover(excluded, request)
  const doesExcludeNames = subject.requests.some(request => doesCoverNames(excluded, request))
  const own = doesExcludeNames ? withChosen(rest, `${subject.many} of some names are excluded`, subject) : rest
  const whole: Refuser<R> = {...own, sees: request => isLeft(request) && (rules === null || doesCover(rules, request))}
  const named: Refuser<R> = {...withChosen(own, `it matches ${subject.many} of some names only`, subject), sees: request => isLeft(request) && rules !== null && doesCoverNames(rules, request)}
  return rules?.some(({hasNames}) => hasNames) ? [whole, named] : [whole]
}

export function withChosen<T extends {gaps: readonly string[]; holes?: readonly string[]}>(refuser: T, way: string, {chosen}: {chosen: 'gaps' | 'holes'}): T {
  return {...refuser, [chosen]: [...(refuser[chosen] ?? []), way]}
}

/** What both let through to their refusal. */
export function both<R extends ApiRequest>(a: Refuser<R>, b: Refuser<R>): Refuser<R> {
  const isIn = a.isIn === null ? b.isIn : b.isIn === null ? a.isIn : (name: string, labels: Labels) => a.isIn!(name, labels) && b.isIn!(name, labels)
  const holes = unique([...(a.holes ?? []), ...(b.holes ?? [])])
  return {sees: request => a.sees(request) && b.sees(request), isIn, gaps: unique([...a.gaps, ...b.gaps]), ...(holes.length === 0 ? {} : {holes})}
}

export function eachWithEach<R extends ApiRequest>(some: readonly Refuser<R>[], others: readonly Refuser<R>[]): Refuser<R>[] {
  return some.flatMap(one => others.map(other => both(one, other)))
}

export function seesAny<R extends ApiRequest>(refuser: Refuser<R>, requests: readonly R[]): boolean {
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
