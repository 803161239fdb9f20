import {defineFact} from '../audit/fact.js'
import {isIncomplete} from '../audit/outcome.js'
import type {Json, KubeObject} from '../kube/json.js'
import {textAt} from '../kube/field.js'
import {jsonOf} from '../kubeconfig/node-json.js'
import {readYaml} from '../kubeconfig/read-yaml.js'
import type {PsaConfig} from './psa-config.js'
import {BUILT_IN_CONFIG, ConfigMistake, parsePsaConfig} from './psa-config.js'

/**
 * How Pod Security admission is configured where it runs as a webhook: by the
 * ConfigMap pod-security-webhook/pod-security-webhook of its own manifests
 * (pod-security-admission webhook/manifests). It reads the file once, at start.
 */
export type PsaWebhookConfig =
  | {kind: 'absent'}
  | {kind: 'known'; config: PsaConfig}
  /** Why it is not known: not readable, or no configuration that a webhook starts with. */
  | {kind: 'unknown'; why: string}

const KEY = 'podsecurityconfiguration.yaml'

export const psaWebhookConfig = defineFact<'psa-webhook-config', PsaWebhookConfig>({
  id: 'psa-webhook-config',
  reads: ['psa-webhook-config'],
  create(context) {
    let seen: PsaWebhookConfig | null = null
    return {
      'psa-webhook-config'(map) {
        seen = configIn(map)
      },
      end() {
        if (seen !== null) return seen
        const {outcome, detail} = context.outcome('psa-webhook-config')
        return isIncomplete(outcome) ? {kind: 'unknown', why: detail} : {kind: 'absent'}
      },
    }
  },
})

function configIn(map: KubeObject): PsaWebhookConfig {
  const text = textAt(map, 'data', KEY)
  if (text === undefined) return {kind: 'unknown', why: `its ConfigMap has no ${KEY}`}
  if (text === '') return {kind: 'known', config: BUILT_IN_CONFIG}
  const read = readYaml(new TextEncoder().encode(text))
  if (!read.ok) return {kind: 'unknown', why: `line ${read.failure.line} of its configuration: ${read.failure.message}`}
  try {
    return {kind: 'known', config: parsePsaConfig(jsonOf(read.root) as Json)}
  } catch (error) {
    if (error instanceof ConfigMistake) return {kind: 'unknown', why: `it would not start with its configuration: ${error.path}${error.path === '' ? 'it' : ''} ${error.message}`}
    throw error
  }
}
