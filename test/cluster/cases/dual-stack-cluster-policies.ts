import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {inNamespace, namespace, object, pod} from './case.js'

const shut = (name: string): KubeObject => namespace(name, {'pod-security.kubernetes.io/enforce': 'baseline'})
const dualPod = (place: string, metadata: JsonObject = {}): KubeObject => pod(place, ['10.244.3.1', 'fd10:244::3:1'], metadata)

const deny = (...networks: string[]): JsonObject => ({action: 'Deny', to: [{networks}]})

function cluster(name: string, of: string, ...egress: JsonObject[]): KubeObject {
  return object('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', name, {spec: {tier: 'Admin', priority: 10, subject: {namespaces: inNamespace(of)}, egress}})
}

function admin(name: string, of: string, ...egress: JsonObject[]): KubeObject {
  return object('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', name, {spec: {priority: 10, subject: {pods: {namespaceSelector: inNamespace(of), podSelector: {}}}, egress}})
}

function baseline(of: string, ...egress: JsonObject[]): KubeObject {
  return object('policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy', 'default', {spec: {subject: {namespaces: inNamespace(of)}, egress}})
}

function multi(place: string, ...cidrs: string[]): KubeObject {
  return object('k8s.cni.cncf.io/v1beta2', 'MultiNetworkPolicy', place, {spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to: cidrs.map(cidr => ({ipBlock: {cidr}}))}]}}, {annotations: {'k8s.v1.cni.cncf.io/policy-for': 'storage'}})
}

const onNetwork = (name: string): JsonObject => ({annotations: {'k8s.v1.cni.cncf.io/network-status': JSON.stringify([{name: `${name}/storage`, interface: 'net1', ips: ['192.168.66.9', 'fd66::9']}])}})

/** What no server has looked at: policy.networking.k8s.io, and policies for other networks than the first. */
export const CLUSTER_POLICY_CASES: readonly CheckCase[] = [
  {
    check: 'cluster-network-policy-family-gap',
    bad: [namespace('cnp-open'), dualPod('cnp-open/one'), cluster('cnp-open', 'cnp-open', {action: 'Accept', to: [{networks: ['10.0.0.0/8']}]}, deny('0.0.0.0/0'))],
    found: {variant: 'public-open', kind: 'ClusterNetworkPolicy', name: 'cnp-open'},
    good: [shut('cnp-shut'), dualPod('cnp-shut/one'), cluster('cnp-shut', 'cnp-shut', {action: 'Accept', to: [{networks: ['10.0.0.0/8', 'fd00::/8']}]}, deny('0.0.0.0/0', '::/0'))],
  },
  {
    check: 'cluster-network-policy-family-gap',
    bad: [namespace('anp-open'), dualPod('anp-open/one'), admin('anp-open', 'anp-open', deny('169.254.169.254/32'))],
    found: {variant: 'metadata-hint', kind: 'AdminNetworkPolicy', name: 'anp-open'},
    good: [shut('anp-shut'), dualPod('anp-shut/one'), admin('anp-shut', 'anp-shut', deny('169.254.169.254/32', 'fd00:ec2::254/128'))],
  },
  {
    check: 'cluster-network-policy-family-gap',
    bad: [namespace('banp-open'), dualPod('banp-open/one'), baseline('banp-open', deny('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'))],
    found: {variant: 'pod', kind: 'BaselineAdminNetworkPolicy', name: 'default'},
    good: [],
  },
  {
    check: 'multi-network-policy-family-gap',
    bad: [namespace('mnp-one'), dualPod('mnp-one/one', onNetwork('mnp-one')), multi('mnp-one/out', '0.0.0.0/0')],
    found: {variant: 'blocked-broad', kind: 'MultiNetworkPolicy', namespace: 'mnp-one', name: 'out'},
    good: [shut('mnp-both'), dualPod('mnp-both/one', onNetwork('mnp-both')), multi('mnp-both/out', '0.0.0.0/0', '::/0')],
  },
]
