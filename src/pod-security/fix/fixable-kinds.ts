import {annotationsOf, groupOf} from '../../kube/object.js'
import type {KubeObject} from '../../kube/json.js'
import type {WorkloadFix} from './fix.js'

const BUILT_IN: readonly string[] = ['', 'apps', 'batch']

/** Kinds whose Go types kubectl, the API server and kustomize know: only those say by what their lists are merged. */
export function isBuiltIn(object: {apiVersion: string}): boolean {
  return BUILT_IN.includes(groupOf(object))
}

export function isKnative(object: KubeObject): boolean {
  return groupOf(object) === 'serving.knative.dev'
}

/** The API lets nobody change what a pod may do, and of a Job's template nothing that matters here. */
export function howToChange(object: KubeObject): WorkloadFix['how'] {
  if (object.kind === 'Pod') return annotationsOf(object)['kubernetes.io/config.mirror'] === undefined ? 'recreate' : 'node-file'
  return object.kind === 'Job' && groupOf(object) === 'batch' ? 'recreate' : 'patch'
}
