import {listAt, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import type {Family} from '../../network/ip.js'

/** `egress.globalEgressNetworkNamespace` of Linkerd's chart, as it is by default: what stands there holds for every namespace. */
export const GLOBAL_EGRESS_NAMESPACE = 'linkerd-egress'

export function hasProxy(pod: KubeObject): boolean {
  return [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')].some(container => textAt(container, 'name') === 'linkerd-proxy')
}

/** Pods with a proxy, and how many of them have each family. */
export interface MeshCount {
  pods: number
  having: Record<Family, number>
  dual: number
}

export interface MeshCounts {
  add(namespace: string, families: readonly Family[]): void
  /** Null: of all namespaces. */
  of(namespace: string | null): MeshCount
}

export function meshCounts(): MeshCounts {
  const all = none()
  const byNamespace = new Map<string, MeshCount>()
  return {
    add(namespace, families) {
      const own = byNamespace.get(namespace) ?? none()
      byNamespace.set(namespace, own)
      for (const count of [own, all]) {
        count.pods++
        for (const family of families) count.having[family]++
        if (families.length === 2) count.dual++
      }
    },
    of: namespace => (namespace === null ? all : (byNamespace.get(namespace) ?? none())),
  }
}

function none(): MeshCount {
  return {pods: 0, having: {4: 0, 6: 0}, dual: 0}
}
