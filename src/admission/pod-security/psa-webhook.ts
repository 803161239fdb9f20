import {defineFact} from '../../audit/fact.js'
import {effectiveMinor, serverVersion} from '../../audit/server-version.js'
import {readLabels} from '../../pod-security/labels.js'
import type {PsaWebhookConfig} from '../../pod-security/psa-webhook-config.js'
import {psaWebhookConfig} from '../../pod-security/psa-webhook-config.js'
import {namespaceLabels} from '../namespaces.js'
import type {NamespacesInfo} from '../namespaces.js'
import {webhooks} from '../webhooks.js'
import type {PodGuards} from './pod-guard.js'
import {guardsOf, inertKind, podReachOf} from './pod-reach.js'
import {podRequests} from './pod-requests.js'
import {psaGuards} from './psa-guards.js'
import type {PsaNamespace} from './psa-guards.js'
import {exemptionsText} from './psa.js'
import {isPsaWebhooks} from './webhook-guards.js'

const ENGINE = 'pod-security-webhook'
const CONFIGURED = 'pod-security-webhook/webhook'
/** Its image is not looked at. */
export const OWN_LATEST = 'what latest means is decided by its own version'

/** Pod Security admission as a webhook: the same judgement, of whatever its configurations bring it, by labels and a ConfigMap. */
export const psaWebhookPodGuards = defineFact({
  id: 'psa-webhook-pod-guards',
  reads: [],
  needs: [webhooks, namespaceLabels, psaWebhookConfig, serverVersion, podRequests],
  create(context) {
    return {
      end(): PodGuards {
        const info = context.fact(webhooks)
        const requests = context.fact(podRequests)
        const reach = podReachOf(info, isPsaWebhooks, requests)
        const own = info.all.filter(isPsaWebhooks)
        if (own.length === 0) return {guards: [], inert: [], unread: info.unread}
        if (reach.state !== 'calls') return {guards: [], inert: [{engine: ENGINE, name: own[0]!.name, object: null, why: reach.gaps.join('; '), kind: inertKind(reach)}], unread: info.unread}
        const version = context.fact(serverVersion)
        const read = context.fact(psaWebhookConfig)
        // Its configuration is looked for where its own manifests put it and its Service.
        if (read.kind !== 'known' || own.some(({service}) => service !== CONFIGURED)) {
          const content = {engine: ENGINE, name: own[0]!.name, object: null, action: 'refused' as const, controls: null}
          return {guards: guardsOf(reach.refusers, content, requests), inert: [], unread: info.unread}
        }
        const {gaps, holes} = exemptionsText(read.config.exemptions)
        const guards = psaGuards({
          engine: ENGINE, minor: effectiveMinor(version), build: version.minor, requests, reach: reach.refusers, gaps: [...gaps, OWN_LATEST], holes,
          namespaces: levelsOf(context.fact(namespaceLabels), read, effectiveMinor(version)),
        })
        return {guards, inert: [], unread: info.unread}
      },
    }
  },
})

function levelsOf({labels}: NamespacesInfo, {config}: PsaWebhookConfig & {kind: 'known'}, minor: number | null): PsaNamespace[] {
  return [...labels].filter(([name]) => !config.exemptions.namespaces.includes(name))
    .map(([name, own]) => ({name, ...readLabels(own, {}, minor, config.defaults).levels, isExemptionKnown: true}))
}
