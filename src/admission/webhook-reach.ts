import type {NamespacesInfo} from './namespaces.js'
import {selectorGap} from './namespaces.js'
import {doesCover, operationGaps} from './request-rules.js'
import type {Webhook, WebhooksInfo} from './webhooks.js'

/** Do requests about Services get to an engine, and what is lost on the way? */
export interface Reach {
  /** `calls`: they do. `none`: no webhook asks it about Services. `down`: nobody answers, and the API server goes on without. */
  state: 'calls' | 'none' | 'down' | 'unknown'
  gaps: readonly string[]
  seesStatus: boolean
}

/**
 * The webhook configuration decides what the API server sends: rules,
 * selectors, conditions, ready endpoints and failure policy. Of several webhooks
 * of one engine the one with the fewest gaps counts.
 */
export function reachOf(info: WebhooksInfo, namespaces: NamespacesInfo, isOwn: (webhook: Webhook) => boolean): Reach {
  const own = info.all.filter(isOwn)
  const seesStatus = own.some(({rules}) => doesCover(rules, {operation: 'UPDATE', subresource: 'status'}))
  const asking = own.filter(({rules}) => doesCover(rules, {operation: 'CREATE', subresource: ''}) || doesCover(rules, {operation: 'UPDATE', subresource: ''}))
  if (asking.length === 0) return {state: info.isWhole ? 'none' : 'unknown', gaps: info.isWhole ? ['no webhook sends Services to it'] : ['webhook configurations could not be read'], seesStatus}
  const best = asking.map(webhook => reachOfOne(webhook, info, namespaces)).toSorted((a, b) => rank(a) - rank(b))[0]!
  return {...best, seesStatus}
}

function rank({state, gaps}: Omit<Reach, 'seesStatus'>): number {
  return (state === 'calls' ? 0 : 100) + gaps.length
}

function reachOfOne(webhook: Webhook, info: WebhooksInfo, namespaces: NamespacesInfo): Omit<Reach, 'seesStatus'> {
  const ready = info.ready(webhook)
  if (ready === 0 && webhook.failurePolicy === 'Ignore') return {state: 'down', gaps: ['its webhook has no ready endpoint and failurePolicy Ignore: nothing is refused now']}
  const gaps = [
    ...operationGaps(webhook.rules),
    ...(webhook.failurePolicy === 'Ignore' ? ['failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through'] : []),
    ...selectorGap(namespaces, webhook.namespaceSelector),
    ...(webhook.hasObjectSelector ? ['an objectSelector: whoever writes the Service chooses its labels'] : []),
    ...(webhook.matchConditions > 0 ? ['matchConditions leave some requests out'] : []),
  ]
  return {state: 'calls', gaps}
}

/** No ready endpoint and failurePolicy Fail: everything is refused until it returns. Said, but no gap. */
export function isRefusingAll(info: WebhooksInfo, webhook: Webhook): boolean {
  return webhook.failurePolicy === 'Fail' && info.ready(webhook) === 0
}
