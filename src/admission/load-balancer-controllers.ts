import type {SubjectRef} from '../audit/finding.js'

/**
 * Programs whose work is to write `status.loadBalancer`: they are known by the
 * account that their own manifests give them. A name proves nothing about the
 * program that runs there, so reports say "by its name".
 */
interface Row {
  controller: string
  /** Empty: a user, not a ServiceAccount. `*`: any namespace. */
  namespace: string
  account: RegExp
}

const ROWS: readonly Row[] = [
  {controller: 'cloud controller manager', namespace: 'kube-system', account: /^(?:[\w-]+-)?cloud-controller-manager$/},
  {controller: 'cloud controller manager', namespace: 'openshift-cloud-controller-manager', account: /^cloud-controller-manager$/},
  {controller: 'cloud controller manager', namespace: '', account: /^(?:system:|eks:|k3s-|rke2-)?cloud-controller-manager$/},
  {controller: 'Azure cloud provider', namespace: '', account: /^azure-cloud-provider$/},
  {controller: 'cloud provider', namespace: 'kube-system', account: /^(?:cloud-provider|service-controller|azure-cloud-provider|gce-cloud-provider)$/},
  {controller: 'service load balancer of k3s', namespace: '', account: /^system:k3s-(?:controller|supervisor)$/},
  {controller: 'MetalLB', namespace: 'metallb-system', account: /^(?:controller|metallb-controller|speaker|metallb-speaker)$/},
  {controller: 'MetalLB', namespace: '*', account: /^metallb-(?:controller|speaker)$/},
  {controller: 'kube-vip', namespace: 'kube-system', account: /^kube-vip(?:-cloud-controller|-cloud-provider)?$/},
  {controller: 'Cilium', namespace: 'kube-system', account: /^cilium-operator$/},
  {controller: 'Cilium', namespace: 'cilium', account: /^cilium-operator$/},
  {controller: 'AWS Load Balancer Controller', namespace: 'kube-system', account: /^aws-load-balancer-controller$/},
  {controller: 'OpenStack', namespace: 'kube-system', account: /^(?:openstack-)?cloud-controller-manager$/},
  {controller: 'Calico', namespace: 'calico-system', account: /^calico-kube-controllers$/},
  {controller: 'Calico', namespace: 'kube-system', account: /^calico-kube-controllers$/},
  {controller: 'PureLB', namespace: 'purelb', account: /^(?:allocator|lbnodeagent)$/},
  {controller: 'OpenELB', namespace: 'openelb-system', account: /^(?:openelb|kube-keepalived-vip)[\w-]*$/},
  {controller: 'LoxiLB', namespace: 'kube-system', account: /^kube-loxilb$/},
]

/** The controller that this subject is by its name; null for anybody else. */
export function controllerNamed({kind, name, namespace}: SubjectRef): string | null {
  if (kind === 'Group') return null
  const place = kind === 'User' ? '' : (namespace ?? '')
  const row = ROWS.find(row => (row.namespace === place || (row.namespace === '*' && place !== '')) && row.account.test(name))
  return row?.controller ?? null
}

/** Distributions whose own load balancer hands out node addresses, without an account that RBAC shows. */
export const SERVICE_LB_PLATFORMS: readonly string[] = ['k3s', 'rke2']
