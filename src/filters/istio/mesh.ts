import {listAt, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {labelsOf} from '../../kube/object.js'

/** Where policies for every namespace are read from, unless the mesh is configured otherwise, which nothing here shows. */
export const ROOT_NAMESPACE = 'istio-system'

const PROXY = 'istio-proxy'
const MODE = 'istio.io/dataplane-mode'

/** Does a sidecar, a gateway or the node's ztunnel stand between this pod and its clients? */
export function isInMesh(pod: KubeObject, namespaceLabels: Readonly<Record<string, string>>): boolean {
  return hasSidecar(pod) || (labelsOf(pod)[MODE] ?? namespaceLabels[MODE]) === 'ambient'
}

export function hasSidecar(pod: KubeObject): boolean {
  return [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')].some(container => textAt(container, 'name') === PROXY)
}
