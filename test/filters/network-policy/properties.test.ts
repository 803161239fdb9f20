import {expect} from 'chai'
import fc from 'fast-check'
import {compareAllowed} from '../../../src/filters/compare.js'
import type {Gap} from '../../../src/filters/gap.js'
import type {AddressSpace} from '../../../src/filters/address-space.js'
import {spaceOf} from '../../../src/filters/address-space.js'
import type {IntervalSet} from '../../../src/network/interval-set.js'
import {intersect, setOf, subtract, union, unionOf} from '../../../src/network/interval-set.js'
import type {Family} from '../../../src/network/ip.js'
import {cidrOf, parseCidr} from '../../../src/network/cidr.js'
import {BITS, ipOf} from '../../../src/network/ip.js'
import {coverageOf, widened} from '../../../src/filters/coverage.js'
import {GLOBAL, policy, setFrom, textsIn} from './policy-world.js'

const BLOCKS = ['0.0.0.0/0', '::/0', '2000::/3', '10.0.0.0/8', 'fc00::/7', '203.0.113.0/24', '2600:1f13::/32', '0.0.0.0/1', '128.0.0.0/1', '::/1', '169.254.169.254/32', 'fd00:ec2::254/128', '10.96.0.10/32', '2001:db8:9::/48']
const EXCEPT = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '8.8.8.8/32', 'fc00::/7', 'fe80::/10', 'fd00:ec2::254/128', '2600:1f13:aa::/64', '2600:1f13:bb::/64']

const block = fc.constantFrom(...BLOCKS).chain(cidr => fc.subarray(EXCEPT.filter(text => isInside(text, cidr))).map(except => ({ipBlock: {cidr, ...(except.length === 0 ? {} : {except})}})))
const port = fc.constantFrom({port: 443}, {port: 53, protocol: 'UDP'}, {port: 400, endPort: 500}, {port: 'web'}, {protocol: 'TCP'})
const rule = fc.record({to: fc.array(block, {minLength: 1, maxLength: 3}), ports: fc.array(port, {maxLength: 2})})
const rules = fc.array(fc.array(rule, {minLength: 1, maxLength: 3}), {minLength: 1, maxLength: 4})
const families = fc.constantFrom<readonly Family[]>([4], [6], [4, 6])

function isInside(text: string, cidr: string): boolean {
  const [inner, outer] = [parseCidr(text)!, parseCidr(cidr)!]
  return inner.family === outer.family && inner.prefix > outer.prefix && inner.first >= outer.first && inner.last <= outer.last
}

const RUNS = {numRuns: 60}

describe('NetworkPolicy: what holds for all policies', () => {
  it('a rule that opens everything takes every finding away', () =>
    fc.assert(fc.asyncProperty(rules, families, async (all, seen) => {
      const policies = all.map((own, index) => policy(own, {name: `p${index}`}))
      expect(await textsIn({policies: [...policies, policy([{}], {name: 'open'})], families: seen})).to.deep.equal([])
    }), RUNS)).timeout(60_000)

  it('the order of policies, of rules and of blocks does not matter', () =>
    fc.assert(fc.asyncProperty(rules, families, async (all, seen) => {
      const policies = all.map((own, index) => policy(own, {name: `p${index}`}))
      const reversed = all.map((own, index) => policy(own.toReversed().map(({to, ports}) => ({to: to.toReversed(), ports: ports.toReversed()})), {name: `p${index}`})).toReversed()
      expect(await textsIn({policies: reversed, families: seen})).to.deep.equal(await textsIn({policies, families: seen}))
    }), RUNS)).timeout(60_000)

  it('rules of one policy may as well stand in many', () =>
    fc.assert(fc.asyncProperty(rules, families, async (all, seen) => {
      const apart = all.flat().map((one, index) => policy([one], {name: `p${index}`}))
      expect(await textsIn({policies: apart, families: seen})).to.deep.equal(await textsIn({policies: [policy(all.flat())], families: seen}))
    }), RUNS)).timeout(60_000)
})

const interval = (family: Family): fc.Arbitrary<IntervalSet> => fc.tuple(fc.bigInt({min: 0n, max: (1n << BigInt(BITS[family])) - 1n}), fc.integer({min: 0, max: BITS[family]})).map(([value, prefix]) => setOf([cidrOf(family, value, prefix)]))
const anySet = fc.array(fc.oneof(interval(4), interval(6), fc.constantFrom(...BLOCKS.map(text => setFrom([text])))), {maxLength: 6}).map(sets => unionOf(sets))

describe('comparing what is allowed', () => {
  const space = spaceOf({pods: told(GLOBAL.pods), services: told(GLOBAL.services), nodes: told(GLOBAL.nodes)}, 'aws')
  const turnedSpace: AddressSpace = {
    ...space, sets: Object.fromEntries(Object.entries(space.sets).map(([kind, set]) => [kind, turned(set)])) as AddressSpace['sets'],
    endpoints: space.endpoints.map(({ipv4, ipv6, ...rest}) => ({...rest, ipv4: ipOf(4, ipv6?.value ?? -1n), ipv6: ipv6 === null ? null : ipOf(6, ipv4.value)})),
  }

  it('does not care which family is which, but for what is said of IPv6 alone', () =>
    fc.assert(fc.property(anySet, allowed => {
      const [here, there] = [compareAllowed(allowed, space), compareAllowed(turned(allowed), turnedSpace)]
      if ([...here, ...there].some(({class: name}) => name === 'S2')) return
      expect(there.flatMap(gap => symmetric(gap, other))).to.have.members(here.flatMap(gap => symmetric(gap, family => family)))
      expect(compareAllowed(turned(turned(allowed)), space)).to.deep.equal(here)
    }), {numRuns: 500}))

  it('finds nothing where both families are open, or both closed, or one is neither open nor closed and the other has nothing to compare', () => {
    for (const texts of [[], ['0.0.0.0/0', '::/0'], ['10.0.0.0/8', 'fd00::/8']]) expect(compareAllowed(setFrom(texts), space)).to.deep.equal([])
  })

  it('finds a gap of each kind at most once', () =>
    fc.assert(fc.property(anySet, allowed => {
      const gaps = compareAllowed(allowed, space).map(({class: name, openFamily, blockedFamily}) => `${name} ${openFamily} ${blockedFamily}`)
      expect(new Set(gaps).size).to.equal(gaps.length)
      expect(gaps.filter(text => /^S[12] 6/.test(text)).length, 'S2 takes the place of S1').to.be.at.most(1)
    })))

  it('measures a base that is widened as it measures the union', () =>
    fc.assert(fc.property(anySet, anySet, anySet, (base, more, asked) => {
      const [sum, whole] = [widened(coverageOf(base), more), coverageOf(union(base, more))]
      for (const family of [4, 6] as const) {
        expect(sum.inside(asked, family)).to.equal(whole.inside(asked, family))
        expect(sum.has(family)).to.equal(whole.has(family))
      }
    })))

  it('has classes that do not overlap and leave no routed address out', () => {
    const sets = Object.values(space.sets)
    for (const [index, set] of sets.entries()) for (const other of sets.slice(index + 1)) expect(intersect(set, other)).to.deep.equal({4: [], 6: []})
    expect(subtract(setFrom(['0.0.0.0/0', '2000::/3']), unionOf(sets))).to.deep.equal({4: [], 6: []})
  })
})

const other = (family: Family): Family => (family === 4 ? 6 : 4)

function turned(set: IntervalSet): IntervalSet {
  return {4: set[6], 6: set[4]}
}

/** A2 and long lists of public addresses are about IPv6; a gap in nothing else is not compared. */
function symmetric({class: name, openFamily, blockedFamily, addressClasses}: Gap, as: (family: Family) => Family): string[] {
  const family = openFamily ?? blockedFamily
  // Of IPv6 alone: a list of public addresses, and endpoints among private addresses.
  const classes = addressClasses.filter(kind => kind !== 'public' && kind !== 'metadata')
  if (name === 'A2' || name === 'S1' && classes.length === 0 || family === null) return []
  return [`${name} ${as(family)} ${classes.join()}`]
}

function told(texts: readonly string[]): {set: IntervalSet; told: IntervalSet; from: string} {
  return {set: setFrom(texts), told: setFrom(texts), from: 'test'}
}
