import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {namespace, object, pod} from './case.js'

const DUAL = ['10.244.6.5', 'fd10:244::6:5']
const V4 = ['10.244.6.6']
const RFC = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']

const BASELINE = {'pod-security.kubernetes.io/enforce': 'baseline'}

/** Lets the pods of its namespace out to these blocks. */
function policy(place: string, ...blocks: readonly JsonObject[]): KubeObject {
  return object('networking.k8s.io/v1', 'NetworkPolicy', place, {spec: {podSelector: {}, policyTypes: ['Egress'], egress: blocks.map(ipBlock => ({to: [{ipBlock}]}))}})
}

/** A namespace, a pod with these addresses, and a policy of the same name that lets it out. */
function under(name: string, ips: readonly string[], ...blocks: readonly JsonObject[]): KubeObject[] {
  return [namespace(name, BASELINE), pod(`${name}/one`, ips), policy(`${name}/${name}`, ...blocks)]
}

const found = (variant: string, name: string): CheckCase['found'] => ({variant, kind: 'NetworkPolicy', namespace: name, name})

const OF_NONE = object('networking.k8s.io/v1', 'NetworkPolicy', 'np-unselected/none', {spec: {podSelector: {matchLabels: {app: 'none'}}, policyTypes: ['Ingress', 'Egress']}})

const NPM = object('apps/v1', 'DaemonSet', 'kube-system/azure-npm', {
  spec: {selector: {matchLabels: {app: 'npm'}}, template: {metadata: {labels: {app: 'npm'}}, spec: {containers: [{name: 'azure-npm', image: 'registry.example.com/npm:1'}]}}},
  status: {desiredNumberScheduled: 2, currentNumberScheduled: 2, numberMisscheduled: 0, numberReady: 2},
})

export const POLICY_CASES: readonly CheckCase[] = [
  {
    check: 'network-policy-carve-out-lost',
    bad: under('np-carved', DUAL, {cidr: '0.0.0.0/0', except: RFC}, {cidr: '::/0'}),
    found: found('pod', 'np-carved'),
    good: under('np-carved-twice', DUAL, {cidr: '0.0.0.0/0', except: [...RFC, '169.254.0.0/16']}, {cidr: '::/0', except: ['fc00::/7', 'fe80::/10']}),
  },
  {
    check: 'network-policy-ipv6-wider',
    bad: under('np-wide', DUAL, {cidr: '192.0.2.0/24'}, {cidr: '::/0'}),
    found: found('all-of-ipv6', 'np-wide'),
    good: under('np-listed', DUAL, {cidr: '192.0.2.0/24'}, {cidr: '2001:db8:1::/48'}),
  },
  {
    check: 'network-policy-family-blocked',
    bad: under('np-one-family', DUAL, {cidr: '0.0.0.0/0'}),
    found: found('broad', 'np-one-family'),
    good: under('np-both-families', DUAL, {cidr: '0.0.0.0/0'}, {cidr: '::/0'}),
  },
  {
    check: 'network-policy-family-blocked',
    bad: under('np-later', V4, {cidr: '8.8.8.8/32'}),
    found: {...found('narrow', 'np-later'), state: 'latent'},
    good: under('np-open', DUAL, {cidr: '0.0.0.0/0'}, {cidr: '::/0'}),
  },
  {
    check: 'network-policy-narrower',
    bad: under('np-narrow', DUAL, {cidr: '0.0.0.0/0'}, {cidr: '2001:4860:4860::/48'}),
    found: found('part-of-ipv6', 'np-narrow'),
    good: under('np-whole', DUAL, {cidr: '0.0.0.0/0'}, {cidr: '::/0'}),
  },
  {
    // Servers from 1.36 on keep such a value and take none that is new: that of 1.37 stands for one that was upgraded.
    check: 'network-policy-notation',
    bad: under('np-sloppy', V4, {cidr: '010.0.0.0/8'}, {cidr: '2001:db8::/32'}),
    found: found('leading-zero', 'np-sloppy'),
    good: under('np-canonical', DUAL, {cidr: '10.0.0.0/8'}, {cidr: '2001:db8::/32'}),
  },
  {
    check: 'network-policy-dead-entry',
    bad: under('np-dead', V4, {cidr: '10.0.0.0/8'}, {cidr: '2001:4860:4860::/48'}),
    found: found('', 'np-dead'),
    good: under('np-alive', DUAL, {cidr: '10.0.0.0/8'}, {cidr: '2001:4860:4860::/48'}),
  },
  {
    check: 'pod-family-not-enforced',
    bad: [NPM, ...under('np-unenforced', DUAL, {cidr: '192.0.2.0/24'}, {cidr: '2001:db8:1::/48'})],
    found: {variant: 'azure-npm', kind: 'Namespace', name: 'np-unenforced'},
    good: [namespace('np-unselected', BASELINE), pod('np-unselected/one', DUAL), OF_NONE],
  },
]
