import {ADDRESS_CLASSES, FILTER_ADDRESS_CLASSES, FILTER_CLASSES} from '../../src/audit/finding.js'
import {OUTCOMES} from '../../src/audit/outcome.js'
import {SEVERITIES, TOPICS} from '../../src/audit/severity.js'
import {DRAFT, listOf, object} from './schemas.js'

const TEXT = {type: 'string'}
const TEXT_OR_NULL = {type: ['string', 'null']}
const TEXTS = listOf(TEXT)
const FLAG = {type: 'boolean'}
const COUNT = {type: 'integer', minimum: 0}
const COUNT_OR_NULL = {type: ['integer', 'null'], minimum: 0}
const FAMILY = {enum: [4, 6]}
const FAMILY_OR_NULL = {enum: [4, 6, null]}
const ref = (name: string): object => ({$ref: `#/$defs/${name}`})
const nullable = (schema: unknown): object => ({anyOf: [{type: 'null'}, schema]})
const perTopic = (schema: unknown): object => object(Object.fromEntries(TOPICS.map(topic => [topic, schema])), TOPICS)
const counts = (...names: string[]): Record<string, unknown> => Object.fromEntries(names.map(name => [name, COUNT]))

const RUN = object({
  startedAt: TEXT, durationMs: {type: 'number', minimum: 0}, source: {enum: ['live', 'files', 'snapshot']}, exitCode: {type: 'integer'},
  scope: object({namespaces: {anyOf: [{const: 'all'}, TEXTS]}, absent: TEXTS, excluded: TEXTS, topics: listOf(ref('topic')), narrowed: listOf(ref('topic'))}, ['absent']),
})

const FAMILY_COUNTS = nullable(object(counts('v4', 'v6', 'dual')))

const FACTS = object({
  server: object({gitVersion: TEXT_OR_NULL, minor: COUNT_OR_NULL, emulationMinor: COUNT_OR_NULL, instances: {anyOf: [COUNT, {const: 'unknown'}]}, evidence: TEXT}),
  kubelets: nullable(object(counts('minMinor', 'maxMinor'))),
  platform: nullable(object({name: TEXT, evidence: TEXT})),
  families: nullable(object({
    state: {enum: ['v4', 'v6', 'dual', 'dual-pods', 'dual-services', 'mixed', 'hidden-second-family', 'edge-dual', 'unknown']},
    primary: FAMILY_OR_NULL, edge: listOf(FAMILY), hidden: FAMILY_OR_NULL, services: listOf(FAMILY), nodes: listOf(FAMILY),
    counts: object({pods: FAMILY_COUNTS, services: FAMILY_COUNTS, nodes: FAMILY_COUNTS}),
    evidence: listOf(object({signal: COUNT, value: TEXT})), ranges: object({pods: TEXTS, services: TEXTS, nodes: TEXTS}), rangesFrom: object({pods: TEXT, services: TEXT, nodes: TEXT}),
    assumed: {description: 'What filters are judged by beside what was seen: --assume, --range', ...object({isDual: FLAG, ranges: object({pods: TEXTS, services: TEXTS, nodes: TEXTS})})},
  }, ['assumed'])),
  denyServiceExternalIPs: nullable(object({
    state: {enum: ['on', 'off', 'partly', 'unknown', 'likely-on', 'likely-off']}, road: {enum: ['flagz', 'pods', 'metrics', 'probe', 'provider', 'none']},
    strength: {enum: ['proof', 'strong', 'weak', 'none']}, tried: listOf(object({road: TEXT, result: TEXT})),
  })),
  externalIPBlockers: listOf(object({engine: TEXT, name: TEXT, state: {enum: ['enforcing', 'auditing', 'inert', 'unknown']}, coversStatus: FLAG, gaps: TEXTS})),
  engines: listOf(object({
    name: TEXT, version: TEXT_OR_NULL, state: {enum: ['acting', 'auditing', 'down', 'installed', 'leftover', 'unknown']},
    endpointsReady: COUNT_OR_NULL, failurePolicy: {enum: ['Ignore', 'Fail', 'mixed', null]},
  })),
  counts: object({namespaces: COUNT_OR_NULL, pods: COUNT_OR_NULL, services: COUNT_OR_NULL}),
})

const CHECK = object({
  id: ref('id'), topic: ref('topic'), status: {enum: ['passed', 'failed', 'skipped', 'not-applicable']}, looked: COUNT,
  skip: {description: 'Also beside failed: what it could not look at', ...nullable(object({reason: {enum: OUTCOMES.filter(outcome => outcome !== 'complete')}, resource: TEXT, detail: TEXT, unblock: TEXT}))},
  detail: TEXT, isPreview: FLAG,
})

const DETAILS = nullable({anyOf: [
  object({type: {const: 'external-ip'}, address: TEXT, addressClass: {enum: ADDRESS_CLASSES}, road: {enum: ['spec', 'status']}, clashesWith: TEXTS, blocked: {enum: ['yes', 'no', 'unknown']}}),
  object({
    type: {const: 'writers'}, road: {enum: ['spec', 'status', 'labels']}, subjects: listOf(object({kind: {enum: ['User', 'Group', 'ServiceAccount']}, name: TEXT, namespace: TEXT}, ['namespace'])),
    grantedBy: listOf(object({kind: TEXT, namespace: TEXT, name: TEXT}, ['namespace'])),
  }),
  object({type: {const: 'pod-security'}, level: TEXT, control: TEXT, version: TEXT, mode: TEXT, reason: TEXT, detail: TEXT, current: TEXT_OR_NULL, wanted: TEXT_OR_NULL}),
  object({
    type: {const: 'filter'}, class: {enum: FILTER_CLASSES}, direction: {enum: ['ingress', 'egress', null]}, ports: TEXT,
    openFamily: {enum: [4, 6, null]}, blockedFamily: {enum: [4, 6, null]}, addressClass: {enum: [...FILTER_ADDRESS_CLASSES, null]},
  }),
  object({type: {const: 'exec'}, verdict: {enum: ['trusted', 'unknown', 'dangerous']}, reasons: TEXTS}),
]})

const FINDING = object({
  check: ref('id'), variant: TEXT, topic: ref('topic'), severity: ref('severity'), state: {enum: ['active', 'latent']}, severityWhenActive: {enum: [...SEVERITIES, null]},
  confidence: {enum: ['certain', 'derived', 'weak']}, object: ref('object'), owner: nullable(ref('object')), count: {type: 'integer', minimum: 1}, path: TEXT, message: TEXT,
  source: nullable(object({file: TEXT, line: COUNT, column: COUNT})), details: DETAILS, fix: nullable(object({text: TEXT, patch: TEXT_OR_NULL, risk: TEXT_OR_NULL})),
  fixableBy: {enum: ['you', 'provider', 'distribution']}, exemption: TEXT_OR_NULL, baseline: {enum: ['new', 'fixed', 'unchanged', 'unknown', null]}, fingerprint: {type: 'string', pattern: '^k1:[0-9a-f]{32}$'},
})

const LEVEL_SOURCE = {enum: ['label', 'default', 'enforce']}
const LEVEL = object({level: TEXT, version: TEXT, labels: {enum: ['valid', 'invalid', 'misspelt', 'newer-than-server', 'absent']}, from: object({level: LEVEL_SOURCE, version: LEVEL_SOURCE})}, ['from'])

/** Namespaces in which the same becomes of a request that breaks a control. */
const COVERAGE = object({
  namespaces: TEXTS, control: TEXT, operation: {enum: ['create', 'update', 'ephemeralcontainers', 'resize', 'workload']}, answer: {enum: ['refused', 'warned', 'audited', 'ignored', 'unknown']},
  by: listOf(object({engine: TEXT, name: TEXT, why: TEXT})),
})

/** Only with `--full`. */
const WORKLOAD = object({
  namespace: TEXT, apiVersion: TEXT, kind: TEXT, name: TEXT, pods: COUNT, fits: TEXT, fitsAt: object({minor: COUNT, fits: TEXT}), refusedPods: COUNT,
  failing: listOf(object({control: TEXT, level: {enum: ['baseline', 'restricted']}, path: TEXT, containers: TEXTS, in: {enum: ['pods', 'templates', 'both']}})),
})

const SUMMARY = object({
  ...counts(...SEVERITIES, 'latent', 'exempted'), verdicts: perTopic({enum: ['closed', 'partly', 'open', 'latent', 'unknown']}),
  topics: perTopic(object(counts(...SEVERITIES, 'latent', 'skipped'))), baseline: nullable(object(counts('new', 'fixed', 'unchanged', 'unknown'))),
})

/** `audit -o json`, as documentParts() in src/report/audit/document.ts writes it. */
export const AUDIT_REPORT_SCHEMA = {
  $schema: DRAFT,
  title: 'AuditReport',
  description: 'What `kubectl k121 audit -o json` prints. Fields may be added; none is renamed or removed within k121.dev/v1. Only `run` differs between two runs on the same input.',
  ...object({
    apiVersion: {const: 'k121.dev/v1'}, kind: {const: 'AuditReport'},
    tool: object({name: {const: 'kubectl-k121'}, version: TEXT, factsAsOf: TEXT}),
    run: RUN,
    clusters: listOf(object({
      id: {type: 'string', pattern: '^([0-9a-f]{16}|offline)$'}, name: TEXT, facts: FACTS,
      completeness: object({complete: FLAG, resources: listOf(object({resource: TEXT, outcome: {enum: OUTCOMES}, scope: {enum: ['cluster', 'namespaces']}, oneSnapshot: FLAG, items: COUNT, detail: TEXT}))}),
      checks: listOf(CHECK), findings: listOf(FINDING), coverage: listOf(COVERAGE), workloads: listOf(WORKLOAD),
      namespaces: listOf(object({name: TEXT, enforce: LEVEL, audit: LEVEL, warn: LEVEL, exempt: {type: ['boolean', 'null']}, fits: TEXT_OR_NULL, pods: COUNT_OR_NULL}, ['exempt'])),
      exemptions: listOf(object({id: TEXT, status: {enum: ['active', 'expired', 'unused']}, until: TEXT, matches: COUNT, reason: TEXT})),
      gone: listOf(object({check: TEXT, variant: TEXT, namespace: TEXT, subject: TEXT, severity: TEXT, fingerprint: TEXT, state: {enum: ['fixed', 'unknown']}})),
      upgrade: listOf(object({release: TEXT, isTentative: FLAG, text: TEXT})),
      summary: SUMMARY,
    }, ['coverage', 'workloads', 'upgrade'])),
  }),
  $defs: {
    id: {description: 'Listed by `kubectl k121 checks list`', type: 'string', pattern: '^[a-z][a-z0-9-]*$'},
    topic: {enum: TOPICS},
    severity: {enum: SEVERITIES},
    object: object({apiVersion: TEXT, kind: TEXT, namespace: {description: 'Empty for cluster-scoped objects', type: 'string'}, name: TEXT}),
  },
}
