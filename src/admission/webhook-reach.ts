import type {Refuser, Subject} from './coverage.js'
import {SERVICES, byRules, inSelected, optInGaps, optOutGaps, seesAny, selectorGap, withChosen} from './coverage.js'
import {guardedLabels} from './engine-webhooks.js'
import {conditionGaps} from './match-conditions.js'
import type {ApiRequest, ServiceRequest} from './request-rules.js'
import {REQUESTS} from './request-rules.js'
import type {Webhook, WebhooksInfo} from './webhooks.js'

/** Do requests of a kind get to an engine, and what is lost on the way? */
export interface Reach<R extends ApiRequest = ServiceRequest> {
  /** `calls`: they do. `none`: no webhook asks it about them. `down`: nobody answers, and the API server goes on without. */
  state: 'calls' | 'none' | 'down' | 'unknown'
  /** Why they do not; empty for `calls`, where each refuser has its own. */
  gaps: readonly string[]
  /** One for each webhook that brings them. */
  refusers: readonly Refuser<R>[]
}

/** Which requests are asked about, and what is told of them. */
export interface Asked<R extends ApiRequest> extends Subject<R> {
  /** As a rule names it: `services/status`. */
  what: string
  /** Ways past a webhook that depend on what is asked. */
  ways(webhook: Webhook, info: WebhooksInfo): Pick<Refuser<R>, 'gaps' | 'holes'>
}

/** A gap of whoever is asked by such a webhook. */
export const WEBHOOK_FAILS_OPEN = 'failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through'

/** About Services: a webhook without anybody behind it that fails closed refuses everything until somebody answers again, which is no way past. */
function aboutServices(road: 'spec' | 'status'): Asked<ServiceRequest> {
  return {...SERVICES, requests: REQUESTS[road], what: road === 'spec' ? 'Services' : 'services/status', ways: ({matchConditions}) => ({gaps: conditionGaps(matchConditions, road)})}
}

export function reachOf(info: WebhooksInfo, isOwn: (webhook: Webhook) => boolean, road: 'spec' | 'status' = 'spec'): Reach {
  return reachFor(info, isOwn, aboutServices(road))
}

/**
 * The webhook configuration decides what the API server sends: rules,
 * selectors, conditions, ready endpoints and failure policy. Several webhooks of
 * one engine add up, each with its own ways past.
 */
export function reachFor<R extends ApiRequest>(info: WebhooksInfo, isOwn: (webhook: Webhook) => boolean, asked: Asked<R>): Reach<R> {
  const asking = info.all.filter(isOwn).flatMap(webhook => {
    const refusers = refusersOf(webhook, info, asked).filter(one => seesAny(one, asked.requests))
    return refusers.length === 0 ? [] : [{webhook, refusers}]
  })
  if (asking.length === 0) return info.isWhole ? without('none', `no webhook sends ${asked.what} to it`) : without('unknown', 'webhook configurations could not be read')
  if (info.switchedOff === 'all') return without('none', `the API server has ${pluginOf(asking[0]!.webhook)} switched off`)
  const answering = asking.filter(({webhook}) => !isDown(webhook, info))
  if (answering.length === 0) return without('down', 'its webhook has no ready endpoint and failurePolicy Ignore: nothing is refused now')
  return {state: 'calls', gaps: [], refusers: answering.flatMap(({refusers}) => refusers)}
}

/** What asks it; `switchedOff` is of that one. */
function pluginOf({isMutating}: Webhook): string {
  return isMutating ? 'MutatingAdmissionWebhook' : 'ValidatingAdmissionWebhook'
}

function without<R extends ApiRequest>(state: Reach['state'], gap: string): Reach<R> {
  return {state, gaps: [gap], refusers: []}
}

/** With failurePolicy Fail it is no way past that nobody answers. */
function isDown(webhook: Webhook, info: WebhooksInfo): boolean {
  return webhook.failurePolicy === 'Ignore' && info.ready(webhook) === 0
}

function refusersOf<R extends ApiRequest>(webhook: Webhook, info: WebhooksInfo, asked: Asked<R>): Refuser<R>[] {
  const outer: Omit<Refuser<R>, 'sees'> = {
    isIn: inSelected(webhook.namespaceSelector),
    gaps: [
      ...optOutGaps(webhook.namespaceSelector, guardedLabels(info.all)),
      // For Services the namespaces that are left out, and those made later, are told one by one.
      ...(asked.chosen === 'holes' ? optInGaps(webhook.namespaceSelector) : []),
      ...(webhook.failurePolicy === 'Ignore' ? [WEBHOOK_FAILS_OPEN] : []),
    ],
  }
  const selected = webhook.hasObjectSelector ? withChosen(outer, selectorGap(asked), asked) : outer
  const {gaps, holes} = asked.ways(webhook, info)
  const rest = {
    ...selected, holes: [...(selected.holes ?? []), ...(holes ?? [])],
    gaps: [...selected.gaps, ...gaps],
  }
  // Which API server answers is nobody's choice, and one of them lets everything through.
  return byRules(webhook.rules, [], info.switchedOff === 'some' ? withChosen(rest, `an API server has ${pluginOf(webhook)} switched off`, asked) : rest, asked)
}
