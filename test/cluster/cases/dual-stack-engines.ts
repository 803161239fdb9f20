import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {namespace, object, pod} from './case.js'

const DUAL = ['10.244.3.1', 'fd10:244::3:1']

/** A namespace and a pod of both families. */
const open = (name: string): KubeObject[] => [namespace(name), pod(`${name}/one`, DUAL)]
const shut = (name: string): KubeObject[] => [namespace(name, {'pod-security.kubernetes.io/enforce': 'baseline'}), pod(`${name}/one`, DUAL)]

const calico = (place: string, ...denied: string[]): KubeObject =>
  object('projectcalico.org/v3', 'NetworkPolicy', place, {spec: {types: ['Egress'], egress: [...denied.map((net): JsonObject => ({action: 'Deny', destination: {nets: [net]}})), {action: 'Allow'}]}})

const antrea = (place: string, ...dropped: string[]): KubeObject =>
  object('crd.antrea.io/v1beta1', 'NetworkPolicy', place, {spec: {priority: 5, appliedTo: [{podSelector: {}}], egress: [{action: 'Drop', to: dropped.map((cidr): JsonObject => ({ipBlock: {cidr}}))}]}})

const firewall = (name: string, ...denied: string[]): KubeObject =>
  object('k8s.ovn.org/v1', 'EgressFirewall', `${name}/default`, {spec: {egress: denied.map((cidrSelector): JsonObject => ({type: 'Deny', to: {cidrSelector}}))}})

const found = (kind: string, name: string, own: string): CheckCase['found'] => ({variant: 'public-open', kind, namespace: name, name: own})

/** Calico, Antrea and OVN-Kubernetes. */
export const ENGINE_CASES: readonly CheckCase[] = [
  {
    check: 'calico-policy-family-gap',
    bad: [...open('calico-open'), calico('calico-open/deny', '0.0.0.0/0')],
    found: found('NetworkPolicy', 'calico-open', 'deny'),
    good: [...shut('calico-shut'), calico('calico-shut/deny', '0.0.0.0/0', '::/0')],
  },
  {
    check: 'antrea-policy-family-gap',
    bad: [...open('antrea-open'), antrea('antrea-open/drop', '0.0.0.0/0')],
    found: found('NetworkPolicy', 'antrea-open', 'drop'),
    good: [...shut('antrea-shut'), antrea('antrea-shut/drop', '0.0.0.0/0', '::/0')],
  },
  {
    check: 'egress-firewall-family-gap',
    bad: [...open('firewall-open'), firewall('firewall-open', '0.0.0.0/0')],
    found: found('EgressFirewall', 'firewall-open', 'default'),
    good: [...shut('firewall-shut'), firewall('firewall-shut', '0.0.0.0/0', '::/0')],
  },
]
