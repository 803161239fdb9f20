import {defineFact} from '../../audit/fact.js'
import {namespaceLabels} from '../namespaces.js'
import {doesCover} from '../request-rules.js'
import {reachOf} from '../webhook-reach.js'
import {webhooks} from '../webhooks.js'
import type {Webhook} from '../webhooks.js'
import type {Blocker, EngineBlockers} from './blocker.js'
import {isCapsules} from './capsule.js'
import {EXTERNALIP_WEBHOOK} from './externalip-webhook.js'
import {isGatekeepers} from './gatekeeper.js'
import {isCelWebhook, isOldWebhook} from './kyverno.js'

/**
 * Webhooks that are asked about Services and whose rules stand in a program, in
 * a module or in a ConfigMap: what they refuse cannot be read, so they are
 * unknown, neither a protection nor none. Mutating ones are left out, except
 * k-rail, which refuses by one.
 */
export const otherWebhookBlockers = defineFact({
  id: 'external-ip-other-webhooks',
  reads: [],
  needs: [webhooks, namespaceLabels],
  create(context) {
    return {
      end(): EngineBlockers {
        const info = context.fact(webhooks)
        const namespaces = context.fact(namespaceLabels)
        const others = info.all.filter(webhook => isForeign(webhook) && (asksAbout(webhook, '') || asksAbout(webhook, 'status')))
        const blockers = others.map((webhook): Blocker => {
          const reach = reachOf(info, namespaces, other => other === webhook)
          const judgement = reach.state === 'down' ? {state: 'inert' as const, gaps: reach.gaps} : {state: 'unknown' as const, gaps: ['what it refuses cannot be read']}
          return {engine: engineOf(webhook), name: webhook.name, spec: asksAbout(webhook, '') ? judgement : null, status: asksAbout(webhook, 'status') ? judgement : null}
        })
        // A webhook of which we know that it may exist, not what it sees.
        return {blockers, unread: info.isWhole ? [] : [{row: 'validatingwebhookconfigurations', outcome: 'partial', detail: 'webhook configurations could not be read'}]}
      },
    }
  },
})

function isForeign(webhook: Webhook): boolean {
  if (webhook.isMutating) return isKRail(webhook)
  return !isGatekeepers(webhook) && !isOldWebhook(webhook) && !isCelWebhook(webhook) && !isCapsules(webhook) && webhook.name !== EXTERNALIP_WEBHOOK
}

export function isKRail({name, isMutating}: Webhook): boolean {
  return isMutating && name === 'k-rail.cruise-automation.github.com'
}

function asksAbout({rules}: Webhook, subresource: '' | 'status'): boolean {
  return (['CREATE', 'UPDATE'] as const).some(operation => doesCover(rules, {operation, subresource}))
}

function engineOf(webhook: Webhook): string {
  if (isKRail(webhook)) return 'k-rail'
  return webhook.name.endsWith('.kubewarden.admission') ? 'kubewarden' : 'webhook'
}
