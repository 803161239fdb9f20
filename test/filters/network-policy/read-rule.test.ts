import {expect} from 'chai'
import {OddField} from '../../../src/kube/field.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {networkPolicyReader} from '../../../src/filters/network-policy/policies.js'
import {object} from '../../support/declared-facts.js'

const made = (spec: object, rest: Record<string, unknown> = {}): KubeObject => object('networking.k8s.io/v1', 'NetworkPolicy', 'a/p', {spec: {podSelector: {}, ...spec}, ...rest})
const read = (spec: object): ReturnType<ReturnType<typeof networkPolicyReader>> => networkPolicyReader()(made(spec))
const blockOf = (ipBlock: object): object => ({policyTypes: ['Egress'], egress: [{to: [{ipBlock}]}]})
const portOf = (port: object): object => ({policyTypes: ['Egress'], egress: [{ports: [port]}]})

describe('reading a NetworkPolicy', () => {
  const directions: [name: string, spec: object, ingress: number | null, egress: number | null][] = [
    ['nothing said: ingress', {}, 0, null],
    ['rules of egress: both', {egress: [{}]}, 0, 1],
    ['an empty list of egress: ingress', {egress: []}, 0, null],
    ['types decide', {policyTypes: ['Ingress'], egress: [{}]}, 0, null],
    ['types without rules isolate', {policyTypes: ['Ingress', 'Egress']}, 0, 0],
    ['egress alone', {policyTypes: ['Egress'], ingress: [{}]}, null, 0],
  ]
  for (const [name, spec, ingress, egress] of directions) it(name, () => {
    const {policy} = read(spec)
    expect([policy.ingress?.length ?? null, policy.egress?.length ?? null]).to.deep.equal([ingress, egress])
  })

  const peers: [name: string, rule: object, wanted: unknown][] = [
    ['missing', {}, 'all'],
    ['empty', {to: []}, 'all'],
    ['null', {to: null}, 'all'],
    ['every pod', {to: [{namespaceSelector: {}}]}, [{kind: 'selector', isEveryPod: true}]],
    ['every pod, twice said', {to: [{namespaceSelector: {}, podSelector: {}}]}, [{kind: 'selector', isEveryPod: true}]],
    ['pods of this namespace', {to: [{podSelector: {}}]}, [{kind: 'selector', isEveryPod: false}]],
    ['an unreadable block', {to: [{ipBlock: {cidr: '10.0.0.0/33'}}]}, [{kind: 'unread', path: 'spec.egress[0].to[0].ipBlock.cidr', text: '10.0.0.0/33'}]],
    ['an unreadable exception', {to: [{ipBlock: {cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0']}}]}, [{kind: 'unread', path: 'spec.egress[0].to[0].ipBlock.except[1]', text: '10.2.0.0'}]],
  ]
  for (const [name, rule, wanted] of peers) it(`peers: ${name}`, () => expect(read({policyTypes: ['Egress'], egress: [rule]}).policy.egress?.[0]?.peers).to.deep.equal(wanted))

  const ports: [name: string, rule: object, wanted: unknown][] = [
    ['missing', {}, 'all'],
    ['empty', {ports: []}, 'all'],
    ['a protocol alone', {ports: [{protocol: 'UDP'}]}, [{protocol: 'UDP', first: 1, last: 65_535}]],
    ['nothing in it: TCP', {ports: [{}]}, [{protocol: 'TCP', first: 1, last: 65_535}]],
    ['a number', {ports: [{port: 443}]}, [{protocol: 'TCP', first: 443, last: 443}]],
    ['a range', {ports: [{port: 443, endPort: 500, protocol: 'SCTP'}]}, [{protocol: 'SCTP', first: 443, last: 500}]],
    ['a name', {ports: [{port: 'web'}]}, [{protocol: 'TCP', name: 'web'}]],
  ]
  for (const [name, rule, wanted] of ports) it(`ports: ${name}`, () => expect(read({policyTypes: ['Egress'], egress: [rule]}).policy.egress?.[0]?.ports).to.deep.equal(wanted))

  const notes: [cidr: string, except: string[], wanted: [kind: string, path: string, meaning: string | null][]][] = [
    ['10.0.0.0/8', [], []],
    ['fd00:0010::/32', [], []],
    ['010.0.0.0/8', [], [['leading-zero', 'cidr', '10.0.0.0/8']]],
    ['10.0.0.0/08', [], [['leading-zero', 'cidr', '10.0.0.0/8']]],
    ['10.1.2.3/8', [], [['host-bits', 'cidr', '10.0.0.0/8']]],
    ['fd00::1/8', [], [['host-bits', 'cidr', 'fd00::/8']]],
    ['::ffff:10.0.0.0/104', [], [['mapped', 'cidr', '10.0.0.0/8']]],
    ['::ffff:0:0/95', [], [['host-bits', 'cidr', '::fffe:0:0/95']]],
    ['0.0.0.0/0', ['::ffff:10.0.0.0/104', '172.16.0.0/12'], [['mapped', 'except[0]', '10.0.0.0/8']]],
    ['10.0.0.0', [], [['unreadable', 'cidr', null]]],
    ['', [], [['unreadable', 'cidr', null]]],
  ]
  for (const [cidr, except, wanted] of notes) it(`notation: ${cidr} ${except.join(' ')}`, () => {
    const {notation} = read(blockOf({cidr, ...(except.length === 0 ? {} : {except})}))
    expect(notation.map(({kind, path, meaning}) => [kind, path.replace('spec.egress[0].to[0].ipBlock.', ''), meaning])).to.deep.equal(wanted)
  })

  const odd: [name: string, spec: object, path: string][] = [
    ['a type that there is not', {policyTypes: ['Sideways']}, 'spec.policyTypes[0]'],
    ['a block beside a selector', {egress: [{to: [{ipBlock: {cidr: '10.0.0.0/8'}, podSelector: {}}]}]}, 'spec.egress[0].to[0]'],
    ['a peer that says nothing', {egress: [{to: [{}]}]}, 'spec.egress[0].to[0]'],
    ['an exception of the other family', blockOf({cidr: '0.0.0.0/0', except: ['fc00::/7']}), 'spec.egress[0].to[0].ipBlock.except[0]'],
    ['a protocol that policies do not know', portOf({protocol: 'ICMP'}), 'spec.egress[0].ports[0].protocol'],
    ['port 0', portOf({port: 0}), 'spec.egress[0].ports[0].port'],
    ['half a port', portOf({port: 1.5}), 'spec.egress[0].ports[0].port'],
    ['a range backwards', portOf({port: 500, endPort: 443}), 'spec.egress[0].ports[0].endPort'],
    ['a range of a name', portOf({port: 'web', endPort: 443}), 'spec.egress[0].ports[0].endPort'],
  ]
  for (const [name, spec, path] of odd) it(`is not understood: ${name}`, () => {
    expect(() => read(spec)).to.throw(OddField).with.property('path', path)
  })

  it('shares equal blocks, within a policy and between policies', () => {
    const reader = networkPolicyReader()
    const [one, two] = ['p', 'q'].map(name => reader(object('networking.k8s.io/v1', 'NetworkPolicy', `a/${name}`, {spec: {podSelector: {}, ...blockOf({cidr: '0.0.0.0/0', except: ['10.0.0.0/8']})}})).policy.egress?.[0]?.peers[0])
    expect(one).to.deep.equal(two)
    expect(one !== undefined && typeof one === 'object' && 'set' in one && typeof two === 'object' && 'set' in two && one.set === two.set).to.equal(true)
  })
})
