import {admissionFlags, switchedOff} from '../../audit/admission-flags.js'
import {defineFact} from '../../audit/fact.js'
import {isSelected} from '../../kube/label-selector.js'
import {isCelKyvernos, isGatekeepers, isKRails, isOldKyvernos} from '../engine-webhooks.js'
import type {NamespacesInfo} from '../namespaces.js'
import {doesCover} from '../request-rules.js'
import {WEBHOOK_FAILS_OPEN} from '../webhook-reach.js'
import type {Webhook} from '../webhooks.js'
import {webhooks} from '../webhooks.js'
import type {AllPodGuards} from './pod-coverage.js'
import {podGuards} from './pod-coverage.js'
import type {PodOperation} from './pod-guard.js'
import type {PodRequests} from './pod-requests.js'
import {podRequests} from './pod-requests.js'
import {isPsaWebhooks} from './webhook-guards.js'

/** A webhook to which requests about pods are sent, in some namespace that exists. */
export interface PodWebhook {
  webhook: Webhook
  /** Whose it is; null: nobody's that judges pods, as far as is known. */
  engine: string | null
  /**
   * `refuses`: the engine has policies of known content that refuse pods.
   * `unknown`: what it refuses is not known. `quiet`: nothing that is about the
   * Pod Security Standards. `changes`: it is there to change pods.
   */
  role: 'refuses' | 'unknown' | 'quiet' | 'changes'
  operations: readonly PodOperation[]
  /** Those that its selector selects; null: not all namespaces were seen. */
  namespaces: readonly string[] | null
  /** Ready endpoints; null: nothing tells. */
  ready: number | null
}

/** What makes a pod run or changes one that runs; a workload is judged again by its pods, a resize changes nothing that anybody judges here. */
const ASKED: readonly PodOperation[] = ['create', 'update', 'ephemeralcontainers']

export const podWebhooks = defineFact({
  id: 'pod-webhooks',
  reads: [],
  needs: [webhooks, admissionFlags, podRequests, podGuards],
  create(context) {
    return {
      end(): PodWebhook[] {
        const info = context.fact(webhooks)
        const guards = context.fact(podGuards)
        const requests = context.fact(podRequests)
        const isOff = (plugin: string): boolean => switchedOff(context.fact(admissionFlags), plugin) === 'all'
        const off = {mutating: isOff('MutatingAdmissionWebhook'), validating: isOff('ValidatingAdmissionWebhook')}
        return info.all.filter(({isMutating}) => !(isMutating ? off.mutating : off.validating)).flatMap(webhook => {
          const operations = operationsOf(webhook, requests)
          const namespaces = namespacesOf(webhook, guards.namespaces)
          if (operations.length === 0 || namespaces?.length === 0) return []
          return [{webhook, ...partOf(webhook, guards), operations, namespaces, ready: info.ready(webhook)}]
        })
      },
    }
  },
})

function operationsOf({rules}: Webhook, requests: PodRequests): PodOperation[] {
  return ASKED.filter(operation => requests[operation].some(request => doesCover(rules, request)))
}

function namespacesOf({namespaceSelector}: Webhook, {labels, isWhole}: NamespacesInfo): string[] | null {
  return isWhole ? [...labels].filter(([, own]) => isSelected(namespaceSelector, own)).map(([name]) => name) : null
}

/** While nobody answers, its policies are told among those that do nothing. */
function partOf(webhook: Webhook, {guards, inert, unread}: AllPodGuards): Pick<PodWebhook, 'engine' | 'role'> {
  const engine = engineOf(webhook) ?? [...guards, ...inert].find(({name, object}) => name === webhook.name && object?.name === webhook.configuration)?.engine ?? null
  if (engine === null) return {engine, role: webhook.isMutating ? 'changes' : 'quiet'}
  if (engineOf(webhook) === null) return {engine, role: 'unknown'}
  // An engine may have a webhook that fails open and one that does not, each with policies of its own.
  const isBy = (gaps: readonly string[]): boolean => webhook.failurePolicy === 'Fail' || gaps.includes(WEBHOOK_FAILS_OPEN)
  const own = guards.filter(guard => guard.engine === engine && guard.action === 'refused' && isBy(guard.gaps))
  if (own.some(({controls}) => controls !== null)) return {engine, role: 'refuses'}
  if (own.length > 0 || unread.some(one => one.engine === engine)) return {engine, role: 'unknown'}
  return {engine, role: inert.some(one => one.engine === engine && one.kind === 'down') ? 'refuses' : 'quiet'}
}

/** Engines of which more is known than that they have a webhook. */
function engineOf(webhook: Webhook): string | null {
  if (isGatekeepers(webhook)) return 'gatekeeper'
  if (isOldKyvernos(webhook) || isCelKyvernos(webhook)) return 'kyverno'
  if (isPsaWebhooks(webhook)) return 'pod-security-webhook'
  return isKRails(webhook) ? 'k-rail' : null
}
