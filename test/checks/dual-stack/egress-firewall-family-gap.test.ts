import {expect} from 'chai'
import {egressFirewallFamilyGap} from '../../../src/checks/dual-stack/egress-firewall-family-gap.js'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import {object} from '../../support/declared-facts.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {BOTH, IMDS, RFC, V4, V6, WORLD, podOf as pod, toldBy as told} from './dual-world.js'

const ID = 'egress-firewall-family-gap'
const rule = (type: string, cidrSelector: string, more: JsonObject = {}): JsonObject => ({type, to: {cidrSelector}, ...more})
const ovn = (egress: JsonObject[], name = 'default', namespace = 'shop'): KubeObject => object('k8s.ovn.org/v1', 'EgressFirewall', `${namespace}/${name}`, {spec: {egress}})
const sdn = (egress: JsonObject[], name = 'default'): KubeObject => object('network.openshift.io/v1', 'EgressNetworkPolicy', `shop/${name}`, {spec: {egress}})
const kubernetesPolicy = (...egress: JsonObject[]): KubeObject => object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/k', {spec: {podSelector: {}, policyTypes: ['Egress'], egress}})
const at = (index: number, kind = 'EgressFirewall'): string => `${kind} default spec.egress[${index}].to.cidrSelector`

/** Of both families, but nodes and pods have addresses of the Internet over IPv6. */
const PRIVATE = [...RFC, '169.254.0.0/16', 'fc00::/7', 'fe80::/10'].map(cidr => rule('Deny', cidr))

const run = (objects: readonly KubeObject[], {pods = [pod(BOTH)], outcomes = {}}: {pods?: readonly KubeObject[]; outcomes?: Cluster['outcomes']} = {}): Promise<Ran> =>
  runChecks([egressFirewallFamilyGap], {objects: [...WORLD, ...pods, ...objects], outcomes})

interface Row {
  name: string
  objects: readonly KubeObject[]
  pods?: readonly KubeObject[]
  tells: string[]
}

/**
 * First match, what nothing matches, families of a match, networks of pods:
 * go-controller/pkg/ovn/controller/egressfirewall/egressfirewall.go and
 * helm/ovn-kubernetes/crds of ovn-kubernetes. EgressNetworkPolicy:
 * pkg/network/node/ovscontroller.go of openshift/sdn, network/v1/types.go of openshift/api.
 */
describe(ID, () => {
  const rows: Row[] = [
    {name: 'none', objects: [kubernetesPolicy()], tells: []},
    {name: 'a closing Deny of IPv4', objects: [ovn([rule('Allow', '198.51.100.0/24'), rule('Deny', '0.0.0.0/0')])], tells: [`public-open ${at(1)}`]},
    {name: 'a closing Deny of both', objects: [ovn([rule('Allow', '198.51.100.0/24'), rule('Allow', '3fff::/20'), rule('Deny', '0.0.0.0/0'), rule('Deny', '::/0')])], tells: []},
    {name: 'the first match wins', objects: [ovn([rule('Allow', '0.0.0.0/0'), rule('Deny', '0.0.0.0/0')])], tells: []},
    {name: 'metadata', objects: [ovn([rule('Deny', IMDS)])], tells: [`metadata ${at(0)}`]},
    {name: 'metadata in both', objects: [ovn([rule('Deny', IMDS), rule('Deny', 'fd00:ec2::254/128')])], tells: []},
    {name: 'pods are not what it is asked about', objects: [ovn(PRIVATE)], tells: [`node ${at(2)}`]},
    {name: 'an Allow of pods lets nothing out', objects: [ovn([rule('Allow', '10.244.0.0/16'), rule('Deny', '0.0.0.0/0'), rule('Deny', '::/0')])], tells: []},
    {name: 'a block within the network of pods does nothing', objects: [ovn([rule('Deny', '10.244.7.0/24')])], tells: []},
    {name: 'names follow what DNS says', objects: [ovn([{type: 'Deny', to: {dnsName: 'example.com'}}])], tells: []},
    {name: 'nodes that are let out to first', objects: [ovn([{type: 'Allow', to: {nodeSelector: {matchLabels: {role: 'worker'}}}}, ...PRIVATE])], tells: []},
    {name: 'other nodes', objects: [ovn([{type: 'Allow', to: {nodeSelector: {matchLabels: {role: 'other'}}}}, ...PRIVATE])], tells: [`node ${at(3)}`]},
    {name: 'on some ports alone', objects: [ovn([rule('Deny', '0.0.0.0/0', {ports: [{protocol: 'TCP', port: 25}]})])], tells: [`public-open ${at(0)}`]},
    {name: 'Allow of IPv4, Deny of both', objects: [ovn([rule('Allow', '8.8.8.0/24'), rule('Deny', '0.0.0.0/0'), rule('Deny', '::/0')])], tells: [`blocked ${at(0)}`]},
    {name: 'another name than default is none', objects: [ovn([rule('Deny', '0.0.0.0/0')], 'other')], tells: []},
    {name: 'another namespace', objects: [ovn([rule('Deny', '0.0.0.0/0')], 'default', 'other')], tells: []},
    {name: 'IPv4 pods: latent', objects: [ovn([rule('Deny', '0.0.0.0/0')])], pods: [pod(V4)], tells: [`latent public-open ${at(0)}`]},
    {name: 'IPv6 pods alone: the denial shows what was meant', objects: [ovn([rule('Deny', '0.0.0.0/0')])], pods: [pod(V6)], tells: [`public-open ${at(0)}`]},
    {name: 'pods on the network of their node', objects: [ovn([rule('Deny', '0.0.0.0/0')])], pods: [pod(BOTH, {}, 'shop', {hostNetwork: true})], tells: []},
    {name: 'a NetworkPolicy closes what the firewall leaves open', objects: [ovn([rule('Deny', '0.0.0.0/0')]), kubernetesPolicy({to: [{ipBlock: {cidr: '0.0.0.0/0'}}]})], tells: []},
    {name: 'a NetworkPolicy that lets IPv6 out', objects: [ovn([rule('Deny', '0.0.0.0/0')]), kubernetesPolicy({})], tells: [`public-open ${at(0)}`]},
    {name: 'a NetworkPolicy for other pods', objects: [ovn([rule('Deny', '0.0.0.0/0')]), object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/k', {spec: {podSelector: {matchLabels: {app: 'db'}}, policyTypes: ['Egress']}})], tells: [`public-open ${at(0)}`]},
    {name: 'OpenShift SDN, pods of IPv4', objects: [sdn([rule('Deny', '0.0.0.0/0')])], pods: [pod(V4)], tells: [`latent public-open ${at(0, 'EgressNetworkPolicy')}`]},
    {name: 'OpenShift SDN: 0.0.0.0/32 is everything', objects: [sdn([rule('Deny', '0.0.0.0/32')])], pods: [pod(V4)], tells: [`latent public-open ${at(0, 'EgressNetworkPolicy')}`]},
    {name: 'OpenShift SDN: two in a namespace let nothing out', objects: [sdn([rule('Deny', '0.0.0.0/0')]), sdn([rule('Deny', IMDS)], 'more')], pods: [pod(V4)], tells: []},
    {name: 'an EgressNetworkPolicy for pods with IPv6', objects: [sdn([rule('Deny', '0.0.0.0/0')])], pods: [pod(BOTH), pod(BOTH), pod(V4)], tells: [`latent public-open ${at(0, 'EgressNetworkPolicy')}`, 'unenforced EgressNetworkPolicy default spec.egress']},
  ]
  for (const {name, objects, pods, tells} of rows)
    it(name, async () => {
      const ran = await run(objects, pods === undefined ? {} : {pods})
      expect(told(ran)).to.deep.equal(tells)
      expect([ran.skips[ID], ran.notApplicable[ID]]).to.deep.equal([null, null])
    })

  const unclear: {name: string; objects: readonly KubeObject[]; outcomes?: Cluster['outcomes']; tells?: string[]; skip: string | null}[] = [
    {name: 'an address alone: nothing of it applies', objects: [ovn([rule('Deny', '169.254.169.254'), rule('Deny', '0.0.0.0/0')])], skip: 'not-understood'},
    {name: 'no destination', objects: [ovn([{type: 'Deny', to: {cidrSelector: null}}])], skip: 'not-understood'},
    {name: 'a type that is none', objects: [ovn([rule('Drop', IMDS)])], skip: 'not-understood'},
    {name: 'a protocol that is none', objects: [ovn([rule('Deny', IMDS, {ports: [{protocol: 'ICMP', port: 1}]})])], skip: 'not-understood'},
    {name: 'nodes forbidden, and selected', objects: [ovn([{type: 'Allow', to: {nodeSelector: {}}}, rule('Deny', '0.0.0.0/0')])], outcomes: {nodes: 'forbidden'}, skip: 'forbidden'},
    {name: 'firewalls forbidden', objects: [], outcomes: {egressfirewalls: 'forbidden'}, skip: 'forbidden'},
    {name: 'NetworkPolicies forbidden', objects: [ovn([rule('Deny', '0.0.0.0/0')])], outcomes: {networkpolicies: 'forbidden'}, tells: [`public-open ${at(0)}`], skip: 'forbidden'},
    {name: 'pods forbidden', objects: [ovn([rule('Deny', '0.0.0.0/0')])], outcomes: {pods: 'forbidden'}, skip: 'forbidden'},
    {name: 'only one of the kinds is served', objects: [ovn([rule('Deny', '0.0.0.0/0')])], outcomes: {egressnetworkpolicies: 'not-served'}, tells: [`public-open ${at(0)}`], skip: null},
  ]
  for (const {name, objects, outcomes, tells = [], skip} of unclear)
    it(`not known: ${name}`, async () => {
      const ran = await run(objects, outcomes === undefined ? {} : {outcomes})
      expect([told(ran), ran.skips[ID]]).to.deep.equal([tells, skip])
    })

  it('does not apply where neither kind is served', async () => {
    const {notApplicable} = await run([], {outcomes: {egressfirewalls: 'not-served', egressnetworkpolicies: 'not-served'}})
    expect(notApplicable[ID]).to.equal('the API server serves no egress firewalls')
  })

  it('says what goes out, from where, and what to add', async () => {
    const {findings: [finding]} = await run([ovn([rule('Allow', '198.51.100.0/24'), rule('Deny', '0.0.0.0/0')])])
    expect(finding?.message).to.equal('Egress to 0.0.0.0/0 is denied, which leaves public addresses by and large open over IPv6: code in 1 pod in shop may send data anywhere on the Internet over IPv6.')
    expect(finding?.fix?.text).to.include('- ::/0').and.include('as a rule of its own at the same place of the list')
    expect(finding?.details).to.deep.include({class: 'S3', openFamily: 6, direction: 'egress'})
  })

  it('counts the pods that nothing is enforced for', async () => {
    const {findings} = await run([sdn([rule('Deny', '0.0.0.0/0')])], {pods: [pod(BOTH), pod(V6), pod(V4)]})
    const found = findings.find(({variant}) => variant === 'unenforced')
    expect(found).to.deep.include({severity: 'high', count: 2})
    expect(found?.details).to.deep.include({class: 'S5', openFamily: 6})
  })
})
