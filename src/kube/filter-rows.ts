import type {Resource} from './resources.js'

type Row = readonly [group: string, versions: string, plural: string, kind: string, scope: 'namespaced' | 'cluster', kept: readonly string[]]

const SPEC = ['spec']
/** Of a list that comes out of a Secret, that there is one. */
const KONG = ['plugin', 'disabled', 'config.allow', 'config.deny', 'config.whitelist', 'config.blacklist', 'configFrom!', 'configPatches!']
const CALICO = 'crd.projectcalico.org'
/** The same objects through Calico's aggregated API, or as its own resources where it runs without that API. */
const CALICO_V3 = 'projectcalico.org'

/**
 * Kinds that hold hard-coded IP filters, or that tell what such a filter means.
 * The last column is what a snapshot keeps: the whole spec where it is a policy,
 * single fields where the rest may hold anything.
 */
const ROWS = {
  // Pods.
  networkpolicies: ['networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy', 'namespaced', SPEC],
  multinetworkpolicies: ['k8s.cni.cncf.io', 'v1beta2 v1beta1', 'multi-networkpolicies', 'MultiNetworkPolicy', 'namespaced', SPEC],
  adminnetworkpolicies: ['policy.networking.k8s.io', 'v1alpha1', 'adminnetworkpolicies', 'AdminNetworkPolicy', 'cluster', SPEC],
  baselineadminnetworkpolicies: ['policy.networking.k8s.io', 'v1alpha1', 'baselineadminnetworkpolicies', 'BaselineAdminNetworkPolicy', 'cluster', SPEC],
  clusternetworkpolicies: ['policy.networking.k8s.io', 'v1alpha2', 'clusternetworkpolicies', 'ClusterNetworkPolicy', 'cluster', SPEC],
  'calico-networkpolicies': [CALICO, 'v1', 'networkpolicies', 'NetworkPolicy', 'namespaced', SPEC],
  'calico-globalnetworkpolicies': [CALICO, 'v1', 'globalnetworkpolicies', 'GlobalNetworkPolicy', 'cluster', SPEC],
  'calico-networksets': [CALICO, 'v1', 'networksets', 'NetworkSet', 'namespaced', SPEC],
  'calico-globalnetworksets': [CALICO, 'v1', 'globalnetworksets', 'GlobalNetworkSet', 'cluster', SPEC],
  'calico-hostendpoints': [CALICO, 'v1', 'hostendpoints', 'HostEndpoint', 'cluster', SPEC],
  'calico-tiers': [CALICO, 'v1', 'tiers', 'Tier', 'cluster', SPEC],
  'calico-v3-networkpolicies': [CALICO_V3, 'v3', 'networkpolicies', 'NetworkPolicy', 'namespaced', SPEC],
  'calico-v3-globalnetworkpolicies': [CALICO_V3, 'v3', 'globalnetworkpolicies', 'GlobalNetworkPolicy', 'cluster', SPEC],
  'calico-v3-networksets': [CALICO_V3, 'v3', 'networksets', 'NetworkSet', 'namespaced', SPEC],
  'calico-v3-globalnetworksets': [CALICO_V3, 'v3', 'globalnetworksets', 'GlobalNetworkSet', 'cluster', SPEC],
  'calico-v3-tiers': [CALICO_V3, 'v3', 'tiers', 'Tier', 'cluster', SPEC],
  ciliumnetworkpolicies: ['cilium.io', 'v2', 'ciliumnetworkpolicies', 'CiliumNetworkPolicy', 'namespaced', ['spec', 'specs']],
  ciliumclusterwidenetworkpolicies: ['cilium.io', 'v2', 'ciliumclusterwidenetworkpolicies', 'CiliumClusterwideNetworkPolicy', 'cluster', ['spec', 'specs']],
  ciliumcidrgroups: ['cilium.io', 'v2 v2alpha1', 'ciliumcidrgroups', 'CiliumCIDRGroup', 'cluster', SPEC],
  ciliumegressgatewaypolicies: ['cilium.io', 'v2', 'ciliumegressgatewaypolicies', 'CiliumEgressGatewayPolicy', 'cluster', SPEC],
  'antrea-clusternetworkpolicies': ['crd.antrea.io', 'v1beta1 v1alpha1', 'clusternetworkpolicies', 'ClusterNetworkPolicy', 'cluster', SPEC],
  'antrea-networkpolicies': ['crd.antrea.io', 'v1beta1 v1alpha1', 'networkpolicies', 'NetworkPolicy', 'namespaced', SPEC],
  'antrea-clustergroups': ['crd.antrea.io', 'v1beta1 v1alpha3', 'clustergroups', 'ClusterGroup', 'cluster', SPEC],
  'antrea-groups': ['crd.antrea.io', 'v1beta1 v1alpha3', 'groups', 'Group', 'namespaced', SPEC],
  'antrea-tiers': ['crd.antrea.io', 'v1beta1 v1alpha1', 'tiers', 'Tier', 'cluster', SPEC],
  egressfirewalls: ['k8s.ovn.org', 'v1', 'egressfirewalls', 'EgressFirewall', 'namespaced', SPEC],
  egressnetworkpolicies: ['network.openshift.io', 'v1', 'egressnetworkpolicies', 'EgressNetworkPolicy', 'namespaced', SPEC],
  authorizationpolicies: ['security.istio.io', 'v1 v1beta1', 'authorizationpolicies', 'AuthorizationPolicy', 'namespaced', SPEC],
  serviceentries: ['networking.istio.io', 'v1 v1beta1 v1alpha3', 'serviceentries', 'ServiceEntry', 'namespaced', ['spec.addresses']],
  virtualservices: ['networking.istio.io', 'v1 v1beta1 v1alpha3', 'virtualservices', 'VirtualService', 'namespaced', ['spec.tcp[].match', 'spec.tls[].match']],
  networkauthentications: ['policy.linkerd.io', 'v1alpha1', 'networkauthentications', 'NetworkAuthentication', 'namespaced', SPEC],
  serverauthorizations: ['policy.linkerd.io', 'v1beta1', 'serverauthorizations', 'ServerAuthorization', 'namespaced', SPEC],
  egressnetworks: ['policy.linkerd.io', 'v1alpha1', 'egressnetworks', 'EgressNetwork', 'namespaced', SPEC],
  // North-south.
  ingressclassparams: ['elbv2.k8s.aws', 'v1beta1', 'ingressclassparams', 'IngressClassParams', 'cluster', ['spec.inboundCIDRs', 'spec.ipAddressType']],
  targetgroupbindings: ['elbv2.k8s.aws', 'v1beta1', 'targetgroupbindings', 'TargetGroupBinding', 'namespaced', ['spec.networking', 'spec.ipAddressType']],
  loadbalancerconfigurations: ['gateway.k8s.aws', 'v1beta1', 'loadbalancerconfigurations', 'LoadBalancerConfiguration', 'namespaced', ['spec.sourceRanges', 'spec.ipAddressType']],
  middlewares: ['traefik.io', 'v1alpha1', 'middlewares', 'Middleware', 'namespaced', ['spec.ipAllowList', 'spec.ipWhiteList']],
  middlewaretcps: ['traefik.io', 'v1alpha1', 'middlewaretcps', 'MiddlewareTCP', 'namespaced', ['spec.ipAllowList', 'spec.ipWhiteList']],
  // Of Traefik 2, and where 2.11 runs still beside those of the new group.
  'traefik2-middlewares': ['traefik.containo.us', 'v1alpha1', 'middlewares', 'Middleware', 'namespaced', ['spec.ipAllowList', 'spec.ipWhiteList']],
  'traefik2-middlewaretcps': ['traefik.containo.us', 'v1alpha1', 'middlewaretcps', 'MiddlewareTCP', 'namespaced', ['spec.ipAllowList', 'spec.ipWhiteList']],
  httpproxies: ['projectcontour.io', 'v1', 'httpproxies', 'HTTPProxy', 'namespaced', ['spec.virtualhost.ipAllowPolicy', 'spec.virtualhost.ipDenyPolicy', 'spec.routes[].ipAllowPolicy', 'spec.routes[].ipDenyPolicy', 'status.loadBalancer']],
  securitypolicies: ['gateway.envoyproxy.io', 'v1alpha1', 'securitypolicies', 'SecurityPolicy', 'namespaced', ['spec.authorization']],
  'nginx-policies': ['k8s.nginx.org', 'v1', 'policies', 'Policy', 'namespaced', ['spec.accessControl']],
  kongplugins: ['configuration.konghq.com', 'v1', 'kongplugins', 'KongPlugin', 'namespaced', KONG],
  kongclusterplugins: ['configuration.konghq.com', 'v1', 'kongclusterplugins', 'KongClusterPlugin', 'cluster', KONG],
  routes: ['route.openshift.io', 'v1', 'routes', 'Route', 'namespaced', ['status.ingress[].routerName']],
  ingresscontrollers: ['operator.openshift.io', 'v1', 'ingresscontrollers', 'IngressController', 'namespaced', ['spec.endpointPublishingStrategy', 'status.endpointPublishingStrategy']],
  backendconfigs: ['cloud.google.com', 'v1', 'backendconfigs', 'BackendConfig', 'namespaced', ['spec.securityPolicy.name']],
  ipaddresspools: ['metallb.io', 'v1beta1', 'ipaddresspools', 'IPAddressPool', 'namespaced', ['spec.addresses']],
  ciliumloadbalancerippools: ['cilium.io', 'v2 v2alpha1', 'ciliumloadbalancerippools', 'CiliumLoadBalancerIPPool', 'cluster', ['spec.blocks', 'spec.cidrs', 'spec.disabled']],
} as const satisfies Record<string, Row>

export type FilterKey = keyof typeof ROWS
export const FILTER_KEYS = Object.keys(ROWS) as FilterKey[]

/** All are policies: small, and read before the pods that they select. */
export function filterRows(): Record<FilterKey, Resource> {
  return perKey(([group, versions, plural, kind, scope]) => ({group, versions: versions.split(' '), plural, kind, isNamespaced: scope === 'namespaced', form: 'full', stage: 1}))
}

export function filterPaths(): Record<FilterKey, readonly string[]> {
  return perKey(([, , , , , kept]) => kept)
}

function perKey<T>(make: (row: Row) => T): Record<FilterKey, T> {
  return Object.fromEntries(Object.entries(ROWS).map(([key, row]) => [key, make(row)])) as Record<FilterKey, T>
}
