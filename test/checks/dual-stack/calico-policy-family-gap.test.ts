import {expect} from 'chai'
import {calicoPolicyFamilyGap} from '../../../src/checks/dual-stack/calico-policy-family-gap.js'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import {object} from '../../support/declared-facts.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {service} from '../../network/cluster-objects.js'
import {BOTH, IMDS, RFC, V4, WORLD, podOf as pod, toldBy as told} from './dual-world.js'

const namespace = (name: string, labels: Record<string, string> = {}): KubeObject => object('v1', 'Namespace', name, {labels})

const gnp = (name: string, spec: JsonObject, apiVersion = 'projectcalico.org/v3'): KubeObject => object(apiVersion, 'GlobalNetworkPolicy', name, {spec})
const np = (place: string, spec: JsonObject, apiVersion = 'projectcalico.org/v3'): KubeObject => object(apiVersion, 'NetworkPolicy', place, {spec})
const tier = (name: string, spec: JsonObject): KubeObject => object('projectcalico.org/v3', 'Tier', name, {spec})
const set = (name: string, nets: string[], labels: Record<string, string>): KubeObject => object('projectcalico.org/v3', 'GlobalNetworkSet', name, {labels, spec: {nets}})

const egress = (...rules: JsonObject[]): JsonObject => ({types: ['Egress'], egress: rules})
const to = (action: string, nets: string[], more: JsonObject = {}): JsonObject => ({action, destination: {nets}, ...more})
const ALLOW: JsonObject = {action: 'Allow'}
const run = (objects: readonly KubeObject[], {pods = [pod(BOTH)], outcomes = {}}: {pods?: readonly KubeObject[]; outcomes?: Cluster['outcomes']} = {}): Promise<Ran> =>
  runChecks([calicoPolicyFamilyGap], {objects: [...WORLD, namespace('shop', {env: 'prod'}), ...pods, ...objects], outcomes})
interface Row {
  name: string
  objects: readonly KubeObject[]
  pods?: readonly KubeObject[]
  tells: string[]
}

/** What a rule is for a family: `FilterRuleToIPVersion` and `filterNets` of felix/rules/policy.go; order and ends of tiers: felix/calc/policy_sorter.go, felix/rules/endpoints.go. */
describe('calico-policy-family-gap', () => {
  const rows: Row[] = [
    {name: 'no policy of Calico', objects: [object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/a', {spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to: [{ipBlock: {cidr: '0.0.0.0/0', except: [IMDS]}}]}, {to: [{ipBlock: {cidr: '::/0'}}]}]}})], tells: []},
    {name: 'Deny of IPv4 alone, then everything', objects: [gnp('no-private', egress(to('Deny', RFC), ALLOW))], tells: ['pod GlobalNetworkPolicy no-private spec.egress[0].destination.nets[0]']},
    {name: 'the same with its twin', objects: [gnp('no-private', egress(to('Deny', [...RFC, '169.254.0.0/16']), to('Deny', ['fc00::/7', 'fe80::/10', '2600:1f13::/32']), ALLOW))], tells: []},
    {name: 'Deny of metadata over IPv4 alone', objects: [gnp('no-imds', egress(to('Deny', [IMDS]), ALLOW))], tells: ['metadata GlobalNetworkPolicy no-imds spec.egress[0].destination.nets[0]']},
    {name: 'Deny of IPv4 alone, and the tier ends in a denial', objects: [gnp('no-private', egress(to('Deny', RFC)))], tells: []},
    {name: 'Deny of all of IPv4, and the profile allows the rest', objects: [tier('first', {order: 1, defaultAction: 'Pass'}), gnp('first.closed', {tier: 'first', ...egress(to('Deny', ['0.0.0.0/0']))})], tells: ['public-open GlobalNetworkPolicy first.closed spec.egress[0].destination.nets[0]']},
    {name: 'the same where the tier denies at its end', objects: [tier('first', {order: 1}), gnp('first.closed', {tier: 'first', ...egress(to('Deny', ['0.0.0.0/0']))})], tells: []},
    {name: 'Allow with IPv4 notNets opens nothing over IPv6', objects: [gnp('out', egress({action: 'Allow', destination: {notNets: RFC}}))], tells: ['blocked GlobalNetworkPolicy out spec.egress[0].destination.notNets[0]']},
    {name: 'Deny with IPv4 notNets denies nothing over IPv6', objects: [gnp('only-private', egress({action: 'Deny', destination: {notNets: RFC}}, ALLOW))], tells: ['public-open GlobalNetworkPolicy only-private spec.egress[0].destination.notNets[0]']},
    {name: 'a list of the other side and family leaves the rule out', objects: [gnp('mixed', egress({action: 'Deny', source: {nets: ['10.244.0.0/16']}, destination: {nets: [IMDS, 'fd00:ec2::254/128']}}, ALLOW))], tells: ['metadata GlobalNetworkPolicy mixed spec.egress[0].destination.nets[0]']},
    {name: 'an exclusion of everything leaves the rule out', objects: [gnp('odd', egress({action: 'Deny', destination: {nets: [IMDS, 'fd00:ec2::254/128'], notNets: ['::/0', '198.51.100.0/24']}}, ALLOW))], tells: ['metadata GlobalNetworkPolicy odd spec.egress[0].destination.nets[0]']},
    {name: 'ipVersion says that it is meant', objects: [gnp('meant', egress({action: 'Deny', ipVersion: 4}, ALLOW))], tells: []},
    {name: 'ipVersion and blocks', objects: [gnp('meant', egress(to('Deny', RFC, {ipVersion: 4}), ALLOW))], tells: []},
    {name: 'a default of the pod behind Pass', objects: [tier('first', {order: 1}), gnp('first.a', {tier: 'first', ...egress(to('Deny', [IMDS]), {action: 'Pass'})})], tells: ['metadata GlobalNetworkPolicy first.a spec.egress[0].destination.nets[0]']},
    {name: 'a lower order comes first', objects: [gnp('b', {order: 10, ...egress(ALLOW)}), gnp('a', {order: 20, ...egress(to('Deny', [IMDS]))})], tells: []},
    {name: 'no order comes last', objects: [gnp('a', egress(ALLOW)), gnp('b', {order: 2_000_000, ...egress(to('Deny', [IMDS]))})], tells: ['metadata GlobalNetworkPolicy b spec.egress[0].destination.nets[0]']},
    {name: 'equal orders by name', objects: [gnp('b', {order: 10, ...egress(ALLOW)}), gnp('a', {order: 10, ...egress(to('Deny', [IMDS]))})], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]']},
    {name: 'tiers by order', objects: [tier('x', {order: 20}), tier('y', {order: 10}), gnp('x.a', {tier: 'x', ...egress(to('Deny', [IMDS]), {action: 'Pass'})}), gnp('y.a', {tier: 'y', ...egress(ALLOW)})], tells: []},
    {name: 'a tier that is not there comes last, and denies', objects: [gnp('gone.a', {tier: 'gone', ...egress(ALLOW)}), gnp('b', egress(to('Deny', [IMDS]), {action: 'Pass'}))], tells: ['metadata GlobalNetworkPolicy b spec.egress[0].destination.nets[0]']},
    {name: 'a tier that is not there comes after one without an order', objects: [tier('z', {}), gnp('gone.a', {tier: 'gone', ...egress(ALLOW)}), gnp('z.a', {tier: 'z', ...egress(to('Deny', [IMDS]), {action: 'Pass'})})], tells: ['metadata GlobalNetworkPolicy z.a spec.egress[0].destination.nets[0]']},
    {name: 'other pods', objects: [gnp('a', {selector: `app == 'db'`, ...egress(to('Deny', [IMDS]), ALLOW)})], tells: []},
    {name: 'pods by namespace', objects: [gnp('a', {namespaceSelector: `env == 'prod'`, ...egress(to('Deny', [IMDS]), ALLOW)}), gnp('b', {namespaceSelector: `env == 'test'`, ...egress(to('Deny', RFC), ALLOW)})], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]']},
    {name: 'pods by name of namespace', objects: [gnp('a', {namespaceSelector: `projectcalico.org/name == 'shop'`, ...egress(to('Deny', [IMDS]), ALLOW)})], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]']},
    {name: 'pods by name of ServiceAccount', objects: [gnp('a', {serviceAccountSelector: `projectcalico.org/name == 'default'`, ...egress(to('Deny', [IMDS]), ALLOW)}), gnp('b', {selector: `projectcalico.org/serviceaccount == 'other'`, ...egress(to('Deny', RFC), ALLOW)})], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]']},
    {name: 'a namespaced policy is for its namespace', objects: [np('other/a', egress(to('Deny', [IMDS]), ALLOW)), np('shop/b', egress(to('Deny', RFC), ALLOW))], tells: ['pod NetworkPolicy b spec.egress[0].destination.nets[0]']},
    {name: 'a rule that is about other pods', objects: [gnp('a', egress({action: 'Deny', source: {selector: `app == 'db'`}, destination: {nets: [IMDS]}}, ALLOW))], tells: []},
    {name: 'a rule that is about these pods', objects: [gnp('a', egress({action: 'Deny', source: {selector: `app == 'web'`, notSelector: 'has(x)'}, destination: {nets: [IMDS]}}, ALLOW))], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]']},
    {name: 'on some ports alone', objects: [gnp('a', egress({action: 'Deny', protocol: 'TCP', destination: {nets: ['0.0.0.0/0'], ports: [25, '465:587']}}, ALLOW))], tells: ['public-open GlobalNetworkPolicy a spec.egress[0].destination.nets[0]']},
    {name: 'ICMP is not compared', objects: [gnp('a', egress({action: 'Deny', protocol: 'ICMP', destination: {nets: ['0.0.0.0/0']}}, {action: 'Deny', protocol: 1}, {action: 'Deny', protocol: '58'}, ALLOW))], tells: []},
    {name: 'Log decides nothing', objects: [gnp('a', egress(to('Log', [IMDS]), ALLOW))], tells: []},
    {name: 'ingress', objects: [gnp('in', {types: ['Ingress'], ingress: [{action: 'Deny', source: {nets: ['0.0.0.0/0']}}, {action: 'Allow'}]})], tells: ['public-open GlobalNetworkPolicy in spec.ingress[0].source.nets[0]']},
    {name: 'types left out through the API: by the rules', objects: [np('shop/a', {egress: [to('Deny', [IMDS]), ALLOW]})], tells: ['metadata NetworkPolicy a spec.egress[0].destination.nets[0]']},
    {name: 'IPv4 pods: latent', objects: [gnp('no-private', egress(to('Deny', RFC), ALLOW))], pods: [pod(V4)], tells: ['latent pod GlobalNetworkPolicy no-private spec.egress[0].destination.nets[0]']},
    {name: 'policies of Kubernetes come at order 1000', objects: [gnp('a', {order: 900, ...egress(to('Deny', [IMDS]))}), kubernetesPolicy()], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]']},
    {name: 'policies of Kubernetes come before what has no order', objects: [gnp('a', egress(to('Deny', [IMDS]))), kubernetesPolicy()], tells: []},
    {name: 'what policies of Kubernetes forget is not told here', objects: [gnp('a', {order: 1, ...egress({action: 'Allow', protocol: 'UDP', destination: {ports: [53]}})}), kubernetesPolicy('0.0.0.0/0')], tells: []},
    {name: 'the address of a Service of one family', objects: [gnp('dns', egress(to('Allow', ['10.96.0.10/32'], {protocol: 'UDP'}))), service(['10.96.0.10'], {name: 'dns'})], tells: []},
    {name: 'the same object in the store and in the API', objects: [gnp('no-imds', egress(to('Deny', [IMDS]), ALLOW)), gnp('default.no-imds', egress(to('Deny', [IMDS]), ALLOW), 'crd.projectcalico.org/v1')], tells: ['metadata GlobalNetworkPolicy no-imds spec.egress[0].destination.nets[0]']},
    {name: 'the store alone', objects: [gnp('default.no-imds', egress(to('Deny', [IMDS]), ALLOW), 'crd.projectcalico.org/v1')], tells: ['metadata GlobalNetworkPolicy default.no-imds spec.egress[0].destination.nets[0]']},
    {name: 'what the API made of policies of Kubernetes', objects: [np('shop/knp.default.web', {order: 1000, ...egress(to('Allow', ['0.0.0.0/0']))})], tells: []},
    {name: 'preDNAT and doNotTrack are for hosts', objects: [gnp('host', {preDNAT: true, types: ['Ingress'], ingress: [{action: 'Deny', source: {nets: RFC}}, {action: 'Allow'}]})], tells: ['of-hosts GlobalNetworkPolicy host spec.preDNAT']},
    {name: 'HostEndpoints are selected too', objects: [gnp('a', {selector: `role == 'edge'`, ...egress(to('Deny', RFC), ALLOW)}), object('crd.projectcalico.org/v1', 'HostEndpoint', 'n1', {labels: {role: 'edge'}, spec: {node: 'n1'}})], tells: ['of-hosts GlobalNetworkPolicy a spec.selector']},
    {name: 'a network set of IPv4 denies nothing over IPv6', objects: [set('bad', [IMDS], {kind: 'bad'}), gnp('a', egress({action: 'Deny', destination: {selector: `kind == 'bad'`}}, ALLOW))], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.selector']},
    {name: 'a network set of both', objects: [set('bad', [IMDS, 'fd00:ec2::254'], {kind: 'bad'}), gnp('a', egress({action: 'Deny', destination: {selector: `kind == 'bad'`}}, ALLOW))], tells: []},
    {name: 'two sets, one for each family', objects: [set('bad4', [IMDS], {kind: 'bad'}), set('bad6', ['fd00:ec2::254/128'], {kind: 'bad'}), gnp('a', egress({action: 'Deny', destination: {selector: `kind == 'bad'`}}, ALLOW))], tells: []},
    {name: 'what a set of IPv4 is taken out of stays open over IPv6', objects: [set('bad', [IMDS], {kind: 'bad'}), gnp('a', egress({action: 'Allow', destination: {notSelector: `kind == 'bad'`}}))], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.notSelector']},
    {name: 'labels that the store keeps in an annotation', objects: [object('crd.projectcalico.org/v1', 'GlobalNetworkSet', 'bad', {annotations: {'projectcalico.org/metadata': '{"labels":{"kind":"bad"}}'}, spec: {nets: [IMDS]}}), gnp('a', egress({action: 'Deny', destination: {selector: `kind == 'bad'`}}, ALLOW))], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.selector']},
    {name: 'a namespaced policy does not see global sets by label alone', objects: [set('bad', [IMDS], {kind: 'bad'}), np('shop/a', egress({action: 'Deny', destination: {selector: `kind == 'bad'`}}, ALLOW))], tells: []},
    {name: 'a namespaced policy sees global sets with global()', objects: [set('bad', [IMDS], {kind: 'bad'}), np('shop/a', egress({action: 'Deny', destination: {selector: `kind == 'bad'`, namespaceSelector: 'global()'}}, ALLOW))], tells: ['metadata NetworkPolicy a spec.egress[0].destination.selector']},
    {name: 'a set of the namespace', objects: [object('projectcalico.org/v3', 'NetworkSet', 'shop/bad', {labels: {kind: 'bad'}, spec: {nets: [IMDS]}}), np('shop/a', egress({action: 'Deny', destination: {selector: `kind == 'bad'`}}, ALLOW))], tells: ['metadata NetworkPolicy a spec.egress[0].destination.selector']},
    {name: 'endpoints of a Service, and by label alone, have no family of their own', objects: [gnp('a', egress({action: 'Deny', destination: {services: {name: 'a', namespace: 'b'}}}, {action: 'Deny', destination: {selector: `app == 'db'`}}, {action: 'Deny', protocol: 'TCP', destination: {nets: ['0.0.0.0/0'], ports: ['web']}}, ALLOW))], tells: []},
    {name: 'pods on the network of their node', objects: [gnp('a', egress(to('Deny', [IMDS]), ALLOW))], pods: [pod(BOTH, {}, 'shop', {hostNetwork: true})], tells: []},
  ]
  for (const {name, objects, pods, tells} of rows)
    it(name, async () => {
      const ran = await run(objects, pods === undefined ? {} : {pods})
      expect(told(ran)).to.deep.equal(tells)
      expect([ran.skips['calico-policy-family-gap'], ran.notApplicable['calico-policy-family-gap']]).to.deep.equal([null, null])
    })

  const unclear: {name: string; objects: readonly KubeObject[]; outcomes?: Cluster['outcomes']; tells?: string[]; skip: string | null}[] = [
    {name: 'a selector that is none', objects: [gnp('odd', {selector: 'app = web', ...egress(ALLOW)}), gnp('a', egress(to('Deny', [IMDS]), ALLOW))], skip: 'not-understood'},
    {name: 'a selector that is none, in another namespace', objects: [np('other/odd', {selector: 'app = web', ...egress(ALLOW)}), gnp('a', egress(to('Deny', [IMDS]), ALLOW))], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]'], skip: 'not-understood'},
    {name: 'a block that is none', objects: [gnp('a', egress(to('Deny', ['10.0.0.0/33']), ALLOW))], skip: 'not-understood'},
    {name: 'a block that Go does not read', objects: [gnp('a', egress(to('Deny', ['010.0.0.0/8']), ALLOW))], skip: 'not-understood'},
    {name: 'an input without namespaces and NetworkPolicies', objects: [gnp('a', egress(to('Deny', [IMDS]), ALLOW))], outcomes: {namespaces: 'not-in-input', networkpolicies: 'not-in-input'}, tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]'], skip: null},
    {name: 'labels of namespaces that the input lacks', objects: [gnp('a', {namespaceSelector: `env == 'prod'`, ...egress(to('Deny', [IMDS]), ALLOW)})], outcomes: {namespaces: 'not-in-input'}, skip: 'not-observable'},
    {name: 'an action that Calico does not have', objects: [gnp('a', egress(to('Reject', [IMDS]), ALLOW))], skip: 'not-understood'},
    {name: 'a port that is none', objects: [gnp('a', egress({action: 'Deny', protocol: 'TCP', destination: {ports: ['9:1']}}, ALLOW))], skip: 'not-understood'},
    {name: 'metadata of the store that is no JSON', objects: [object('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', 'a', {annotations: {'projectcalico.org/metadata': '{'}, spec: egress(to('Deny', [IMDS]), ALLOW)})], skip: 'not-understood'},
    {name: 'pods by labels of ServiceAccounts', objects: [gnp('a', {serviceAccountSelector: `team == 'x'`, ...egress(to('Deny', [IMDS]), ALLOW)})], skip: 'not-observable'},
    {name: 'rules that look at more, and name blocks', objects: [gnp('a', egress({action: 'Deny', protocol: 'TCP', source: {ports: [80]}, destination: {nets: [IMDS]}}, ALLOW))], skip: 'not-observable'},
    {name: 'rules that look at more, and name none', objects: [gnp('a', egress({action: 'Deny', protocol: 'TCP', source: {ports: [80]}}, to('Deny', [IMDS]), ALLOW))], tells: ['metadata GlobalNetworkPolicy a spec.egress[1].destination.nets[0]'], skip: null},
    {name: 'some of the pods by address', objects: [gnp('a', egress({action: 'Deny', source: {nets: ['10.244.1.0/24']}, destination: {nets: [IMDS]}}, ALLOW))], skip: 'not-observable'},
    {name: 'all of the pods by address', objects: [gnp('a', egress({action: 'Deny', source: {nets: ['10.244.0.0/16']}, destination: {nets: [IMDS]}}, ALLOW))], tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]'], skip: null},
    {name: 'tiers forbidden', objects: [gnp('t.a', {tier: 't', ...egress(to('Deny', [IMDS]), ALLOW)})], outcomes: {'calico-tiers': 'forbidden', 'calico-v3-tiers': 'forbidden'}, skip: 'forbidden'},
    {name: 'tiers forbidden, and only the default one is used', objects: [gnp('a', egress(to('Deny', [IMDS]), ALLOW))], outcomes: {'calico-tiers': 'forbidden', 'calico-v3-tiers': 'forbidden'}, tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]'], skip: 'forbidden'},
    {name: 'sets forbidden', objects: [gnp('a', egress({action: 'Deny', destination: {selector: 'has(x)'}}, ALLOW))], outcomes: {'calico-globalnetworksets': 'forbidden', 'calico-v3-globalnetworksets': 'forbidden'}, skip: 'forbidden'},
    {name: 'policies forbidden', objects: [], outcomes: {'calico-globalnetworkpolicies': 'forbidden', 'calico-v3-globalnetworkpolicies': 'not-served'}, skip: 'forbidden'},
    {name: 'the API is down, and the store answers', objects: [gnp('default.a', egress(to('Deny', [IMDS]), ALLOW), 'crd.projectcalico.org/v1')], outcomes: {'calico-v3-globalnetworkpolicies': 'unreachable', 'calico-v3-networkpolicies': 'unreachable'}, tells: ['metadata GlobalNetworkPolicy default.a spec.egress[0].destination.nets[0]'], skip: null},
    {name: 'the API forbids, and the store is empty', objects: [], outcomes: {'calico-v3-globalnetworkpolicies': 'forbidden'}, skip: 'forbidden'},
    {name: 'namespaces forbidden', objects: [gnp('a', egress(to('Deny', [IMDS]), ALLOW))], outcomes: {namespaces: 'forbidden'}, tells: ['metadata GlobalNetworkPolicy a spec.egress[0].destination.nets[0]'], skip: 'forbidden'},
    {name: 'pods forbidden', objects: [gnp('a', egress(to('Deny', [IMDS]), ALLOW))], outcomes: {pods: 'forbidden'}, skip: 'forbidden'},
  ]
  for (const {name, objects, outcomes, tells = [], skip} of unclear)
    it(`not known: ${name}`, async () => {
      const ran = await run(objects, outcomes === undefined ? {} : {outcomes})
      expect([told(ran), ran.skips['calico-policy-family-gap']]).to.deep.equal([tells, skip])
    })

  it('does not apply where no API of Calico is served', async () => {
    const rows = [...calicoPolicyFamilyGap.meta.alsoReads ?? []].filter(row => row.startsWith('calico-'))
    const {notApplicable, findings} = await run([], {outcomes: Object.fromEntries(rows.map(row => [row, 'not-served']))})
    expect([notApplicable['calico-policy-family-gap'], findings]).to.deep.equal(['the API server serves no policies of Calico', []])
  })

  it('says what, for whom, and where to write the twin; one line for all pods', async () => {
    const {findings: [finding, ...more]} = await run([gnp('no-imds', egress(to('Deny', [IMDS]), ALLOW))], {pods: [pod(BOTH), pod(BOTH), pod(BOTH, {app: 'other'}, 'other')]})
    expect(more).to.deep.equal([])
    expect(finding).to.deep.include({count: 3, severity: 'high', confidence: 'certain', details: {type: 'filter', class: 'S3', direction: 'egress', ports: 'all', openFamily: 6, blockedFamily: null, addressClass: 'metadata'}})
    expect(finding?.message).to.match(/^Egress to 169\.254\.169\.254\/32 is denied, which leaves AWS instance metadata at fd00:ec2::254 .*3 pods in 2 namespaces/)
    expect(finding?.fix?.text).to.include('- fd00:ec2::254/128').and.include('in a rule of its own')
  })

  it('sends to the network set where the block stands in one', async () => {
    const {findings: [finding]} = await run([set('bad', [IMDS], {kind: 'bad'}), gnp('a', egress({action: 'Deny', destination: {selector: `kind == 'bad'`}}, ALLOW))])
    expect(finding?.message).to.match(/^Egress to 169\.254\.169\.254\/32 of GlobalNetworkSet bad is denied/)
    expect(finding?.fix?.text).to.include('- fd00:ec2::254/128 to that network set')
  })

  it('says what a rule with exceptions means, for the family that it is about', async () => {
    const [denied, open] = await Promise.all([
      run([gnp('only-private', egress({action: 'Deny', destination: {notNets: RFC}}, ALLOW))]),
      run([set('bad', [IMDS], {kind: 'bad'}), gnp('a', egress({action: 'Allow', destination: {notSelector: `kind == 'bad'`}}))]),
    ])
    expect(denied.findings[0]?.message).to.match(/^Egress to 0\.0\.0\.0\/0 except 10\.0\.0\.0\/8, 172\.16\.0\.0\/12, 192\.168\.0\.0\/16 is denied/)
    expect(open.findings[0]?.message).to.match(/^Egress to (?:169\.254\.169\.254\/32|::\/0)/)
  })

  it('says that policies of policy.networking.k8s.io are not in it', async () => {
    const {findings: [finding]} = await run([gnp('no-imds', egress(to('Deny', [IMDS]), ALLOW)), object('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'a', {spec: {}})])
    expect(finding?.message).to.include('policies of policy.networking.k8s.io')
  })
})

function kubernetesPolicy(cidr = ''): KubeObject {
  return object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/k', {spec: {podSelector: {matchLabels: {app: 'web'}}, policyTypes: ['Egress'], egress: [cidr === '' ? {} : {to: [{ipBlock: {cidr}}]}]}})
}
