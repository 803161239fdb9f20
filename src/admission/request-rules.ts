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
  /** `matchPolicy: Exact`: other versions of the same resource are not the resource. */
  isExact: boolean
}

export interface GroupVersion {
  group: string
  version: string
}

/** One kind of request, as admission sees it. */
export interface ApiRequest extends GroupVersion {
  operation: 'CREATE' | 'UPDATE'
  resource: string
  /** Empty: the object itself. */
  subresource: string
  /** Other groups and versions in which the server serves the same objects: `matchPolicy: Equivalent` finds the request there too. */
  equivalents: readonly GroupVersion[]
}

/** Core Services exist in one version of one group: nothing is equivalent to it. */
export interface ServiceRequest extends ApiRequest {
  resource: 'services'
  subresource: '' | 'status'
}

export function serviceRequest(operation: ServiceRequest['operation'], subresource: ServiceRequest['subresource'] = ''): ServiceRequest {
  return {operation, group: '', version: 'v1', resource: 'services', subresource, equivalents: []}
}

/** What has to be refused for a road to be closed. The status is written by UPDATE only: a creation drops it. */
export const REQUESTS: Readonly<Record<'spec' | 'status', readonly ServiceRequest[]>> = {
  spec: [serviceRequest('CREATE'), serviceRequest('UPDATE')],
  status: [serviceRequest('UPDATE', 'status')],
}

/** The defaults are those of v1: the API server writes them out, files may not. */
export function requestRulesOf(value: Json | undefined, ...steps: readonly string[]): RequestRule[] {
  const isExact = textAt(value, 'matchPolicy') === 'Exact'
  return listAt(value, ...steps).map(rule => ({
    apiGroups: textsAt(rule, 'apiGroups'), apiVersions: textsAt(rule, 'apiVersions'),
    operations: textsAt(rule, 'operations'), resources: textsAt(rule, 'resources'),
    scope: textAt(rule, 'scope') ?? '*', hasNames: textsAt(rule, 'resourceNames').length > 0, isExact,
  }))
}

/** Does a rule match such requests, whatever the name of the object? */
export function doesCover(rules: readonly RequestRule[], request: ApiRequest): boolean {
  return rules.some(rule => !rule.hasNames && isMatch(rule, request))
}

/** Does a rule match such requests for some names only? A creation that leaves the name to the server has none at that moment. */
export function doesCoverNames(rules: readonly RequestRule[], request: ApiRequest): boolean {
  return rules.some(rule => rule.hasNames && isMatch(rule, request))
}

/** As the API server's matcher (apiserver, webhook/predicates/rules). All requests here are for namespaced objects. */
function isMatch(rule: RequestRule, request: ApiRequest): boolean {
  return (rule.scope === '*' || rule.scope === 'Namespaced')
    && isAny(rule.operations, request.operation)
    && (isVersion(rule, request) || (!rule.isExact && request.equivalents.some(other => isVersion(rule, other))))
    && rule.resources.some(one => isResource(one, request))
}

function isVersion({apiGroups, apiVersions}: RequestRule, {group, version}: GroupVersion): boolean {
  return isAny(apiGroups, group) && isAny(apiVersions, version)
}

function isAny(values: readonly string[], wanted: string): boolean {
  return values.includes(wanted) || values.includes('*')
}

/** A star after the slash also means no subresource; a star alone means none. */
function isResource(pattern: string, {resource, subresource}: ApiRequest): boolean {
  const slash = pattern.indexOf('/')
  const [name, sub] = slash === -1 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash + 1)]
  return (name === '*' || name === resource) && (sub === '*' || sub === subresource)
}
