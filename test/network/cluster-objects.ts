import type {Json, KubeObject} from '../../src/kube/json.js'

/** Small objects, as an API server would list them. */
let serial = 0

export function pod(ips: string[], options: {phase?: string; hostNetwork?: boolean; namespace?: string; hostIPs?: string[]; status?: Record<string, Json>} = {}): KubeObject {
  const {phase = 'Running', hostNetwork, namespace = 'default', hostIPs = [], status = {}} = options
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: {namespace, name: `p${serial++}`}, spec: hostNetwork === undefined ? {} : {hostNetwork},
    status: {phase, podIPs: ips.map(ip => ({ip})), hostIPs: hostIPs.map(ip => ({ip})), ...status},
  }
}

export function service(ips: string[], options: {name?: string; namespace?: string; spec?: Record<string, Json>; lb?: Json[]; annotations?: Record<string, string>} = {}): KubeObject {
  const {name = `s${serial++}`, namespace = 'default', spec = {}, lb = [], annotations = {}} = options
  return {
    apiVersion: 'v1', kind: 'Service', metadata: {namespace, name, annotations},
    spec: {clusterIP: ips[0] ?? 'None', clusterIPs: ips.length > 0 ? ips : ['None'], ...spec}, status: {loadBalancer: {ingress: lb}},
  }
}

export const kubernetes = (ip = '10.96.0.1'): KubeObject => service([ip], {name: 'kubernetes'})

export function node(addresses: [string, string][], spec: Record<string, Json> = {}): KubeObject {
  return {apiVersion: 'v1', kind: 'Node', metadata: {name: `n${serial++}`}, spec, status: {addresses: addresses.map(([type, address]) => ({type, address}))}}
}

export const serviceCidr = (cidrs: string[], name = 'kubernetes'): KubeObject => ({apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: {name}, spec: {cidrs}})

export function controlPlane(component: string, container: Record<string, Json>, phase = 'Running'): KubeObject {
  return {apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'kube-system', name: `${component}-${serial++}`, labels: {component}}, spec: {hostNetwork: true, containers: [{name: component, ...container}]}, status: {phase}}
}

export const configMap = (name: string, data: Record<string, string>): KubeObject => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {namespace: 'kube-system', name}, data})

export const ipPool = (spec: Record<string, Json>): KubeObject => ({apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: {name: `pool${serial++}`}, spec})

export function awsNode(env: Record<string, string>, status: Record<string, Json> = {desiredNumberScheduled: 3}): KubeObject {
  const containers = [{name: 'aws-node', env: Object.entries(env).map(([name, value]) => ({name, value}))}, {name: 'aws-eks-nodeagent', env: [{name: 'ENABLE_V6_EGRESS', value: 'true'}]}]
  return {apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: {namespace: 'kube-system', name: 'aws-node'}, spec: {template: {spec: {containers}}}, status}
}

export function ingress(lb: Json[], annotations: Record<string, string> = {}): KubeObject {
  return {apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: {namespace: 'web', name: `i${serial++}`, annotations}, status: {loadBalancer: {ingress: lb}}}
}
