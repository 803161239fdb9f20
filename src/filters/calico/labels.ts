import type {PodView} from '../pods.js'
import type {Lookup} from './selector.js'

/** What Calico gives an endpoint beside its own labels: libcalico-go, `conversion.go` and `workload_endpoint_default.go`. */
export const NAMESPACE = 'projectcalico.org/namespace'
export const SERVICE_ACCOUNT = 'projectcalico.org/serviceaccount'
const ORCHESTRATOR = 'projectcalico.org/orchestrator'
const NAME = 'projectcalico.org/name'
export const OF_NAMESPACE = 'pcns.'
export const OF_SERVICE_ACCOUNT = 'pcsa.'
/** A longer name is not given as a label. */
const LONGEST_NAME = 63

/** Labels by namespace; null: the namespace was not seen. */
export type NamespaceLabels = (namespace: string) => Readonly<Record<string, string>> | null

export function podLookup({namespace, labels, serviceAccount}: Pick<PodView, 'namespace' | 'labels' | 'serviceAccount'>, namespaces: NamespaceLabels): Lookup {
  return label => {
    if (label === NAMESPACE) return namespace
    if (label === ORCHESTRATOR) return 'k8s'
    if (label === SERVICE_ACCOUNT) return serviceAccount.length > LONGEST_NAME ? undefined : serviceAccount
    if (Object.hasOwn(labels, label)) return labels[label]
    if (label.startsWith(OF_NAMESPACE)) return ofNamespace(label, namespace, namespaces)
    if (!label.startsWith(OF_SERVICE_ACCOUNT)) return undefined
    // ServiceAccounts are not read: of theirs only the name is known.
    return label === OF_SERVICE_ACCOUNT + NAME ? serviceAccount : null
  }
}

/** @param namespace empty for what stands in none */
export function setLookup(labels: Readonly<Record<string, string>>, namespace: string, namespaces: NamespaceLabels): Lookup {
  return label => {
    if (label === NAMESPACE && namespace !== '') return namespace
    if (Object.hasOwn(labels, label)) return labels[label]
    return namespace !== '' && label.startsWith(OF_NAMESPACE) ? ofNamespace(label, namespace, namespaces) : undefined
  }
}

function ofNamespace(label: string, namespace: string, namespaces: NamespaceLabels): string | undefined | null {
  const name = label.slice(OF_NAMESPACE.length)
  if (name === NAME) return namespace
  const labels = namespaces(namespace)
  if (labels === null) return null
  return Object.hasOwn(labels, name) ? labels[name] : undefined
}
