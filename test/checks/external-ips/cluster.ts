import type {KubeObject} from '../../../src/kube/json.js'
import {object} from '../../support/declared-facts.js'

/** The parts of a cluster that external IPs touch, in few words. */
export function service(name: string, fields: {ips?: unknown; status?: readonly object[]; clusterIP?: string; ports?: readonly string[]; type?: string; labels?: Record<string, string>} = {}): KubeObject {
  const {ips, status, clusterIP = '', ports = ['80/TCP'], type, labels} = fields
  return object('v1', 'Service', name, {
    ...(labels === undefined ? {} : {labels}),
    spec: {
      ...(type === undefined ? {} : {type}), ...(clusterIP === '' ? {} : {clusterIP}), ...(ips === undefined ? {} : {externalIPs: ips}),
      ports: ports.map(port => ({port: Number(port.split('/')[0]), protocol: port.split('/')[1]})),
    },
    ...(status === undefined ? {} : {status: {loadBalancer: {ingress: status}}}),
  })
}

export const DNS = service('kube-system/kube-dns', {clusterIP: '10.96.0.10', ports: ['53/UDP', '53/TCP', '9153/TCP'], labels: {'k8s-app': 'kube-dns'}})
export const KUBERNETES = service('default/kubernetes', {clusterIP: '10.96.0.1', ports: ['443/TCP']})
export const SLICE = object('discovery.k8s.io/v1', 'EndpointSlice', 'default/kubernetes', {
  labels: {'kubernetes.io/service-name': 'kubernetes'}, ports: [{port: 6443, protocol: 'TCP'}], endpoints: [{addresses: ['192.168.0.10']}],
})
export const CIDR = object('networking.k8s.io/v1', 'ServiceCIDR', 'kubernetes', {spec: {cidrs: ['10.96.0.0/12', 'fd12::/108']}})

export function node(name: string, address: string, fields: {podCIDRs?: readonly string[]; providerID?: string; kubelet?: string} = {}): KubeObject {
  const {podCIDRs = [], providerID, kubelet = 'v1.30.0'} = fields
  return object('v1', 'Node', name, {spec: {podCIDRs, ...(providerID === undefined ? {} : {providerID})}, status: {addresses: [{type: 'InternalIP', address}], nodeInfo: {kubeletVersion: kubelet}}})
}

export function pod(name: string, ip: string, fields: {hostNetwork?: boolean; hostIP?: string} = {}): KubeObject {
  const {hostNetwork, hostIP = '192.168.0.21'} = fields
  return object('v1', 'Pod', name, {spec: {nodeName: 'n1', ...(hostNetwork ? {hostNetwork} : {})}, status: {phase: 'Running', hostIP, podIP: ip, podIPs: [{ip}]}})
}

export function kubeProxyConfig(text: string): KubeObject {
  return object('v1', 'ConfigMap', 'kube-system/kube-proxy', {data: {'config.conf': text}})
}

/** kube-proxy runs: without it, its configuration says nothing. */
export const KUBE_PROXY = object('apps/v1', 'DaemonSet', 'kube-system/kube-proxy', {labels: {'k8s-app': 'kube-proxy'}})
export const CILIUM: readonly KubeObject[] = [
  object('v1', 'ConfigMap', 'kube-system/cilium-config', {data: {'kube-proxy-replacement': 'true'}}),
  object('apps/v1', 'DaemonSet', 'kube-system/cilium', {labels: {'k8s-app': 'cilium'}}),
]

/** A cluster with a Service range, DNS, an API server, a node and a pod: nothing in it is a finding. */
export const QUIET: readonly KubeObject[] = [
  DNS, KUBERNETES, SLICE, CIDR, node('n1', '192.168.0.21', {podCIDRs: ['10.244.0.0/24']}), pod('shop/web', '10.244.0.7'),
  service('shop/web', {clusterIP: '10.96.7.7'}),
]

/** An API server of which the flags are seen. */
export function apiServerPod(...flags: readonly string[]): KubeObject {
  return object('v1', 'Pod', 'kube-system/kube-apiserver-cp', {
    labels: {component: 'kube-apiserver'}, status: {phase: 'Running'}, spec: {containers: [{name: 'kube-apiserver', command: ['kube-apiserver', ...(flags.some(flag => flag.startsWith('--authorization-')) ? [] : ['--authorization-mode=Node,RBAC']), ...flags]}]},
  })
}

export function grant(binding: string, role: string, subject: Record<string, unknown>): KubeObject {
  const isNamespaced = binding.includes('/')
  return object('rbac.authorization.k8s.io/v1', isNamespaced ? 'RoleBinding' : 'ClusterRoleBinding', binding, {roleRef: {kind: 'ClusterRole', name: role}, subjects: [subject]})
}

export function clusterRole(name: string, resources: readonly string[], verbs: readonly string[] = ['create', 'update', 'patch']): KubeObject {
  return object('rbac.authorization.k8s.io/v1', 'ClusterRole', name, {rules: [{apiGroups: [''], resources, verbs}]})
}
