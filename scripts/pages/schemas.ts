import {SEVERITIES} from '../../src/trust/finding.js'
import {MODES} from '../../src/trust/policy.js'

export const DRAFT = 'https://json-schema.org/draft/2020-12/schema'
const TEXT = {type: 'string'}
const TEXT_OR_NULL = {type: ['string', 'null']}
const TEXTS = {type: 'array', items: TEXT}
const PLACE = {type: 'integer', minimum: 0}
const IDS = {type: 'array', items: {$ref: '#/$defs/id'}}
const VERDICT = {$ref: '#/$defs/verdict'}
const GUARD = {$ref: '#/$defs/guard'}

/** An object of exactly these keys; those in `optional` may be absent. */
export function object(properties: Record<string, unknown>, optional: readonly string[] = []): object {
  return {type: 'object', additionalProperties: false, required: Object.keys(properties).filter(key => !optional.includes(key)), properties}
}

export const listOf = (items: unknown): object => ({type: 'array', items})

/** `kubeconfig verify -o json`, as verificationDocument() in src/report/verification.ts writes it. */
export const VERIFICATION_SCHEMA = {
  $schema: DRAFT,
  title: 'KubeconfigVerification',
  description: 'What `kubectl k121 kubeconfig verify -o json` prints. Fields may be added; none is renamed or removed within k121.dev/v1.',
  ...object({
    apiVersion: {const: 'k121.dev/v1'},
    kind: {const: 'KubeconfigVerification'},
    verdict: VERDICT,
    files: listOf(object({
      path: TEXT,
      sha256: {type: ['string', 'null'], pattern: '^[0-9a-f]{64}$'},
      verdict: VERDICT,
      error: {anyOf: [{type: 'null'}, object({message: TEXT, line: PLACE, column: PLACE, hint: TEXT})]},
    })),
    users: listOf(object({
      name: TEXT,
      file: TEXT,
      verdict: VERDICT,
      plugin: {anyOf: [{type: 'null'}, object({
        command: TEXT, resolved: TEXT_OR_NULL, helper: TEXT_OR_NULL, args: TEXTS, env: TEXTS,
        by: {enum: ['catalogue', 'entry', 'decision', 'allow-all', null]},
      })]},
      findings: IDS,
    })),
    contexts: listOf(object({
      name: TEXT, file: TEXT, cluster: TEXT, user: TEXT, server: TEXT, ca: TEXTS, verdict: VERDICT, guard: GUARD, findings: IDS,
    })),
    findings: listOf(object({
      id: {$ref: '#/$defs/id'}, severity: {enum: SEVERITIES}, file: TEXT, path: TEXT, line: PLACE, column: PLACE,
      message: TEXT, remediation: TEXT, guard: GUARD,
    })),
  }),
  $defs: {
    verdict: {description: 'none: no credential plugin', enum: ['none', 'trusted', 'unknown', 'dangerous']},
    guard: {description: 'What the guard does about it', enum: ['allow', 'ask', 'refuse']},
    id: {description: 'Listed in docs/findings.md', type: 'string', pattern: '^[a-z][a-z0-9-]*$'},
  },
}

/** `trust.yaml`, as parsePolicy() in src/trust/policy.ts reads it. */
export const TRUST_POLICY_SCHEMA = {
  $schema: DRAFT,
  title: 'TrustPolicy',
  description: 'The trust file. The program itself is stricter than this schema about URLs.',
  ...object({
    apiVersion: {const: 'k121.dev/v1'},
    kind: {const: 'TrustPolicy'},
    credentialPluginPolicy: {enum: MODES},
    catalogue: {description: 'Whether known helpers are trusted inside their grammar; true when absent', type: 'boolean'},
    plugins: listOf(object({
      command: {description: 'An absolute path, or a bare name', type: 'string', pattern: '^(/|[A-Za-z]:[\\\\/]|[^\\\\/]+$)'},
      args: {anyOf: [{enum: ['catalogue', 'any']}, TEXTS]},
      env: listOf({type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$'}),
      servers: listOf({anyOf: [{$ref: '#/$defs/url'}, object({
        url: {$ref: '#/$defs/url'},
        ca: {description: 'Fingerprint of the CA certificate; remembered at first use when absent', type: 'string', pattern: '^(system|sha256:[0-9a-f]{64})$'},
      }, ['ca'])]}),
      sha256: {description: 'Of the program or script', type: 'string', pattern: '^[0-9a-f]{64}$'},
    }, ['args', 'env', 'servers', 'sha256'])),
  }, ['credentialPluginPolicy', 'catalogue', 'plugins']),
  $defs: {url: {description: 'https://host[:port][/path]; "*." in front of a domain is the only wildcard', type: 'string', pattern: '^https://'}},
}
