import type {ReadKey, Resource} from '../../kube/resources.js'
import {ENDPOINTS, isEndpoint, rowOf} from '../../kube/resources.js'
import type {Only} from '../../kube/resources.js'
import {asciiQuote} from '../../printable.js'

export interface RbacSubject {
  kind: 'User' | 'Group' | 'ServiceAccount'
  name: string
  /** Of a service account. */
  namespace: string
}

interface Rule {
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  nonResourceURLs?: readonly string[]
  verbs: readonly string[]
}

interface RoleObject {
  kind: 'ClusterRole' | 'Role'
  name: string
  namespace: string | null
  rules: Rule[]
}

const NAME = 'k121-audit'

/**
 * Exactly what the rows need: `list` where they are listed, `get` by name where
 * they name what they want, in the namespace where it stands. Secrets are a
 * role of its own, so that granting the rest never grants them.
 */
export function rolesFor(keys: readonly ReadKey[], includeSecrets: boolean): RoleObject[] {
  const cluster: Rule[] = []
  const namespaced = new Map<string, Rule[]>()
  const secrets: Rule[] = []
  const whole = new Set(keys.flatMap(key => (isEndpoint(key) || isPart(rowOf(key)) ? [] : [wholeKey(rowOf(key))])))
  for (const key of keys) {
    if (isEndpoint(key)) {
      if (ENDPOINTS[key].path !== '') merge(cluster, {nonResourceURLs: [ENDPOINTS[key].path], verbs: ['get']})
      continue
    }
    const row = rowOf(key)
    if (row.optIn !== undefined) {
      if (includeSecrets) merge(secrets, rule(row, row.follows === undefined ? 'list' : 'get'))
    } else if (row.follows !== undefined) merge(cluster, rule(row, 'get'))
    else if (row.only === undefined) merge(cluster, rule(row, 'list'))
    else for (const only of row.only ?? []) grantPart(row, only, {cluster, namespaced, whole})
  }
  return [
    {kind: 'ClusterRole', name: NAME, namespace: null, rules: sorted(cluster)},
    ...[...namespaced].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([namespace, rules]): RoleObject => ({kind: 'Role', name: NAME, namespace, rules: sorted(rules)})),
    ...(secrets.length === 0 ? [] : [{kind: 'ClusterRole', name: `${NAME}-secrets`, namespace: null, rules: sorted(secrets)} as const]),
  ]
}

function isPart(row: Resource): boolean {
  return row.only !== undefined || row.follows !== undefined
}

function wholeKey({group, plural}: Resource): string {
  return `${plural}.${group}`
}

function rule({group, plural}: Resource, verb: 'list' | 'get', name?: string): Rule {
  return {apiGroups: [group], resources: [plural], ...(name === undefined ? {} : {resourceNames: [name]}), verbs: [verb]}
}

interface Grants {
  cluster: Rule[]
  namespaced: Map<string, Rule[]>
  whole: ReadonlySet<string>
}

/** A Role in any other namespace could not be applied where that one is not there, and what may not be read is not known to be absent. */
const STANDING: readonly string[] = ['default', 'kube-system', 'kube-public']

/** A part of a resource that is listed as a whole anyway needs no right of its own, unless it is fetched by name. */
function grantPart(row: Resource, {namespace, name}: Only, {cluster, namespaced, whole}: Grants): void {
  if (name === undefined && whole.has(wholeKey(row))) return
  const isOwn = namespace !== undefined && (name === undefined || STANDING.includes(namespace))
  const into = isOwn ? (namespaced.get(namespace) ?? []) : cluster
  if (isOwn) namespaced.set(namespace, into)
  merge(into, rule(row, name === undefined ? 'list' : 'get', name))
}

/** Rules that differ in one list only become one. */
function merge(rules: Rule[], next: Rule): void {
  const same = rules.find(rule => String(rule.verbs) === String(next.verbs) && String(rule.apiGroups) === String(next.apiGroups)
    && (rule.resourceNames === undefined) === (next.resourceNames === undefined) && (rule.nonResourceURLs === undefined) === (next.nonResourceURLs === undefined)
    && (rule.resourceNames === undefined || String(rule.resources) === String(next.resources)))
  if (same === undefined) {
    rules.push({...next})
    return
  }
  for (const field of ['resources', 'resourceNames', 'nonResourceURLs'] as const)
    if (same[field] !== undefined) same[field] = [...new Set([...same[field], ...(next[field] ?? [])])].toSorted()
}

function sorted(rules: readonly Rule[]): Rule[] {
  const keyOf = ({apiGroups, resources, nonResourceURLs}: Rule): string => JSON.stringify([apiGroups ?? ['~'], resources ?? nonResourceURLs])
  return [...rules].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** YAML for `kubectl apply -f -`; with subjects also the bindings. Every value is quoted: names come from the command line. */
export function renderRbac(roles: readonly RoleObject[], subjects: readonly RbacSubject[]): string {
  return roles.map(role => `---\n${roleText(role)}${subjects.length === 0 ? '' : `---\n${bindingText(role, subjects)}`}`).join('')
}

const list = (values: readonly string[]): string => `[${values.map(asciiQuote).join(', ')}]`

function head(kind: string, {name, namespace}: RoleObject): string {
  return `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${namespace === null ? '' : `  namespace: ${namespace}\n`}`
}

function roleText(role: RoleObject): string {
  const rules = role.rules.map(({apiGroups, resources, resourceNames, nonResourceURLs, verbs}) => {
    const lines = [
      ...(apiGroups === undefined ? [] : [`apiGroups: ${list(apiGroups)}`]),
      ...(resources?.length ? [`resources: ${list(resources)}`] : []),
      ...(resourceNames?.length ? [`resourceNames: ${list(resourceNames)}`] : []),
      ...(nonResourceURLs?.length ? [`nonResourceURLs: ${list(nonResourceURLs)}`] : []),
      `verbs: ${list(verbs)}`,
    ]
    return `- ${lines.join('\n  ')}\n`
  })
  return `${head(role.kind, role)}rules:\n${rules.join('')}`
}

function bindingText(role: RoleObject, subjects: readonly RbacSubject[]): string {
  const lines = subjects.map(({kind, name, namespace}) => `- kind: ${kind}\n  name: ${asciiQuote(name)}\n${kind === 'ServiceAccount' ? `  namespace: ${asciiQuote(namespace)}\n` : '  apiGroup: rbac.authorization.k8s.io\n'}`)
  return `${head(`${role.kind}Binding`, role)}roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ${role.kind}\n  name: ${role.name}\nsubjects:\n${lines.join('')}`
}
