import {compareText} from '../audit/order.js'
import type {FactContext} from '../audit/fact.js'
import type {SubjectRef} from '../audit/finding.js'
import type {ReadOutcome} from '../audit/outcome.js'
import type {KubeObject} from '../kube/json.js'
import {labelsOf, nameOf, namespaceOf} from '../kube/object.js'
import {roleRefOf, rulesOf, subjectsOf} from '../kube/rbac.js'
import type {RoleRef} from '../kube/rbac.js'
import {shortList} from '../kube/short-list.js'
import type {UnreadRow} from './engines/blocker.js'
import {NO_POWERS, hasPower, namesOf, powersOf, roleOf, summed} from './powers.js'
import type {Power, Powers, Rights, Role} from './powers.js'

export interface BindingRef {
  kind: 'ClusterRoleBinding' | 'RoleBinding'
  namespace?: string
  name: string
}

/**
 * `everyone`: a group that holds every user or workload. `admin`: may do
 * everything anyway. `built-in`: parts of Kubernetes itself. `controller`: one
 * whose work it is, by its name, with a right in the whole cluster.
 */
export type HolderClass = 'everyone' | 'subject' | 'controller' | 'admin' | 'built-in'

/** Who has a right, by all bindings that grant it. */
export interface Holder {
  subject: SubjectRef
  class: HolderClass
  /** The controller, where it is one. */
  controller: string | null
  /** At most ten; `bindings` counts all. */
  grantedBy: readonly BindingRef[]
  bindings: number
  /** Names of the roles, at most five. */
  roles: readonly string[]
  /** May it only do it to objects of some names, in every grant? */
  isNameLimited: boolean
  /** Sorted names of the namespaces whose bindings grant it; null: a ClusterRoleBinding does. */
  namespaces: readonly string[] | null
}

interface Binding {
  ref: BindingRef
  role: RoleRef
  isDefault: boolean
  subjects: readonly SubjectRef[]
}

export const RBAC_ROWS = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'] as const

export interface RightHolders<W extends string> extends Readonly<Record<(typeof RBAC_ROWS)[number], (object: KubeObject) => void>> {
  /** Broad groups first, then by name. */
  holders(): Readonly<Record<W, readonly Holder[]>>
  /** Rows that were not read whole: there may be more. */
  unread(context: FactContext): UnreadRow[]
}

export interface HolderOptions<W extends string> {
  /** The controller that a subject is by its name; null for anybody else. */
  controllerNamed(subject: SubjectRef): string | null
  /** Rights that a RoleBinding does not grant, for what they are about lies in no namespace. */
  onlyEverywhere?: readonly W[]
}

/** Gathers roles and bindings, and tells who has each of some rights. */
export function rightHolders<W extends string>(rights: Rights<W>, options: HolderOptions<W>): RightHolders<W> {
  const clusterRoles = new Map<string, Role<W>>()
  const roles = new Map<string, Powers<W>>()
  const bindings: Binding[] = []
  const keep = (binding: KubeObject): void => void bindings.push(...bindingOf(binding))
  return {
    clusterroles: role => void clusterRoles.set(nameOf(role), roleOf(role, rights)),
    roles(role) {
      const powers = powersOf(rulesOf(role), rights)
      if (hasPower(powers)) roles.set(`${namespaceOf(role)}/${nameOf(role)}`, {...powers, isAdmin: false})
    },
    clusterrolebindings: keep,
    rolebindings: keep,
    holders() {
      // Thousands of bindings share a few ClusterRoles.
      const sums = new Map<string, Powers<W>>()
      const sumOf = (name: string): Powers<W> => {
        const known = sums.get(name) ?? summed(name, clusterRoles, new Set())
        sums.set(name, known)
        return known
      }
      const powersIn = ({role, ref}: Binding): Powers<W> => (role.kind === 'Role' ? roles.get(`${ref.namespace}/${role.name}`) ?? NO_POWERS : sumOf(role.name))
      return gather(bindings, powersIn, namesOf(rights), options)
    },
    unread(context) {
      const unread = RBAC_ROWS.flatMap(row => unreadRoles(row, context.outcome(row)))
      return unread.length > 0 ? unread : rolesLeftOut(bindings, clusterRoles)
    },
  }
}

/** Where the API of roles itself is not served, something else decides, and writers are as unknown. */
function unreadRoles(row: (typeof RBAC_ROWS)[number], {outcome, detail}: ReadOutcome): UnreadRow[] {
  return outcome === 'complete' ? [] : [{row, outcome, detail}]
}

/**
 * The API server makes cluster-admin anew at each start, so a list without it
 * is what somebody put into files: a role that it lacks is not gone.
 */
function rolesLeftOut(bindings: readonly Binding[], known: ReadonlyMap<string, Role<string>>): UnreadRow[] {
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

function gather<W extends string>(bindings: readonly Binding[], powersIn: (binding: Binding) => Powers<W>, names: readonly W[], options: HolderOptions<W>): Record<W, Holder[]> {
  const found = new Map(names.map(name => [name, new Map<string, Gathered>()]))
  for (const binding of bindings) {
    const {of, isAdmin} = powersIn(binding)
    const isCluster = binding.ref.kind === 'ClusterRoleBinding'
    for (const [name, entries] of found) {
      const power = of[name]
      if (power === undefined || (!isCluster && options.onlyEverywhere?.includes(name) === true)) continue
      for (const subject of binding.subjects) entryOf(entries, subject).grants.push({binding, power, isAdmin: isAdmin && isCluster})
    }
  }
  const holders = [...found].map(([name, entries]) => [name, [...entries.values()].map(one => holderOf(one, options)).toSorted(compareHolders)] as const)
  return Object.fromEntries(holders) as Record<W, Holder[]>
}

function entryOf(entries: Map<string, Gathered>, subject: SubjectRef): Gathered {
  const key = `${subject.kind}/${subject.namespace ?? ''}/${subject.name}`
  const entry = entries.get(key) ?? {subject, grants: []}
  entries.set(key, entry)
  return entry
}

function holderOf({subject, grants}: Gathered, {controllerNamed}: Pick<HolderOptions<never>, 'controllerNamed'>): Holder {
  const controller = controllerOf(subject, grants, controllerNamed)
  const refs = grants.map(({binding}) => binding.ref).toSorted((a, b) => compareText(refKey(a), refKey(b)))
  return {
    subject, class: classOf(subject, grants, controller), controller,
    grantedBy: refs.slice(0, 10), bindings: refs.length,
    roles: [...new Set(grants.map(({binding}) => binding.role.name))].toSorted(compareText).slice(0, 5),
    isNameLimited: grants.every(({power}) => power.isNameLimited),
    namespaces: refs.some(({kind}) => kind === 'ClusterRoleBinding') ? null : [...new Set(refs.map(({namespace = ''}) => namespace))].toSorted(compareText),
  }
}

/** A group that everybody, or every workload, is in. */
function isBroadGroup({kind, name}: SubjectRef): boolean {
  // `system:authenticated:oauth` is OpenShift's: everybody who logged in there.
  return kind === 'Group' && /^system:(?:authenticated(?::oauth)?|unauthenticated|serviceaccounts(?::.+)?)$/.test(name)
}

function classOf(subject: SubjectRef, grants: Gathered['grants'], controller: string | null): HolderClass {
  // Nothing that a broad group may do is folded away, not even what it gets from a built-in binding.
  if (isBroadGroup(subject) || (subject.kind === 'User' && subject.name === 'system:anonymous')) return 'everyone'
  if (subject.kind === 'Group' && subject.name === 'system:masters') return 'admin'
  if (isOwnPart(subject) && grants.every(({binding}) => isOwnBinding(binding))) return 'built-in'
  if (grants.some(({isAdmin}) => isAdmin)) return 'admin'
  return controller === null ? 'subject' : 'controller'
}

/**
 * A controller serves every namespace, so its right is the whole cluster's.
 * Whoever owns a namespace may give any account in it the name of one, and what
 * he may himself; a ClusterRoleBinding he cannot write.
 */
function controllerOf(subject: SubjectRef, grants: Gathered['grants'], controllerNamed: HolderOptions<never>['controllerNamed']): string | null {
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

const ORDER: readonly HolderClass[] = ['everyone', 'subject', 'controller', 'admin', 'built-in']

export function compareHolders(a: Holder, b: Holder): number {
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
