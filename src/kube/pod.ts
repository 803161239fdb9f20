import {textAt} from './field.js'
import type {KubeObject} from './json.js'
import {labelsOf} from './object.js'

/** Succeeded and Failed pods run nothing any more. */
export function isFinished(pod: KubeObject): boolean {
  const phase = textAt(pod, 'status', 'phase')
  return phase === 'Succeeded' || phase === 'Failed'
}

/** An instance of the API server that runs as a pod, by the label that kubeadm and others give it. */
export function isLiveApiServer(pod: KubeObject): boolean {
  return labelsOf(pod)['component'] === 'kube-apiserver' && !isFinished(pod)
}
