import {defineFact} from '../audit/fact.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {at, flagAt, listAt, textAt} from '../kube/field.js'
import {serviceOfSlice} from '../kube/endpoint-slice.js'
import type {Json, KubeObject} from '../kube/json.js'
import type {LabelSelector} from '../kube/label-selector.js'
import {selectorOf} from '../kube/label-selector.js'
import {labelsOf, nameOf} from '../kube/object.js'
import type {SwitchedOff} from '../audit/admission-flags.js'
import {admissionFlags, switchedOff} from '../audit/admission-flags.js'
import {unreadRow} from './engines/blocker.js'
import type {UnreadRow} from './engines/blocker.js'
import {conditionsOf} from './match-conditions.js'
import {requestRulesOf} from './request-rules.js'
import type {RequestRule} from './request-rules.js'

export interface Webhook {
  /** Name of the configuration. */
  configuration: string
  labels: Readonly<Record<string, string>>
  isMutating: boolean
  name: string
  /** `NAMESPACE/NAME`; null for one that is reached by URL. */
  service: string | null
  failurePolicy: 'Fail' | 'Ignore'
  rules: readonly RequestRule[]
  namespaceSelector: LabelSelector
  hasObjectSelector: boolean
  /** Their expressions. */
  matchConditions: readonly string[]
}

export interface WebhooksInfo {
  all: readonly Webhook[]
  /** False: there may be webhooks that were not seen. */
  isWhole: boolean
  /** The rows of configurations that were not read whole. */
  unread: readonly UnreadRow[]
  /** On which API servers the plugin that asks validating webhooks is switched off, as far as their flags are seen. */
  switchedOff: SwitchedOff
  /** Ready endpoints of a webhook's Service; null where nothing tells: by URL, or EndpointSlices not read. */
  ready(webhook: Webhook): number | null
}

const CONFIGURATIONS = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'] as const

/** Which admission webhooks the API server calls, and whether anybody answers there. */
export const webhooks = defineFact({
  id: 'webhooks',
  reads: [...CONFIGURATIONS, 'endpointslices'],
  needs: [admissionFlags],
  create(context) {
    const all: Webhook[] = []
    const endpoints = new Map<string, number>()
    const isComplete = ({outcome}: ReadOutcome): boolean => outcome === 'complete'
    return {
      validatingwebhookconfigurations: configuration => void all.push(...webhooksOf(configuration, false)),
      mutatingwebhookconfigurations: configuration => void all.push(...webhooksOf(configuration, true)),
      endpointslices(slice) {
        const service = serviceOfSlice(slice)
        if (service !== null) endpoints.set(service, (endpoints.get(service) ?? 0) + readyIn(slice))
      },
      end(): WebhooksInfo {
        const areSlicesWhole = isComplete(context.outcome('endpointslices'))
        const ready = ({service}: Webhook): number | null => (service === null ? null : endpoints.get(service) || (areSlicesWhole ? 0 : null))
        const unread = CONFIGURATIONS.flatMap(row => unreadRow(row, context.outcome(row)))
        return {all, isWhole: unread.length === 0, unread, ready, switchedOff: switchedOff(context.fact(admissionFlags), 'ValidatingAdmissionWebhook')}
      },
    }
  },
})

function webhooksOf(configuration: KubeObject, isMutating: boolean): Webhook[] {
  const labels = labelsOf(configuration)
  return listAt(configuration, 'webhooks').map(webhook => ({
    configuration: nameOf(configuration), labels, isMutating,
    name: textAt(webhook, 'name') ?? '', service: serviceOf(webhook),
    failurePolicy: textAt(webhook, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail',
    rules: requestRulesOf(webhook, 'rules'),
    namespaceSelector: selectorOf(at(webhook, 'namespaceSelector')),
    hasObjectSelector: selectorOf(at(webhook, 'objectSelector')).length > 0,
    matchConditions: conditionsOf(webhook, 'matchConditions'),
  }))
}

function serviceOf(webhook: Json): string | null {
  const name = textAt(webhook, 'clientConfig', 'service', 'name')
  return name === undefined ? null : `${textAt(webhook, 'clientConfig', 'service', 'namespace') ?? ''}/${name}`
}

/** An endpoint that does not say is ready. */
function readyIn(slice: KubeObject): number {
  return listAt(slice, 'endpoints').filter(endpoint => flagAt(endpoint, 'conditions', 'ready') !== false).length
}
