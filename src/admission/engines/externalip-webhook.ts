import {defineFact} from '../../audit/fact.js'
import {judgeTogether} from '../coverage.js'
import {isExternalIPWebhook} from '../engine-webhooks.js'
import type {NamespacesInfo} from '../namespaces.js'
import {namespaceLabels} from '../namespaces.js'
import {REQUESTS} from '../request-rules.js'
import {reachOf} from '../webhook-reach.js'
import type {Reach} from '../webhook-reach.js'
import {webhooks} from '../webhooks.js'
import type {EngineBlockers, Judgement} from './blocker.js'
import {NO_BLOCKERS, silenced, withGaps} from './blocker.js'

/** The webhook that SIG Network published for CVE-2020-8554 (archived since 2024). */
export const externalIPWebhookBlockers = defineFact({
  id: 'external-ip-webhook',
  reads: [],
  needs: [webhooks, namespaceLabels],
  create(context) {
    return {
      end(): EngineBlockers {
        const info = context.fact(webhooks)
        const own = info.all.find(isExternalIPWebhook)
        if (own === undefined) return NO_BLOCKERS
        const spec = judge(reachOf(info, isExternalIPWebhook), context.fact(namespaceLabels))
        return {blockers: [{engine: 'externalip-webhook', name: own.configuration, spec, status: null}], unread: []}
      },
    }
  },
})

function judge(reach: Reach, namespaces: NamespacesInfo): Judgement {
  return silenced(reach) ?? withGaps(judgeTogether(reach.refusers, REQUESTS.spec, namespaces), ['addresses, users and groups that its program\'s arguments let through are not known'])
}
