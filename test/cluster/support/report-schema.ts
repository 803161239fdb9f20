import type {Json, JsonObject} from '../../../src/kube/json.js'

const WG = {group: 'wgpolicyk8s.io', versions: ['v1alpha2']} as const
const OPEN = {group: 'openreports.io', versions: ['v1alpha1']} as const

export const REPORT_KINDS = [
  {...WG, plural: 'policyreports', kind: 'PolicyReport', isNamespaced: true},
  {...WG, plural: 'clusterpolicyreports', kind: 'ClusterPolicyReport', isNamespaced: false},
  {...OPEN, plural: 'reports', kind: 'Report', isNamespaced: true},
  {...OPEN, plural: 'clusterreports', kind: 'ClusterReport', isNamespaced: false},
] as const

const text: JsonObject = {type: 'string'}
const integer: JsonObject = {type: 'integer'}
const outcome: JsonObject = {type: 'string', enum: ['pass', 'fail', 'warn', 'error', 'skip']}

function object(properties: Record<string, Json>, required: readonly string[] = []): JsonObject {
  return {type: 'object', properties, ...required.length > 0 ? {required} : {}}
}

function listOf(items: Json): JsonObject {
  return {type: 'array', items}
}

const mapOfTexts: JsonObject = {type: 'object', additionalProperties: text}

const reference = object({apiVersion: text, fieldPath: text, kind: text, name: text, namespace: text, resourceVersion: text, uid: text})

const selector = object({
  matchExpressions: listOf(object({key: text, operator: text, values: listOf(text)}, ['key', 'operator'])),
  matchLabels: mapOfTexts,
})

const result = object({
  policy: text, rule: text, category: text, message: text, source: text, result: outcome,
  // The first v1alpha2 knew only high, medium and low; what is installed today knows all five.
  severity: {type: 'string', enum: ['critical', 'high', 'medium', 'low', 'info']},
  scored: {type: 'boolean'}, properties: mapOfTexts, resources: listOf(reference), resourceSelector: selector,
  timestamp: object({seconds: {type: 'integer', format: 'int64'}, nanos: {type: 'integer', format: 'int32'}}, ['seconds', 'nanos']),
}, ['policy'])

const summary = object({pass: integer, fail: integer, warn: integer, error: integer, skip: integer})

/**
 * The fields that the two report APIs define, read from their published
 * definitions. What is not here is refused by `kubectl apply`, which validates
 * strictly, and dropped in silence by clients that do not.
 */
export function reportSchema(group: typeof REPORT_KINDS[number]['group']): JsonObject {
  const common = {apiVersion: text, kind: text, metadata: {type: 'object'}, results: listOf(result), scope: reference, scopeSelector: selector, summary}
  if (group === WG.group) return object(common)
  const limits = object({maxResults: integer, statusFilter: listOf(outcome)})
  return object({...common, source: text, configuration: object({limits}, ['limits'])})
}
