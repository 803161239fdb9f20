import {defineFact} from '../audit/fact.js'
import {kubelets} from '../audit/kubelets.js'
import {kubeProxy} from '../network/kube-proxy.js'
import {blockersPerRoad} from './external-ip-blockers.js'
import {whenOf} from './external-ip-timeline.js'

/** Does anything on the nodes act on `spec.externalIPs`? */
export interface ExternalIPService {
  isServed: boolean
  /** Why not; empty where it is, or where nothing tells. */
  why: string
}

/**
 * kube-proxy acts on the field, in every mode, until its gate is off; Cilium in
 * its place does not, unless told otherwise. Whatever else runs there is taken
 * to act on it: a claim that does nothing is the safer mistake.
 */
export const externalIPService = defineFact({
  id: 'external-ip-service',
  reads: [],
  needs: [kubeProxy, kubelets, blockersPerRoad],
  create(context) {
    return {
      end(): ExternalIPService {
        const {servesExternalIPs} = context.fact(kubeProxy)
        if (servesExternalIPs === false) return {isServed: false, why: 'the gate AllowServiceExternalIPs of kube-proxy is off'}
        const oldest = context.fact(kubelets)?.minMinor ?? 0
        if (servesExternalIPs === null && oldest >= whenOf('goes-dark').minor) return {isServed: false, why: `kube-proxy ignores the field from 1.${whenOf('goes-dark').minor} on`}
        const cilium = context.fact(blockersPerRoad).blockers.find(({engine}) => engine === 'cilium')?.spec
        const isMitigated = cilium?.state === 'enforcing' && cilium.gaps.length === 0
        return isMitigated ? {isServed: false, why: 'Cilium in place of kube-proxy sends no traffic of the cluster there'} : {isServed: true, why: ''}
      },
    }
  },
})
