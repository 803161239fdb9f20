import {defineFact} from '../../audit/fact.js'
import {engineOfWebhook, isKRails, readEngineOf} from '../engine-webhooks.js'
import {reachOf} from '../webhook-reach.js'
import {webhooks} from '../webhooks.js'
import type {Webhook, WebhooksInfo} from '../webhooks.js'
import type {Blocker, EngineBlockers, Judgement} from './blocker.js'
import {configurationOf} from './blocker.js'

/**
 * Webhooks that are asked about Services and whose rules stand in a program, in
 * a module or in a ConfigMap: what they refuse cannot be read, so they are
 * unknown, neither a protection nor none. Mutating ones are left out, except
 * k-rail, which refuses by one.
 */
export const otherWebhookBlockers = defineFact({
  id: 'external-ip-other-webhooks',
  reads: [],
  needs: [webhooks],
  create(context) {
    return {
      end(): EngineBlockers {
        const info = context.fact(webhooks)
        const blockers = info.all.filter(isForeign).map(webhook => blockerOf(webhook, info)).filter(({spec, status}) => spec !== null || status !== null)
        // A webhook of which we know that it may exist, not what it sees.
        return {blockers, unread: info.unread}
      },
    }
  },
})

function isForeign(webhook: Webhook): boolean {
  return webhook.isMutating ? isKRails(webhook) : readEngineOf(webhook) === null
}

function blockerOf(webhook: Webhook, info: WebhooksInfo): Blocker {
  return {engine: engineOfWebhook(webhook), name: webhook.name, object: configurationOf(webhook), spec: judge(webhook, info, 'spec'), status: judge(webhook, info, 'status')}
}

/** Null: it is not asked about that road. */
function judge(webhook: Webhook, info: WebhooksInfo, road: 'spec' | 'status'): Judgement | null {
  const {state, gaps} = reachOf({...info, isWhole: true, switchedOff: webhook.isMutating ? 'no' : info.switchedOff}, other => other === webhook, road)
  if (state === 'none') return null
  return state === 'down' ? {state: 'inert', gaps} : {state: 'unknown', gaps: ['what it refuses cannot be read']}
}
