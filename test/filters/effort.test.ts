import {expect} from 'chai'
import {chainGaps} from '../../src/filters/chain/chain-gaps.js'
import type {ChainStage} from '../../src/filters/chain/chain.js'
import {newEffort} from '../../src/filters/effort.js'
import {networkPolicyReader} from '../../src/filters/network-policy/policies.js'
import {evaluator} from '../../src/filters/network-policy/evaluate.js'
import {sidesMaker} from '../../src/filters/network-policy/sides.js'
import {NO_NAMES, atomsOf, rulesOnAtoms} from '../../src/filters/ports.js'
import type {Ports} from '../../src/filters/ports.js'
import type {Json} from '../../src/kube/json.js'
import {spaceIn, stage} from './chain/chains.js'

/** Ranges one in the other, so that each cuts all before it. */
const nested = (count: number): {first: number; last: number}[] => Array.from({length: count}, (_, index) => ({first: 1 + index * 3, last: 65_535 - index * 3}))
const address = (index: number): string => `${13 + (index >> 16)}.${index >> 8 & 255}.${index & 255}.0/30`

const chain = (count: number): ChainStage[] => {
  const [one] = [stage('next', 'deny 8.8.8.0/24')]
  const [rule] = one.rules
  return [{...one, rules: nested(count).map(({first, last}) => ({...rule!, ports: [{protocol: 'TCP', first, last}]}))}]
}

const policy = (count: number) => networkPolicyReader()({
  apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {namespace: 'shop', name: 'p'},
  spec: {podSelector: {}, policyTypes: ['Egress'], egress: nested(count).map(({first, last}, index): Json => ({to: [{ipBlock: {cidr: address(index)}}], ports: [{protocol: 'TCP', port: first, endPort: last}]}))},
}).policy

describe('effort', () => {
  it('ends for one group, and for all of them', () => {
    const effort = newEffort()
    expect([effort.begin()(1_000_000), effort.begin()(1_000_000_000)]).to.deep.equal([true, false])
    const spend = effort.begin()
    expect([100_000_000, 100_000_000].map(spend)).to.deep.equal([true, false])
    // What is refused takes nothing from the others.
    const granted = Array.from({length: 9}, () => effort.begin()(140_000_000))
    expect(granted.filter(isGranted => isGranted)).to.have.lengthOf(4)
  })

  it('rules of a chain whose ports are all different are compared, up to a number', () => {
    const space = spaceIn('global')
    expect(chainGaps(chain(30), NO_NAMES, space)?.map(({gap}) => gap.class)).to.deep.equal(['S3'])
    expect(chainGaps(chain(3000), NO_NAMES, space)).to.equal(null)
  }).timeout(20_000)

  it('rules of a NetworkPolicy too, and what is not compared is not clean', () => {
    const evaluate = evaluator({space: spaceIn('global'), unmatched: [], isTwinless: () => false})
    const told = (count: number): {atoms: number; unread: string[]} => {
      const {atoms, unread} = evaluate([sidesMaker()(policy(count))!.egress!], 'egress', NO_NAMES)
      return {atoms: atoms.length, unread: unread.map(({path, isTooMuch}) => `${path} ${isTooMuch}`)}
    }
    expect(told(30)).to.deep.equal({atoms: 59, unread: []})
    expect(told(5000)).to.deep.equal({atoms: 0, unread: ['spec.egress true']})
  }).timeout(20_000)

  it('one rule whose ranges overlap is walked once', () => {
    const rule: Ports = nested(10_000).map(range => ({protocol: 'TCP', ...range}))
    const atoms = atomsOf([rule], NO_NAMES)
    const started = process.cpuUsage()
    expect(rulesOnAtoms([rule], atoms)?.every(on => on.length === 1)).to.equal(true)
    expect(process.cpuUsage(started).user).to.be.below(1_000_000)
    expect(rulesOnAtoms(Array.from({length: 100}, () => rule), atoms, 1_000_000)).to.equal(null)
  }).timeout(20_000)
})
