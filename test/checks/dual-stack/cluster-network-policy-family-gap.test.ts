import {expect} from 'chai'
import {clusterNetworkPolicyFamilyGap} from '../../../src/checks/dual-stack/cluster-network-policy-family-gap.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {Cluster} from '../../support/run-checks.js'
import type {FamiliesOfPods} from './filter-cluster.js'
import {podOf, ranIn} from './filter-cluster.js'

const EVERYWHERE = {namespaces: {}}

interface Meta {
  name?: string
  priority?: number
  subject?: JsonObject
}

/** v1alpha1: `Allow`, `ports`. */
function admin(egress: Json[], {name = 'admin', priority = 10, subject = EVERYWHERE}: Meta = {}): KubeObject {
  return {apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'AdminNetworkPolicy', metadata: {name}, spec: {priority, subject, egress}}
}

function baselineAdmin(egress: Json[]): KubeObject {
  return {apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'BaselineAdminNetworkPolicy', metadata: {name: 'default'}, spec: {subject: EVERYWHERE, egress}}
}

/** v1alpha2: `Accept`, `protocols`, tiers. */
function cluster(tier: string, egress: Json[], {name = 'cnp', priority = 10, subject = EVERYWHERE}: Meta = {}): KubeObject {
  return {apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', metadata: {name}, spec: {tier, priority, subject, egress}}
}

function networkPolicy(egress: Json[], labels: Record<string, string> = {}): KubeObject {
  return {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {namespace: 'shop', name: 'np'}, spec: {podSelector: {matchLabels: labels}, policyTypes: ['Egress'], egress}}
}

const to = (action: string, ...networks: string[]): JsonObject => ({action, to: [{networks}]})
const deny = (...networks: string[]): JsonObject => to('Deny', ...networks)
const RFC1918 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']
const IMDS = '169.254.169.254/32'
const A = 'AdminNetworkPolicy admin spec.egress[0].to[0].networks[0]'
const C = 'ClusterNetworkPolicy cnp spec.egress[0].to[0].networks[0]'
const METADATA = `metadata ${C} S3 open 6`

interface Row {
  name: string
  objects: KubeObject[]
  lines: string[]
  pods?: FamiliesOfPods
}

/** Sources: apis/v1alpha1 and apis/v1alpha2 of kubernetes-sigs/network-policy-api. */
const ROWS: Row[] = [
  {name: 'v1alpha1: Allow 10/8, Deny 0/0 leaves IPv6 fully open', objects: [admin([to('Allow', '10.0.0.0/8'), deny('0.0.0.0/0')])], lines: ['public-open AdminNetworkPolicy admin spec.egress[1].to[0].networks[0] S3 open 6']},
  {name: 'v1alpha2: Accept 10/8, Deny 0/0 leaves IPv6 fully open', objects: [cluster('Admin', [to('Accept', '10.0.0.0/8'), deny('0.0.0.0/0')])], lines: ['public-open ClusterNetworkPolicy cnp spec.egress[1].to[0].networks[0] S3 open 6']},
  {name: 'Deny of the IPv4 endpoint leaves the IPv6 one open', objects: [admin([deny(IMDS)])], lines: [`metadata ${A} S3 open 6`]},
  {name: 'Baseline Deny of RFC1918 leaves IPv6 pods open', objects: [baselineAdmin([deny(...RFC1918)])], lines: ['pod BaselineAdminNetworkPolicy default spec.egress[0].to[0].networks[0] S3 open 6']},
  {name: '… as a tier', objects: [cluster('Baseline', [deny(...RFC1918)])], lines: [`pod ${C} S3 open 6`]},
  {name: 'both families in one list', objects: [cluster('Admin', [deny(IMDS, 'fd00:ec2::254/128')])], lines: []},
  {name: 'both families in two rules', objects: [cluster('Admin', [deny('0.0.0.0/0'), deny('::/0')])], lines: []},
  {name: 'a NetworkPolicy behind it has the last word', objects: [cluster('Admin', [deny(IMDS)]), networkPolicy([])], lines: []},
  {name: '… and may open what Admin forgot', objects: [cluster('Admin', [deny(IMDS)]), networkPolicy([{}])], lines: [METADATA]},
  {name: '… for pods that it selects', objects: [cluster('Admin', [deny(IMDS)]), networkPolicy([], {app: 'db'})], lines: [METADATA]},
  {name: 'Baseline is not asked behind a NetworkPolicy', objects: [cluster('Baseline', [deny(IMDS)]), networkPolicy([{}])], lines: []},
  {name: 'Baseline closes what Admin forgot', objects: [admin([deny(IMDS)]), baselineAdmin([deny('0.0.0.0/0', '::/0')])], lines: []},
  {name: 'a Pass goes past Admin to the NetworkPolicy', objects: [cluster('Admin', [to('Pass', '::/0'), deny('0.0.0.0/0', '::/0')]), networkPolicy([{to: [{ipBlock: {cidr: '::/0'}}]}])], lines: [`public-open ${C} S3 open 6`]},
  {name: 'what NetworkPolicies forget is another check\'s', objects: [cluster('Admin', [to('Accept', '8.8.8.8/32', '2001:4860:4860::8888/128')]), networkPolicy([{to: [{ipBlock: {cidr: '0.0.0.0/0', except: [IMDS]}}, {ipBlock: {cidr: '::/0'}}]}])], lines: []},
  {name: 'accepted over IPv4 alone, closed by a NetworkPolicy', objects: [cluster('Admin', [to('Accept', '10.0.0.0/8')]), networkPolicy([])], lines: [`blocked ${C} A3 blocked 6`]},
  {name: 'accepted over IPv4 alone, open behind it: nothing is refused', objects: [cluster('Admin', [to('Accept', '10.0.0.0/8')])], lines: []},
  {name: 'all pods are passed first, as upstream advises', objects: [cluster('Admin', [{action: 'Pass', to: [{namespaces: {}}]}, deny(...RFC1918, '169.254.0.0/16', 'fc00::/7', 'fe80::/10', '2600:1f13:bb::/64')])], lines: []},
  {name: '… without that', objects: [cluster('Admin', [deny(...RFC1918, '169.254.0.0/16', 'fc00::/7', 'fe80::/10', '2600:1f13:bb::/64')])], lines: [`pod ${C} S3 open 6`]},
  {name: 'some pods are passed first', objects: [cluster('Admin', [{action: 'Pass', to: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: 'db'}}}}]}, deny(...RFC1918, '169.254.0.0/16', 'fc00::/7', 'fe80::/10', '2600:1f13:bb::/64')])], lines: ['pod ClusterNetworkPolicy cnp spec.egress[1].to[0].networks[0] S3 open 6']},
  {name: 'nodes by label, all of them', objects: [cluster('Admin', [{action: 'Deny', to: [{nodes: {}}]}])], lines: []},
  {name: 'names of domains', objects: [cluster('Admin', [{action: 'Accept', to: [{domainNames: ['*.example.com']}]}])], lines: []},
  {name: 'one port, v1alpha1', objects: [admin([{...deny(IMDS), ports: [{portNumber: {protocol: 'TCP', port: 80}}]}])], lines: [`metadata ${A} S3 open 6`]},
  {name: 'a range of ports, and its twin', objects: [admin([{...deny(IMDS), ports: [{portRange: {protocol: 'TCP', start: 80, end: 90}}]}, {...deny('fd00:ec2::254/128'), ports: [{portNumber: {port: 80}}, {portRange: {start: 81, end: 90}}]}])], lines: []},
  {name: 'one protocol, v1alpha2', objects: [cluster('Admin', [{...deny(IMDS), protocols: [{tcp: {destinationPort: {number: 80}}}]}, {...deny('fd00:ec2::254/128'), protocols: [{tcp: {destinationPort: {range: {start: 80, end: 81}}}}]}])], lines: [METADATA.replace('[0]', '[1]').replace('open 6', 'open 4')]},
  {name: 'the same protocol in both', objects: [cluster('Admin', [{...deny(IMDS), protocols: [{udp: {}}]}, {...deny('fd00:ec2::254/128'), protocols: [{udp: {destinationPort: {range: {start: 1, end: 65535}}}}]}])], lines: []},
  {name: 'ports by name are those of pods', objects: [cluster('Admin', [{action: 'Deny', to: [{namespaces: {}}], protocols: [{destinationNamedPort: 'web'}]}])], lines: []},
  {name: 'by a label of the namespace', objects: [cluster('Admin', [deny(IMDS)], {subject: {namespaces: {matchLabels: {team: 'red'}}}})], lines: [METADATA]},
  {name: 'by the name of the namespace', objects: [cluster('Admin', [deny(IMDS)], {subject: {namespaces: {matchLabels: {'kubernetes.io/metadata.name': 'shop'}}}})], lines: [METADATA]},
  {name: 'of another namespace', objects: [cluster('Admin', [deny(IMDS)], {subject: {namespaces: {matchLabels: {team: 'blue'}}}})], lines: []},
  {name: 'by a label of the pod', objects: [cluster('Admin', [deny(IMDS)], {subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: 'web'}}}}})], lines: [METADATA]},
  {name: 'of other pods', objects: [cluster('Admin', [deny(IMDS)], {subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: 'none'}}}}})], lines: []},
  {name: 'lower priority numbers come first', objects: [cluster('Admin', [to('Accept', '0.0.0.0/0', '::/0')], {name: 'all', priority: 1}), cluster('Admin', [deny(IMDS)], {priority: 2})], lines: []},
  {name: '… and last', objects: [cluster('Admin', [to('Accept', '0.0.0.0/0', '::/0')], {name: 'all', priority: 3}), cluster('Admin', [deny(IMDS)], {priority: 2})], lines: [METADATA]},
  {name: 'equal priorities: the worse order', objects: [cluster('Admin', [to('Accept', '0.0.0.0/0', '::/0')], {name: 'all', priority: 2}), cluster('Admin', [deny(IMDS)], {priority: 2})], lines: [METADATA]},
  {name: 'on pods without IPv6 it is latent', objects: [cluster('Admin', [deny(IMDS)])], pods: 'v4', lines: [`L:${METADATA}`]},
  {name: 'on pods with IPv6 alone it is not', objects: [cluster('Admin', [deny(IMDS)])], pods: 'v6', lines: [METADATA]},
  {name: 'ingress alone', objects: [{apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', metadata: {name: 'in'}, spec: {tier: 'Admin', priority: 1, subject: EVERYWHERE, ingress: [{action: 'Deny', from: [{namespaces: {}}]}]}}], lines: []},
  {name: 'the address of a Service of one family', objects: [dns(), cluster('Admin', [{...to('Accept', '10.96.0.10/32'), protocols: [{udp: {destinationPort: {number: 53}}}]}]), networkPolicy([])], lines: []},
]

function dns(): KubeObject {
  return {apiVersion: 'v1', kind: 'Service', metadata: {namespace: 'kube-system', name: 'kube-dns'}, spec: {clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ipFamilyPolicy: 'SingleStack'}}
}

describe('cluster-network-policy-family-gap', () => {
  for (const {name, objects, lines, pods = 'dual'} of ROWS) it(name, async () => {
    const {lines: told, skip} = await ranIn(clusterNetworkPolicyFamilyGap, [...objects, podOf(pods), podOf(pods, {app: 'db'})])
    expect(told).to.deep.equal(lines)
    expect(skip).to.equal(null)
  })

  it('names the block, its twin and how many pods it holds for', async () => {
    const {findings: [found]} = await ranIn(clusterNetworkPolicyFamilyGap, [cluster('Admin', [deny(IMDS)]), podOf('dual'), podOf('dual', {app: 'db'}), podOf('v4')])
    expect(found?.message).to.equal('Egress to 169.254.169.254/32 is denied, which leaves AWS instance metadata at fd00:ec2::254 open over IPv6: code in 2 pods in shop may ask there for what the node is trusted with, if the IPv6 endpoint is enabled on the instance.')
    expect(found?.fix?.text).to.equal('Deny the same over IPv6: add - fd00:ec2::254/128 to the networks of the same rule. Each block is of one family, so each family needs items of its own.')
    expect([found?.count, found?.details]).to.deep.equal([2, {type: 'filter', class: 'S3', direction: 'egress', ports: 'all', openFamily: 6, blockedFamily: null, addressClass: 'metadata'}])
  })

  it('is one finding for all namespaces', async () => {
    const namespaces = ['a', 'b', 'c']
    const {findings} = await ranIn(clusterNetworkPolicyFamilyGap, [cluster('Admin', [deny(...RFC1918)]), ...namespaces.flatMap(namespace => [{apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}}, podOf('dual', {}, {namespace})])])
    expect(findings.map(({count, message}) => [count, message])).to.deep.equal([[3, 'Egress to 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 is denied, which leaves pods, nodes, private networks and Services open over IPv6: 3 pods in 3 namespaces may connect over IPv6 to what is shut over IPv4.']])
  })

  it('says that equal priorities have no order', async () => {
    const {findings: [found]} = await ranIn(clusterNetworkPolicyFamilyGap, [cluster('Admin', [to('Accept', '0.0.0.0/0', '::/0')], {name: 'all', priority: 2}), cluster('Admin', [deny(IMDS)], {priority: 2}), podOf('dual')])
    expect(found?.message).to.match(/; all, cnp have one priority and contradict each other, so nothing says which is asked first, and this holds in the worse order\.$/)
  })

  const ends: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; lines?: string[]; skip: string | null; notApplicable?: RegExp}[] = [
    {name: 'an API that is not there', objects: [], outcomes: {adminnetworkpolicies: 'not-served', baselineadminnetworkpolicies: 'not-served', clusternetworkpolicies: 'not-served'}, skip: null, notApplicable: /serves no policies/},
    {name: 'one API of two', objects: [cluster('Admin', [deny('::/0')])], outcomes: {adminnetworkpolicies: 'not-served', baselineadminnetworkpolicies: 'not-served'}, skip: null},
    {name: 'policies that are forbidden', objects: [], outcomes: {clusternetworkpolicies: 'forbidden'}, skip: 'forbidden'},
    {name: 'NetworkPolicies that are forbidden: they may close the gap', objects: [cluster('Admin', [deny(IMDS)])], outcomes: {networkpolicies: 'forbidden'}, skip: 'forbidden'},
    {name: 'NetworkPolicies that are forbidden and not needed', objects: [], outcomes: {networkpolicies: 'forbidden'}, skip: null},
    {name: 'namespaces that are forbidden', objects: [cluster('Admin', [deny(IMDS)])], outcomes: {namespaces: 'forbidden'}, skip: 'forbidden'},
    {name: 'a namespace that is not in the input, where labels matter', objects: [cluster('Admin', [deny(IMDS)], {subject: {namespaces: {matchLabels: {team: 'red'}}}}), podOf('dual', {}, {namespace: 'unseen'})], lines: [METADATA], skip: 'not-in-input'},
    {name: 'a network that is none', objects: [cluster('Admin', [deny('rubbish'), deny(IMDS)])], skip: 'not-understood'},
    {name: 'a block of a NetworkPolicy that is none', objects: [cluster('Admin', [deny(IMDS)]), networkPolicy([{to: [{ipBlock: {cidr: 'rubbish'}}]}])], skip: 'not-understood'},
    {name: 'a peer of a kind that is not known', objects: [cluster('Admin', [{action: 'Deny', to: [{planets: {}}]}, deny(IMDS)])], skip: 'not-understood'},
    {name: 'an action that is not known', objects: [cluster('Admin', [to('Reject', IMDS)])], skip: 'not-understood'},
    {name: 'a tier that is not known', objects: [cluster('Middle', [deny(IMDS)])], skip: 'not-understood'},
    {name: 'a protocol that is not known', objects: [cluster('Admin', [{...deny(IMDS), protocols: [{quic: {}}]}])], skip: 'not-understood'},
    {name: 'a subject of a kind that is not known', objects: [cluster('Admin', [deny(IMDS)], {subject: {nodes: {}}})], skip: 'not-understood'},
  ]
  for (const {name, objects, outcomes, lines = [], skip, notApplicable} of ends) it(name, async () => {
    const ran = await ranIn(clusterNetworkPolicyFamilyGap, [...objects, podOf('dual')], outcomes === undefined ? {} : {outcomes})
    expect(ran.lines).to.deep.equal(lines)
    expect(ran.skip).to.equal(skip)
    if (notApplicable !== undefined) expect(ran.notApplicable['cluster-network-policy-family-gap']).to.match(notApplicable)
  })
})
