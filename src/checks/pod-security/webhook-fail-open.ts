import type {CoverageLine} from '../../audit/audit-report.js'
import {defineCheck} from '../../audit/check.js'
import {configurationOf} from '../../admission/engines/blocker.js'
import {baselineOn, linesAbout} from '../../admission/pod-security/coverage-cells.js'
import {podCoverage} from '../../admission/pod-security/pod-coverage.js'
import type {PodWebhook} from '../../admission/pod-security/pod-webhooks.js'
import {podWebhooks} from '../../admission/pod-security/pod-webhooks.js'
import {counted} from '../../kube/counted.js'

/**
 * Fires on webhooks that judge pods and fail open: an engine that is down, slow
 * or rolling out lets in what it refuses otherwise, and nobody is told. Medium
 * where a namespace has nothing else, for it takes an outage besides; whoever
 * can bring that about by load needs no more. Quiet for webhooks that change
 * pods or judge other things, and where nobody answers now, which
 * webhook-without-endpoints says.
 */
export const webhookFailOpen = defineCheck({
  meta: {
    id: 'webhook-fail-open',
    title: 'Webhook that judges pods and fails open',
    topic: 'pod-security',
    severity: 'medium',
    variants: {
      alone: {severity: 'medium', title: 'While it does not answer, nothing in its place refuses such pods'},
      backed: {severity: 'low', title: 'What it refuses of baseline, something else refuses too'},
      'unknown-content': {severity: 'low', title: 'It is asked about pods, and what it refuses is not known'},
    },
    reads: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
    alsoReads: ['endpointslices'],
    why: 'With failurePolicy Ignore the API server takes an error, a timeout or a missing endpoint for consent.',
    remediation: 'Set failurePolicy Fail with an exception for the engine\'s own namespace, give it more than one replica, and hold namespaces to baseline by Pod Security admission, which does not fail open.',
    references: [
      {title: 'Dynamic admission control: failure policy', url: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy'},
      {title: 'Gatekeeper: failing closed', url: 'https://open-policy-agent.github.io/gatekeeper/website/docs/failing-closed'},
    ],
  },
  needs: [podWebhooks, podCoverage],

  create(context) {
    return {
      end() {
        const lines = linesAbout(context.fact(podCoverage).lines, {operation: 'create', controls: baselineOn(context.serverMinor())})
        for (const one of context.fact(podWebhooks)) {
          const {webhook, role, ready} = one
          if (webhook.failurePolicy !== 'Ignore' || ready === 0 || (role !== 'refuses' && role !== 'unknown')) continue
          const alone = role === 'refuses' ? aloneIn(one, lines) : 0
          context.report({
            object: configurationOf(webhook), variant: role === 'unknown' ? 'unknown-content' : alone > 0 ? 'alone' : 'backed', key: webhook.name,
            confidence: role === 'unknown' ? 'weak' : 'derived', path: 'webhooks', message: messageOf(one, alone),
          })
        }
      },
    }
  },
})

/** Namespaces in which the engine is all that refuses some control of baseline. */
function aloneIn({engine}: PodWebhook, lines: readonly CoverageLine[]): number {
  const own = lines.filter(({answer, by}) => (answer === 'refused' || answer === 'unknown') && by.length > 0 && by.every(one => one.engine === engine))
  return new Set(own.flatMap(({namespaces}) => namespaces)).size
}

function messageOf({webhook: {name}, engine, role, ready}: PodWebhook, alone: number): string {
  const answering = ready === null ? 'whether anybody answers there is not known' : `${counted(ready, 'endpoint is', 'endpoints are')} ready now`
  const what = role === 'unknown' ? `; ${engine === 'webhook' ? 'what it judges of pods is not known' : `what ${engine} refuses by it is not known`}`
    : alone > 0 ? `; in ${counted(alone, 'namespace')} nothing that is known but ${engine} refuses some control of baseline` : ''
  return `The webhook ${name} has failurePolicy Ignore: whenever it fails or times out, pods get past it (${answering})${what}.`
}
