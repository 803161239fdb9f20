import {listAt, textsAt} from '../kube/field.js'
import type {Json} from '../kube/json.js'

/** `resourceRules` of policies and `rules` of webhooks: which requests they see. */
export interface RequestRule {
  apiGroups: readonly string[]
  apiVersions: readonly string[]
  operations: readonly string[]
  resources: readonly string[]
}

/** One kind of request, of the core group's Services. */
export interface ServiceRequest {
  operation: 'CREATE' | 'UPDATE'
  subresource: '' | 'status'
}

export function requestRulesOf(value: Json | undefined, ...steps: readonly string[]): RequestRule[] {
  return listAt(value, ...steps).map(rule => ({
    apiGroups: textsAt(rule, 'apiGroups'), apiVersions: textsAt(rule, 'apiVersions'),
    operations: textsAt(rule, 'operations'), resources: textsAt(rule, 'resources'),
  }))
}

/** As the API server's matcher: a star after the slash also means no subresource. `scope` never leaves out Services but for `Cluster`. */
export function doesCover(rules: readonly RequestRule[], {operation, subresource}: ServiceRequest): boolean {
  return rules.some(rule => (rule.apiGroups.includes('') || rule.apiGroups.includes('*'))
    && (rule.apiVersions.includes('v1') || rule.apiVersions.includes('*'))
    && (rule.operations.includes(operation) || rule.operations.includes('*'))
    && rule.resources.some(one => isServices(one, subresource)))
}

function isServices(pattern: string, subresource: string): boolean {
  const [resource = '', sub = ''] = pattern.split('/')
  return (resource === '*' || resource === 'services') && (sub === '*' || sub === subresource)
}

/** Does it see creating and changing Services? A gap for each that it does not. */
export function operationGaps(rules: readonly RequestRule[]): string[] {
  return (['CREATE', 'UPDATE'] as const).filter(operation => !doesCover(rules, {operation, subresource: ''})).map(operation => `${operation} is not matched`)
}
