import {expect} from 'chai'
import fc from 'fast-check'
import type {ChainRule, ChainStage} from '../../../src/filters/chain/chain.js'
import {EVERYTHING, decisionsOf, runChain} from '../../../src/filters/chain/chain.js'
import {chainGaps} from '../../../src/filters/chain/chain-gaps.js'
import type {Atom} from '../../../src/filters/ports.js'
import {NO_NAMES, atomsOf} from '../../../src/filters/ports.js'
import type {Cidr} from '../../../src/network/cidr.js'
import {cidrOf, isIn} from '../../../src/network/cidr.js'
import {FAMILIES, cidrsOf, contains, setOf, unionOf} from '../../../src/network/interval-set.js'
import type {Family, Ip} from '../../../src/network/ip.js'
import {BITS, ipOf} from '../../../src/network/ip.js'
import {spaceIn, stage} from './chains.js'

const RUNS = process.env['K121_FULL'] === '1' ? 4000 : 1000
const WEB: Atom = {protocol: 'TCP', first: 443, last: 443, name: null}
const allowedText = (...stages: ChainStage[]): string => cidrsOf(runChain(stages, WEB)).map(({text}) => text).join(' ')

describe('runChain', () => {
  const rows: {name: string; stages: ChainStage[]; allowed: string}[] = [
    {name: 'no stage: everything', stages: [], allowed: '0.0.0.0/0 ::/0'},
    {name: 'the first rule decides', stages: [stage('deny', 'allow 10.0.0.0/9', 'deny 10.0.0.0/8', 'allow 10.128.0.0/9')], allowed: '10.0.0.0/9'},
    {name: 'a rule of one family does nothing in the other', stages: [stage('next', 'deny 0.0.0.0/0')], allowed: '::/0'},
    {name: 'any is both', stages: [stage('deny', 'allow any')], allowed: '0.0.0.0/0 ::/0'},
    {name: 'a stage that denies the rest ends it', stages: [stage('deny', 'allow fd00::/8'), stage('allow')], allowed: 'fd00::/8'},
    {name: 'what is passed goes past a stage that denies the rest', stages: [stage('deny', 'pass fd00::/8', 'pass 10.0.0.0/8'), stage('allow', 'deny 10.0.0.0/9')], allowed: '10.128.0.0/9 fd00::/8'},
    {name: 'what is passed goes past the rules behind it', stages: [stage('next', 'pass 10.0.0.0/8', 'deny 0.0.0.0/0', 'deny ::/0')], allowed: '10.0.0.0/8'},
    {name: 'what goes past the last stage is allowed', stages: [stage('next', 'deny ::/0')], allowed: '0.0.0.0/0'},
    {name: 'rules of other ports', stages: [stage('deny', 'allow 10.0.0.0/8 TCP/80', 'allow fd00::/8 TCP/443-444', 'allow 9.0.0.0/8 UDP/443')], allowed: 'fd00::/8'},
  ]
  for (const {name, stages, allowed} of rows) it(name, () => expect(allowedText(...stages)).to.equal(allowed))

  it('says which rule decided, and which passed it on', () => {
    const stages = [stage('next', 'pass 10.0.0.0/8', 'deny 0.0.0.0/0'), stage('deny')]
    const told = decisionsOf(stages, WEB).map(({set, isAllowed, rule, passedBy}) => `${cidrsOf(set).length} ${isAllowed} ${rule?.action ?? 'default'} ${passedBy.length}`)
    expect(told).to.deep.equal(['8 false deny 0', '1 false default 1', '1 false default 0'])
  })

  it('leaves out a family that the rule is not for', () => {
    const [rule] = stage('next', 'deny any').rules as [ChainRule]
    expect(allowedText({name: '', otherwise: 'next', rules: [{...rule, families: [4]}]})).to.equal('::/0')
  })
})

/** The slow evaluator: one address at a time, block by block. */
function isAllowed(chain: readonly ModelStage[], ip: Ip, atom: Atom): boolean {
  stages: for (const {lines, otherwise} of chain) {
    for (const {action, blocks, port} of lines) {
      if (port !== null && !(atom.protocol === 'TCP' && atom.first <= port && port <= atom.last)) continue
      if (blocks !== null && !blocks.some(block => isIn(ip, block))) continue
      if (action === 'pass') continue stages
      return action === 'allow'
    }
    if (otherwise !== 'next') return otherwise === 'allow'
  }
  return true
}

interface ModelLine {
  action: ChainRule['action']
  /** Null: any. */
  blocks: readonly Cidr[] | null
  port: number | null
}
interface ModelStage {
  lines: readonly ModelLine[]
  otherwise: ChainStage['otherwise']
}

/** Blocks in one corner of each family, so that they meet, and now and then the whole of it. */
const block = fc.tuple(fc.constantFrom<Family>(4, 6), fc.nat(63), fc.nat(9)).map(([family, offset, host]) => {
  const base = family === 4 ? 0x0a00_0000n : 0xfd00n << 112n
  return cidrOf(family, base + BigInt(offset), host >= 8 ? 0 : BITS[family] - host)
})
const line: fc.Arbitrary<ModelLine> = fc.record({
  action: fc.constantFrom('allow', 'deny', 'pass'), blocks: fc.option(fc.array(block, {minLength: 1, maxLength: 3}), {freq: 6}), port: fc.option(fc.constantFrom(80, 443), {freq: 2}),
})
const chain: fc.Arbitrary<ModelStage[]> = fc.array(fc.record({lines: fc.array(line, {maxLength: 5}), otherwise: fc.constantFrom('allow', 'deny', 'next', 'next')}), {maxLength: 4})

function stagesOf(model: readonly ModelStage[]): ChainStage[] {
  return model.map(({lines, otherwise}, at) => ({
    name: `stage ${at}`, otherwise,
    rules: lines.map(({action, blocks, port}, index): ChainRule => ({
      action, addresses: blocks === null ? 'any' : setOf(blocks), families: FAMILIES, ports: port === null ? 'all' : [{protocol: 'TCP', first: port, last: port}],
      policy: {apiVersion: 'x/v1', kind: 'Policy', namespace: '', name: `p${at}`}, entries: (blocks ?? []).map(({text}) => ({path: `[${index}]`, text})),
    })),
  }))
}

/** Both sides of every edge of every block. */
function edgesOf(model: readonly ModelStage[]): Ip[] {
  const blocks = model.flatMap(({lines}) => lines.flatMap(({blocks: own}) => own ?? []))
  const values = FAMILIES.flatMap(family => {
    const own = blocks.filter(one => one.family === family)
    const last = (1n << BigInt(BITS[family])) - 1n
    const edges = [0n, last, ...own.flatMap(one => [one.first - 1n, one.first, one.last, one.last + 1n])]
    return [...new Set(edges)].filter(value => value >= 0n && value <= last).map(value => ipOf(family, value))
  })
  return values
}

describe('a chain of rules', () => {
  it('agrees with the evaluator of single addresses at the edges of all blocks', () => {
    let samples = 0
    fc.assert(fc.property(chain, model => {
      const stages = stagesOf(model)
      for (const atom of atomsOf([...stages.flatMap(({rules}) => rules.map(({ports}) => ports)), 'all'], NO_NAMES)) {
        const allowed = runChain(stages, atom)
        for (const ip of edgesOf(model)) {
          samples++
          expect(contains(allowed, ip), `${ip.text} ${atom.first}-${atom.last}`).to.equal(isAllowed(model, ip, atom))
        }
      }
    }), {numRuns: 400})
    expect(samples).to.be.above(10_000)
  })

  it('decides every address once', () => fc.assert(fc.property(chain, model => {
    const decisions = decisionsOf(stagesOf(model), WEB)
    for (const ip of edgesOf(model)) expect(decisions.filter(({set}) => contains(set, ip)).length, ip.text).to.equal(1)
    expect(unionOf(decisions.map(({set}) => set))).to.deep.equal(EVERYTHING)
  }), {numRuns: RUNS}))

  const spaces = [spaceIn('global'), spaceIn('ula'), spaceIn('v4')]
  const gapsOf = (stages: readonly ChainStage[], space = spaces[0]!): string[] => chainGaps(stages, NO_NAMES, space)!.map(({gap}) => gap.class)

  it('has no S3 where all that is denied is denied in both families, and nothing else is decided', () => fc.assert(fc.property(chain, fc.constantFrom(...spaces), (model, space) => {
    const stages = stagesOf(model)
    const closed: ChainStage = {name: 'closing', otherwise: 'next', rules: stage('next', 'deny 0.0.0.0/0', 'deny ::/0').rules}
    // In front of the others a closing denial is all that is left; behind stages that let nothing in, too.
    expect(gapsOf([closed, ...stages], space)).to.not.include('S3')
    const undecided = stages.map(one => ({...one, otherwise: 'next' as const, rules: one.rules.filter(({action}) => action !== 'allow')}))
    expect(gapsOf([...undecided, closed], space)).to.deep.equal([])
  }), {numRuns: RUNS}))

  it('has no gap where every rule is for any address', () => fc.assert(fc.property(chain, fc.constantFrom(...spaces), (model, space) => {
    const blind = model.map(one => ({...one, lines: one.lines.map(own => ({...own, blocks: null}))}))
    expect(gapsOf(stagesOf(blind), space)).to.deep.equal([])
  }), {numRuns: 100}))

  it('blames a rule for every gap, and never one that has no say on its ports', () => fc.assert(fc.property(chain, fc.constantFrom(...spaces), (model, space) => {
    for (const {rules, atoms} of chainGaps(stagesOf(model), NO_NAMES, space)!) {
      expect(rules).to.not.have.lengthOf(0)
      for (const {ports} of rules) expect(ports === 'all' || atoms.some(({first, protocol}) => ports.some(match => 'first' in match && protocol === match.protocol && match.first <= first && first <= match.last))).to.equal(true)
    }
  }), {numRuns: RUNS}))
})
