import type {KubeObject} from './json.js'
import {labelsOf, namespaceOf} from './object.js'

/** API servers write their own addresses into the slices of this Service. */
export const API_SERVER_SERVICE = 'default/kubernetes'

/** `NAMESPACE/NAME` of the Service that a slice belongs to; null for a slice without one. */
export function serviceOfSlice(slice: KubeObject): string | null {
  const name = labelsOf(slice)['kubernetes.io/service-name']
  return name === undefined ? null : `${namespaceOf(slice)}/${name}`
}
