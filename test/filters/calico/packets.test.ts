import {expect} from 'chai'
import type {Applied} from '../../../src/filters/calico/applied.js'
import type {NetworkSet, Tier} from '../../../src/filters/calico/objects.js'
import {readPolicy} from '../../../src/filters/calico/read-policy.js'
import {stagesOf} from '../../../src/filters/calico/stages.js'
import {runChain} from '../../../src/filters/chain/chain.js'
import {atomsOf} from '../../../src/filters/ports.js'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import {parseCidr, pointOf} from '../../../src/network/cidr.js'
import {EMPTY, contains} from '../../../src/network/interval-set.js'
import {parseIp} from '../../../src/network/ip.js'
import type {Random} from '../../differential/random.js'
import {randomFrom} from '../../differential/random.js'

/** `K121_SEED=7 npx mocha …` tries other policies. */
const SEED = Number(process.env['K121_SEED'] ?? 1)

interface Rule {
  action: 'Allow' | 'Deny' | 'Pass' | 'Log'
  ipVersion?: 4 | 6
  protocol?: string
  source: {nets?: string[]}
  destination: {nets?: string[]; notNets?: string[]; ports?: (number | string)[]; selector?: string; notSelector?: string}
}

interface Policy {
  name: string
  tier: string
  order?: number
  rules: Rule[]
}

interface Packet {
  address: string
  protocol: string
  port: number
}

const V4 = ['10.0.0.0/8', '10.1.0.0/16', '169.254.169.254/32', '0.0.0.0/0', '192.168.0.0/16', '8.8.8.8']
const V6 = ['fd00::/8', 'fd10::/16', 'fd00:ec2::254/128', '::/0', '2001:4860::/32', '2001:4860:4860::8888']
const ADDRESSES = ['10.1.2.3', '10.9.9.9', '169.254.169.254', '192.168.1.1', '8.8.8.8', '1.1.1.1', 'fd10::1', 'fd00:ec2::254', 'fdff::1', '2001:4860:4860::8888', '2001:4860::1', '2600::1']
const SETS: Readonly<Record<string, readonly string[]>> = {four: ['10.0.0.0/8', '8.8.8.8/32'], six: ['fd00::/8'], both: ['192.168.0.0/16', '2001:4860::/32'], none: []}
const TIERS: Readonly<Record<string, Tier>> = {first: {order: 1, isPass: false}, second: {order: 2, isPass: true}, default: {order: 1_000_000, isPass: false}}

/** One packet at a time, as felix/rules renders rules for each family: nothing of it is shared with what is tested. */
function isLetOut(policies: readonly Policy[], packet: Packet): boolean {
  const isV6 = packet.address.includes(':')
  const ofFamily = (nets: readonly string[] = []): string[] => nets.filter(net => net.includes(':') === isV6)
  const isForgotten = (nets: readonly string[] = []): boolean => nets.length > 0 && ofFamily(nets).length === 0
  const isIn = (nets: readonly string[] = []): boolean => ofFamily(nets).some(net => holds(net, packet.address))
  const isHeld = ({ipVersion, protocol, source, destination: {nets, notNets, ports, selector, notSelector}}: Rule): boolean => {
    if (ipVersion !== undefined && (ipVersion === 6) !== isV6) return false
    if ([source.nets, nets, notNets].some(isForgotten)) return false
    if (protocol !== undefined && protocol !== packet.protocol) return false
    if (ports !== undefined && !ports.some(port => isPort(port, packet.port))) return false
    if (nets !== undefined && !isIn(nets)) return false
    if (isIn(notNets)) return false
    if (selector !== undefined && !isIn(SETS[selector.slice(4, -1)])) return false
    return notSelector === undefined || !isIn(SETS[notSelector.slice(4, -1)])
  }
  for (const tier of ['first', 'second', 'default']) {
    const own = policies.filter(one => one.tier === tier).toSorted((a, b) => (a.order ?? 9e9) - (b.order ?? 9e9) || (a.name < b.name ? -1 : 1))
    const verdict = own.flatMap(({rules}) => rules).find(rule => rule.action !== 'Log' && isHeld(rule))?.action
    if (verdict === 'Allow') return true
    if (verdict === 'Deny' || (verdict === undefined && own.length > 0 && tier !== 'second')) return false
  }
  return true
}

function isPort(port: number | string, wanted: number): boolean {
  const [first = 0, last = first] = String(port).split(':').map(Number)
  return first <= wanted && wanted <= last
}

/** Bit by bit. */
function holds(net: string, address: string): boolean {
  const [base = '', length] = net.split('/')
  const bits = bitsOf(base)
  const count = length === undefined ? bits.length : Number(length)
  return bitsOf(address).slice(0, count) === bits.slice(0, count)
}

function bitsOf(address: string): string {
  if (!address.includes(':')) return address.split('.').map(octet => Number(octet).toString(2).padStart(8, '0')).join('')
  const [head = '', tail = ''] = address.split('::')
  const [before, after] = [head, tail].map(part => (part === '' ? [] : part.split(':'))) as [string[], string[]]
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return groups.map(group => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')
}

function some(random: Random, from: readonly string[]): string[] {
  return Array.from({length: 1 + random.below(2)}, () => random.pick(from))
}

function anyRule(random: Random): Rule {
  const nets = (): string[] => some(random, random.pick([V4, V6, [...V4, ...V6]]))
  const destination: Rule['destination'] = {}
  if (random.chance(0.6)) destination.nets = nets()
  if (random.chance(0.2)) destination.notNets = nets().filter(net => !net.endsWith('/0'))
  if (destination.notNets?.length === 0) delete destination.notNets
  const asked = random.pick(['selector', 'notSelector', '', '', '', ''] as const)
  if (asked !== '') destination[asked] = `has(${random.pick(Object.keys(SETS))})`
  const hasPorts = random.chance(0.3)
  if (hasPorts) destination.ports = [random.pick([80, 443, '100:200', '8000:9000'])]
  return {
    action: random.pick(['Allow', 'Deny', 'Pass', 'Log', 'Deny', 'Allow']), source: {}, destination,
    ...(random.chance(0.1) ? {ipVersion: random.pick([4, 6] as const)} : {}),
    ...(hasPorts || random.chance(0.1) ? {protocol: random.pick(['TCP', 'UDP'])} : {}),
  }
}

function anyPolicies(random: Random): Policy[] {
  return Array.from({length: 1 + random.below(4)}, (_, index) => ({
    name: `p${index}`, tier: random.pick(Object.keys(TIERS)), ...(random.chance(0.7) ? {order: random.below(3)} : {}),
    rules: Array.from({length: 1 + random.below(4)}, () => anyRule(random)),
  }))
}

function asObject({name, tier, order, rules}: Policy): KubeObject {
  return {apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: {name}, spec: {tier, types: ['Egress'], ...(order === undefined ? {} : {order}), egress: rules as unknown as JsonObject[]}}
}

const NETWORK_SETS: readonly NetworkSet[] = Object.entries(SETS).map(([name, nets]) => ({
  words: name, lookup: label => (label === name ? '' : undefined),
  nets: nets.map(text => ({path: '', text, cidr: parseCidr(text) ?? pointOf(parseIp(text)!)})),
}))

describe('calico policies, packet by packet', () => {
  it('let out what a slow evaluator of single packets lets out', () => {
    const random = randomFrom(SEED)
    let letOut = 0
    let count = 0
    for (let round = 0; round < 1500; round++) {
      const policies = anyPolicies(random)
      const applied = policies.map((one): Applied => {
        const policy = readPolicy(asObject(one))
        return {kind: 'calico', policy, ingress: policy.ingress, egress: policy.egress}
      })
      const chain = stagesOf(applied, 'egress', {tiers: new Map(Object.entries(TIERS)), sets: NETWORK_SETS, isEverySetKnown: true, pods: EMPTY})
      expect([chain.unknown, chain.uncompared]).to.deep.equal(['', []])
      const atoms = atomsOf([...chain.stages.flatMap(({rules}) => rules.map(({ports}) => ports)), 'all'], new Map())
      for (let at = 0; at < 8; at++) {
        const packet = {address: random.pick(ADDRESSES), protocol: random.pick(['TCP', 'UDP', 'SCTP']), port: random.pick([1, 80, 150, 443, 8500, 65_535])}
        const atom = atoms.find(({protocol, first, last}) => protocol === packet.protocol && first <= packet.port && packet.port <= last)!
        const isOut = contains(runChain(chain.stages, atom), parseIp(packet.address)!)
        const wanted = isLetOut(policies, packet)
        expect(isOut, `seed ${SEED}: ${JSON.stringify(packet)} under ${JSON.stringify(policies)}`).to.equal(wanted)
        count++
        if (wanted) letOut++
      }
    }
    expect(letOut).to.be.within(count / 10, count * 9 / 10)
  }).timeout(60_000)
})
