import {defineCheck} from '../../audit/check.js'
import {configurationOf} from '../../admission/engines/blocker.js'
import type {PodWebhook} from '../../admission/pod-security/pod-webhooks.js'
import {podWebhooks} from '../../admission/pod-security/pod-webhooks.js'
import {counted} from '../../kube/counted.js'

/**
 * Fires on webhooks that are asked about pods and whose Service has no ready
 * endpoint. Failing open, an engine refuses nothing now, and looks installed:
 * high, for the door is open and nobody sees it. Failing closed, pods in its
 * namespaces can be neither made nor changed: nothing unsafe gets in, but people
 * end such an outage by deleting the webhook. Quiet for webhooks by URL, of
 * which nothing tells, and for those that select no namespace.
 */
export const webhookWithoutEndpoints = defineCheck({
  meta: {
    id: 'webhook-without-endpoints',
    title: 'Webhook for pods without anybody behind it',
    topic: 'pod-security',
    severity: 'high',
    variants: {
      open: {severity: 'high', title: 'It fails open: what it refuses otherwise is let in now'},
      closed: {severity: 'medium', title: 'It fails closed: requests that it is asked about are refused until it answers'},
      unchanged: {severity: 'low', title: 'It fails open and is there to change pods: they are not changed now'},
      'open-unknown': {severity: 'low', title: 'It fails open, and what it judges is not known'},
    },
    reads: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations', 'endpointslices'],
    why: 'An engine that nobody can reach protects nothing, or stops everything.',
    remediation: 'Bring its pods back; where the engine is gone for good, delete the webhook configuration.',
    references: [{title: 'Dynamic admission control: failure policy', url: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy'}],
  },
  needs: [podWebhooks],

  create(context) {
    return {
      end() {
        for (const one of context.fact(podWebhooks)) {
          if (one.ready !== 0) continue
          const variant = variantOf(one)
          context.report({object: configurationOf(one.webhook), variant, key: one.webhook.name, confidence: 'derived', path: 'webhooks', message: messageOf(one, variant)})
        }
      },
    }
  },
})

type Variant = 'open' | 'closed' | 'unchanged' | 'open-unknown'

function variantOf({webhook: {failurePolicy}, role}: PodWebhook): Variant {
  if (failurePolicy === 'Fail') return 'closed'
  return role === 'refuses' ? 'open' : role === 'changes' ? 'unchanged' : 'open-unknown'
}

function messageOf(one: PodWebhook, variant: Variant): string {
  const {webhook: {name, service}, engine, namespaces} = one
  const where = namespaces === null ? '' : ` in ${counted(namespaces.length, 'namespace')}`
  const start = `The Service ${service} of the webhook ${name} has 0 ready endpoints`
  if (variant === 'open') return `${start} and failurePolicy Ignore: ${engine} is installed, and refuses no pod now${where}.`
  if (variant === 'unchanged') return `${start} and failurePolicy Ignore: what it adds to pods is missing from new ones${where}.`
  if (variant === 'open-unknown') return `${start} and failurePolicy Ignore: whatever it refuses is let in now${where}.`
  return `${start} and failurePolicy Fail: ${requestsOf(one)} that it is asked about${where} are refused until it answers again${isStuck(one) ? `, its own pods in ${service!.split('/')[0]} among them` : ''}.`
}

const WORDS: Readonly<Record<string, string>> = {create: 'new pods', update: 'changes of pods', ephemeralcontainers: 'ephemeral containers'}

function requestsOf({operations}: PodWebhook): string {
  const words = operations.map(operation => WORDS[operation]!)
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** It cannot come back by itself: what would let its pods in is one of them. */
function isStuck({webhook: {service, hasObjectSelector, matchConditions}, namespaces, operations}: PodWebhook): boolean {
  return operations.includes('create') && !hasObjectSelector && matchConditions.length === 0 && (namespaces?.includes(service?.split('/')[0] ?? '') ?? false)
}
