import type {LabelSelector} from '../../kube/label-selector.js'
import {selectorOf} from '../../kube/label-selector.js'
import type {Json} from '../../kube/json.js'
import type {PodView} from '../pods.js'

type Labels = Readonly<Record<string, string>>

export const POD_NAMESPACE = 'io.kubernetes.pod.namespace'
const SERVICE_ACCOUNT = 'io.cilium.k8s.policy.serviceaccount'
export const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.'
/** The name of the cluster, which nothing here shows: a selector that names one names this one. */
const CLUSTER = 'io.cilium.k8s.policy.cluster'

/** Labels of Kubernetes may be written with their source, or for any source; those of other sources no pod has. */
const OF_PODS = /^(?:k8s|any):/

/** An `endpointSelector`: a label selector whose keys name where a label comes from. */
export function endpointSelectorOf(value: Json | undefined): LabelSelector {
  return selectorOf(value).map(requirement => ({...requirement, key: requirement.key.replace(OF_PODS, '')})).filter(({key}) => key !== CLUSTER)
}

/** A namespaced policy selects in its own namespace alone; Cilium takes out what it says of another. */
export function withoutNamespace(selector: LabelSelector): LabelSelector {
  return selector.filter(({key}) => key !== POD_NAMESPACE)
}

/** The labels that Cilium gives the endpoint of a pod, its namespace's among them. */
export function endpointLabels(labelsOfNamespace: (name: string) => Labels): (pod: PodView) => Labels {
  const prefixed = new Map<string, Labels>()
  const ofNamespace = (name: string): Labels => {
    const known = prefixed.get(name)
    if (known !== undefined) return known
    const labels = Object.fromEntries(Object.entries(labelsOfNamespace(name)).map(([key, value]) => [`${NAMESPACE_LABELS}${key}`, value]))
    prefixed.set(name, labels)
    return labels
  }
  return ({namespace, labels, serviceAccount}) => ({...labels, ...ofNamespace(namespace), [POD_NAMESPACE]: namespace, [SERVICE_ACCOUNT]: serviceAccount})
}
