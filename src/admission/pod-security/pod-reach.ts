import type {Labels, Refuser, Subject} from '../coverage.js'
import {exceptedUsers} from '../match-conditions.js'
import {shortList} from '../../kube/short-list.js'
import type {Asked, Reach} from '../webhook-reach.js'
import {reachFor} from '../webhook-reach.js'
import type {Webhook, WebhooksInfo} from '../webhooks.js'
import type {InertGuard, PodGuard, PodOperation} from './pod-guard.js'
import {POD_OPERATIONS} from './pod-guard.js'
import type {PodRequest, PodRequests} from './pod-requests.js'

/** For `byRules`: what the writer of a pod chooses is a hole in the content, not a gap beside it. */
export function aboutPods(requests: PodRequests): Subject<PodRequest> {
  return {one: 'pod', many: 'pods', requests: POD_OPERATIONS.flatMap(operation => requests[operation]), chosen: 'holes'}
}

/** Do requests about pods, or about what makes them, get to an engine by these webhooks? */
export function podReachOf(info: WebhooksInfo, isOwn: (webhook: Webhook) => boolean, requests: PodRequests): Reach<PodRequest> {
  const asked: Asked<PodRequest> = {
    ...aboutPods(requests), what: 'pods',
    ways: (webhook, {ready}) => {
      const {gaps, holes} = podConditions(webhook.matchConditions)
      return {gaps: [...(isStuck(webhook, ready) ? [STUCK] : []), ...gaps], holes: [...(mayBeDown(webhook, ready) ? [MAY_BE_DOWN] : []), ...holes]}
    },
  }
  return reachFor(info, isOwn, asked)
}

/** Of an engine to which no requests get. */
export function inertKind({state}: Reach<PodRequest>): InertGuard['kind'] {
  return state === 'down' ? 'down' : 'other'
}

/** An outage that fails closed refuses whatever it would judge, and more: its controls are refused now, and the reader is told why. */
const STUCK = 'no ready endpoint and failurePolicy Fail: every such request is refused until it answers again'

function isStuck(webhook: Webhook, ready: WebhooksInfo['ready']): boolean {
  return webhook.failurePolicy === 'Fail' && ready(webhook) === 0
}

/** Nothing tells that it acts now; one that fails closed acts in any case. */
const MAY_BE_DOWN = 'it fails open, and whether anybody answers there is not known'

function mayBeDown(webhook: Webhook, ready: WebhooksInfo['ready']): boolean {
  return webhook.failurePolicy === 'Ignore' && ready(webhook) === null
}

/** Who makes the pods of workloads. */
export const MAKERS = /^system:(?:serviceaccount:kube-system:[a-z-]*controller|kube-controller-manager)$/

/**
 * `matchConditions` for pods: all must hold, else the request is not judged.
 * Users that are left out get past it; where the controllers are among them,
 * or where what is left out is not known, whoever writes a pod does.
 */
export function podConditions(expressions: readonly string[]): {gaps: string[]; holes: string[]} {
  if (expressions.length === 0) return {gaps: [], holes: []}
  const users = expressions.map(exceptedUsers)
  const known = users.filter(one => one !== null).flat()
  if (known.length === 0 || users.includes(null)) return {gaps: [], holes: ['matchConditions leave some requests out']}
  const makers = known.filter(user => MAKERS.test(user))
  if (makers.length > 0) return {gaps: [], holes: [`matchConditions let through the pods that ${shortList(makers.toSorted(), 2)} makes`]}
  return {gaps: [`matchConditions let through whatever ${shortList(known.toSorted(), 3)} ${known.length === 1 ? 'does' : 'do'}`], holes: []}
}

/** What a guard is besides where it acts. */
export type GuardContent = Pick<PodGuard, 'engine' | 'name' | 'object' | 'action' | 'controls'>

/**
 * One guard for each refuser. It covers an operation where it sees all its
 * requests: a workload is what people write, of any kind; where it sees some of
 * these kinds, it says which.
 */
export function guardsOf(refusers: readonly Refuser<PodRequest>[], content: GuardContent, requests: PodRequests): PodGuard[] {
  return refusers.map(({sees, isIn, gaps, holes = []}) => {
    const seen = new Set(POD_OPERATIONS.filter(operation => requests[operation].length > 0 && requests[operation].every(sees)))
    const kinds = seen.has('workload') ? null : kindsOf(requests.workload, sees)
    return {...content, controls: withHoles(content.controls, holes), sees: (operation: PodOperation) => seen.has(operation), ...(kinds === null ? {} : {kinds}), isIn, gaps}
  }).filter(guard => guard.kinds !== undefined || POD_OPERATIONS.some(operation => guard.sees(operation)))
}

/** A kind that the server has in two versions is seen in both, or not. Null: none is seen. */
function kindsOf(requests: readonly PodRequest[], sees: Refuser<PodRequest>['sees']): ReadonlyMap<string, boolean> | null {
  const kinds = new Map<string, boolean>()
  for (const request of requests) kinds.set(request.kind, (kinds.get(request.kind) ?? true) && sees(request))
  return [...kinds.values()].includes(true) ? kinds : null
}

/** What is lost on the way is lost to every control. */
function withHoles(controls: PodGuard['controls'], holes: readonly string[]): PodGuard['controls'] {
  if (controls === null || holes.length === 0) return controls
  return new Map([...controls].map(([control, own]) => [control, [...own, ...holes]]))
}

/** For guards that are asked by nobody but the API server itself: everywhere, or where `isIn` says. */
export function refuserFor(sees: (request: PodRequest) => boolean, isIn: ((name: string, labels: Labels) => boolean) | null = null): Refuser<PodRequest> {
  return {sees, isIn, gaps: []}
}
