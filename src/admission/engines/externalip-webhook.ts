import {defineFact} from '../../audit/fact.js'
import {namespaceLabels} from '../namespaces.js'
import {reachOf} from '../webhook-reach.js'
import type {Reach} from '../webhook-reach.js'
import {webhooks} from '../webhooks.js'
import type {EngineBlockers, Judgement} from './blocker.js'
import {NO_BLOCKERS} from './blocker.js'

/** The name that the project's own manifests and chart give it. */
export const EXTERNALIP_WEBHOOK = 'validate-externalip.webhook.svc'

/** The webhook that SIG Network published for CVE-2020-8554 (archived since 2024). */
export const externalIPWebhookBlockers = defineFact({
  id: 'external-ip-webhook',
  reads: [],
  needs: [webhooks, namespaceLabels],
  create(context) {
    return {
      end(): EngineBlockers {
        const info = context.fact(webhooks)
        const own = info.all.filter(({name, isMutating}) => !isMutating && name === EXTERNALIP_WEBHOOK)
        if (own[0] === undefined) return NO_BLOCKERS
        const reach = reachOf(info, context.fact(namespaceLabels), webhook => own.includes(webhook))
        return {blockers: [{engine: 'externalip-webhook', name: own[0].configuration, spec: judge(reach), status: null}], unread: []}
      },
    }
  },
})

function judge({state, gaps}: Reach): Judgement {
  if (state !== 'calls') return {state: state === 'unknown' ? 'unknown' : 'inert', gaps}
  return {state: 'enforcing', gaps: [...gaps, 'addresses, users and groups that its program\'s arguments let through are not known']}
}
