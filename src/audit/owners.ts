import {textAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {annotationsOf, controllerOf, groupOf, nameOf, namespaceOf} from '../kube/object.js'
import {RESOURCES} from '../kube/resources.js'
import {defineFact} from './fact.js'
import type {ObjectRef} from './finding.js'

const OWNER_ROWS = ['replicasets', 'jobs', 'deployments', 'statefulsets', 'daemonsets', 'cronjobs', 'replicationcontrollers'] as const

/** A pod as roll-up needs it, small enough to be kept until everything is read. */
export interface OwnerLink {
  object: ObjectRef
  /** Its controller as the object names it; null where it has none. */
  controller: Controller | null
}

interface Controller {
  ref: ObjectRef
  uid: string
}

export interface Owners {
  /** Owners that exist, by uid, each with its own controller. */
  byUid: ReadonlyMap<string, Controller | null>
  /** The same by `kind/namespace/name`, for files that left the uids out. */
  byName: ReadonlyMap<string, Controller | null>
  /** Kinds that were read in full: who is not among them does not exist. */
  known: ReadonlySet<string>
}

/** Longer than any real chain; a circle of references must end. */
const LONGEST_CHAIN = 8

/** Who controls whom, so that a finding names what a person would edit. */
export const owners = defineFact<(typeof OWNER_ROWS)[number], Owners>({
  id: 'owners',
  reads: OWNER_ROWS,
  create(context) {
    const byUid = new Map<string, Controller | null>()
    const byName = new Map<string, Controller | null>()
    const keep = (object: KubeObject): void => {
      const {controller} = linkOf(object)
      const uid = textAt(object, 'metadata', 'uid') ?? ''
      if (uid === '') byName.set(nameKey(object.kind, namespaceOf(object), nameOf(object)), controller)
      else byUid.set(uid, controller)
    }
    return {
      replicasets: keep, jobs: keep, deployments: keep, statefulsets: keep, daemonsets: keep, cronjobs: keep, replicationcontrollers: keep,
      end: () => ({byUid, byName, known: new Set(OWNER_ROWS.filter(row => context.outcome(row).outcome === 'complete').map(kindOf))}),
    }
  },
})

function kindOf(row: (typeof OWNER_ROWS)[number]): string {
  const {group, kind} = RESOURCES[row]
  return `${group}/${kind}`
}

export function linkOf(object: KubeObject): OwnerLink {
  const {apiVersion, kind} = object
  const namespace = namespaceOf(object)
  const ref = {apiVersion, kind, namespace, name: nameOf(object)}
  const given = controllerOf(object)
  if (given !== null) {
    // An owner stands in the namespace of what it owns, or in none: references do not say which, but of these kinds we know.
    const isCluster = given.kind === 'Node' && given.apiVersion === 'v1'
    return {object: ref, controller: {ref: {apiVersion: given.apiVersion, kind: given.kind, namespace: isCluster ? '' : namespace, name: given.name}, uid: given.uid}}
  }
  // The mirror of a static pod: its file lies on the node. Kubelets before 1.17 named no owner.
  const node = kind === 'Pod' && annotationsOf(object)['kubernetes.io/config.mirror'] !== undefined ? textAt(object, 'spec', 'nodeName') : undefined
  return {object: ref, controller: node === undefined ? null : {ref: {apiVersion: 'v1', kind: 'Node', namespace: '', name: node}, uid: ''}}
}

/**
 * The topmost owner that exists. An owner of a kind that we do not read (a
 * Rollout, a Node) stands as the reference has it; one that is missing from a
 * complete list is gone, and the last that lives below it counts. The object
 * itself where nothing controls it.
 */
export function topOwner(known: Owners, link: OwnerLink): ObjectRef {
  let top = link.object
  let next = link.controller
  for (let step = 0; next !== null && step < LONGEST_CHAIN; step++) {
    const found = lookUp(known, next)
    if (found === undefined && isKnownKind(known, next.ref)) return top
    top = next.ref
    next = found ?? null
  }
  return top
}

function lookUp({byUid, byName}: Owners, {uid, ref}: Controller): Controller | null | undefined {
  const found = uid === '' ? undefined : byUid.get(uid)
  return found === undefined ? byName.get(nameKey(ref.kind, ref.namespace, ref.name)) : found
}

function isKnownKind({known}: Owners, {apiVersion, kind}: ObjectRef): boolean {
  return known.has(`${groupOf({apiVersion})}/${kind}`)
}

function nameKey(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`
}
