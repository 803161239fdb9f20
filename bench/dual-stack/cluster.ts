import {unread} from '../../src/audit/outcome.js'
import type {ClusterSource, Pages} from '../../src/audit/source.js'
import type {Json, JsonObject, KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {isEndpoint, rowOf} from '../../src/kube/resources.js'

/** How policies and pods lie: each is a way in which somebody could be slow. */
export const SHAPES = {
  spread: '100 namespaces, 50 policies each, of which two select every pod',
  single: 'everything in one namespace, two policies for every pod and one for each four',
  wide: '100 namespaces, every policy with 10 CIDRs and 5 ports',
  engines: 'as spread, and 300 policies of Calico and 300 of Cilium beside',
  own: '100 namespaces, every pod under its own 8 of 50 policies: no two pods alike',
} as const
export type Shape = keyof typeof SHAPES

export interface Size {
  shape: Shape
  policies: number
  pods: number
}

const PAGE = 500
const CLASSIC = {cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']}
const FIRST_OCTETS = [13, 34, 52, 81, 104]

/** A cluster of both families that is made while it is read: nothing of it is kept. */
export function benchCluster(size: Size): ClusterSource {
  return {kind: 'live', read: ({key}) => pagesOf(key, size), placeOf: () => null, close: async () => undefined}
}

async function* pagesOf(key: ReadKey, size: Size): Pages {
  if (isEndpoint(key)) return unread('not-served', 'no such path')
  let [page, items] = [[] as KubeObject[], 0]
  for (const object of objectsOf(key, size)) {
    page.push(object)
    items++
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
  const {group} = rowOf(key)
  const isThere = items > 0 || !group.includes('.') || group.endsWith('.k8s.io') && !group.startsWith('policy.') && !group.startsWith('gateway.')
  return isThere ? {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items, detail: ''} : unread('not-served', 'no such API')
}

function* objectsOf(key: ReadKey, size: Size): Generator<KubeObject> {
  switch (key) {
    case 'namespaces': for (let at = 0; at < namespacesOf(size); at++) yield object('v1', 'Namespace', {name: namespaceAt(at), labels: {'kubernetes.io/metadata.name': namespaceAt(at), team: `t${at % 9}`}}, {}); return
    case 'nodes': for (let at = 0; at < 200; at++) yield object('v1', 'Node', {name: `node-${at}`}, {spec: {providerID: `aws:///eu-west-1a/i-${at}`, podCIDRs: [`10.${128 + (at >> 6)}.${at & 63}.0/24`, `2600:1f13:aa:${at.toString(16)}::/64`]}, status: {addresses: [{type: 'InternalIP', address: `192.168.10.${at}`}, {type: 'InternalIP', address: `2600:1f13:bb::${at.toString(16)}`}]}}); return
    case 'services': yield object('v1', 'Service', {namespace: 'default', name: 'kubernetes'}, {spec: {type: 'ClusterIP', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{port: 443}]}}); return
    case 'networkpolicies': for (let at = 0; at < size.policies; at++) yield policyAt(at, size); return
    case 'calico-globalnetworkpolicies': if (size.shape === 'engines') yield* calico(); return
    case 'ciliumnetworkpolicies': if (size.shape === 'engines') yield* cilium(size); return
    case 'pods': for (let at = 0; at < size.pods; at++) yield podAt(at, size)
  }
}

function namespacesOf({shape}: Size): number {
  return shape === 'single' ? 1 : 100
}

function namespaceAt(at: number): string {
  return `team-${at}`
}

function object(apiVersion: string, kind: string, metadata: JsonObject, rest: JsonObject): KubeObject {
  return {apiVersion, kind, metadata, ...rest}
}

/** Of the policies of a namespace the first two are for every pod; each of the others is for one application. */
function policyAt(at: number, size: Size): KubeObject {
  const namespaces = namespacesOf(size)
  const [of, index] = [at % namespaces, Math.floor(at / namespaces)]
  const metadata = {namespace: namespaceAt(of), name: `policy-${index}`}
  const policy = (spec: JsonObject): KubeObject => object('networking.k8s.io/v1', 'NetworkPolicy', metadata, {spec})
  if (size.shape === 'own') return policy({podSelector: {matchLabels: {[`p${index}`]: 'yes'}}, policyTypes: ['Egress'], egress: [{to: blocksAt(at, 3)}]})
  if (index === 0) return policy({podSelector: {}, policyTypes: ['Ingress', 'Egress']})
  if (index === 1) return policy({podSelector: {}, policyTypes: ['Egress'], egress: [{to: [{namespaceSelector: {}}], ports: [{protocol: 'UDP', port: 53}, {protocol: 'TCP', port: 53}]}]})
  const isWide = size.shape === 'wide'
  const ports = isWide ? [80, 443, 5432, 6379, 9092].map(port => ({protocol: 'TCP', port})) : [{protocol: 'TCP', port: 443}]
  return policy({podSelector: {matchLabels: {app: `app-${index}`}}, policyTypes: ['Ingress', 'Egress'], ingress: [{from: [{podSelector: {}}, {ipBlock: {cidr: '10.0.0.0/8'}}]}], egress: [{to: blocksAt(at, isWide ? 10 : 1 + at % 3), ports}]})
}

/** One in four lets everything out but what is private; the others have lists of their own, one in nine of both families. */
function blocksAt(at: number, count: number): Json[] {
  const classic = at % 4 === 0 ? [{ipBlock: CLASSIC}, ...(at % 8 === 0 ? [{ipBlock: {cidr: '::/0', ...(at % 16 === 0 ? {except: ['fc00::/7']} : {})}}] : [])] : []
  const listed = Array.from({length: Math.max(1, count - classic.length)}, (_, index) => ({ipBlock: {cidr: `${FIRST_OCTETS[(at + index) % 5]}.${(at * 7 + index) & 255}.${(at >> 3) & 255}.0/24`}}))
  return [...classic, ...listed, ...(at % 9 === 0 ? [{ipBlock: {cidr: `2a02:${(at & 0xffff).toString(16)}::/48`}}] : [])]
}

function* calico(): Generator<KubeObject> {
  for (let at = 0; at < 300; at++) yield object('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', {name: `calico-${at}`}, {
    spec: {order: at, selector: `app == "app-${at % 50}"`, namespaceSelector: `team == "t${at % 9}"`, types: ['Egress'], egress: [{action: 'Deny', destination: {nets: ['169.254.169.254/32', `10.${at & 255}.0.0/16`]}}, ...(at % 5 === 0 ? [{action: 'Allow'}] : [])]},
  })
}

function* cilium(size: Size): Generator<KubeObject> {
  for (let at = 0; at < 300; at++) yield object('cilium.io/v2', 'CiliumNetworkPolicy', {namespace: namespaceAt(at % namespacesOf(size)), name: `cilium-${at}`}, {
    spec: {endpointSelector: {matchLabels: {app: `app-${2 + (at % 48)}`}}, egress: [{toEntities: ['world']}], egressDeny: [{toCIDRSet: [{cidr: '169.254.169.254/32'}, {cidr: `10.${at & 255}.0.0/16`}]}]},
  })
}

/** Some 2 KB, as pods are without what servers note about fields. */
function podAt(at: number, size: Size): KubeObject {
  const namespaces = namespacesOf(size)
  const [of, index] = [at % namespaces, Math.floor(at / namespaces)]
  const apps = Math.max(1, Math.floor(size.policies / namespaces) - 2)
  const isDual = at % 3 !== 0
  const labels: Record<string, string> = {app: `app-${2 + (index % apps)}`, 'app.kubernetes.io/instance': `i${index}`, 'pod-template-hash': (at * 2_654_435_761 % 4_294_967_296).toString(16)}
  if (size.shape === 'own') for (let label = 0; label < 8; label++) labels[`p${(index * 7 + label * (1 + (index % 6))) % 50}`] = 'yes'
  const container = (name: string): JsonObject => ({
    name, image: `registry.example.com/${name}:1`, ports: [{name: 'http', containerPort: 8080, protocol: 'TCP'}], resources: {requests: {cpu: '100m', memory: '128Mi'}},
    env: Array.from({length: 6}, (_, number) => ({name: `SETTING_${number}`, value: `value ${number} of ${at}`})), volumeMounts: [{name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true}],
  })
  const ips = [{ip: `10.${128 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`}, ...(isDual ? [{ip: `2600:1f13:aa::${at.toString(16)}`}] : [])]
  return object('v1', 'Pod', {namespace: namespaceAt(of), name: `app-${index}-${at}`, uid: `uid-${at}`, labels, ownerReferences: [{apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `app-${index % apps}`, uid: `rs-${of}-${index % apps}`, controller: true}]}, {
    spec: {nodeName: `node-${at % 200}`, serviceAccountName: 'default', containers: [container('main'), container('helper')], volumes: [{name: 'token', projected: {sources: [{serviceAccountToken: {path: 'token'}}]}}]},
    status: {phase: 'Running', podIP: ips[0]?.ip ?? '', podIPs: ips, hostIP: '192.168.10.1', conditions: [{type: 'Ready', status: 'True'}]},
  })
}
