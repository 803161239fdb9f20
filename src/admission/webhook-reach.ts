import type {Refuser} from './coverage.js'
import {OBJECT_SELECTOR, byRules, inSelected, optOutGaps, seesAny} from './coverage.js'
import {guardedLabels} from './engine-webhooks.js'
import {conditionGaps} from './match-conditions.js'
import {REQUESTS} from './request-rules.js'
import type {Webhook, WebhooksInfo} from './webhooks.js'

/** Do requests about Services get to an engine, and what is lost on the way? */
export interface Reach {
  /** `calls`: they do. `none`: no webhook asks it about Services. `down`: nobody answers, and the API server goes on without. */
  state: 'calls' | 'none' | 'down' | 'unknown'
  /** Why they do not; empty for `calls`, where each refuser has its own. */
  gaps: readonly string[]
  /** One for each webhook that brings them. */
  refusers: readonly Refuser[]
}

/**
 * The webhook configuration decides what the API server sends: rules,
 * selectors, conditions, ready endpoints and failure policy. Several webhooks of
 * one engine add up, each with its own ways past.
 */
export function reachOf(info: WebhooksInfo, isOwn: (webhook: Webhook) => boolean, road: 'spec' | 'status' = 'spec'): Reach {
  const asking = info.all.filter(isOwn).flatMap(webhook => {
    const refusers = refusersOf(webhook, info, road).filter(one => seesAny(one, REQUESTS[road]))
    return refusers.length === 0 ? [] : [{webhook, refusers}]
  })
  const what = road === 'spec' ? 'Services' : 'services/status'
  if (asking.length === 0) return info.isWhole ? without('none', `no webhook sends ${what} to it`) : without('unknown', 'webhook configurations could not be read')
  if (info.switchedOff === 'all') return without('none', 'the API server has ValidatingAdmissionWebhook switched off')
  const answering = asking.filter(({webhook}) => !isDown(webhook, info))
  if (answering.length === 0) return without('down', 'its webhook has no ready endpoint and failurePolicy Ignore: nothing is refused now')
  return {state: 'calls', gaps: [], refusers: answering.flatMap(({refusers}) => refusers)}
}

function without(state: Reach['state'], gap: string): Reach {
  return {state, gaps: [gap], refusers: []}
}

/** With failurePolicy Fail everything is refused until somebody answers again: no gap. */
function isDown(webhook: Webhook, info: WebhooksInfo): boolean {
  return webhook.failurePolicy === 'Ignore' && info.ready(webhook) === 0
}

function refusersOf(webhook: Webhook, {all, switchedOff}: WebhooksInfo, road: 'spec' | 'status'): Refuser[] {
  const gaps = [
    ...optOutGaps(webhook.namespaceSelector, guardedLabels(all)),
    ...(webhook.failurePolicy === 'Ignore' ? ['failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through'] : []),
    ...(webhook.hasObjectSelector ? [OBJECT_SELECTOR] : []),
    ...conditionGaps(webhook.matchConditions, road),
    ...(switchedOff === 'some' ? ['an API server has ValidatingAdmissionWebhook switched off'] : []),
  ]
  return byRules(webhook.rules, [], {isIn: inSelected(webhook.namespaceSelector), gaps})
}
