import {at, mappingAt} from '../kube/field.js'
import {stepsOf} from '../kube/field-path.js'
import type {KubeObject} from '../kube/json.js'
import {groupOf} from '../kube/object.js'
import type {Judged} from './pod-shape.js'

export interface TemplateKind {
  group: string
  kind: string
  /** Where the pod stands in the object; empty: it is the pod. */
  path: string
  /** Pod Security admission warns about and audits these kinds; of all others it sees only the pods. */
  isJudgedByPsa: boolean
}

/**
 * Whatever makes pods (pod-security-admission, admission/admission.go), and of
 * custom resources a closed list. The version does not matter: the server
 * converts an object before it looks.
 */
export const TEMPLATE_KINDS: readonly TemplateKind[] = [
  {group: '', kind: 'Pod', path: '', isJudgedByPsa: true},
  {group: '', kind: 'PodTemplate', path: 'template', isJudgedByPsa: true},
  {group: '', kind: 'ReplicationController', path: 'spec.template', isJudgedByPsa: true},
  ...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'].map(kind => ({group: 'apps', kind, path: 'spec.template', isJudgedByPsa: true})),
  {group: 'batch', kind: 'Job', path: 'spec.template', isJudgedByPsa: true},
  {group: 'batch', kind: 'CronJob', path: 'spec.jobTemplate.spec.template', isJudgedByPsa: true},
  // May have `workloadRef` in place of a template; then the workload that it names is judged.
  {group: 'argoproj.io', kind: 'Rollout', path: 'spec.template', isJudgedByPsa: false},
  ...['CloneSet', 'StatefulSet', 'DaemonSet', 'BroadcastJob'].map(kind => ({group: 'apps.kruise.io', kind, path: 'spec.template', isJudgedByPsa: false})),
  {group: 'apps.openshift.io', kind: 'DeploymentConfig', path: 'spec.template', isJudgedByPsa: false},
  // Its template's spec is a pod's with two fields more.
  {group: 'serving.knative.dev', kind: 'Service', path: 'spec.template', isJudgedByPsa: false},
]

const KINDS: ReadonlyMap<string, TemplateKind> = new Map(TEMPLATE_KINDS.map(kind => [`${kind.group}/${kind.kind}`, kind]))

export interface PodPlace extends Judged {
  /** Empty, `spec.template`, … */
  path: string
}

/** The pod that an object is or would make; null: it makes none, or has no template. */
export function podIn(object: KubeObject): (PodPlace & {isJudgedByPsa: boolean}) | null {
  const kind = KINDS.get(`${groupOf(object)}/${object.kind}`)
  if (kind === undefined) return null
  const place = podAt(object, kind.path)
  return place === null ? null : {...place, isJudgedByPsa: kind.isJudgedByPsa}
}

/** The same for a kind of which only the place of the template is known. @param path `spec.template` */
export function podAt(object: KubeObject, path: string): PodPlace | null {
  const steps = stepsOf(path)
  if (at(object, ...steps) === undefined) return null
  const {metadata, spec} = mappingAt(object, ...steps)
  return {metadata, spec, path}
}

/** A violation's path below the object that holds the pod. */
export function pathBelow(path: string, inner: string): string {
  return path === '' ? inner : `${path}.${inner}`
}
