import {expect} from 'chai'
import type {ClusterPolicy, ClusterPolicyRule} from '../../../src/filters/policy-api/read-policy.js'
import type {Ordered} from '../../../src/filters/policy-api/stages.js'
import {chainsOf} from '../../../src/filters/policy-api/stages.js'
import type {Ports} from '../../../src/filters/ports.js'
import {parseCidr} from '../../../src/network/cidr.js'
import {spaceIn} from '../chain/chains.js'

const space = spaceIn('global')
const WEB: Ports = [{protocol: 'TCP', first: 80, last: 90}]
const DNS: Ports = [{protocol: 'UDP', first: 53, last: 53}]

function rule(action: ClusterPolicyRule['action'], text: string, ports: Ports = 'all'): ClusterPolicyRule {
  return {action, ports, networks: [{path: 'spec.egress[0].to[0].networks[0]', text, cidr: parseCidr(text)}], isEveryPod: false, isEveryNode: false}
}

function policy(name: string, priority: number, egress: ClusterPolicyRule[], tier: ClusterPolicy['tier'] = 'admin'): ClusterPolicy {
  return {ref: {apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', namespace: '', name}, tier, priority, subject: {namespaces: [], pods: []}, egress}
}

/** Each order as names of policies in the order of rules, stages apart. */
function orders(...cluster: ClusterPolicy[]): string[] {
  return chainsOf({cluster, network: []}, space)!.map(({stages, tied}) => `${stages.map(({rules}) => rules.map(one => one.policy.name).join(' ')).join(' | ')}${tied.length === 0 ? '' : ` (${tied.join()})`}`)
}

describe('chainsOf', () => {
  const rows: {name: string; cluster: ClusterPolicy[]; told: string[]}[] = [
    {name: 'by priority, lower first; Baseline behind Admin', cluster: [policy('b', 20, [rule('deny', '::/0')]), policy('last', 1, [rule('deny', '::/0')], 'baseline'), policy('a', 10, [rule('allow', '::/0')])], told: ['a b | last']},
    {name: 'equal priorities that contradict each other: every order', cluster: [policy('b', 10, [rule('deny', '::/0')]), policy('a', 10, [rule('allow', 'fd00::/8')])], told: ['a b |  (a,b)', 'b a |  (a,b)']},
    {name: '… that do the same', cluster: [policy('b', 10, [rule('deny', '::/0')]), policy('a', 10, [rule('deny', 'fd00::/8')])], told: ['a b | ']},
    {name: '… about other addresses', cluster: [policy('b', 10, [rule('deny', '10.0.0.0/8')]), policy('a', 10, [rule('allow', 'fd00::/8')])], told: ['a b | ']},
    {name: '… about other ports', cluster: [policy('b', 10, [rule('deny', '::/0', WEB)]), policy('a', 10, [rule('allow', '::/0', DNS)])], told: ['a b | ']},
    {name: '… about some ports', cluster: [policy('b', 10, [rule('deny', '::/0', WEB)]), policy('a', 10, [rule('allow', '::/0')])], told: ['a b |  (a,b)', 'b a |  (a,b)']},
    {name: '… in Baseline', cluster: [policy('b', 10, [rule('deny', '::/0')], 'baseline'), policy('a', 10, [rule('allow', '::/0')], 'baseline')], told: [' | a b (a,b)', ' | b a (a,b)']},
  ]
  for (const {name, cluster, told} of rows) it(name, () => expect(orders(...cluster)).to.deep.equal(told))

  it('tries each of many as the first, and all backwards', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name, index) => policy(name, 10, [rule(index === 0 ? 'deny' : 'allow', '::/0')]))
    expect(orders(...many).map(text => text.slice(0, 9))).to.deep.equal(['a b c d e', 'b a c d e', 'c a b d e', 'd a b c e', 'e a b c d', 'e d c b a'])
    expect(orders(...many.slice(0, 4))).to.have.lengthOf(24)
  })

  it('has no Baseline behind NetworkPolicies, which end the chain', () => {
    const np = {ref: {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'np'}, selector: [], ingress: null, egress: [{ports: 'all' as const, peers: 'all' as const}, {ports: 'all' as const, peers: [{kind: 'selector' as const, isEveryPod: true}]}, {ports: 'all' as const, peers: [{kind: 'selector' as const, isEveryPod: false}]}], isManagedSystem: false}
    const [{stages}] = chainsOf({cluster: [policy('last', 1, [rule('deny', '::/0')], 'baseline')], network: [np]}, space) as [Ordered]
    expect(stages.map(({rules, otherwise}) => `${rules.length} ${otherwise}`)).to.deep.equal(['0 next', '2 deny', '0 next'])
  })
})
