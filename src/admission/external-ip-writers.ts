import {defineFact} from '../audit/fact.js'
import {compareText} from '../audit/order.js'
import type {SubjectRef} from '../audit/finding.js'
import type {ReadOutcome} from '../audit/outcome.js'
import type {KubeObject} from '../kube/json.js'
import {labelsOf, nameOf, namespaceOf} from '../kube/object.js'
import {roleRefOf, rulesOf, subjectsOf} from '../kube/rbac.js'
import type {RoleRef} from '../kube/rbac.js'
import {shortList} from '../kube/short-list.js'
import type {UnreadRow} from './engines/blocker.js'
import {ROADS, hasPower, powersOf, roleOf, summed} from './external-ip-powers.js'
import type {Power, Powers, Role, WriteRoad} from './external-ip-powers.js'
import {controllerNamed} from './load-balancer-controllers.js'
import {otherAuthorizers} from './other-authorizers.js'

export interface BindingRef {
  kind: 'ClusterRoleBinding' | 'RoleBinding'
  namespace?: string
  name: string
}

/**
 * `everyone`: a group that holds every user or workload. `admin`: may do
 * everything anyway. `built-in`: parts of Kubernetes itself. `controller`: a
 * load-balancer controller by its name, with a right in the whole cluster.
 */
export type WriterClass = 'everyone' | 'subject' | 'controller' | 'admin' | 'built-in'

export interface Writer {
  subject: SubjectRef
  class: WriterClass
  /** The controller, where it is one. */
  controller: string | null
  /** At most ten; `bindings` counts all. */
  grantedBy: readonly BindingRef[]
  bindings: number
  /** Names of the roles, at most five. */
  roles: readonly string[]
  /** May it write only Services of some names, in every grant? */
  isNameLimited: boolean
}

export interface WritersInfo {
  /** Broad groups first, then by name. */
  roads: Readonly<Record<WriteRoad, readonly Writer[]>>
  /** Rows that were not read whole: there may be more writers. */
  unread: readonly UnreadRow[]
  /** What may allow it too, and shows nobody who. */
  others: readonly string[]
}

interface Binding {
  ref: BindingRef
  role: RoleRef
  isDefault: boolean
  subjects: readonly SubjectRef[]
}

const ROWS = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'] as const

/**
 * Who may write externalIPs, or the status that has the same effect: every
 * subject with the bindings that grant it. A right in one namespace counts in
 * full: the traffic that it takes is the whole cluster's.
 */
export const externalIPWriters = defineFact({
  id: 'external-ip-writers',
  reads: ROWS,
  needs: [otherAuthorizers],
  create(context) {
    const clusterRoles = new Map<string, Role>()
    const roles = new Map<string, Powers>()
    const bindings: Binding[] = []
    const keep = (binding: KubeObject): void => void bindings.push(...bindingOf(binding))
    return {
      clusterroles(role) {
        clusterRoles.set(nameOf(role), roleOf(role))
      },
      roles(role) {
        const powers = powersOf(rulesOf(role))
        if (hasPower(powers)) roles.set(`${namespaceOf(role)}/${nameOf(role)}`, {...powers, isAdmin: false})
      },
      clusterrolebindings: keep,
      rolebindings: keep,
      end(): WritersInfo {
        // Thousands of bindings share a few ClusterRoles.
        const sums = new Map<string, Powers>()
        const sumOf = (name: string): Powers => {
          const known = sums.get(name) ?? summed(name, clusterRoles, new Set())
          sums.set(name, known)
          return known
        }
        const powersIn = ({role, ref}: Binding): Powers => (role.kind === 'Role' ? roles.get(`${ref.namespace}/${role.name}`) ?? {} : sumOf(role.name))
        const unread = ROWS.flatMap(row => unreadRoles(row, context.outcome(row)))
        return {roads: gather(bindings, powersIn), unread: unread.length > 0 ? unread : rolesLeftOut(bindings, clusterRoles), others: context.fact(otherAuthorizers)}
      },
    }
  },
})

/** Where the API of roles itself is not served, something else decides, and writers are as unknown. */
function unreadRoles(row: (typeof ROWS)[number], {outcome, detail}: ReadOutcome): UnreadRow[] {
  return outcome === 'complete' ? [] : [{row, outcome, detail}]
}

/**
 * The API server makes cluster-admin anew at each start, so a list without it
 * is what somebody put into files: a role that it lacks is not gone.
 */
function rolesLeftOut(bindings: readonly Binding[], known: ReadonlyMap<string, Role>): UnreadRow[] {
  if (known.has('cluster-admin')) return []
  const names = new Set(bindings.map(({role}) => role).filter(({kind, name}) => kind === 'ClusterRole' && !known.has(name)).map(({name}) => name))
  return names.size === 0 ? [] : [{row: 'clusterroles', outcome: 'not-in-input', detail: `bindings grant ${shortList([...names].toSorted(), 3)}, and what that allows is not in the input`}]
}

function bindingOf(binding: KubeObject): Binding[] {
  const role = roleRefOf(binding)
  const subjects = subjectsOf(binding)
  if (role === null || subjects.length === 0) return []
  const isCluster = binding.kind === 'ClusterRoleBinding'
  const ref: BindingRef = isCluster ? {kind: 'ClusterRoleBinding', name: nameOf(binding)} : {kind: 'RoleBinding', namespace: namespaceOf(binding), name: nameOf(binding)}
  return [{ref, role, subjects, isDefault: labelsOf(binding)['kubernetes.io/bootstrapping'] === 'rbac-defaults'}]
}

interface Gathered {
  subject: SubjectRef
  grants: {binding: Binding; power: Power; isAdmin: boolean}[]
}

function gather(bindings: readonly Binding[], powersIn: (binding: Binding) => Powers): WritersInfo['roads'] {
  const found: Record<WriteRoad, Map<string, Gathered>> = {spec: new Map(), status: new Map(), 'openshift-bypass': new Map()}
  for (const binding of bindings) {
    const powers = powersIn(binding)
    for (const road of ROADS) {
      const power = powers[road]
      if (power !== undefined) for (const subject of binding.subjects) entryOf(found[road], subject).grants.push({binding, power, isAdmin: powers.isAdmin === true && binding.ref.kind === 'ClusterRoleBinding'})
    }
  }
  const sorted = (road: WriteRoad): Writer[] => [...found[road].values()].map(writerOf).toSorted(compareWriters)
  return {spec: sorted('spec'), status: sorted('status'), 'openshift-bypass': sorted('openshift-bypass')}
}

function entryOf(entries: Map<string, Gathered>, subject: SubjectRef): Gathered {
  const key = `${subject.kind}/${subject.namespace ?? ''}/${subject.name}`
  const entry = entries.get(key) ?? {subject, grants: []}
  entries.set(key, entry)
  return entry
}

function writerOf({subject, grants}: Gathered): Writer {
  const refs = grants.map(({binding}) => binding.ref).toSorted((a, b) => compareText(refKey(a), refKey(b)))
  return {
    subject, class: classOf(subject, grants), controller: controllerOf(subject, grants),
    grantedBy: refs.slice(0, 10), bindings: refs.length,
    roles: [...new Set(grants.map(({binding}) => binding.role.name))].toSorted(compareText).slice(0, 5),
    isNameLimited: grants.every(({power}) => power.isNameLimited),
  }
}

/** A group that everybody, or every workload, is in. */
function isBroadGroup({kind, name}: SubjectRef): boolean {
  // `system:authenticated:oauth` is OpenShift's: everybody who logged in there.
  return kind === 'Group' && /^system:(?:authenticated(?::oauth)?|unauthenticated|serviceaccounts(?::.+)?)$/.test(name)
}

function classOf(subject: SubjectRef, grants: Gathered['grants']): WriterClass {
  // Nothing that a broad group may do is folded away, not even what it gets from a built-in binding.
  if (isBroadGroup(subject) || (subject.kind === 'User' && subject.name === 'system:anonymous')) return 'everyone'
  if (subject.kind === 'Group' && subject.name === 'system:masters') return 'admin'
  if (isOwnPart(subject) && grants.every(({binding}) => isOwnBinding(binding))) return 'built-in'
  if (grants.some(({isAdmin}) => isAdmin)) return 'admin'
  return controllerOf(subject, grants) === null ? 'subject' : 'controller'
}

/**
 * A load-balancer controller serves every namespace, so its right is the whole
 * cluster's. Whoever owns a namespace may give any account in it the name of a
 * controller, and what he may himself; a ClusterRoleBinding he cannot write.
 */
function controllerOf(subject: SubjectRef, grants: Gathered['grants']): string | null {
  return grants.some(({binding}) => binding.ref.kind === 'ClusterRoleBinding') ? controllerNamed(subject) : null
}

/** Users of the control plane, and accounts of kube-system that its controllers run as. */
function isOwnPart({kind, name, namespace}: SubjectRef): boolean {
  if (kind === 'ServiceAccount') return namespace === 'kube-system'
  return kind === 'User' && /^system:kube-(?:controller-manager|scheduler|proxy)$/.test(name)
}

/** Label and name together: neither alone keeps a binding of somebody else's from being taken for Kubernetes' own. */
function isOwnBinding({isDefault, ref, role}: Binding): boolean {
  return isDefault && ref.name.startsWith('system:') && role.name.startsWith('system:')
}

const ORDER: readonly WriterClass[] = ['everyone', 'subject', 'controller', 'admin', 'built-in']

function compareWriters(a: Writer, b: Writer): number {
  return ORDER.indexOf(a.class) - ORDER.indexOf(b.class) || compareText(subjectText(a.subject), subjectText(b.subject))
}

/** `group system:authenticated`, `service account ci/deployer` */
export function subjectText({kind, name, namespace}: SubjectRef): string {
  if (kind === 'ServiceAccount') return `service account ${namespace ?? ''}/${name}`
  return `${kind.toLowerCase()} ${name}`
}

function refKey({namespace = '', name}: BindingRef): string {
  return `${namespace}/${name}`
}
