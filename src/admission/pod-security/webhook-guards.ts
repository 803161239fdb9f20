import {admissionFlags, switchedOff} from '../../audit/admission-flags.js'
import {defineFact} from '../../audit/fact.js'
import {flagAt, textAt} from '../../kube/field.js'
import {nameOf} from '../../kube/object.js'
import {engineOfWebhook, isCelKyvernos, isGatekeepers, isKRails, isKubewardens, isOldKyvernos} from '../engine-webhooks.js'
import {configurationOf} from '../engines/blocker.js'
import type {Webhook, WebhooksInfo} from '../webhooks.js'
import {webhooks} from '../webhooks.js'
import type {PodGuard, PodGuards} from './pod-guard.js'
import {guardsOf, podReachOf} from './pod-reach.js'
import type {PodRequests} from './pod-requests.js'
import {podRequests} from './pod-requests.js'

/**
 * Webhooks that are asked about pods, and of which only that is known: what they
 * judge stands in a program, a module or a bundle. Mutating ones are left out,
 * for they are there to change pods, except where an engine refuses by them.
 */
export const webhookPodGuards = defineFact({
  id: 'webhook-pod-guards',
  reads: ['clusteradmissionpolicies', 'jspolicies', 'metrics'],
  needs: [webhooks, admissionFlags, podRequests],
  create(context) {
    const actions = new Map<string, PodGuard['action']>()
    const scripts = new Map<string, PodGuard['action'] | null>()
    let isFileBased = false
    return {
      clusteradmissionpolicies: policy => void actions.set(`clusterwide-${nameOf(policy)}.kubewarden.admission`, textAt(policy, 'spec', 'mode') === 'monitor' ? 'audited' : 'refused'),
      jspolicies(policy) {
        const isMutating = textAt(policy, 'spec', 'type') === 'Mutating'
        scripts.set(nameOf(policy), isMutating ? null : scriptAction(textAt(policy, 'spec', 'violationPolicy')))
      },
      metrics: object => void (isFileBased = flagAt(object, 'manifestConfig') === true),
      end(): PodGuards {
        const info = context.fact(webhooks)
        const flags = context.fact(admissionFlags)
        const requests = context.fact(podRequests)
        const found = info.all.flatMap(webhook => {
          const known = knownFor(webhook, actions, scripts)
          const own: WebhooksInfo = webhook.isMutating ? {...info, switchedOff: switchedOff(flags, 'MutatingAdmissionWebhook')} : info
          return known === null ? [] : [guardsFor(webhook, known, own, requests)]
        })
        return {
          guards: [...found.flatMap(({guards}) => guards), ...(isFileBased ? fileBased(requests) : [])],
          inert: found.flatMap(({inert}) => inert), unread: info.unread,
        }
      },
    }
  },
})

interface Known {
  engine: string
  action: PodGuard['action']
}

/** Null: it refuses no pods, or an engine of which more is known asks by it. */
function knownFor(webhook: Webhook, actions: ReadonlyMap<string, PodGuard['action']>, scripts: ReadonlyMap<string, PodGuard['action'] | null>): Known | null {
  if (isKubewardens(webhook)) return {engine: 'kubewarden', action: actions.get(webhook.name) ?? 'refused'}
  if (isScripts(webhook, scripts)) {
    const action = scripts.get(webhook.name) ?? null
    return action === null ? null : {engine: 'jspolicy', action}
  }
  if (webhook.isMutating || isReadElsewhere(webhook) || NOT_ABOUT_THE_STANDARDS.includes(webhook.name)) return null
  return {engine: engineOfWebhook(webhook), action: 'refused'}
}

/** jsPolicy names the webhook after the policy, and its configuration too, with five letters more. */
function isScripts({name, configuration}: Webhook, scripts: ReadonlyMap<string, unknown>): boolean {
  return scripts.has(name) && configuration.startsWith(`${name}-`)
}

function scriptAction(violationPolicy: string | undefined): PodGuard['action'] {
  return violationPolicy === 'Dry' ? 'audited' : violationPolicy === 'Warn' ? 'warned' : 'refused'
}

export function isPsaWebhooks({name, isMutating}: Webhook): boolean {
  return !isMutating && /^(?:advisory\.)?pod-security-webhook\.kubernetes\.io$/.test(name)
}

function isReadElsewhere(webhook: Webhook): boolean {
  return isGatekeepers(webhook) || isOldKyvernos(webhook) || isCelKyvernos(webhook) || isKRails(webhook) || isPsaWebhooks(webhook)
}

/** By their source: AWS's VPC resource controller guards two annotations of pods (on every EKS cluster), and looks at nothing else. */
const NOT_ABOUT_THE_STANDARDS: readonly string[] = ['vpod.vpc.k8s.aws']

function guardsFor(webhook: Webhook, {engine, action}: Known, info: WebhooksInfo, requests: PodRequests): Pick<PodGuards, 'guards' | 'inert'> {
  const reach = podReachOf({...info, isWhole: true}, other => other === webhook, requests)
  const object = configurationOf(webhook)
  const guards = guardsOf(reach.refusers, {engine, name: webhook.name, object, action, controls: null}, requests)
  return {guards, inert: reach.state === 'down' ? [{engine, name: webhook.name, object, why: reach.gaps.join('; '), kind: 'down'}] : []}
}

/** Policies and webhooks that the API server reads from files (alpha in 1.36): the API does not show what they see. */
function fileBased(requests: PodRequests): PodGuard[] {
  return guardsOf([{sees: () => true, isIn: null, gaps: []}], {engine: 'file-based', name: '*.static.k8s.io', object: null, action: 'refused', controls: null}, requests)
}
