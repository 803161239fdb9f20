import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {kubeProxy, namespace, object} from './case.js'

/** Of a class whose controller filters nothing, so that the nodes of a server do not matter. */
const balanced = (place: string, ranges: readonly string[], status: JsonObject = {}): KubeObject => object('v1', 'Service', place, {
  spec: {type: 'LoadBalancer', loadBalancerClass: 'kube-vip.io/kube-vip-class', selector: {app: 'a'}, ports: [{port: 443}], loadBalancerSourceRanges: [...ranges]}, ...status,
})

const DUAL = {status: {loadBalancer: {ingress: [{ip: '198.51.100.45'}, {ip: '2001:db8:45::1'}]}}}

const ingress = (place: string, annotations: JsonObject, status: JsonObject = {}): KubeObject => object('networking.k8s.io/v1', 'Ingress', place, {
  spec: {ingressClassName: 'nginx', defaultBackend: {service: {name: 'web', port: {number: 80}}}}, ...status,
}, {annotations})

const DENYLIST = 'nginx.ingress.kubernetes.io/denylist-source-range'

/** Lists of client addresses at Services, kube-proxy and Ingresses. */
export const EDGE_CASES: readonly CheckCase[] = [
  {
    check: 'service-source-ranges',
    bad: [namespace('edge'), balanced('edge/only-us', ['10.1.0.0/16'], DUAL)],
    found: {variant: 'open-allow-list', kind: 'Service', namespace: 'edge', name: 'only-us'},
    good: [namespace('edge-both'), balanced('edge-both/only-us', ['10.1.0.0/16', '2001:db8:1::/48'])],
  },
  {
    check: 'ingress-source-filter',
    bad: [namespace('edge'), ingress('edge/nobody', {[DENYLIST]: '0.0.0.0/0'}, DUAL)],
    found: {variant: 'open-deny-all', kind: 'Ingress', namespace: 'edge', name: 'nobody'},
    good: [namespace('edge-both'), ingress('edge-both/nobody', {[DENYLIST]: '0.0.0.0/0,::/0'})],
  },
  {
    check: 'node-port-addresses',
    bad: [kubeProxy({})],
    found: {variant: 'open-allow-list', kind: 'ConfigMap', namespace: 'kube-system', name: 'kube-proxy', state: 'latent'},
    good: [],
    shut: [kubeProxy({}, '[primary]')],
  },
]
