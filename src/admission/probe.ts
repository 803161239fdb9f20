import type {KubeObject} from '../kube/json.js'
import {numberAt, textAt, textsAt} from '../kube/field.js'
import {defineFact} from '../audit/fact.js'

/** What stopped the dry-run creation of a Service with an external IP; the first in the API server's order answers. */
export type ProbeMeaning =
  | {kind: 'open'}
  | {kind: 'plugin'}
  | {kind: 'openshift'}
  | {kind: 'policy'; policy: string; binding: string}
  | {kind: 'webhook'; webhook: string}
  | {kind: 'unknown'; why: string}

export interface ProbeInfo {
  namespace: string
  meaning: ProbeMeaning
  /** `Warn` bindings and warnings of webhooks come as headers beside 201. */
  warnings: readonly string[]
}

/** Null: nobody asked for the probe. */
export const externalIPProbe = defineFact({
  id: 'external-ip-probe',
  reads: ['external-ip-probe'],
  create() {
    let info: ProbeInfo | null = null
    return {
      'external-ip-probe'(object) {
        info = readProbe(object)
      },
      end: (): ProbeInfo | null => info,
    }
  },
})

export function readProbe(object: KubeObject): ProbeInfo {
  const status = numberAt(object, 'status') ?? 0
  const message = textAt(object, 'message') ?? ''
  return {namespace: textAt(object, 'namespace') ?? '', meaning: meaningOf(status, message), warnings: textsAt(object, 'warnings')}
}

const POLICY = /ValidatingAdmissionPolicy '([^']+)' with binding '([^']+)' denied request/
const WEBHOOK = /admission webhook "([^"]+)" denied the request/

/** The messages are the API server's own and were the same from 1.21 to 1.37; order matters: the narrow ones first. */
function meaningOf(status: number, message: string): ProbeMeaning {
  if (status === 201) return {kind: 'open'}
  if (status === 403 && message.includes('Use of external IPs is denied by admission control')) return {kind: 'plugin'}
  if (status === 403 && message.includes('externalIPs have been disabled')) return {kind: 'openshift'}
  const [, policy, binding] = POLICY.exec(message) ?? []
  if (status >= 400 && policy !== undefined && binding !== undefined) return {kind: 'policy', policy, binding}
  const [, webhook] = WEBHOOK.exec(message) ?? []
  if (status >= 400 && webhook !== undefined) return {kind: 'webhook', webhook}
  // The quota is asked last: everything before it let the Service pass.
  if (status === 403 && message.includes('exceeded quota')) return {kind: 'open'}
  return {kind: 'unknown', why: whyUnknown(status, message)}
}

function whyUnknown(status: number, message: string): string {
  if (message.includes('does not support dry run')) return 'a webhook does not support dry runs'
  if (message.includes('failed calling webhook')) return 'a webhook could not be reached, and refuses while it is down'
  if (status === 403) return 'these credentials may not create Services there'
  if (status === 404) return 'the namespace does not exist'
  if (status === 422) return 'the API server found the probe itself invalid'
  return `the answer was HTTP ${status}`
}
