import {listAt, textAt, textsAt} from '../kube/field.js'
import type {Json} from '../kube/json.js'

/** `resourceRules` of policies and `rules` of webhooks: which requests they see. */
export interface RequestRule {
  apiGroups: readonly string[]
  apiVersions: readonly string[]
  operations: readonly string[]
  resources: readonly string[]
  /** `*` where absent. */
  scope: string
  /** Only objects of some names; policies have it, webhooks have not. */
  hasNames: boolean
}

/** One kind of request, of the core group's Services. */
export interface ServiceRequest {
  operation: 'CREATE' | 'UPDATE'
  subresource: '' | 'status'
}

/** What has to be refused for a road to be closed. The status is written by UPDATE only: a creation drops it. */
export const REQUESTS: Readonly<Record<'spec' | 'status', readonly ServiceRequest[]>> = {
  spec: [{operation: 'CREATE', subresource: ''}, {operation: 'UPDATE', subresource: ''}],
  status: [{operation: 'UPDATE', subresource: 'status'}],
}

export function requestRulesOf(value: Json | undefined, ...steps: readonly string[]): RequestRule[] {
  return listAt(value, ...steps).map(rule => ({
    apiGroups: textsAt(rule, 'apiGroups'), apiVersions: textsAt(rule, 'apiVersions'),
    operations: textsAt(rule, 'operations'), resources: textsAt(rule, 'resources'),
    scope: textAt(rule, 'scope') ?? '*', hasNames: textsAt(rule, 'resourceNames').length > 0,
  }))
}

/** Does a rule match such requests, whatever the name of the Service? */
export function doesCover(rules: readonly RequestRule[], request: ServiceRequest): boolean {
  return rules.some(rule => !rule.hasNames && isMatch(rule, request))
}

/** Does a rule match such requests for some names only? A creation that leaves the name to the server has none at that moment. */
export function doesCoverNames(rules: readonly RequestRule[], request: ServiceRequest): boolean {
  return rules.some(rule => rule.hasNames && isMatch(rule, request))
}

/**
 * As the API server's matcher. Services are namespaced and exist in one version
 * of one group, so `matchPolicy: Equivalent` adds nothing to what `Exact` sees.
 */
function isMatch(rule: RequestRule, {operation, subresource}: ServiceRequest): boolean {
  return (rule.scope === '*' || rule.scope === 'Namespaced')
    && (rule.apiGroups.includes('') || rule.apiGroups.includes('*'))
    && (rule.apiVersions.includes('v1') || rule.apiVersions.includes('*'))
    && (rule.operations.includes(operation) || rule.operations.includes('*'))
    && rule.resources.some(one => isServices(one, subresource))
}

/** A star after the slash also means no subresource. */
function isServices(pattern: string, subresource: string): boolean {
  const [resource = '', sub = ''] = pattern.split('/')
  return (resource === '*' || resource === 'services') && (sub === '*' || sub === subresource)
}
