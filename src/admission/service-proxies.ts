import {defineFact} from '../audit/fact.js'
import {textAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {labelsOf, nameOf, namespaceOf} from '../kube/object.js'

/** Which programs send the traffic of Services, as far as DaemonSets show them. */
export interface ServiceProxies {
  hasCilium: boolean
  hasKubeProxy: boolean
  /** Cilium runs, and is told to do kube-proxy's work or a part of it. */
  isReplaced: boolean
  /** False: there may be others. */
  areWhole: boolean
}

/** kube-proxy inside the distribution's own program, as a static pod or as a service of the host. */
export const HIDDEN_KUBE_PROXY: readonly string[] = ['k3s', 'rke2', 'microk8s']

/** `kube-proxy-replacement` of `cilium-config`. */
export function replacementIn(map: KubeObject): string {
  return (textAt(map, 'data', 'kube-proxy-replacement') ?? '').toLowerCase()
}

export function isReplacing(replacement: string): boolean {
  return !['', 'false', 'disabled'].includes(replacement)
}

export const serviceProxies = defineFact({
  id: 'service-proxies',
  reads: ['network-configmaps', 'daemonsets'],
  create(context) {
    let hasCilium = false
    let hasKubeProxy = false
    let replacement = ''
    return {
      'network-configmaps'(map) {
        if (nameOf(map) === 'cilium-config') replacement = replacementIn(map)
      },
      daemonsets(set) {
        // Where the configuration is read. A program that anybody may start under that name elsewhere is no sign that this one is in use.
        hasCilium ||= namespaceOf(set) === 'kube-system' && isAgent(set, /^(?:cilium|anetd)$/, 'cilium')
        hasKubeProxy ||= isAgent(set, /^kube-proxy(?:-.+)?$/, 'kube-proxy')
      },
      end: (): ServiceProxies => ({
        hasCilium, hasKubeProxy, isReplaced: hasCilium && isReplacing(replacement),
        areWhole: context.outcome('daemonsets').outcome === 'complete',
      }),
    }
  },
})

/** By its name or by the label that its own manifests give it; GKE calls Cilium's anetd. */
function isAgent(set: KubeObject, name: RegExp, label: string): boolean {
  return name.test(nameOf(set)) || labelsOf(set)['k8s-app'] === label
}
