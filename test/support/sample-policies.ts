import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {object} from './declared-facts.js'

const RFC1918 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']
const block = (cidr: string, ...except: string[]): JsonObject => ({ipBlock: {cidr, ...(except.length === 0 ? {} : {except})}})
const pod = (place: string, app: string, ip: string): KubeObject => object('v1', 'Pod', place, {labels: {app}, spec: {containers: [{name: 'main', image: 'x', ports: [{name: 'web', containerPort: 8080}]}]}, status: {phase: 'Running', podIPs: [{ip}]}})

function policy(place: string, app: string | null, spec: JsonObject, metadata: JsonObject = {}): KubeObject {
  return object('networking.k8s.io/v1', 'NetworkPolicy', place, {...metadata, spec: {podSelector: app === null ? {} : {matchLabels: {app}}, policyTypes: [...('ingress' in spec ? ['Ingress'] : []), ...('egress' in spec ? ['Egress'] : [])], ...spec}})
}

/** An IPv4 cluster in AWS with a policy for everything that a plan may answer. */
export function samplePolicies(): KubeObject[] {
  return [
    object('v1', 'Namespace', 'kube-system', {}), object('v1', 'Namespace', 'shop'), object('v1', 'Namespace', 'bank'),
    object('v1', 'Node', 'n1', {spec: {providerID: 'aws:///eu-west-1a/i-1', podCIDRs: ['10.244.0.0/24']}, status: {addresses: [{type: 'InternalIP', address: '192.168.10.4'}]}}),
    object('networking.k8s.io/v1', 'ServiceCIDR', 'kubernetes', {spec: {cidrs: ['10.96.0.0/12']}}),
    object('v1', 'Service', 'default/kubernetes', {spec: {type: 'ClusterIP', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilyPolicy: 'SingleStack'}}),
    object('v1', 'Service', 'kube-system/kube-dns', {spec: {type: 'ClusterIP', clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ipFamilyPolicy: 'SingleStack'}}),
    policy('shop/web-out', 'web', {egress: [{to: [block('0.0.0.0/0', '169.254.169.254/32')], ports: [{port: 443}]}]}),
    policy('shop/web-in', 'web', {ingress: [{from: [block('0.0.0.0/0')], ports: [{port: 'web'}]}]}),
    policy('shop/dns', null, {egress: [{to: [block('10.96.0.10/32')], ports: [{protocol: 'UDP', port: 53}]}]}),
    policy('shop/internet', 'crawler', {egress: [{to: [block('0.0.0.0/0', ...RFC1918, '169.254.0.0/16')]}]}),
    policy('shop/partner', 'crawler', {egress: [{to: [block('8.8.8.8/32')], ports: [{port: 853}]}]}),
    policy('shop/backup', 'backup', {egress: [{to: [block('0.0.0.0/0', '169.254.169.254/32'), block('::/0')]}]}),
    policy('shop/chart', 'chart', {egress: [{to: [block('0.0.0.0/0')]}]}, {labels: {'app.kubernetes.io/managed-by': 'Helm'}, annotations: {'meta.helm.sh/release-name': 'shop'}}),
    policy('bank/wide', 'wide', {egress: [{to: [block('52.0.0.0/8'), block('::/0')]}]}),
    policy('bank/narrow', 'narrow', {egress: [{to: [block('0.0.0.0/0'), block('2001:4860:4860::/48')]}]}),
    policy('bank/reversed', 'reversed', {egress: [{to: [block('2001:4860:4860::/48')]}]}),
    policy('bank/unread', 'unread', {egress: [{to: [block('10.0.0.0/8'), block('anything')]}]}),
    policy('bank/alike', 'alike', {egress: [{to: [block('0.0.0.0/0'), block('::/0')]}]}),
    policy('bank/default', null, {ingress: []}),
    policy('bank/inside', 'inside', {ingress: [{from: [{namespaceSelector: {}}]}]}),
    ...['web', 'web', 'crawler', 'backup', 'chart'].map((app, index) => pod(`shop/${app}-${index}`, app, `10.244.0.${10 + index}`)),
    ...['wide', 'narrow', 'reversed', 'unread', 'alike', 'inside'].map((app, index) => pod(`bank/${app}`, app, `10.244.0.${20 + index}`)),
  ]
}

export const SAMPLE_RANGES = ['pod=2001:db8:a::/64', 'service=fd12:3456::/108', 'node=2001:db8:b::/64']
