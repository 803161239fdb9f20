import type {PlatformInfo} from '../../network/platform.js'
import type {ListKind} from './source-list.js'

/** What tells who acts on the source ranges of Services. */
export interface Surroundings {
  /** Null: nothing tells it. */
  platform: PlatformInfo | null
  /** Null: not known; false: no node names a cloud. */
  hasCloud: boolean | null
  /** Cilium does kube-proxy's work. */
  isCilium: boolean
  /** Address pools of MetalLB are there. */
  hasMetalLB: boolean
}

/** What of a Service tells who acts on its source ranges. */
export interface Balanced {
  /** `spec.loadBalancerClass`; empty: the default of the cluster. */
  loadBalancerClass: string
  /** An address in its status that kube-proxy captures: not a host name, and not `ipMode: Proxy`. */
  hasVip: boolean
}

export type Enforcer = 'aws' | 'azure' | 'gke' | 'cilium' | 'kube-proxy' | 'unknown'

export interface EnforcerInfo extends Pick<ListKind, 'otherFamily' | 'because' | 'whenUnreadable'> {
  by: Enforcer
  isDerived: boolean
}

const CLASSES: readonly (readonly [RegExp, Enforcer])[] = [
  [/^(?:service\.k8s\.aws|eks\.amazonaws\.com)\//, 'aws'],
  [/^networking\.gke\.io\//, 'gke'],
  [/^io\.cilium\//, 'cilium'],
  // They announce addresses and filter nothing.
  [/metallb|kube-vip/, 'kube-proxy'],
]

/**
 * Read at the sources: `newBaseServiceInfo` of kube-proxy keeps the ranges of its
 * own family, and all three backends make no firewall where none is left
 * (`usesFWChain`); `sourceranges.go` of ingress-gce puts in `0.0.0.0/0` or `::/0`;
 * `buildCIDRsFromSourceRanges` of the AWS Load Balancer Controller and
 * `accesscontrol.go` of cloud-provider-azure make a rule for each range that is
 * there and for no other. In Cilium the answer changed with its releases: the
 * reconciler of 1.18 drops a family of which the list has no entry.
 */
const ANSWERS: Readonly<Record<Exclude<Enforcer, 'unknown'>, Omit<EnforcerInfo, 'by'>>> = {
  aws: {otherFamily: 'closed', because: 'the security group of the load balancer has no rule for it', whenUnreadable: 'unknown', isDerived: false},
  azure: {otherFamily: 'closed', because: 'the network security group has no rule for it', whenUnreadable: 'closes', isDerived: false},
  gke: {otherFamily: 'open', because: 'the load balancer of GKE admits all of a family of which the list has no entry', whenUnreadable: 'unknown', isDerived: false},
  cilium: {otherFamily: 'unknown', because: 'Cilium does the work of kube-proxy here, and its releases differ in what they do with a family of which the list has no entry', whenUnreadable: 'unknown', isDerived: true},
  'kube-proxy': {otherFamily: 'open', because: 'kube-proxy makes no firewall for a family of which the list has no entry', whenUnreadable: 'unknown', isDerived: true},
}

/** Who acts on the list, and what that does with a family that the list does not name. */
export function enforcerOf(service: Balanced, around: Surroundings): EnforcerInfo {
  const by = byWhom(service, around)
  if (by !== 'unknown') return {by, ...ANSWERS[by]}
  const balancer = service.loadBalancerClass === '' ? cloudName(around) : `the load balancer of class ${service.loadBalancerClass}`
  const proxy = service.hasVip && hasKubeProxy(around) ? 'kube-proxy makes no firewall for a family of which the list has no entry, and ' : ''
  return {by, otherFamily: 'unknown', because: `${proxy}nothing here shows whether ${balancer} refuses that family`, whenUnreadable: 'unknown', isDerived: true}
}

function byWhom({loadBalancerClass, hasVip}: Balanced, around: Surroundings): Enforcer {
  const {platform, hasCloud, isCilium, hasMetalLB} = around
  const named = CLASSES.find(([pattern]) => pattern.test(loadBalancerClass))?.[1]
  if (named === 'kube-proxy' && isCilium) return 'cilium'
  if (named !== undefined) return named
  if (loadBalancerClass !== '') return 'unknown'
  const clouds = [platform?.name, platform?.provider]
  if (clouds.includes('aws') || clouds.includes('eks')) return 'aws'
  if (clouds.includes('azure') || clouds.includes('aks')) return 'azure'
  // Cilium on the nodes of GKE filters what Google's firewall lets through: which of its answers that is, nothing shows.
  if (clouds.includes('gke') || clouds.includes('gce')) return isCilium ? 'unknown' : 'gke'
  if (isCilium) return 'cilium'
  // The pods of k3s's own load balancer have rules of their own.
  const isServiceLb = platform?.name === 'k3s' && !hasMetalLB
  return hasVip && hasKubeProxy(around) && !isServiceLb && (hasMetalLB || hasCloud === false) ? 'kube-proxy' : 'unknown'
}

/** Cilium and OVN-Kubernetes send the traffic of Services themselves. */
function hasKubeProxy({platform, isCilium}: Surroundings): boolean {
  return !isCilium && platform?.name !== 'openshift'
}

function cloudName({platform, isCilium}: Surroundings): string {
  const name = platform?.provider ?? platform?.name
  const cloud = name === undefined || name === null ? 'the load balancer in front of it' : `the load balancer of ${name}`
  return isCilium ? `${cloud}, or Cilium behind it,` : cloud
}
