import {expect} from 'chai'
import {antreaPolicyFamilyGap} from '../../../src/checks/dual-stack/antrea-policy-family-gap.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import {object} from '../../support/declared-facts.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {service} from '../../network/cluster-objects.js'
import {BOTH, IMDS, RFC, V4, V6, WORLD, podOf as pod, toldBy as told} from './dual-world.js'

const ID = 'antrea-policy-family-gap'
const EVERY: JsonObject[] = [{podSelector: {}}]
const acnp = (name: string, spec: JsonObject): KubeObject => object('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', name, {spec: {priority: 5, appliedTo: EVERY, ...spec}})
const annp = (place: string, spec: JsonObject): KubeObject => object('crd.antrea.io/v1beta1', 'NetworkPolicy', place, {spec: {priority: 5, appliedTo: EVERY, ...spec}})
const clusterGroup = (name: string, spec: JsonObject): KubeObject => object('crd.antrea.io/v1beta1', 'ClusterGroup', name, {spec})
const group = (place: string, spec: JsonObject): KubeObject => object('crd.antrea.io/v1beta1', 'Group', place, {spec})
const tier = (name: string, priority: number): KubeObject => object('crd.antrea.io/v1beta1', 'Tier', name, {spec: {priority}})
const blocks = (...cidrs: string[]): Json[] => cidrs.map(cidr => ({ipBlock: {cidr}}))
const out = (action: string, cidrs: string[], more: JsonObject = {}): JsonObject => ({action, to: blocks(...cidrs), ...more})
const ALLOW: JsonObject = {action: 'Allow'}
const kubernetesPolicy = (...egress: JsonObject[]): KubeObject => object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/k', {spec: {podSelector: {}, policyTypes: ['Egress'], egress}})
const at = (name: string, index = 0, kind = 'ClusterNetworkPolicy', item = 0): string => `metadata ${kind} ${name} spec.egress[${index}].to[${item}].ipBlock`

const run = (objects: readonly KubeObject[], {pods = [pod(BOTH)], outcomes = {}}: {pods?: readonly KubeObject[]; outcomes?: Cluster['outcomes']} = {}): Promise<Ran> =>
  runChecks([antreaPolicyFamilyGap], {objects: [...WORLD, object('v1', 'Namespace', 'shop', {labels: {env: 'prod'}}), ...pods, ...objects], outcomes})

interface Row {
  name: string
  objects: readonly KubeObject[]
  pods?: readonly KubeObject[]
  tells: string[]
}

/** Order, groups and what a rule matches: pkg/controller/networkpolicy (tier.go, crd_utils.go, antreaclusternetworkpolicy.go) and pkg/agent/controller/networkpolicy/pod_reconciler.go of antrea-io/antrea; docs/antrea-network-policy.md. */
describe(ID, () => {
  const rows: Row[] = [
    {name: 'no policy of Antrea', objects: [kubernetesPolicy(out('', ['0.0.0.0/0']))], tells: []},
    {name: 'Drop of IPv4 alone: a policy isolates nobody', objects: [acnp('a', {egress: [out('Drop', ['0.0.0.0/0'])]})], tells: ['public-open ClusterNetworkPolicy a spec.egress[0].to[0].ipBlock']},
    {name: 'Reject of IPv4 alone', objects: [acnp('a', {egress: [out('Reject', [IMDS])]})], tells: [at('a')]},
    {name: 'the same with its twin, in one list', objects: [acnp('a', {egress: [out('Drop', [IMDS, 'fd00:ec2::254/128'])]})], tells: []},
    {name: 'without peers it holds for both', objects: [acnp('a', {egress: [{action: 'Drop'}]})], tells: []},
    {name: 'private networks', objects: [acnp('a', {egress: [out('Drop', RFC)]})], tells: ['pod ClusterNetworkPolicy a spec.egress[0].to[0].ipBlock']},
    {name: 'an exception', objects: [acnp('a', {egress: [{action: 'Allow', to: [{ipBlock: {cidr: '0.0.0.0/0', except: [IMDS]}}, ...blocks('::/0')]}, {action: 'Drop'}]})], tells: [at('a', 0, 'ClusterNetworkPolicy', 1)]},
    {name: 'Allow of IPv4, then Drop of everything', objects: [acnp('a', {egress: [out('Allow', ['0.0.0.0/0']), {action: 'Drop'}]})], tells: ['blocked ClusterNetworkPolicy a spec.egress[0].to[0].ipBlock']},
    {name: 'ingress', objects: [acnp('a', {ingress: [{action: 'Drop', from: blocks('0.0.0.0/0')}]})], tells: ['public-open ClusterNetworkPolicy a spec.ingress[0].from[0].ipBlock']},
    {name: 'a lower priority comes first', objects: [acnp('b', {priority: 1, egress: [ALLOW]}), acnp('a', {priority: 2, egress: [out('Drop', [IMDS])]})], tells: []},
    {name: 'tiers that Antrea makes itself', objects: [acnp('b', {tier: 'platform', priority: 9, egress: [ALLOW]}), acnp('a', {priority: 1, egress: [out('Drop', [IMDS])]})], tells: []},
    {name: 'a tier of somebody', objects: [tier('first', 10), acnp('b', {tier: 'emergency', egress: [ALLOW]}), acnp('a', {tier: 'first', egress: [out('Drop', [IMDS])]})], tells: [at('a')]},
    {name: 'a tier by the name of an old version', objects: [acnp('b', {tier: 'Emergency', egress: [ALLOW]}), acnp('a', {priority: 1, egress: [out('Drop', [IMDS])]})], tells: []},
    {name: 'a NetworkPolicy closes what the default left open', objects: [acnp('a', {egress: [out('Drop', [IMDS])]}), kubernetesPolicy({to: [{ipBlock: {cidr: '0.0.0.0/0'}}]})], tells: []},
    {name: 'a NetworkPolicy lets everything through', objects: [acnp('a', {egress: [out('Drop', [IMDS])]}), kubernetesPolicy({})], tells: [at('a')]},
    {name: 'Pass goes to NetworkPolicies', objects: [acnp('a', {egress: [out('Drop', [IMDS]), {action: 'Pass'}, {action: 'Drop'}]}), kubernetesPolicy({})], tells: [at('a')]},
    {name: 'Pass skips the later tiers, but not the baseline', objects: [acnp('a', {tier: 'emergency', egress: [{action: 'Pass'}]}), acnp('b', {egress: [out('Drop', RFC)]}), acnp('c', {tier: 'baseline', egress: [out('Drop', [IMDS])]})], tells: [at('c')]},
    {name: 'the baseline is not asked where NetworkPolicies isolate', objects: [acnp('c', {tier: 'baseline', egress: [out('Drop', [IMDS])]}), kubernetesPolicy({})], tells: []},
    {name: 'other pods', objects: [acnp('a', {appliedTo: [{podSelector: {matchLabels: {app: 'db'}}}], egress: [out('Drop', [IMDS])]})], tells: []},
    {name: 'pods by namespace', objects: [acnp('a', {appliedTo: [{namespaceSelector: {matchLabels: {env: 'prod'}}}], egress: [out('Drop', [IMDS])]}), acnp('b', {appliedTo: [{namespaceSelector: {matchLabels: {env: 'test'}}}], egress: [out('Drop', RFC)]})], tells: [at('a')]},
    {name: 'pods by ServiceAccount', objects: [acnp('a', {appliedTo: [{serviceAccount: {namespace: 'shop', name: 'default'}}], egress: [out('Drop', [IMDS])]}), acnp('b', {appliedTo: [{serviceAccount: {namespace: 'other', name: 'default'}}], egress: [out('Drop', RFC)]})], tells: [at('a')]},
    {name: 'Services and nodes are no pods', objects: [acnp('a', {appliedTo: [{service: {namespace: 'shop', name: 'web'}}, {nodeSelector: {}}], ingress: [{action: 'Drop', from: blocks('0.0.0.0/0')}]})], tells: []},
    {name: 'rules that say whom they apply to', objects: [acnp('a', {appliedTo: [], egress: [out('Drop', RFC, {appliedTo: [{podSelector: {matchLabels: {app: 'db'}}}]}), out('Drop', [IMDS], {appliedTo: EVERY})]})], tells: [at('a', 1)]},
    {name: 'a namespaced policy is for its namespace', objects: [annp('other/a', {egress: [out('Drop', [IMDS])]}), annp('shop/b', {egress: [out('Drop', [IMDS])]})], tells: [at('b', 0, 'NetworkPolicy')]},
    {name: 'blocks of a group', objects: [clusterGroup('bad', {ipBlocks: [{cidr: IMDS}]}), acnp('a', {egress: [{action: 'Drop', to: [{group: 'bad'}]}]})], tells: ['metadata ClusterNetworkPolicy a spec.egress[0].to[0].group']},
    {name: 'blocks of children of a group', objects: [clusterGroup('v4', {ipBlocks: [{cidr: IMDS}]}), clusterGroup('v6', {ipBlocks: [{cidr: 'fd00:ec2::254/128'}]}), clusterGroup('bad', {childGroups: ['v4', 'v6']}), clusterGroup('worse', {childGroups: ['v4']}), acnp('a', {egress: [{action: 'Drop', to: [{group: 'bad'}]}]}), acnp('b', {priority: 6, egress: [{action: 'Drop', to: [{group: 'worse'}]}]})], tells: []},
    {name: 'a group of a namespace', objects: [group('shop/bad', {ipBlocks: [{cidr: IMDS}]}), annp('shop/a', {egress: [{action: 'Drop', to: [{group: 'bad'}]}]})], tells: ['metadata NetworkPolicy a spec.egress[0].to[0].group']},
    {name: 'a group of the cluster is none of a namespace', objects: [clusterGroup('bad', {ipBlocks: [{cidr: IMDS}]}), annp('shop/a', {egress: [{action: 'Drop', to: [{group: 'bad'}]}]})], tells: []},
    {name: 'applied to a group', objects: [clusterGroup('web', {podSelector: {matchLabels: {app: 'web'}}, namespaceSelector: {matchLabels: {env: 'prod'}}}), acnp('a', {appliedTo: [{group: 'web'}], egress: [out('Drop', [IMDS])]})], tells: [at('a')]},
    {name: 'applied to a group of other pods, with children', objects: [clusterGroup('db', {podSelector: {matchLabels: {app: 'db'}}}), clusterGroup('all', {childGroups: ['db', 'gone']}), acnp('a', {appliedTo: [{group: 'all'}], egress: [out('Drop', [IMDS])]})], tells: []},
    {name: 'applied to a group with blocks: to nobody', objects: [clusterGroup('odd', {podSelector: {}, ipBlocks: [{cidr: IMDS}]}), acnp('a', {appliedTo: [{group: 'odd'}], egress: [out('Drop', [IMDS])]})], tells: []},
    {name: 'peers without addresses of their own', objects: [acnp('a', {egress: [{action: 'Drop', to: [{podSelector: {}}, {fqdn: 'example.com'}]}, {action: 'Drop', toServices: [{name: 'a', namespace: 'b'}]}, {action: 'Drop', ports: [{port: 'web'}]}, out('Drop', ['0.0.0.0/0'], {ports: [{port: 'web'}]})]})], tells: []},
    {name: 'on some ports alone', objects: [acnp('a', {egress: [out('Drop', ['0.0.0.0/0'], {ports: [{protocol: 'TCP', port: 25}, {port: 465, endPort: 587}]})]})], tells: ['public-open ClusterNetworkPolicy a spec.egress[0].to[0].ipBlock']},
    {name: 'ICMP is not compared', objects: [acnp('a', {egress: [out('Drop', ['0.0.0.0/0'], {protocols: [{icmp: {icmpType: 8}}]})]})], tells: []},
    {name: 'IPv4 pods: latent', objects: [acnp('a', {egress: [out('Drop', [IMDS])]})], pods: [pod(V4)], tells: [`latent ${at('a')}`]},
    {name: 'IPv6 pods alone: the denial shows what was meant', objects: [acnp('a', {egress: [out('Drop', ['0.0.0.0/0'])]})], pods: [pod(V6)], tells: ['public-open ClusterNetworkPolicy a spec.egress[0].to[0].ipBlock']},
    {name: 'the address of a Service of one family', objects: [acnp('a', {egress: [out('Allow', ['10.96.0.10/32']), {action: 'Drop'}]}), service(['10.96.0.10'], {name: 'dns'})], tells: []},
  ]
  for (const {name, objects, pods, tells} of rows)
    it(name, async () => {
      const ran = await run(objects, pods === undefined ? {} : {pods})
      expect(told(ran)).to.deep.equal(tells)
      expect([ran.skips[ID], ran.notApplicable[ID]]).to.deep.equal([null, null])
    })

  const unclear: {name: string; objects: readonly KubeObject[]; outcomes?: Cluster['outcomes']; tells?: string[]; skip: string | null}[] = [
    {name: 'a block that is none', objects: [acnp('odd', {egress: [out('Drop', ['10.0.0.0/33'])]}), acnp('a', {egress: [out('Drop', [IMDS])]})], skip: 'not-understood'},
    {name: 'a block that is none, in another namespace', objects: [annp('other/odd', {egress: [out('Drop', ['rubbish'])]}), acnp('a', {egress: [out('Drop', [IMDS])]})], tells: [at('a')], skip: 'not-understood'},
    {name: 'no priority', objects: [object('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', 'a', {spec: {appliedTo: EVERY}})], skip: 'not-understood'},
    {name: 'an action that Antrea does not have', objects: [acnp('a', {egress: [out('Deny', [IMDS])]})], skip: 'not-understood'},
    {name: 'applied to the pods of a Service, by a group', objects: [clusterGroup('web', {serviceReference: {name: 'web', namespace: 'shop'}}), acnp('a', {appliedTo: [{group: 'web'}], egress: [out('Drop', [IMDS])]})], skip: 'not-observable'},
    {name: 'rules that look into the connection', objects: [acnp('a', {egress: [out('Allow', [IMDS], {l7Protocols: [{http: {}}]})]})], skip: 'not-observable'},
    {name: 'rules that look at source ports', objects: [acnp('a', {egress: [out('Drop', [IMDS], {ports: [{sourcePort: 53}]})]})], skip: 'not-observable'},
    {name: 'groups forbidden', objects: [acnp('a', {egress: [{action: 'Drop', to: [{group: 'bad'}]}]})], outcomes: {'antrea-clustergroups': 'forbidden'}, skip: 'forbidden'},
    {name: 'tiers forbidden, and one of somebody is used', objects: [acnp('a', {tier: 'mine', egress: [out('Drop', [IMDS])]})], outcomes: {'antrea-tiers': 'forbidden'}, skip: 'forbidden'},
    {name: 'tiers forbidden, and none of somebody is used', objects: [acnp('a', {egress: [out('Drop', [IMDS])]})], outcomes: {'antrea-tiers': 'forbidden'}, tells: [at('a')], skip: 'forbidden'},
    {name: 'policies forbidden', objects: [], outcomes: {'antrea-networkpolicies': 'forbidden'}, skip: 'forbidden'},
    {name: 'pods forbidden', objects: [acnp('a', {egress: [out('Drop', [IMDS])]})], outcomes: {pods: 'forbidden'}, skip: 'forbidden'},
    {name: 'an input without groups', objects: [acnp('a', {egress: [out('Drop', [IMDS])]})], outcomes: {'antrea-groups': 'not-in-input', 'antrea-clustergroups': 'not-in-input'}, tells: [at('a')], skip: null},
  ]
  for (const {name, objects, outcomes, tells = [], skip} of unclear)
    it(`not known: ${name}`, async () => {
      const ran = await run(objects, outcomes === undefined ? {} : {outcomes})
      expect([told(ran), ran.skips[ID]]).to.deep.equal([tells, skip])
    })

  it('says that policies of one tier and priority have no order', async () => {
    const {findings: [finding]} = await run([acnp('b', {egress: [{action: 'Pass'}]}), acnp('a', {egress: [out('Drop', [IMDS])]})])
    expect(finding?.message).to.include('the order of ClusterNetworkPolicy a, ClusterNetworkPolicy b is not defined')
  })

  it('does not apply where no API of Antrea is served', async () => {
    const {notApplicable} = await run([], {outcomes: {'antrea-clusternetworkpolicies': 'not-served', 'antrea-networkpolicies': 'not-served'}})
    expect(notApplicable[ID]).to.equal('the API server serves no policies of Antrea')
  })
})
