import {expect} from 'chai'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {Cidr} from '../../../src/network/cidr.js'
import {parseCidr} from '../../../src/network/cidr.js'
import {mergeChanges, patchOf, placeOf} from '../../../src/plan/dual-stack/changes.js'
import type {RuleChange} from '../../../src/plan/dual-stack/changes.js'
import {object} from '../../support/declared-facts.js'
import {applyListPatch} from '../../support/list-patch.js'

const cidr = (text: string): Cidr => parseCidr(text)!
const block = (text: string, ...except: string[]) => ({cidr: cidr(text), except: except.map(cidr)})
const change = (rule: number, rest: Partial<RuleChange>): RuleChange => ({direction: 'egress', rule, add: [], except: new Map(), ...rest})

const POLICY: KubeObject = object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/a', {spec: {
  podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{from: [{ipBlock: {cidr: '0.0.0.0/0'}}]}],
  egress: [{to: [{ipBlock: {cidr: '0.0.0.0/0', except: ['10.0.0.0/8']}}, {podSelector: {}}, {ipBlock: {cidr: '::/0'}}, {ipBlock: {cidr: '::/0', except: null}}]}, {ports: [{port: 53}], to: [{ipBlock: {cidr: '8.8.8.8/32'}}]}],
}})

describe('patchOf', () => {
  const rows: [string, RuleChange[], JsonObject[]][] = [
    ['a block', [change(1, {add: [block('2001:4860:4860::8888/128')]})], [{op: 'add', path: '/spec/egress/1/to/-', value: {ipBlock: {cidr: '2001:4860:4860::8888/128'}}}]],
    ['a block with exceptions', [change(0, {add: [block('::/0', 'fc00::/7', 'fe80::/10')]})], [{op: 'add', path: '/spec/egress/0/to/-', value: {ipBlock: {cidr: '::/0', except: ['fc00::/7', 'fe80::/10']}}}]],
    ['exceptions where there are some', [change(0, {except: new Map([[0, [cidr('172.16.0.0/12')]]])})], [{op: 'add', path: '/spec/egress/0/to/0/ipBlock/except/-', value: '172.16.0.0/12'}]],
    ['exceptions where there are none', [change(0, {except: new Map([[2, [cidr('fc00::/7'), cidr('fe80::/10')]]])})], [{op: 'add', path: '/spec/egress/0/to/2/ipBlock/except', value: ['fc00::/7', 'fe80::/10']}]],
    ['incoming connections', [{...change(0, {add: [block('::/0')]}), direction: 'ingress'}], [{op: 'add', path: '/spec/ingress/0/from/-', value: {ipBlock: {cidr: '::/0'}}}]],
  ]
  for (const [name, changes, operations] of rows)
    it(`adds ${name}, behind a test of the list, and takes it back`, () => {
      const {patch, changed} = patchOf(POLICY, changes)
      expect(patch.apply[0]?.op).to.equal('test')
      expect(patch.apply.slice(1)).to.deep.equal(operations)
      expect(applyListPatch(POLICY, patch.apply)).to.deep.equal(changed)
      expect(applyListPatch(changed, patch.undo)).to.deep.equal(POLICY)
    })

  it('changes several rules, and takes all back', () => {
    const {patch, changed} = patchOf(POLICY, mergeChanges([change(1, {add: [block('::1/128')]}), change(0, {add: [block('::/0')], except: new Map([[2, [cidr('fc00::/7')]]])})]))
    expect(patch.apply.filter(({op}) => op === 'test').map(({path}) => path)).to.deep.equal(['/spec/egress/0/to', '/spec/egress/1/to'])
    expect(applyListPatch(applyListPatch(POLICY, patch.apply), patch.undo)).to.deep.equal(POLICY)
    expect(changed).to.deep.equal(applyListPatch(POLICY, patch.apply))
  })

  it('fails where the list is another', () => {
    const {patch, changed} = patchOf(POLICY, [change(1, {add: [block('::1/128')]})])
    const other = object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/a', {spec: {egress: [{to: []}, {to: [{ipBlock: {cidr: '8.8.4.4/32'}}]}]}})
    expect(() => applyListPatch(other, patch.apply)).to.throw('the test fails')
    expect(() => applyListPatch(changed, patch.apply), 'twice').to.throw('the test fails')
    expect(() => applyListPatch(POLICY, patch.undo), 'undone before').to.throw('the test fails')
  })
})

describe('mergeChanges', () => {
  it('has each rule, block and exception once, rules in their order', () => {
    const merged = mergeChanges([
      change(10, {add: [block('::/0')]}), change(2, {add: [block('::/0', 'fc00::/7'), block('::/0')]}), change(2, {add: [block('::/0')], except: new Map([[1, [cidr('fc00::/7')]]])}),
      change(2, {except: new Map([[1, [cidr('fc00::/7'), cidr('fe80::/10')]]])}),
    ])
    expect(merged.map(({rule, add, except}) => [rule, add.length, [...except].map(([peer, cidrs]) => [peer, cidrs.map(({text}) => text)])])).to.deep.equal([[2, 2, [[1, ['fc00::/7', 'fe80::/10']]]], [10, 1, []]])
  })
})

describe('placeOf', () => {
  it('reads the path of a block, and nothing else', () => {
    expect(placeOf('spec.egress[12].to[3].ipBlock')).to.deep.equal({direction: 'egress', rule: 12, peer: 3})
    expect(placeOf('spec.ingress[0].from[0].ipBlock')).to.deep.equal({direction: 'ingress', rule: 0, peer: 0})
    expect(() => placeOf('spec.podSelector')).to.throw('is the path of no block')
  })
})
