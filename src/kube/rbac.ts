import {listAt, textAt, textsAt} from './field.js'
import type {Json, KubeObject} from './json.js'
import type {LabelSelector} from './label-selector.js'
import {selectorOf} from './label-selector.js'
import {namespaceOf} from './object.js'

export interface PolicyRule {
  verbs: readonly string[]
  apiGroups: readonly string[]
  resources: readonly string[]
  /** Empty: every name. */
  resourceNames: readonly string[]
}

/** What somebody may do, as RBAC is asked: any of the verbs is enough. */
export interface Right {
  group: string
  resource: string
  subresource?: string
  verbs: readonly string[]
}

export interface RoleRef {
  kind: 'ClusterRole' | 'Role'
  name: string
}

export interface Subject {
  kind: 'User' | 'Group' | 'ServiceAccount'
  name: string
  namespace?: string
}

export function rulesOf(role: KubeObject): PolicyRule[] {
  return listAt(role, 'rules').map(rule => ({
    verbs: textsAt(rule, 'verbs'), apiGroups: textsAt(rule, 'apiGroups'),
    resources: textsAt(rule, 'resources'), resourceNames: textsAt(rule, 'resourceNames'),
  }))
}

/**
 * As the RBAC authorizer compares: a star is every resource and subresource, a
 * star before `/status` that subresource of every resource. A star after the
 * slash is no form of RBAC.
 */
export function doesAllow(rule: PolicyRule, {group, resource, subresource, verbs}: Right): boolean {
  const forms = subresource === undefined ? ['*', resource] : ['*', `${resource}/${subresource}`, `*/${subresource}`]
  // A creation is asked about no name, so a rule with names never grants one.
  const asked = rule.resourceNames.length === 0 ? verbs : verbs.filter(verb => verb !== 'create')
  return asked.length > 0 && rule.verbs.some(verb => verb === '*' || asked.includes(verb))
    && rule.apiGroups.some(one => one === '*' || one === group)
    && rule.resources.some(one => forms.includes(one))
}

/** Everything everywhere: what `cluster-admin` holds. */
export function isAllPowerful(rule: PolicyRule): boolean {
  return rule.verbs.includes('*') && rule.apiGroups.includes('*') && rule.resources.includes('*') && rule.resourceNames.length === 0
}

/** Selectors of an aggregated ClusterRole; empty where it is none. */
export function aggregationOf(role: KubeObject): LabelSelector[] {
  return listAt(role, 'aggregationRule', 'clusterRoleSelectors').map(selectorOf)
}

/** Null for a reference that the API server does not take. */
export function roleRefOf(binding: KubeObject): RoleRef | null {
  const kind = textAt(binding, 'roleRef', 'kind')
  const name = textAt(binding, 'roleRef', 'name')
  return (kind === 'ClusterRole' || kind === 'Role') && name !== undefined ? {kind, name} : null
}

/** A ServiceAccount without a namespace matches nobody, except that manifests for one namespace leave it out. */
export function subjectsOf(binding: KubeObject): Subject[] {
  return listAt(binding, 'subjects').flatMap(subject => subjectOf(subject, namespaceOf(binding)))
}

function subjectOf(subject: Json, fallback: string): Subject[] {
  const kind = textAt(subject, 'kind')
  const name = textAt(subject, 'name') ?? ''
  if (kind === 'ServiceAccount') return [{kind, name, namespace: textAt(subject, 'namespace') ?? fallback}]
  return kind === 'User' || kind === 'Group' ? [accountOf(kind, name)] : []
}

/** `system:serviceaccount:NS:NAME` as a User is that ServiceAccount. */
export function accountOf(kind: 'User' | 'Group', name: string): Subject {
  const [, namespace, account] = kind === 'User' ? /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [] : []
  return namespace === undefined || account === undefined ? {kind, name} : {kind: 'ServiceAccount', name: account, namespace}
}
