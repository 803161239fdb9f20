import {expect} from 'chai'
import fc from 'fast-check'
import {cidrOf, parseCidr} from '../../src/network/cidr.js'
import type {Cidr} from '../../src/network/cidr.js'
import type {Family} from '../../src/network/ip.js'
import {ipOf, parseIp} from '../../src/network/ip.js'
import type {IntervalSet} from '../../src/network/interval-set.js'
import {cidrsOf, contains, covers, familiesOf, intersect, isEmpty, ofFamily, setOf, subtract, union} from '../../src/network/interval-set.js'

/**
 * The slow model: a set is the list of its members among 64 addresses at each
 * end of a family's space and in its middle, told bit by bit.
 */
const WINDOW = 64n
const SPACES: readonly {family: Family; bits: number; base: bigint}[] = [
  {family: 4, bits: 32, base: 0n}, {family: 4, bits: 32, base: (1n << 32n) - WINDOW}, {family: 4, bits: 32, base: 0x0a00_0000n},
  {family: 6, bits: 128, base: 0n}, {family: 6, bits: 128, base: (1n << 128n) - WINDOW}, {family: 6, bits: 128, base: 0xfd00n << 112n},
]
const SAMPLES = SPACES.flatMap(({family, base}) => Array.from({length: Number(WINDOW)}, (_, index) => ipOf(family, base + BigInt(index))))

function isMember(family: Family, value: bigint, block: Cidr): boolean {
  if (family !== block.family) return false
  const bits = family === 4 ? 32 : 128
  const text = (number: bigint): string => number.toString(2).padStart(bits, '0')
  return text(value).slice(0, block.prefix) === text(block.first).slice(0, block.prefix)
}

const block = fc.tuple(fc.constantFrom(...SPACES), fc.bigInt(0n, WINDOW - 1n), fc.nat(8)).map(([space, offset, host]) => {
  // Mostly small blocks, and now and then the whole family.
  return cidrOf(space.family, space.base + offset, host === 8 ? 0 : space.bits - host)
})
const blocks = fc.array(block, {maxLength: 8})

function expectModel(set: IntervalSet, isExpected: (family: Family, value: bigint) => boolean): void {
  for (const ip of SAMPLES) expect(contains(set, ip), ip.text).to.equal(isExpected(ip.family, ip.value))
  for (const family of [4, 6] as const) {
    set[family].forEach(([first, last], index) => {
      expect(first <= last).to.equal(true)
      if (index > 0) expect(first > set[family][index - 1]![1] + 1n, 'in order, apart').to.equal(true)
    })
  }
}

describe('IntervalSet', () => {
  const inAny = (list: readonly Cidr[]) => (family: Family, value: bigint): boolean => list.some(one => isMember(family, value, one))

  it('agrees with the bit-by-bit model', () => fc.assert(fc.property(blocks, blocks, (listA, listB) => {
    const [a, b] = [setOf(listA), setOf(listB)]
    const [inA, inB] = [inAny(listA), inAny(listB)]
    expectModel(a, inA)
    expectModel(union(a, b), (family, value) => inA(family, value) || inB(family, value))
    expectModel(intersect(a, b), (family, value) => inA(family, value) && inB(family, value))
    expectModel(subtract(a, b), (family, value) => inA(family, value) && !inB(family, value))
  }), {numRuns: 150}))

  it('keeps the laws of sets', () => fc.assert(fc.property(blocks, blocks, (listA, listB) => {
    const [a, b] = [setOf(listA), setOf(listB)]
    expect(isEmpty(subtract(a, a))).to.equal(true)
    expect(covers(a, subtract(union(a, b), b))).to.equal(true)
    expect(union(subtract(a, b), intersect(a, b))).to.deep.equal(a)
    expect(covers(a, b)).to.equal(isEmpty(subtract(b, a)))
    expect(covers(union(a, b), a)).to.equal(true)
    expect(setOf(listA.toReversed())).to.deep.equal(a)
  })))

  it('comes back from its blocks, which are the fewest', () => fc.assert(fc.property(blocks, blocks, (listA, listB) => {
    const set = subtract(setOf(listA), setOf(listB))
    const list = cidrsOf(set)
    expect(setOf(list)).to.deep.equal(set)
    for (const one of list) expect(parseCidr(one.text)).to.deep.equal(one)
    const pairs = new Set(list.map(({family, first, prefix}) => `${family} ${cidrOf(family, first, Math.max(prefix - 1, 0)).text} ${prefix}`))
    expect(pairs.size, 'no two halves of one block').to.equal(list.length)
  })))

  const all = (...texts: string[]): IntervalSet => setOf(texts.map(text => parseCidr(text)!))
  const texts = (set: IntervalSet): string[] => cidrsOf(set).map(({text}) => text)

  it('merges neighbours', () => expect(texts(all('10.0.1.0/24', '10.0.0.0/24', '::/1', '8000::/1'))).to.deep.equal(['10.0.0.0/23', '::/0']))
  it('never takes one family for the other', () => expect(contains(all('10.0.0.0/8', '::/0'), parseIp('8.8.8.8')!)).to.equal(false))
  it('cuts holes', () => expect(texts(subtract(all('10.0.0.0/29', '10.0.0.8/30'), all('10.0.0.0/32', '10.0.0.6/31', '10.0.0.8/31')))).to.deep.equal(['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.10/31']))
  it('tells its families', () => {
    expect(familiesOf(all('10.0.0.0/8', '::/0'))).to.deep.equal([4, 6])
    expect(familiesOf(ofFamily(all('10.0.0.0/8', '::/0'), 6))).to.deep.equal([6])
    expect(isEmpty(all())).to.equal(true)
  })
})
