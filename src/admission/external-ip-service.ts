import {defineFact} from '../audit/fact.js'
import {kubelets} from '../audit/kubelets.js'
import {kubeProxy} from '../network/kube-proxy.js'
import {HIDDEN_KUBE_PROXY, serviceProxies} from './service-proxies.js'
import {platform} from '../network/platform.js'
import {ciliumBlockers, isMitigated} from './engines/cilium.js'
import {whenOf} from './external-ip-timeline.js'

/** Does anything on the nodes act on `spec.externalIPs`? */
export interface ExternalIPService {
  isServed: boolean
  /** Why not; empty where it is, or where nothing tells. */
  why: string
  /** Why nothing but the addresses of nodes is served; empty where all are, or none. */
  whyNodesOnly: string
}

/** kube-proxy may be that many releases older than the kubelet beside it. */
const SKEW = 3

/**
 * Why kube-proxy ignores the field; empty where it serves it, or where nothing
 * tells. Its configuration says something only where it runs, and no other
 * proxy has taken its place and left it behind.
 */
export const kubeProxyIgnores = defineFact({
  id: 'kube-proxy-ignores-external-ips',
  reads: [],
  needs: [kubeProxy, kubelets, platform, serviceProxies],
  create(context) {
    return {
      end(): string {
        const {hasKubeProxy, isReplaced} = context.fact(serviceProxies)
        const isInside = HIDDEN_KUBE_PROXY.includes(context.fact(platform)?.name ?? '')
        if (isReplaced || (!hasKubeProxy && !isInside)) return ''
        const {servesExternalIPs} = context.fact(kubeProxy)
        if (servesExternalIPs === false) return 'the gate AllowServiceExternalIPs of kube-proxy is off'
        const oldest = (context.fact(kubelets)?.minMinor ?? 0) - (isInside ? 0 : SKEW)
        return servesExternalIPs === null && oldest >= whenOf('goes-dark').minor ? `kube-proxy ignores the field from 1.${whenOf('goes-dark').minor} on` : ''
      },
    }
  },
})

/**
 * kube-proxy acts on the field, in every mode, until its gate is off; Cilium in
 * its place does for addresses of nodes only, unless told otherwise. Whatever
 * else runs there is taken to act on it: a claim that does nothing is the safer
 * mistake.
 */
export const externalIPService = defineFact({
  id: 'external-ip-service',
  reads: [],
  needs: [kubeProxyIgnores, ciliumBlockers],
  create(context) {
    return {
      end(): ExternalIPService {
        const why = context.fact(kubeProxyIgnores)
        if (why !== '') return {isServed: false, why, whyNodesOnly: ''}
        const doesMitigate = context.fact(ciliumBlockers).blockers.some(({spec}) => spec !== null && isMitigated(spec))
        return {isServed: true, why: '', whyNodesOnly: doesMitigate ? 'Cilium in place of kube-proxy sends no traffic of the cluster there' : ''}
      },
    }
  },
})
