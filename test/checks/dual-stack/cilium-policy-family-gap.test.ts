import {expect} from 'chai'
import {ciliumPolicyFamilyGap} from '../../../src/checks/dual-stack/cilium-policy-family-gap.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {FamiliesOfPods} from './filter-cluster.js'
import {podOf, ranIn} from './filter-cluster.js'

const APP = {matchLabels: {app: 'web'}}

function policy(spec: JsonObject, rest: {namespace?: string; name?: string; fields?: JsonObject} = {}): KubeObject {
  const {namespace = 'shop', name = 'web', fields = {spec: {endpointSelector: APP, ...spec}}} = rest
  return {apiVersion: 'cilium.io/v2', kind: namespace === '' ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy', metadata: {name, ...(namespace === '' ? {} : {namespace})}, ...fields}
}

const group = (name: string, cidrs: string[], labels: Record<string, string> = {}): KubeObject => ({apiVersion: 'cilium.io/v2', kind: 'CiliumCIDRGroup', metadata: {name, labels}, spec: {externalCIDRs: cidrs}})
const config = (data: Record<string, string>): KubeObject => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {namespace: 'kube-system', name: 'cilium-config'}, data})
const agent = (image: string): KubeObject => ({apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'kube-system', name: `cilium-${image}`, labels: {'k8s-app': 'cilium'}}, spec: {hostNetwork: true, containers: [{name: 'cilium-agent', image}]}, status: {phase: 'Running'}})

const WORLD_ALLOWED = {toEntities: ['world']}
const IMDS = {toCIDRSet: [{cidr: '169.254.169.254/32'}]}
const P = 'CiliumNetworkPolicy shop/web'

interface Row {
  name: string
  objects: KubeObject[]
  lines: string[]
  pods?: FamiliesOfPods
}

/**
 * Sources: pkg/policy/api/{rule,ingress,egress,cidr,entity,icmp,l4}.go,
 * pkg/k8s/apis/cilium.io/utils/utils.go and computePolicyEnforcementAndRules of
 * pkg/policy/repository.go in Cilium 1.18.4; cidr.go of 1.14 and 1.17 for what differs.
 */
const ROWS: Row[] = [
  {name: 'a deny of the IPv4 endpoint in front of the world leaves the IPv6 one', objects: [policy({egress: [WORLD_ALLOWED], egressDeny: [IMDS]})], lines: [`metadata ${P} spec.egressDeny[0].toCIDRSet[0] S3 open 6`]},
  {name: 'both endpoints denied', objects: [policy({egress: [WORLD_ALLOWED], egressDeny: [{toCIDRSet: [{cidr: '169.254.169.254/32'}, {cidr: 'fd00:ec2::254/128'}]}]})], lines: []},
  {name: 'the world of both families denied', objects: [policy({egress: [{toEntities: ['all']}], egressDeny: [{toEntities: ['world']}]})], lines: []},
  {name: 'all of IPv4 denied, without default deny', objects: [policy({enableDefaultDeny: {egress: false}, egressDeny: [{toCIDR: ['0.0.0.0/0']}]})], lines: [`public-open ${P} spec.egressDeny[0].toCIDR[0] S3 open 6`]},
  {name: 'a closing default deny closes what the deny forgot', objects: [policy({egressDeny: [{toCIDR: ['0.0.0.0/0']}]})], lines: []},
  {name: 'the same on pods without IPv6 is latent', objects: [policy({enableDefaultDeny: {egress: false}, egressDeny: [{toCIDR: ['0.0.0.0/0']}]})], pods: 'v4', lines: [`L:public-open ${P} spec.egressDeny[0].toCIDR[0] S3 open 6`]},
  {name: 'before 1.15 a bare 0.0.0.0/0 is the world of both', objects: [agent('quay.io/cilium/cilium:v1.14.3@sha256:1'), policy({enableDefaultDeny: {egress: false}, egressDeny: [{toCIDR: ['0.0.0.0/0']}]})], lines: []},
  {name: 'from 1.15 on it is not, and the oldest agent counts', objects: [agent('quay.io/cilium/cilium:v1.16.0'), agent('quay.io/cilium/cilium:v1.15.1'), policy({enableDefaultDeny: {egress: false}, egressDeny: [{toCIDR: ['0.0.0.0/0']}]})], lines: [`public-open ${P} spec.egressDeny[0].toCIDR[0] S3 open 6`]},
  {name: 'allowed over IPv4 alone blocks IPv6', objects: [policy({egress: [{toCIDR: ['0.0.0.0/0']}]})], lines: [`blocked ${P} spec.egress[0].toCIDR[0] A3 blocked 6`]},
  {name: 'allowed in both families, as two items', objects: [policy({egress: [{toCIDR: ['0.0.0.0/0', '::/0']}]})], lines: []},
  {name: 'private ranges left out of IPv4 alone', objects: [policy({egress: [{toCIDRSet: [{cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']}, {cidr: '::/0'}]}]})], lines: [`private ${P} spec.egress[0].toCIDRSet[1] S3 open 6`]},
  {name: 'pods and nodes alone left out of IPv4: CIDR rules match neither', objects: [policy({egress: [{toCIDRSet: [{cidr: '0.0.0.0/0', except: ['10.244.0.0/16', '192.168.10.5/32']}, {cidr: '::/0'}]}]})], lines: []},
  {name: 'nodes, where Cilium is told to match them', objects: [config({'policy-cidr-match-mode': 'nodes'}), policy({egress: [WORLD_ALLOWED], egressDeny: [{toCIDR: ['192.168.10.5/32']}], enableDefaultDeny: {egress: false}})], lines: [`node ${P} spec.egressDeny[0].toCIDR[0] S3 open 6`]},
  {name: 'an address of a Service, which no rule for addresses ever sees', objects: [policy({egress: [{toCIDR: ['10.96.0.10/32'], toPorts: [{ports: [{port: '53', protocol: 'UDP'}]}]}]})], lines: []},
  {name: 'selectors alone', objects: [policy({egress: [{toEndpoints: [{matchLabels: {app: 'db'}}]}, {toFQDNs: [{matchName: 'example.com'}]}, {toServices: [{k8sService: {serviceName: 'db', namespace: 'shop'}}]}, {toEntities: ['cluster', 'kube-apiserver']}]})], lines: []},
  {name: 'the world of one family by name', objects: [policy({ingress: [{fromEntities: ['world-ipv6']}, {fromCIDR: ['203.0.113.0/24']}]})], lines: [`public-open ${P} spec.ingress[0].fromEntities[0] S3 open 6`]},
  {name: 'a group of blocks by name', objects: [group('imds', ['169.254.169.254/32']), policy({egress: [WORLD_ALLOWED], egressDeny: [{toCIDRSet: [{cidrGroupRef: 'imds'}]}]})], lines: [`metadata ${P} spec.egressDeny[0].toCIDRSet[0] S3 open 6`]},
  {name: 'a group of blocks by label, of both families', objects: [group('imds', ['169.254.169.254/32', 'fd00:ec2::254'], {role: 'imds'}), policy({egress: [WORLD_ALLOWED], egressDeny: [{toCIDRSet: [{cidrGroupSelector: {matchLabels: {role: 'imds'}}}]}]})], lines: []},
  {name: 'another port is judged by itself', objects: [policy({egress: [{toCIDR: ['0.0.0.0/0'], toPorts: [{ports: [{port: '443', protocol: 'TCP'}]}]}, {toCIDR: ['::/0'], toPorts: [{ports: [{port: '443', endPort: 444, protocol: 'TCP'}]}]}]})], lines: [`public-open ${P} spec.egress[1].toCIDR[0] S3 open 6`]},
  {name: 'a named port on the way in is the number that the pod gives it', objects: [policy({ingress: [{fromCIDR: ['0.0.0.0/0'], toPorts: [{ports: [{port: 'web', protocol: 'TCP'}]}]}, {fromCIDR: ['::/0'], toPorts: [{ports: [{port: '8080', protocol: 'TCP'}]}]}]})], lines: []},
  {name: 'port 0 and ANY are all ports', objects: [policy({egress: [{toCIDR: ['0.0.0.0/0']}, {toCIDR: ['::/0'], toPorts: [{ports: [{port: '0', protocol: 'ANY'}]}]}]})], lines: []},
  {name: 'a NetworkPolicy that lets IPv6 through is united with it', objects: [policy({egress: [{toCIDR: ['0.0.0.0/0']}]}), networkPolicy([{to: [{ipBlock: {cidr: '::/0'}}]}])], lines: []},
  {name: 'a deny of Cilium holds for what a NetworkPolicy lets through', objects: [policy({egressDeny: [IMDS]}), networkPolicy([{}])], lines: [`metadata ${P} spec.egressDeny[0].toCIDRSet[0] S3 open 6`]},
  {name: 'a selector that names another namespace selects in its own all the same', objects: [policy({}, {fields: {spec: {endpointSelector: {matchLabels: {'k8s:io.kubernetes.pod.namespace': 'other'}}, egress: [WORLD_ALLOWED], egressDeny: [IMDS]}}})], lines: [`metadata ${P} spec.egressDeny[0].toCIDRSet[0] S3 open 6`]},
  {name: 'a policy of another namespace, and one for nodes', objects: [policy({egress: [WORLD_ALLOWED], egressDeny: [IMDS]}, {namespace: 'other'}), policy({}, {namespace: '', fields: {spec: {nodeSelector: {}, egress: [WORLD_ALLOWED], egressDeny: [IMDS]}}})], lines: []},
  {
    name: 'clusterwide, by a label of the namespace; specs side by side',
    objects: [policy({}, {namespace: '', fields: {specs: [{endpointSelector: {matchLabels: {'k8s:io.cilium.k8s.namespace.labels.team': 'red', 'any:app': 'web'}}, egress: [WORLD_ALLOWED], egressDeny: [IMDS]}, {endpointSelector: {matchLabels: {'io.kubernetes.pod.namespace': 'nowhere'}}, egress: [{toCIDR: ['0.0.0.0/0']}]}]}})],
    lines: ['metadata CiliumClusterwideNetworkPolicy web specs[0].egressDeny[0].toCIDRSet[0] S3 open 6'],
  },
  {name: 'types of ICMP are of IPv4 where no family is named', objects: [policy({ingress: [{fromEntities: ['all'], icmps: [{fields: [{type: 8}]}]}]})], lines: [`icmp-allowed-in-one-family ${P} spec.ingress[0].icmps A3 blocked 6`]},
  {name: 'denied types of ICMP', objects: [policy({ingress: [{}], ingressDeny: [{icmps: [{fields: [{type: 'EchoRequest', family: 'IPv4'}]}]}]})], lines: [`icmp-denied-in-one-family ${P} spec.ingressDeny[0].icmps S3 open 6`]},
  {name: 'types of ICMP of both families', objects: [policy({ingress: [{icmps: [{fields: [{type: 8}, {type: 128, family: 'IPv6'}]}]}]})], lines: []},
  {name: 'a set with ::/0 is the world of IPv4 on an agent without IPv6', objects: [config({'enable-ipv4': 'true', 'enable-ipv6': 'false'}), policy({egress: [{toCIDRSet: [{cidr: '::/0'}]}]})], pods: 'v4', lines: []},
  {name: 'a list with ::/0 is not', objects: [config({'enable-ipv4': 'true', 'enable-ipv6': 'false'}), policy({egress: [{toCIDR: ['::/0']}]})], pods: 'v4', lines: [`blocked ${P} spec.egress[0].toCIDR[0] A3 blocked 4`, `L:public-open ${P} spec.egress[0].toCIDR[0] S3 open 6`]},
]

function networkPolicy(egress: Json[]): KubeObject {
  return {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {namespace: 'shop', name: 'np'}, spec: {podSelector: {}, policyTypes: ['Egress'], egress}}
}

describe('cilium-policy-family-gap', () => {
  for (const {name, objects, lines, pods = 'dual'} of ROWS) it(name, async () => {
    const ran = await ranIn(ciliumPolicyFamilyGap, [...objects, podOf(pods), podOf(pods, {app: 'db'})])
    expect(ran.lines).to.deep.equal(lines.toSorted())
    expect(ran.skip).to.equal(null)
  })

  it('says what happens, to which pods, and what to add', async () => {
    const {findings: [finding]} = await ranIn(ciliumPolicyFamilyGap, [policy({egress: [WORLD_ALLOWED], egressDeny: [IMDS]}), podOf('dual'), podOf('v4')])
    expect(finding?.severity).to.equal('high')
    expect(finding?.count).to.equal(1)
    expect(finding?.message).to.match(/fd00:ec2::254/).and.match(/1 pod in shop/).and.not.match(/version of Cilium/)
    expect(finding?.fix?.text).to.match(/fd00:ec2::254\/128/)
  })

  it('says where it hangs on a version that nobody saw', async () => {
    const closed = policy({enableDefaultDeny: {egress: false}, egressDeny: [{toCIDR: ['0.0.0.0/0']}]})
    const messages = async (...more: KubeObject[]): Promise<string[]> => (await ranIn(ciliumPolicyFamilyGap, [closed, podOf('dual'), ...more])).findings.map(({message}) => message)
    expect((await messages())[0]).to.match(/version of Cilium was not seen/)
    expect((await messages(agent('quay.io/cilium/cilium:v1.18.4')))[0]).to.not.match(/version of Cilium/)
  })

  const unread: [name: string, objects: KubeObject[], outcomes: object, skip: string | null][] = [
    ['a block that is none', [policy({egress: [{toCIDR: ['10.0.0.0/33']}]})], {}, 'not-understood'],
    ['two kinds of peers in one rule, which Cilium refuses', [policy({egress: [{toCIDR: ['10.0.0.0/8'], toEntities: ['world']}]})], {}, 'not-understood'],
    ['a policy without a selector', [policy({}, {fields: {spec: {egress: []}}})], {}, 'not-understood'],
    ['a group that is not understood', [group('g', ['x']), policy({egress: [{toCIDRSet: [{cidrGroupRef: 'g'}]}]})], {}, 'not-understood'],
    ['groups that nobody may read, and none names', [policy({egress: [WORLD_ALLOWED]})], {ciliumcidrgroups: 'forbidden'}, null],
    ['groups that nobody may read', [policy({egress: [{toCIDRSet: [{cidrGroupRef: 'g'}]}]})], {ciliumcidrgroups: 'forbidden'}, 'forbidden'],
    ['policies that nobody may read', [], {ciliumnetworkpolicies: 'forbidden'}, 'forbidden'],
  ]
  for (const [name, objects, outcomes, skip] of unread) it(`never calls it clean: ${name}`, async () => {
    expect((await ranIn(ciliumPolicyFamilyGap, [...objects, podOf('dual')], {outcomes})).skip).to.equal(skip)
  })

  it('judges nothing of pods that a policy selects which is not understood', async () => {
    const ran = await ranIn(ciliumPolicyFamilyGap, [policy({egress: [{toCIDR: ['rubbish']}]}, {name: 'odd'}), policy({egress: [WORLD_ALLOWED], egressDeny: [IMDS]}), podOf('dual')])
    expect([ran.lines, ran.skip]).to.deep.equal([[], 'not-understood'])
  })

  it('does not apply where Cilium is not, or enforces nothing', async () => {
    const gone = await ranIn(ciliumPolicyFamilyGap, [podOf('dual')], {outcomes: {ciliumnetworkpolicies: 'not-served', ciliumclusterwidenetworkpolicies: 'not-served', ciliumcidrgroups: 'not-served'}})
    expect(gone.notApplicable['cilium-policy-family-gap']).to.match(/no policies of Cilium/)
    const off = await ranIn(ciliumPolicyFamilyGap, [config({'enable-policy': 'never'}), policy({egress: [WORLD_ALLOWED], egressDeny: [IMDS]}), podOf('dual')])
    expect([off.lines, off.notApplicable['cilium-policy-family-gap']]).to.deep.equal([[], 'cilium-config says enable-policy: never, so no policy is enforced'])
  })

  it('enable-policy: always closes by default', async () => {
    const objects = [policy({enableDefaultDeny: {egress: false}, egressDeny: [{toCIDR: ['0.0.0.0/0']}]}), podOf('dual')]
    expect((await ranIn(ciliumPolicyFamilyGap, [config({'enable-policy': 'always'}), ...objects])).lines).to.deep.equal([])
  })
})
