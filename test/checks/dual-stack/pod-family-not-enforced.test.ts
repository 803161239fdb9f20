import {expect} from 'chai'
import {podFamilyNotEnforced} from '../../../src/checks/dual-stack/pod-family-not-enforced.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import {awsNode, pod} from '../../network/cluster-objects.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {DUAL, V4, V6, pods, policy} from './policies.js'

const run = (objects: readonly KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([podFamilyNotEnforced], {objects, outcomes})
const told = ({findings}: Ran): string[] => findings.map(({severity, variant, object, count}) => `${severity} ${variant} ${object.name} ${count}`)

const DENY_OUT = policy('egress', [])
const DENY_IN = policy('ingress', [])
const HIDDEN = awsNode({ENABLE_IPv6: 'true'})

function agent(place: string, env: Record<string, string> = {}, desired = 3): KubeObject {
  const [namespace = '', name = ''] = place.split('/')
  const containers = [{name: 'calico-node', env: Object.entries(env).map(([key, value]) => ({name: key, value}))}]
  return {apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: {namespace, name}, spec: {template: {spec: {containers}}}, status: {desiredNumberScheduled: desired}}
}

const NPM = agent('kube-system/azure-npm')
const CALICO = agent('kube-system/calico-node')
const felix = (spec: Record<string, Json>, name = 'default'): KubeObject => ({apiVersion: 'crd.projectcalico.org/v1', kind: 'FelixConfiguration', metadata: {name}, spec})
const OFF = felix({ipv6Support: false})
const onNode = (nodeName: string, namespace = 'shop'): KubeObject => ({...pod(DUAL, {namespace}), spec: {nodeName} as JsonObject})

describe('pod-family-not-enforced', () => {
  const rows: {name: string; objects: readonly KubeObject[]; tells: string[]}[] = [
    {name: 'a hidden interface, under a policy of egress', objects: [HIDDEN, ...pods(3, V6), DENY_OUT], tells: ['high hidden-interface shop 3']},
    {name: 'a hidden interface leads out only', objects: [HIDDEN, ...pods(3, V6), DENY_IN], tells: []},
    {name: 'a hidden interface of IPv6', objects: [awsNode({ENABLE_V6_EGRESS: 'true'}), ...pods(1, V4), DENY_OUT], tells: ['high hidden-interface shop 1']},
    {name: 'a hidden interface, and no policy that selects', objects: [HIDDEN, ...pods(3, V6), policy('egress', [], {selector: {matchLabels: {app: 'other'}}})], tells: []},
    {name: 'a hidden interface, a policy of another namespace', objects: [HIDDEN, ...pods(3, V6, 'open'), DENY_OUT], tells: []},
    {name: 'a hidden interface, selected pods alone', objects: [HIDDEN, ...pods(2, V6, 'shop', {app: 'a'}), ...pods(3, V6), policy('egress', [], {selector: {matchLabels: {app: 'a'}}})], tells: ['high hidden-interface shop 2']},
    {name: 'one line for each namespace', objects: [HIDDEN, ...pods(1, V6), ...pods(2, V6, 'bank'), DENY_OUT, policy('egress', [], {namespace: 'bank'})], tells: ['high hidden-interface shop 1', 'high hidden-interface bank 2']},
    {name: 'the VPC CNI without a hidden interface', objects: [awsNode({}), ...pods(3, V4), DENY_OUT], tells: []},
    {name: 'Azure NPM and IPv6', objects: [NPM, ...pods(2, DUAL), DENY_IN], tells: ['high azure-npm shop 2']},
    {name: 'Azure NPM and IPv4', objects: [NPM, ...pods(2, V4), DENY_IN], tells: []},
    {name: 'Azure NPM that runs nowhere', objects: [agent('kube-system/azure-npm', {}, 0), ...pods(2, DUAL), DENY_IN], tells: []},
    {name: 'a DaemonSet of that name elsewhere', objects: [agent('tools/azure-npm'), ...pods(2, DUAL), DENY_IN], tells: []},
    {name: 'Calico without IPv6', objects: [CALICO, OFF, ...pods(2, DUAL), DENY_IN], tells: ['high calico-ipv6-off shop 2']},
    {name: 'Calico without IPv6, by its environment', objects: [agent('calico-system/calico-node', {FELIX_IPV6SUPPORT: 'false'}), ...pods(2, DUAL), DENY_IN], tells: ['high calico-ipv6-off shop 2']},
    {name: 'Calico whose environment comes first', objects: [agent('kube-system/canal', {FELIX_IPV6SUPPORT: 'true'}), OFF, ...pods(2, DUAL), DENY_IN], tells: []},
    {name: 'Calico with IPv6, as it is by default', objects: [CALICO, felix({}), ...pods(2, DUAL), DENY_IN], tells: []},
    {name: 'Calico without IPv6, and pods without', objects: [CALICO, OFF, ...pods(2, V4), DENY_IN], tells: []},
    {name: 'Calico as a leftover', objects: [OFF, ...pods(2, DUAL), DENY_IN], tells: []},
    {name: 'Calico in eBPF, which sees every packet', objects: [CALICO, felix({ipv6Support: false, bpfEnabled: true}), ...pods(2, DUAL), DENY_IN], tells: []},
    {name: 'Calico with a node of its own mind', objects: [CALICO, OFF, felix({ipv6Support: true}, 'node.b'), onNode('a'), onNode('b'), DENY_IN], tells: ['high calico-ipv6-off shop 1']},
    {name: 'Calico without IPv6 on one node', objects: [CALICO, felix({ipv6Support: false}, 'node.a'), onNode('a'), onNode('b'), DENY_IN], tells: ['high calico-ipv6-off shop 1']},
    {name: 'Cilium without IPv6, which drops it', objects: [{apiVersion: 'v1', kind: 'ConfigMap', metadata: {namespace: 'kube-system', name: 'cilium-config'}, data: {'enable-ipv6': 'false'}}, ...pods(2, DUAL), DENY_IN], tells: []},
    {name: 'nobody enforces anything that can be seen', objects: [...pods(2, DUAL), DENY_IN], tells: []},
    {name: 'pods on the network of their node', objects: [NPM, pod(DUAL, {namespace: 'shop', hostNetwork: true}), DENY_IN], tells: []},
  ]
  for (const {name, objects, tells} of rows) it(name, async () => {
    const ran = await run(objects)
    expect(told(ran)).to.deep.equal(tells)
    expect(ran.skips['pod-family-not-enforced']).to.equal(null)
  })

  it('says how pods get out, and what closes it', async () => {
    const {findings: [found]} = await run([HIDDEN, ...pods(3, V6), DENY_OUT])
    expect(found!.message).to.match(/^Policies apply to the first interface of a pod: whatever the network policy p may say of egress, 3 pods \(p\d+, p\d+ and 1 more\) can get out over IPv4 by a second one out of 169\.254\.172\.0\/22 \(ENABLE_V4_EGRESS is not set, which means true\), to instance metadata too where it answers there\.$/)
    expect(found!.fix?.text).to.match(/^Set ENABLE_V4_EGRESS=false/)
    expect(found!.details).to.include({class: 'S5', direction: 'egress', openFamily: 4})
    expect(found!.confidence).to.equal('derived')
  })

  it('says why Calico leaves IPv6 alone', async () => {
    expect((await run([CALICO, OFF, ...pods(1, DUAL), DENY_IN])).findings[0]!.message).to.match(/over IPv4 alone \(ipv6Support of its FelixConfiguration is false\): over IPv6 nothing is closed, anybody who has a route reaches the pod p\d+, and code there reaches anything\.$/)
    expect((await run([agent('kube-system/calico-node', {FELIX_IPV6SUPPORT: 'no'}), ...pods(1, DUAL), DENY_IN, policy('egress', [], {name: 'q'})])).findings[0]!.message).to.match(/enforces 2 network policies p, q over IPv4 alone \(FELIX_IPV6SUPPORT of calico-node is false\)/)
  })

  const unread: {outcomes: Cluster['outcomes']; skip: string | null}[] = [
    {outcomes: {'aws-node': 'forbidden'}, skip: 'forbidden'}, {outcomes: {'policy-agents': 'forbidden'}, skip: 'forbidden'}, {outcomes: {felixconfigurations: 'unreachable'}, skip: 'unreachable'},
    {outcomes: {felixconfigurations: 'not-served', 'policy-agents': 'not-in-input', 'aws-node': 'not-in-input'}, skip: null}, {outcomes: {pods: 'partial'}, skip: 'partial'},
  ]
  for (const {outcomes, skip} of unread) it(`${JSON.stringify(outcomes)}: ${skip}`, async () => expect((await run([...pods(1, DUAL), DENY_IN], outcomes)).skips['pod-family-not-enforced']).to.equal(skip))
})
