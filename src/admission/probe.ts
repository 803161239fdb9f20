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

/** What the API server itself says, and what it means. */
const SIGNS: readonly {words: RegExp; meaning: (found: RegExpExecArray, status: number) => ProbeMeaning}[] = [
  {words: /Use of external IPs is denied by admission control/, meaning: onlyAt403({kind: 'plugin'})},
  {words: /spec\.externalIPs: Forbidden: externalIPs have been disabled/, meaning: onlyAt403({kind: 'openshift'})},
  {words: /ValidatingAdmissionPolicy '([^']+)' with binding '([^']+)' denied request/, meaning: ([, policy = '', binding = '']) => ({kind: 'policy', policy, binding})},
  {words: /admission webhook "([^"]+)" denied the request/, meaning: ([, webhook = '']) => ({kind: 'webhook', webhook})},
  {words: /admission webhook "([^"]+)" does not support dry[ -]run/, meaning: ([, webhook = '']) => unknown(`the webhook ${webhook} does not support dry runs`)},
  {words: /failed (?:to call|calling) webhook(?: "([^"]+)")?/, meaning: ([, webhook]) => unknown(`the webhook${webhook === undefined ? '' : ` ${webhook}`} could not be asked, and refuses while that is so`)},
  // The quota is asked last: everything before it let the Service pass.
  {words: /is forbidden: (?:exceeded|failed) quota: /, meaning: onlyAt403({kind: 'open'})},
  {words: /is forbidden: User .* cannot create resource "services"/, meaning: () => unknown('these credentials may not create Services there')},
  {words: /unable to create new content in namespace/, meaning: () => unknown('the namespace is being deleted')},
]

function onlyAt403(meaning: ProbeMeaning): (found: RegExpExecArray, status: number) => ProbeMeaning {
  return (_, status) => (status === 403 ? meaning : unknown(`the answer was HTTP ${status}`))
}

/**
 * The words were the same from 1.21 to 1.37. What comes first in the message
 * decides: the API server names who refuses before it repeats what a policy or
 * webhook says, and that may be anything, another's words too.
 */
function meaningOf(status: number, message: string): ProbeMeaning {
  if (status === 201) return {kind: 'open'}
  const found = SIGNS.flatMap(({words, meaning}) => {
    const match = words.exec(message)
    return match === null ? [] : [{match, meaning}]
  }).toSorted((a, b) => a.match.index - b.match.index)[0]
  if (found !== undefined && status >= 400) return found.meaning(found.match, status)
  return unknown(whyUnknown(status, message))
}

function unknown(why: string): ProbeMeaning {
  return {kind: 'unknown', why}
}

function whyUnknown(status: number, message: string): string {
  if (status === 401) return 'the API server does not know these credentials'
  if (status === 403) return `something else refused it: ${message.slice(0, 120)}`
  if (status === 404) return 'the namespace does not exist'
  if (status === 422) return 'the API server found the probe itself invalid'
  return `the answer was HTTP ${status}`
}
