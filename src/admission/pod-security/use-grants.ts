import type {KubeObject} from '../../kube/json.js'
import {isSelected} from '../../kube/label-selector.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {labelsOf, nameOf, namespaceOf} from '../../kube/object.js'
import type {PolicyRule, Subject} from '../../kube/rbac.js'
import {aggregationOf, doesAllow, roleRefOf, rulesOf, subjectsOf} from '../../kube/rbac.js'
import {compareText} from '../../audit/order.js'

/** `*`: all policies that there are. */
export type Usable = ReadonlySet<string>

interface Role {
  uses: Usable
  labels: Readonly<Record<string, string>>
  aggregation: readonly LabelSelector[]
}

interface Grant {
  /** Of a RoleBinding; empty: everywhere. */
  namespace: string
  /** The role as bindings name it: `NAMESPACE/NAME`, or the name of a ClusterRole. Null: a policy names its users. */
  role: string | null
  uses: Usable
  /** The namespaces whose pods use it through this grant; null: of every namespace that the grant holds in. */
  of: readonly string[] | null
}

/** What is used: PodSecurityPolicies, OpenShift's SecurityContextConstraints. */
export interface UsedKind {
  groups: readonly string[]
  resource: string
}

/**
 * Which policies of a kind let in the pods that workloads make: those that the
 * service accounts of the namespace may `use`, or the controllers, who ask for
 * them (admission.go of either plugin). People use theirs for pods that they
 * make with their own hands, and are left out.
 */
export interface UseGrants {
  clusterRole(role: KubeObject): void
  role(role: KubeObject): void
  binding(binding: KubeObject): void
  /** Subjects whom the policy itself names: they use it everywhere. */
  named(policy: string, subjects: readonly Subject[]): void
  /** Sorted names of policies by namespace; those that are not here have what is under the empty name. */
  usable(policies: readonly string[]): ReadonlyMap<string, readonly string[]>
}

const EVERYBODY: readonly string[] = ['system:authenticated', 'system:serviceaccounts', 'system:serviceaccounts:kube-system']
const CONTROLLER_MANAGER = 'system:kube-controller-manager'
const MAKERS: readonly string[] = ['replicaset-controller', 'replication-controller', 'statefulset-controller', 'daemon-set-controller', 'job-controller']

export function useGrants(kind: UsedKind): UseGrants {
  const roles = new Map<string, Role>()
  const grants: Grant[] = []
  return {
    clusterRole: role => void roles.set(nameOf(role), {uses: usesIn(rulesOf(role), kind), labels: labelsOf(role), aggregation: aggregationOf(role)}),
    role: role => void roles.set(`${namespaceOf(role)}/${nameOf(role)}`, {uses: usesIn(rulesOf(role), kind), labels: {}, aggregation: []}),
    binding(binding) {
      const ref = roleRefOf(binding)
      const of = ref === null ? [] : namespacesOf(subjectsOf(binding))
      const namespace = namespaceOf(binding)
      if (ref !== null && (of === null || of.length > 0)) grants.push({namespace, of, role: ref.kind === 'Role' ? `${namespace}/${ref.name}` : ref.name, uses: NOTHING})
    },
    named(policy, subjects) {
      const of = namespacesOf(subjects)
      if (of === null || of.length > 0) grants.push({namespace: '', of, role: null, uses: new Set([policy])})
    },
    usable: policies => usableBy(grants, name => summed(name, roles), policies),
  }
}

const NOTHING: Usable = new Set()

function usesIn(rules: readonly PolicyRule[], {groups, resource}: UsedKind): Usable {
  const granting = rules.filter(rule => groups.some(group => doesAllow(rule, {group, resource, verbs: ['use']})))
  return new Set(granting.flatMap(({resourceNames}) => (resourceNames.length === 0 ? ['*'] : resourceNames)))
}

/** The sum of an aggregated role stands in its rules, where a controller has written it. */
function summed(name: string, roles: ReadonlyMap<string, Role>): Usable {
  const role = roles.get(name)
  if (role === undefined) return new Set()
  const parts = role.aggregation.length === 0 ? [] : [...roles.values()].filter(({labels}) => role.aggregation.some(selector => isSelected(selector, labels)))
  return new Set([...role.uses, ...parts.flatMap(({uses}) => [...uses])])
}

/** Null: of every namespace. */
function namespacesOf(subjects: readonly Subject[]): readonly string[] | null {
  const found = new Set<string>()
  for (const {kind, name, namespace} of subjects) {
    if (kind === 'Group' && EVERYBODY.includes(name) || kind === 'User' && name === CONTROLLER_MANAGER) return null
    if (kind === 'ServiceAccount' && namespace === 'kube-system' && MAKERS.includes(name)) return null
    const [, own] = kind === 'Group' ? /^system:serviceaccounts:(.+)$/.exec(name) ?? [] : []
    if (own !== undefined) found.add(own)
    if (kind === 'ServiceAccount' && namespace !== undefined) found.add(namespace)
  }
  return [...found]
}

function usableBy(grants: readonly Grant[], usesOf: (role: string) => Usable, policies: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const sums = new Map<string, Usable>()
  const byNamespace = new Map<string, Set<string>>([['', new Set()]])
  for (const {namespace, of, role, uses: own} of grants) {
    const uses = role === null ? own : sums.get(role) ?? usesOf(role)
    if (role !== null) sums.set(role, uses)
    if (uses.size === 0) continue
    // A RoleBinding holds in its own namespace, whoever it is for: a pod has an account of its namespace.
    const where = namespace === '' ? (of ?? ['']) : of === null || of.includes(namespace) ? [namespace] : []
    for (const one of where) {
      const known = byNamespace.get(one) ?? new Set()
      byNamespace.set(one, known)
      for (const policy of uses) known.add(policy)
    }
  }
  const everywhere = byNamespace.get('') ?? new Set()
  const namesIn = (uses: ReadonlySet<string>): string[] => policies.filter(policy => uses.has('*') || uses.has(policy)).toSorted(compareText)
  return new Map([...byNamespace].map(([namespace, uses]) => [namespace, namesIn(new Set([...uses, ...everywhere]))]))
}
