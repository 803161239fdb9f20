import {expect} from 'chai'
import type {Check} from '../../../src/audit/check.js'
import {networkPolicyCarveOutLost} from '../../../src/checks/dual-stack/network-policy-carve-out-lost.js'
import {networkPolicyFamilyBlocked} from '../../../src/checks/dual-stack/network-policy-family-blocked.js'
import {networkPolicyIPv6Wider} from '../../../src/checks/dual-stack/network-policy-ipv6-wider.js'
import {networkPolicyNarrower} from '../../../src/checks/dual-stack/network-policy-narrower.js'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import {object} from '../../support/declared-facts.js'
import {runChecks} from '../../support/run-checks.js'
import {WORLD, podOf} from '../../checks/dual-stack/filter-cluster.js'

const CHECKS: readonly Check[] = [networkPolicyCarveOutLost, networkPolicyFamilyBlocked, networkPolicyIPv6Wider, networkPolicyNarrower]
const IMDS = '169.254.169.254/32'
const IMDS6 = 'fd00:ec2::254/128'

function policy(...blocks: string[]): KubeObject {
  const egress = blocks.map((text): JsonObject => {
    const [cidr = '', except] = text.split(' except ')
    return {to: [{ipBlock: {cidr, ...(except === undefined ? {} : {except: [except]})}}]}
  })
  return object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/np', {spec: {podSelector: {}, policyTypes: ['Egress'], egress}})
}

const cilium = (spec: JsonObject): KubeObject => object('cilium.io/v2', 'CiliumNetworkPolicy', 'shop/c', {spec: {endpointSelector: {matchLabels: {app: 'web'}}, ...spec}})
const calico = (spec: JsonObject): KubeObject => object('projectcalico.org/v3', 'GlobalNetworkPolicy', 'c', {spec: {order: 5, selector: 'app == "web"', types: ['Egress'], ...spec}})
const antrea = (spec: JsonObject): KubeObject => object('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', 'c', {spec: {priority: 5, appliedTo: [{podSelector: {matchLabels: {app: 'web'}}}], ...spec}})
const admin = (...egress: JsonObject[]): KubeObject => object('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'c', {spec: {tier: 'Admin', priority: 5, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: 'web'}}}}, egress}})

const firewall = (...rules: [type: string, cidrSelector: string][]): KubeObject => object('k8s.ovn.org/v1', 'EgressFirewall', 'shop/default', {spec: {egress: rules.map(([type, cidrSelector]) => ({type, to: {cidrSelector}}))}})

const ONLY_V4 = policy('0.0.0.0/0')
const LOST = policy(`0.0.0.0/0 except ${IMDS}`, '::/0')
const WIDER = policy('8.8.8.8/32', '::/0')
const NARROWER = policy('0.0.0.0/0', '2600:1f13::/32')

/** What is denied or allowed beside them, what is left to say. */
const ROWS: readonly [name: string, objects: readonly KubeObject[], left: readonly string[]][] = [
  ['nothing beside it', [ONLY_V4], ['family-blocked/broad 1']],
  ['Cilium lets IPv6 through', [ONLY_V4, cilium({egress: [{toEntities: ['world']}]})], []],
  ['Cilium lets pods through, and no address', [ONLY_V4, cilium({egress: [{toEndpoints: [{}]}]})], ['family-blocked/broad 1']],
  ['Cilium denies IPv6 in so many words', [ONLY_V4, cilium({egressDeny: [{toCIDR: ['::/0']}]})], []],
  ['Cilium narrows IPv4', [ONLY_V4, cilium({egressDeny: [{toCIDR: ['0.0.0.0/1']}]})], ['family-blocked/narrow 1']],
  ['Cilium opens IPv6 on one port', [ONLY_V4, cilium({egress: [{toCIDR: ['::/0'], toPorts: [{ports: [{port: '443', protocol: 'TCP'}]}]}]})], ['family-blocked/broad 1 TCP 1-442, 444-65535, UDP, SCTP']],
  ['Cilium turned off', [ONLY_V4, cilium({egress: [{toEntities: ['world']}]}), object('v1', 'ConfigMap', 'kube-system/cilium-config', {data: {'enable-policy': 'never'}})], ['family-blocked/broad 1']],
  ['Calico lets IPv6 through before it', [ONLY_V4, calico({egress: [{action: 'Allow', destination: {nets: ['::/0']}}]})], []],
  ['Calico behind it', [ONLY_V4, calico({order: 2000, egress: [{action: 'Deny', destination: {nets: ['10.0.0.0/8']}}]})], ['family-blocked/broad 1']],
  ['an Admin tier that accepts IPv6', [ONLY_V4, admin({action: 'Accept', to: [{networks: ['::/0']}]})], []],
  ['Antrea lets IPv6 through', [ONLY_V4, antrea({egress: [{action: 'Allow', to: [{ipBlock: {cidr: '::/0'}}]}]})], []],
  ['nothing beside a carve-out', [LOST], ['carve-out-lost/metadata 1']],
  ['Cilium closes the endpoint', [LOST, cilium({egressDeny: [{toCIDR: [IMDS6]}]})], []],
  ['Cilium closes another', [LOST, cilium({egressDeny: [{toCIDR: ['2600::/32']}]})], ['carve-out-lost/metadata 1']],
  ['Cilium opens that of IPv4 too', [LOST, cilium({egress: [{toCIDR: [IMDS]}]})], []],
  ['Calico closes the endpoint', [LOST, calico({egress: [{action: 'Deny', destination: {nets: [IMDS6]}}]})], []],
  ['an Admin tier closes it', [LOST, admin({action: 'Deny', to: [{networks: [IMDS6]}]})], []],
  ['Antrea closes it', [LOST, antrea({egress: [{action: 'Drop', to: [{ipBlock: {cidr: IMDS6}}]}]})], []],
  ['an egress firewall closes it', [LOST, firewall(['Deny', IMDS6])], []],
  ['an egress firewall closes IPv6, and no pod', [policy('0.0.0.0/0 except 10.244.0.0/16', '::/0'), firewall(['Allow', '2600::/12'], ['Deny', 'fc00::/7'])], ['carve-out-lost/pod 1']],
  ['an egress firewall of another namespace', [LOST, {...firewall(['Deny', IMDS6]), metadata: {namespace: 'other', name: 'default'}}], ['carve-out-lost/metadata 1']],
  ['nothing beside a wider IPv6', [WIDER], ['ipv6-wider/all-of-ipv6 1']],
  ['an Admin tier closes IPv6', [WIDER, admin({action: 'Deny', to: [{networks: ['::/0']}]})], []],
  ['nothing beside a narrower IPv6', [NARROWER], ['narrower/part-of-ipv6 1']],
  ['Calico opens the rest of it', [NARROWER, calico({egress: [{action: 'Allow', destination: {nets: ['::/0']}}]})], []],
]

async function left(objects: readonly KubeObject[]): Promise<{lines: string[]; confidences: string[]; texts: string[]; skips: (string | null)[]}> {
  const {findings, skips} = await runChecks(CHECKS, {objects: [...WORLD, ...objects]})
  return {
    lines: findings.map(({check, variant, count, details}) => [check.replace('network-policy-', ''), `/${variant} ${count}`, details?.type === 'filter' && details.ports !== 'all' ? ` ${details.ports}` : ''].join('')),
    confidences: findings.map(({confidence}) => confidence), texts: findings.map(({message}) => message), skips: CHECKS.map(({meta}) => skips[meta.id] ?? null),
  }
}

describe('NetworkPolicies beside other policies of the same pods', () => {
  for (const [name, objects, expected] of ROWS) it(name, async () => {
    const {lines, skips} = await left([...objects, podOf('dual')])
    expect(lines).to.deep.equal(expected)
    expect(skips).to.deep.equal([null, null, null, null])
  })

  it('are judged for pods that the others do not select', async () => {
    expect((await left([ONLY_V4, cilium({egress: [{toEntities: ['world']}]}), podOf('dual'), podOf('dual', {app: 'db'}), podOf('dual', {app: 'db'})])).lines).to.deep.equal(['family-blocked/broad 2'])
  })

  it('are told with a doubt where the others are not understood', async () => {
    const {lines, confidences, texts, skips} = await left([ONLY_V4, cilium({egress: [{toCIDR: ['rubbish']}]}), podOf('dual')])
    expect(lines).to.deep.equal(['family-blocked/broad 1'])
    expect(confidences).to.deep.equal(['weak'])
    expect(texts[0]).to.match(/That is without policies of Cilium, which decide on these pods too and are not understood here/)
    expect(skips).to.deep.equal(Array(4).fill('not-understood'))
    const shut = await left([LOST, firewall(['Deny', 'rubbish']), podOf('dual')])
    expect([shut.confidences, shut.skips]).to.deep.equal([['weak'], Array(4).fill('not-understood')])
  })
})
