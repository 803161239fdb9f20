import {expect} from 'chai'
import {ciliumPolicies} from '../../../src/filters/cilium/policies.js'
import type {CiliumPolicy} from '../../../src/filters/cilium/policies.js'
import {stagesOf} from '../../../src/filters/cilium/stages.js'
import type {CiliumReading} from '../../../src/filters/cilium/stages.js'
import {runChain} from '../../../src/filters/chain/chain.js'
import {networkPolicyReader} from '../../../src/filters/network-policy/policies.js'
import type {JsonObject} from '../../../src/kube/json.js'
import {isIn, parseCidr} from '../../../src/network/cidr.js'
import {contains} from '../../../src/network/interval-set.js'
import type {Ip} from '../../../src/network/ip.js'
import {parseIp} from '../../../src/network/ip.js'
import type {Random} from '../../differential/random.js'
import {randomFrom} from '../../differential/random.js'
import {factOf, object} from '../../support/declared-facts.js'

const GROUPS: Readonly<Record<string, string[]>> = {office: ['10.0.0.0/8', 'fd00:1::/32'], one: ['2001:db8::7'], none: []}
const MINORS = [14, 15, 18]

const BLOCKS = ['0.0.0.0/0', '::/0', '10.0.0.0/8', '10.1.0.0/16', '192.0.2.0/24', '192.0.2.7', 'fd00::/8', 'fd00:1::/32', '2001:db8::/32', '2001:db8::7']
const INSIDE: Readonly<Record<string, readonly string[]>> = {'0.0.0.0/0': ['10.0.0.0/8', '192.0.2.0/24'], '::/0': ['fd00::/8'], '10.0.0.0/8': ['10.1.0.0/16'], 'fd00::/8': ['fd00:1::/32']}
const ADDRESSES = ['8.8.8.8', '9.255.255.255', '10.0.0.0', '10.1.0.0', '10.1.255.255', '10.2.0.0', '192.0.2.7', '192.0.2.8', '::1', 'fcff::1', 'fd00::1', 'fd00:1::1', '2001:db8::7', '2001:db8::8', '2600::1'].map(text => parseIp(text)!)
const PORTS = [80, 443, 444, 8080]

/** One rule in words that the slow reader takes apart again: a family, or blocks, or nobody that an address could name. */
function randomRule(random: Random): JsonObject {
  const kind = random.pick(['all', 'CIDR', 'CIDRSet', 'Groups', 'Entities', 'Endpoints'] as const)
  const toPorts = random.pick<JsonObject>([{}, {}, {toPorts: [{ports: [{port: '443', protocol: 'TCP'}]}]}, {toPorts: [{ports: [{port: '80', endPort: 443, protocol: 'ANY'}]}]}, {toPorts: [{ports: [{port: '0', protocol: 'TCP'}]}]}, {toPorts: [{ports: [{port: '443', protocol: 'UDP'}]}]}])
  const some = (): string[] => Array.from({length: 1 + random.below(2)}, () => random.pick(BLOCKS))
  const peers: Record<typeof kind, () => JsonObject> = {
    all: () => ({}),
    CIDR: () => ({toCIDR: some()}),
    CIDRSet: () => ({toCIDRSet: some().filter(text => text.includes('/')).map(cidr => ({cidr, except: random.chance(0.5) ? (INSIDE[cidr] ?? []) : []}))}),
    Groups: () => ({toCIDRSet: [{cidrGroupRef: random.pick(Object.keys(GROUPS)), ...(random.chance(0.4) ? {except: ['10.1.0.0/16']} : {})}]}),
    Entities: () => ({toEntities: [random.pick(['world', 'all', 'world-ipv4', 'world-ipv6', 'cluster', 'host'])]}),
    Endpoints: () => ({toEndpoints: [{}]}),
  }
  return {...peers[kind](), ...toPorts}
}

function randomSpec(random: Random): JsonObject {
  const rules = (most: number): JsonObject[] => Array.from({length: random.below(most + 1)}, () => randomRule(random))
  const deny = random.pick<JsonObject>([{}, {}, {enableDefaultDeny: {egress: false}}, {enableDefaultDeny: {egress: true}}])
  return {endpointSelector: {}, egress: rules(2), egressDeny: rules(2), ...deny}
}

interface SlowRule {
  toCIDR?: string[]
  toCIDRSet?: {cidr?: string; cidrGroupRef?: string; except?: string[]}[]
  toEntities?: string[]
  toEndpoints?: object[]
  toPorts?: {ports: {port: string; endPort?: number; protocol: string}[]}[]
}

interface SlowSpec {
  egress: SlowRule[]
  egressDeny: SlowRule[]
  enableDefaultDeny?: {egress: boolean}
}

const isInBlock = (ip: Ip, text: string): boolean => (text.includes('/') ? isIn(ip, parseCidr(text)!) : parseIp(text)!.text === ip.text)

/** Before 1.15 either of them, written bare, was the world of both families. */
const isWorld = (text: string, minor: number): boolean => minor < 15 && (text === '0.0.0.0/0' || text === '::/0')

function isPeer({toCIDR, toCIDRSet, toEntities, toEndpoints}: SlowRule, ip: Ip, minor: number): boolean {
  if (toCIDR === undefined && toCIDRSet === undefined && toEntities === undefined && toEndpoints === undefined) return true
  if (toCIDR?.some(text => isWorld(text, minor) || isInBlock(ip, text))) return true
  const isInSet = ({cidr, cidrGroupRef, except = []}: NonNullable<SlowRule['toCIDRSet']>[number]): boolean => {
    const blocks = cidr === undefined ? GROUPS[cidrGroupRef ?? '']! : [cidr]
    return except.length === 0 && cidr !== undefined && isWorld(cidr, minor) || blocks.some(text => isInBlock(ip, text)) && !except.some(text => isInBlock(ip, text))
  }
  if (toCIDRSet?.some(isInSet)) return true
  return toEntities?.some(entity => ['world', 'all', `world-ipv${ip.family}`].includes(entity)) === true
}

function isOnPort({toPorts}: SlowRule, port: number): boolean {
  if (toPorts === undefined) return true
  return toPorts.some(({ports}) => ports.some(({port: first, endPort, protocol}) => protocol !== 'UDP' && (first === '0' || (port >= Number(first) && port <= (endPort ?? Number(first))))))
}

interface Around {
  minor: number
  isAlwaysDenied: boolean
  /** Blocks of a NetworkPolicy that selects the same pods; null: none does. */
  network: string[] | null
}

/** One address, one port of TCP, as the documentation of Cilium has it. */
function isAllowed(specs: readonly SlowSpec[], {minor, isAlwaysDenied, network}: Around, ip: Ip, port: number): boolean {
  const matches = (rule: SlowRule): boolean => isPeer(rule, ip, minor) && isOnPort(rule, port)
  if (specs.some(({egressDeny}) => egressDeny.some(matches))) return false
  if (specs.some(({egress}) => egress.some(matches)) || network?.some(text => isWorld(text, minor) || isInBlock(ip, text))) return true
  if (isAlwaysDenied || network !== null) return false
  return !specs.some(({egress, egressDeny, enableDefaultDeny}) => egress.length + egressDeny.length > 0 && (enableDefaultDeny?.egress ?? true))
}

describe('Cilium\'s policies as a chain', () => {
  it('lets through what a reader of one address and one port lets through', async () => {
    const random = randomFrom(11)
    let allowed = 0
    let refused = 0
    for (let round = 0; round < 300; round++) {
      const specs = Array.from({length: 1 + random.below(3)}, () => randomSpec(random))
      const around: Around = {minor: random.pick(MINORS), isAlwaysDenied: random.chance(0.1), network: random.chance(0.3) ? [random.pick(BLOCKS.filter(text => text.includes('/')))] : null}
      const groupObjects = Object.entries(GROUPS).map(([name, externalCIDRs]) => object('cilium.io/v2', 'CiliumCIDRGroup', name, {spec: {externalCIDRs}}))
      const {policies, groups} = await factOf(ciliumPolicies, {objects: [object('cilium.io/v2', 'CiliumNetworkPolicy', 'a/b', {specs}), ...groupObjects]})
      const kubernetes = around.network === null ? [] : [networkPolicyReader()(object('networking.k8s.io/v1', 'NetworkPolicy', 'a/np', {spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to: around.network.map(cidr => ({ipBlock: {cidr}}))}]}})).policy]
      const reading: CiliumReading = {groups, minor: around.minor, onlyFamily: null, isAlwaysDenied: around.isAlwaysDenied}
      const stages = stagesOf({cilium: policies as CiliumPolicy[], kubernetes}, 'egress', reading, new Map())
      if (stages === null) throw new Error('understood')
      for (const port of PORTS) {
        const set = runChain(stages, {protocol: 'TCP', first: port, last: port, name: null})
        for (const ip of ADDRESSES) {
          const expected = isAllowed(specs as unknown as SlowSpec[], around, ip, port)
          expect(contains(set, ip), `${ip.text}:${port} of ${JSON.stringify({specs, around})}`).to.equal(expected)
          if (expected) allowed++
          else refused++
        }
      }
    }
    expect([allowed > 3000, refused > 3000], `${allowed} allowed, ${refused} refused`).to.deep.equal([true, true])
  })
})
