import type {KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {namespace, object, pod} from './case.js'

const middleware = (place: string, sourceRange: readonly string[]): KubeObject =>
  object('traefik.io/v1alpha1', 'Middleware', place, {spec: {ipAllowList: {sourceRange: [...sourceRange]}}})

const restriction = (place: string, allow: readonly string[]): KubeObject =>
  object('configuration.konghq.com/v1', 'KongPlugin', place, {plugin: 'ip-restriction', config: {allow: [...allow]}})

const TRAEFIK = object('v1', 'Service', 'gateways/traefik', {
  spec: {type: 'LoadBalancer', selector: {app: 'traefik'}, ports: [{port: 443}]},
  status: {loadBalancer: {ingress: [{ip: '198.51.100.44'}, {ip: '2001:db8:44::1'}]}},
})

const aliased = (place: string, ips: readonly string[], alias: string): KubeObject =>
  ({...pod(place, ips), spec: {containers: [{name: 'main', image: 'registry.example.com/main:1'}], hostAliases: [{ip: alias, hostnames: ['legacy.example.com']}]}})

const agent = (...ranges: readonly string[]): KubeObject =>
  object('v1', 'ConfigMap', 'kube-system/ip-masq-agent', {data: {config: `nonMasqueradeCIDRs:\n${ranges.map(range => `- ${range}\n`).join('')}`}})

/** Where nothing is wrong, no other check has anything to say of a namespace with pods. */
const ENFORCED = {'pod-security.kubernetes.io/enforce': 'baseline'}

/** Gateways, and what addresses in pods and in the agent that masquerades mean. */
export const GATEWAY_CASES: readonly CheckCase[] = [
  {
    check: 'gateway-source-filter',
    bad: [namespace('gateways'), TRAEFIK, middleware('gateways/only-office', ['10.0.0.0/8', '192.0.2.7'])],
    found: {variant: 'blocked-family', kind: 'Middleware', namespace: 'gateways', name: 'only-office'},
    good: [namespace('gateways-both'), middleware('gateways-both/only-office', ['10.0.0.0/8', '2001:db8:1::/48'])],
  },
  {
    check: 'gateway-source-filter-third-party',
    bad: [namespace('kong'), restriction('kong/only-office', ['10.0.0.0/8'])],
    found: {variant: 'blocked-family', kind: 'KongPlugin', namespace: 'kong', name: 'only-office', state: 'latent'},
    good: [namespace('kong-both'), restriction('kong-both/only-office', ['10.0.0.0/8', '2001:db8:1::/48'])],
  },
  {
    check: 'pod-address-context',
    bad: [namespace('aliases'), aliased('aliases/foreign', ['fd10:244::3:1'], '10.1.2.3')],
    found: {variant: 'host-aliases', kind: 'Pod', namespace: 'aliases', name: 'foreign'},
    good: [namespace('aliases-own', ENFORCED), aliased('aliases-own/own', ['10.244.3.2', 'fd10:244::3:2'], '10.1.2.3')],
  },
  {
    check: 'masquerade-context',
    bad: [namespace('masquerade'), pod('masquerade/both', ['10.244.3.3', 'fd10:244::3:3']), agent('10.0.0.0/8')],
    found: {variant: '', kind: 'ConfigMap', namespace: 'kube-system', name: 'ip-masq-agent'},
    good: [],
    shut: [namespace('masquerade', ENFORCED), pod('masquerade/both', ['10.244.3.3', 'fd10:244::3:3']), agent('10.0.0.0/8', 'fd10:244::/56')],
  },
]
