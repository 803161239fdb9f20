import {expect} from 'chai'
import {multiNetworkPolicyFamilyGap} from '../../../src/checks/dual-stack/multi-network-policy-family-gap.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import {podOf, ranIn} from './filter-cluster.js'

const FOR = 'k8s.v1.cni.cncf.io/policy-for'
const STATUS = 'k8s.v1.cni.cncf.io/network-status'
const ADDRESSES = {dual: ['192.168.66.9', 'fd66::9'], v4: ['192.168.66.9'], v6: ['fd66::9']}

function policy(rules: {egress?: Json[]; ingress?: Json[]}, {networks = 'storage', name = 'mnp', labels = {}}: {networks?: string | null; name?: string; labels?: Record<string, string>} = {}): KubeObject {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1beta2', kind: 'MultiNetworkPolicy', metadata: {namespace: 'shop', name, annotations: networks === null ? {} : {[FOR]: networks}},
    spec: {podSelector: {matchLabels: labels}, policyTypes: Object.keys(rules).map(type => (type === 'egress' ? 'Egress' : 'Ingress')), ...rules},
  }
}

const status = (...entries: JsonObject[]): Record<string, string> => ({[STATUS]: JSON.stringify([{name: 'cbr0', interface: 'eth0', ips: ['10.244.0.9', '2600:1f13:aa::9'], default: true}, ...entries])})
const onNetwork = (families: keyof typeof ADDRESSES, name = 'shop/storage'): KubeObject => podOf('v4', {app: 'web'}, {annotations: status({name, interface: 'net1', ips: ADDRESSES[families]})})
const to = (...blocks: JsonObject[]): Json[] => [{to: blocks.map(ipBlock => ({ipBlock}))}]
const from = (...blocks: JsonObject[]): Json[] => [{from: blocks.map(ipBlock => ({ipBlock}))}]
const V4 = {cidr: '0.0.0.0/0'}
const V6 = {cidr: '::/0'}
const IMDS = {cidr: '0.0.0.0/0', except: ['169.254.169.254/32']}
const M = 'MultiNetworkPolicy shop/mnp spec.egress[0].to'

interface Row {
  name: string
  objects: KubeObject[]
  lines: string[]
}

/** Sources: v1beta2/types.go of multi-networkpolicy, pkg/server/{server,policyrules}.go and pkg/controllers/pod.go of multi-networkpolicy-iptables. */
const ROWS: Row[] = [
  {name: 'IPv4 alone closes IPv6 on a network of both', objects: [policy({egress: to(V4)}), onNetwork('dual')], lines: [`blocked-broad ${M}[0].ipBlock A1 blocked 6`]},
  {name: 'IPv4 alone, a part of it', objects: [policy({egress: to({cidr: '10.9.0.0/16'})}), onNetwork('dual')], lines: [`blocked-narrow ${M}[0].ipBlock A1 blocked 6`]},
  {name: '… on a network of IPv4: not yet', objects: [policy({egress: to(V4)}), onNetwork('v4')], lines: [`L:blocked-broad ${M}[0].ipBlock A1 blocked 6`]},
  {name: 'both families', objects: [policy({egress: to(V4, V6)}), onNetwork('dual')], lines: []},
  {name: 'all of IPv6 beside few IPv4 addresses', objects: [policy({egress: to({cidr: '192.0.2.0/24'}, V6)}), onNetwork('dual')], lines: [`all-of-ipv6 ${M}[1].ipBlock S2 open 6`]},
  {name: 'an exception that IPv6 lacks', objects: [policy({egress: to(IMDS, V6)}), onNetwork('dual')], lines: [`metadata ${M}[1].ipBlock S1 open 6`]},
  {name: 'private networks left out of IPv4 alone: nodes, and neither pods nor Services', objects: [policy({egress: to({cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']}, {cidr: '::/0', except: ['fd00:ec2::/32', 'fe80::/10']})}), onNetwork('dual')], lines: [`node ${M}[1].ipBlock S1 open 6`]},
  {name: 'part of IPv6', objects: [policy({egress: to(V4, {cidr: '2001:4860::/32'})}), onNetwork('dual')], lines: [`part-of-ipv6 ${M}[0].ipBlock A2 blocked 6`]},
  {name: 'on the way in', objects: [policy({ingress: from(V4)}), onNetwork('dual')], lines: ['blocked-broad MultiNetworkPolicy shop/mnp spec.ingress[0].from[0].ipBlock A1 blocked 6']},
  {name: 'two policies of one network are a union', objects: [policy({egress: to(V4)}), policy({egress: to(V6)}, {name: 'other'}), onNetwork('dual')], lines: []},
  {name: '… of two networks are not', objects: [policy({egress: to(V4)}), policy({egress: to(V6)}, {name: 'other', networks: 'backup'}), onNetwork('dual')], lines: [`blocked-broad ${M}[0].ipBlock A1 blocked 6`]},
  {name: 'several networks, with blanks, by namespace and name', objects: [policy({egress: to(V4)}, {networks: 'backup, other/storage'}), onNetwork('dual', 'other/storage')], lines: [`blocked-broad ${M}[0].ipBlock A1 blocked 6`]},
  {name: 'a network of the same name in another namespace', objects: [policy({egress: to(V4)}), onNetwork('dual', 'other/storage')], lines: []},
  {name: 'no network named: it applies nowhere', objects: [policy({egress: to(V4)}, {networks: null}), onNetwork('dual')], lines: []},
  {name: 'a pod without such a network', objects: [policy({egress: to(V4)}), podOf('dual')], lines: []},
  {name: 'the first network of the cluster', objects: [policy({egress: to(V4)}, {networks: 'shop/first'}), podOf('dual', {}, {annotations: {[STATUS]: JSON.stringify([{name: 'shop/first', default: true, ips: ADDRESSES.dual}])}})], lines: []},
  {name: 'a network without addresses', objects: [policy({egress: to(V4)}), podOf('dual', {}, {annotations: status({name: 'shop/storage', interface: 'net1'})})], lines: []},
  {name: 'other pods', objects: [policy({egress: to(V4)}, {labels: {app: 'db'}}), onNetwork('dual')], lines: []},
  {name: 'selectors alone', objects: [policy({egress: [{to: [{podSelector: {}}]}]}), onNetwork('dual')], lines: []},
]

describe('multi-network-policy-family-gap', () => {
  for (const {name, objects, lines} of ROWS) it(name, async () => {
    const {lines: told, skip} = await ranIn(multiNetworkPolicyFamilyGap, objects)
    expect(told).to.deep.equal(lines)
    expect(skip).to.equal(null)
  })

  it('counts a pod once, though the policy is for two of its networks', async () => {
    const both = podOf('v4', {}, {annotations: status({name: 'shop/storage', ips: ADDRESSES.dual}, {name: 'shop/backup', ips: ADDRESSES.dual})})
    const {findings} = await ranIn(multiNetworkPolicyFamilyGap, [policy({egress: to(V4)}, {networks: 'storage,backup'}), both, onNetwork('dual')])
    expect(findings.map(({count}) => count)).to.deep.equal([2])
  })

  const messages: {name: string; objects: KubeObject[]; message: RegExp; fix: RegExp}[] = [
    {name: 'A1', objects: [policy({egress: to(V4)})], message: /^On its networks the policy allows 0\.0\.0\.0\/0 and nothing of IPv6: over IPv6 the pod p\d+ gets to nothing there\.$/, fix: /^Add an item beside spec\.egress\[0\]\.to\[0\]\.ipBlock, such as - ipBlock: \{cidr: "::\/0"\}; the two families need an ipBlock item each\.$/},
    {name: 'S2', objects: [policy({egress: to({cidr: '192.0.2.0/24'}, V6)})], message: /allows only 192\.0\.2\.0\/24 and all of IPv6: the pod p\d+ may send data there over IPv6\./, fix: /in the place of the block at spec\.egress\[0\]\.to\[1\]\.ipBlock/},
    {name: 'S1', objects: [policy({egress: to(IMDS, V6)})], message: /allows 0\.0\.0\.0\/0 except 169\.254\.169\.254\/32, and over IPv6 also AWS instance metadata \(fd00:ec2::254, if the IPv6 endpoint is enabled on the instance\): the pod p\d+ may send data there over IPv6\./, fix: /fd00:ec2::254\/128/},
    {name: 'A2', objects: [policy({ingress: from(V4, {cidr: '2001:4860::/32'})})], message: /lets in 0\.0\.0\.0\/0 and only 2001:4860::\/32 of IPv6: over IPv6 nobody else gets in to the pod p\d+ there\./, fix: /Where the difference is not meant/},
  ]
  for (const {name, objects, message, fix} of messages) it(`says in words: ${name}`, async () => {
    const {findings: [found]} = await ranIn(multiNetworkPolicyFamilyGap, [...objects, onNetwork('dual')])
    expect(found?.message).to.match(message)
    expect(found?.fix?.text).to.match(fix)
  })

  it('says where a family is not yet', async () => {
    const {findings: [found]} = await ranIn(multiNetworkPolicyFamilyGap, [policy({egress: to(V4)}), podOf('dual', {}, {annotations: status({name: 'shop/storage', ips: ADDRESSES.v4})})])
    expect(found?.message).to.match(/; no such pod has IPv6 there today, and this becomes medium when IPv6 is enabled there\.$/)
  })

  const ends: {name: string; objects: KubeObject[]; outcome?: 'not-served' | 'forbidden'; skip: string | null; isApplicable?: boolean}[] = [
    {name: 'an API that is not there', objects: [], outcome: 'not-served', skip: null, isApplicable: false},
    {name: 'policies that are forbidden', objects: [onNetwork('dual')], outcome: 'forbidden', skip: 'forbidden'},
    {name: 'a block that is none', objects: [policy({egress: to({cidr: 'rubbish'})}), onNetwork('dual')], skip: 'not-understood'},
    {name: 'a status that is no JSON', objects: [policy({egress: to(V4)}), podOf('dual', {}, {annotations: {[STATUS]: '[{'}})], skip: 'not-understood'},
    {name: 'a status with an address that is none', objects: [policy({egress: to(V4)}), podOf('dual', {}, {annotations: status({name: 'shop/storage', ips: ['rubbish']})})], skip: 'not-understood'},
    {name: 'a status that is no JSON, of a pod that no policy is about', objects: [policy({egress: to(V4)}, {labels: {app: 'db'}}), podOf('dual', {}, {annotations: {[STATUS]: '[{'}})], skip: null},
  ]
  for (const {name, objects, outcome, skip, isApplicable = true} of ends) it(name, async () => {
    const ran = await ranIn(multiNetworkPolicyFamilyGap, objects, outcome === undefined ? {} : {outcomes: {multinetworkpolicies: outcome}})
    expect(ran.lines).to.deep.equal([])
    expect(ran.skip).to.equal(skip)
    expect(ran.notApplicable['multi-network-policy-family-gap'] === null).to.equal(isApplicable)
  })
})
