import {defineFact} from '../audit/fact.js'
import {platform} from '../network/platform.js'
import {externalIPWriters} from './external-ip-writers.js'
import type {WritersInfo} from './external-ip-writers.js'
import {SERVICE_LB_PLATFORMS} from './load-balancer-controllers.js'

/** Who hands out the addresses in `status.loadBalancer` here. */
export interface LoadBalancerSource {
  /** `MetalLB`; empty: nobody that we know. */
  names: readonly string[]
  /** Those of them that may hand out the addresses of nodes. */
  nodesBy: readonly string[]
  /** Rows of roles that were not read whole: there may be one. */
  unread: WritersInfo['unread']
}

/** Clouds whose controller runs out of sight, under an account that RBAC need not show. */
const CLOUDS: ReadonlyMap<string, string> = new Map([
  ['eks', 'the load-balancer controller of EKS'], ['gke', 'the load-balancer controller of GKE'], ['aks', 'the load-balancer controller of AKS'],
  ['doks', 'the load-balancer controller of DigitalOcean'], ['openshift', 'the cloud controller of OpenShift'],
])

/** Their load balancers have addresses of their own, or only a name, and never those of nodes. */
const OWN_ADDRESSES: readonly string[] = ['eks', 'gke', 'aks', 'doks']
/** Whose programs these are at such a cloud. */
const OF_CLOUDS: readonly string[] = ['cloud controller manager', 'cloud provider', 'Azure cloud provider', 'AWS Load Balancer Controller']

/** A recognised load-balancer controller makes an address in a status the normal case. It is known by the platform, or by its account's name. */
export const loadBalancerSource = defineFact({
  id: 'load-balancer-source',
  reads: [],
  needs: [externalIPWriters, platform],
  create(context) {
    return {
      end(): LoadBalancerSource {
        const {roads, unread} = context.fact(externalIPWriters)
        const known = context.fact(platform)?.name ?? ''
        const own = SERVICE_LB_PLATFORMS.includes(known) ? 'the service load balancer of k3s' : CLOUDS.get(known)
        const named = roads.status.flatMap(({controller}) => (controller === null ? [] : [controller]))
        const names = [...new Set([...(own === undefined ? [] : [own]), ...named])].toSorted()
        const nodesBy = OWN_ADDRESSES.includes(known) ? names.filter(name => name !== own && !OF_CLOUDS.includes(name)) : names
        return {names, nodesBy, unread}
      },
    }
  },
})
