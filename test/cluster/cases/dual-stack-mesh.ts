import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {namespace, object, pod} from './case.js'

const shut = (name: string): KubeObject => namespace(name, {'pod-security.kubernetes.io/enforce': 'baseline'})

/** Running, with addresses of both families, and perhaps a proxy beside it. */
function dualPod(place: string, proxy = '', metadata: JsonObject = {}): KubeObject {
  const made = pod(place, ['10.244.2.1', 'fd10:244::2:1'], metadata)
  const containers = ['main', ...(proxy === '' ? [] : [proxy])].map((name): Json => ({name, image: 'registry.example.com/main:1'}))
  return {...made, spec: {containers}}
}

const cilium = (place: string, ...denied: string[]): KubeObject =>
  object('cilium.io/v2', 'CiliumNetworkPolicy', place, {spec: {endpointSelector: {}, egress: [{toEntities: ['world']}], egressDeny: [{toCIDR: denied}]}})

const gateway = (name: string, namespaceName: string, ...destinationCIDRs: string[]): KubeObject =>
  object('cilium.io/v2', 'CiliumEgressGatewayPolicy', name, {spec: {destinationCIDRs, selectors: [{podSelector: {matchLabels: {'io.kubernetes.pod.namespace': namespaceName}}}], egressGateway: {nodeSelector: {}, interface: 'eth1'}}})

const authorization = (place: string, ...ipBlocks: string[]): KubeObject =>
  object('security.istio.io/v1', 'AuthorizationPolicy', place, {spec: {action: 'DENY', rules: [{from: [{source: {ipBlocks}}]}]}})

const ranges = (text: string): JsonObject => ({annotations: {'traffic.sidecar.istio.io/includeOutboundIPRanges': text}})
const entry = (place: string, ...addresses: string[]): KubeObject => object('networking.istio.io/v1', 'ServiceEntry', place, {spec: {hosts: ['db.example.com'], addresses}})
const egress = (place: string, ...cidrs: string[]): KubeObject => object('policy.linkerd.io/v1alpha1', 'EgressNetwork', place, {spec: {trafficPolicy: 'Deny', networks: cidrs.map(cidr => ({cidr}))}})

/** Cilium, Istio and Linkerd. */
export const MESH_CASES: readonly CheckCase[] = [
  {
    check: 'cilium-policy-family-gap',
    bad: [namespace('cilium-open'), dualPod('cilium-open/one'), cilium('cilium-open/deny', '0.0.0.0/0')],
    found: {variant: 'public-open', kind: 'CiliumNetworkPolicy', namespace: 'cilium-open', name: 'deny'},
    good: [shut('cilium-shut'), dualPod('cilium-shut/one'), cilium('cilium-shut/deny', '0.0.0.0/0', '::/0')],
  },
  {
    check: 'cilium-egress-gateway-family-gap',
    bad: [namespace('gateway-one'), dualPod('gateway-one/one'), gateway('out-by-one', 'gateway-one', '0.0.0.0/0')],
    found: {variant: '', kind: 'CiliumEgressGatewayPolicy', name: 'out-by-one'},
    good: [shut('gateway-both'), dualPod('gateway-both/one'), gateway('out-by-both', 'gateway-both', '0.0.0.0/0', '::/0')],
  },
  {
    check: 'istio-authorization-family-gap',
    bad: [namespace('istio-open'), dualPod('istio-open/one', 'istio-proxy'), authorization('istio-open/deny', '203.0.113.0/24')],
    found: {variant: 'deny-list', kind: 'AuthorizationPolicy', namespace: 'istio-open', name: 'deny'},
    good: [shut('istio-shut'), dualPod('istio-shut/one', 'istio-proxy'), authorization('istio-shut/deny', '203.0.113.0/24', '2001:db8:1::/48')],
  },
  {
    check: 'istio-sidecar-bypass',
    bad: [namespace('sidecar-beside'), dualPod('sidecar-beside/one', 'istio-proxy', ranges('10.0.0.0/8'))],
    found: {variant: 'include-ranges', kind: 'Pod', namespace: 'sidecar-beside', name: 'one'},
    good: [shut('sidecar-through'), dualPod('sidecar-through/one', 'istio-proxy', ranges('10.0.0.0/8,fc00::/7'))],
  },
  {
    check: 'istio-address-match',
    bad: [namespace('entry-one'), dualPod('entry-one/one'), entry('entry-one/db', '192.0.2.7')],
    found: {variant: 'service-entry', kind: 'ServiceEntry', namespace: 'entry-one', name: 'db'},
    good: [shut('entry-both'), dualPod('entry-both/one'), entry('entry-both/db', '192.0.2.7', '2001:db8::7')],
  },
  {
    check: 'linkerd-policy-family-gap',
    bad: [namespace('linkerd-open'), dualPod('linkerd-open/one', 'linkerd-proxy'), egress('linkerd-open/out', '0.0.0.0/0')],
    found: {variant: 'egress-open', kind: 'EgressNetwork', namespace: 'linkerd-open', name: 'out'},
    good: [shut('linkerd-shut'), dualPod('linkerd-shut/one', 'linkerd-proxy'), egress('linkerd-shut/out', '0.0.0.0/0', '::/0')],
  },
]
