import {expect} from 'chai'
import {policiesOf} from '../../../src/filters/antrea/applied.js'
import {antreaObjects} from '../../../src/filters/antrea/objects.js'
import {stagesOf} from '../../../src/filters/antrea/stages.js'
import {runChain} from '../../../src/filters/chain/chain.js'
import {networkPolicyReader} from '../../../src/filters/network-policy/policies.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {isIn, parseCidr} from '../../../src/network/cidr.js'
import {contains} from '../../../src/network/interval-set.js'
import type {Ip} from '../../../src/network/ip.js'
import {parseIp} from '../../../src/network/ip.js'
import type {Random} from '../../differential/random.js'
import {randomFrom} from '../../differential/random.js'
import {object} from '../../support/declared-facts.js'
import {runChecks} from '../../support/run-checks.js'

const BLOCKS = ['0.0.0.0/0', '::/0', '10.0.0.0/8', '10.1.0.0/16', '169.254.169.254/32', 'fd00::/8', 'fd00:1::/32', '2600::/16']
const INSIDE: Readonly<Record<string, string>> = {'0.0.0.0/0': '10.0.0.0/8', '::/0': 'fd00::/8', '10.0.0.0/8': '10.1.0.0/16', 'fd00::/8': 'fd00:1::/32'}
const ADDRESSES = ['8.8.8.8', '10.0.0.1', '10.1.0.1', '169.254.169.254', '::1', 'fd00::1', 'fd00:1::1', '2600::1', '2a00::1'].map(text => parseIp(text)!)
const PORTS = [80, 443, 8080]
const GROUPS: Readonly<Record<string, Block[]>> = {metadata: [{cidr: '169.254.169.254/32'}], office: [{cidr: '10.0.0.0/8', except: ['10.1.0.0/16']}, {cidr: 'fd00::/8'}]}

interface Block {
  cidr: string
  except?: string[]
}
interface Rule {
  action: string
  to?: ({ipBlock: Block} | {group: string} | {podSelector: object})[]
  ports?: {protocol: string; port: number; endPort?: number}[]
}
interface Spec {
  tier: string
  priority: number
  appliedTo: {podSelector: {matchLabels: {app: string}}}[]
  egress: Rule[]
}

function randomBlock(random: Random): Block {
  const cidr = random.pick(BLOCKS)
  const inside = INSIDE[cidr]
  return inside !== undefined && random.chance(0.4) ? {cidr, except: [inside]} : {cidr}
}

function randomRule(random: Random): Rule {
  const peer = (): NonNullable<Rule['to']>[number] => random.pick([() => ({ipBlock: randomBlock(random)}), () => ({ipBlock: randomBlock(random)}), () => ({group: random.pick(Object.keys(GROUPS))}), () => ({podSelector: {}})])()
  return {
    action: random.pick(['Allow', 'Drop', 'Reject', 'Pass']),
    ...(random.chance(0.15) ? {} : {to: Array.from({length: 1 + random.below(2)}, peer)}),
    ...(random.chance(0.4) ? {ports: [random.pick([{protocol: 'TCP', port: 443}, {protocol: 'TCP', port: 80, endPort: 443}, {protocol: 'UDP', port: 443}])]} : {}),
  }
}

/** Priorities of their own: of two that are alike nobody knows the order. */
function randomSpecs(random: Random): Spec[] {
  return Array.from({length: 1 + random.below(4)}, (_, index) => ({
    tier: random.pick(['emergency', 'application', 'custom', 'baseline']), priority: index + 1,
    appliedTo: [{podSelector: {matchLabels: {app: random.pick(['web', 'web', 'web', 'db'])}}}], egress: Array.from({length: 1 + random.below(3)}, () => randomRule(random)),
  })).toSorted(() => (random.chance(0.5) ? 1 : -1))
}

const TIERS: Readonly<Record<string, number>> = {emergency: 50, custom: 210, application: 250, baseline: 253}
const isInBlock = (ip: Ip, {cidr, except = []}: Block): boolean => isIn(ip, parseCidr(cidr)!) && !except.some(text => isIn(ip, parseCidr(text)!))

function matches({to, ports}: Rule, ip: Ip, port: number): boolean {
  const isTo = to === undefined || to.some(peer => ('ipBlock' in peer ? isInBlock(ip, peer.ipBlock) : 'group' in peer && GROUPS[peer.group]!.some(block => isInBlock(ip, block))))
  return isTo && (ports === undefined || ports.some(one => one.protocol === 'TCP' && port >= one.port && port <= (one.endPort ?? one.port)))
}

/** https://antrea.io/docs/main/docs/antrea-network-policy/: by tier, policy and rule the first decides; Pass hands on to NetworkPolicies, and where none isolates the pod to the baseline. */
function isAllowed(specs: readonly Spec[], network: readonly Block[] | null, ip: Ip, port: number): boolean {
  const decide = (isMeant: (tier: string) => boolean): string | undefined => specs.filter(({tier, appliedTo: [target]}) => isMeant(tier) && target!.podSelector.matchLabels.app === 'web')
    .toSorted((a, b) => TIERS[a.tier]! - TIERS[b.tier]! || a.priority - b.priority).flatMap(({egress}) => egress).find(rule => matches(rule, ip, port))?.action
  const first = decide(tier => tier !== 'baseline')
  if (first !== undefined && first !== 'Pass') return first === 'Allow'
  if (network !== null) return network.some(block => isInBlock(ip, block))
  return !['Drop', 'Reject'].includes(decide(tier => tier === 'baseline') ?? '')
}

describe('Antrea\'s policies as a chain', () => {
  it('lets through what a reader of one address and one port lets through', async () => {
    const random = randomFrom(13)
    const seen = {allowed: 0, refused: 0}
    for (let round = 0; round < 120; round++) {
      const specs = randomSpecs(random)
      const network = random.chance(0.4) ? Array.from({length: random.below(3)}, () => randomBlock(random)) : null
      const objects: KubeObject[] = [
        object('crd.antrea.io/v1beta1', 'Tier', 'custom', {spec: {priority: 210}}),
        ...Object.entries(GROUPS).map(([name, ipBlocks]) => object('crd.antrea.io/v1beta1', 'ClusterGroup', name, {spec: {ipBlocks}})),
        ...specs.map((spec, index) => object('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', `p${index}`, {spec})),
      ]
      const {fact} = await runChecks([], {objects}, [antreaObjects])
      const read = fact(antreaObjects)
      const own = network === null ? [] : [networkPolicyReader()(object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/np', {spec: {podSelector: {}, policyTypes: ['Egress'], egress: [{to: network.length === 0 ? [{podSelector: {}}] : network.map(ipBlock => ({ipBlock}))}]}})).policy]
      const applied = policiesOf(read, new Map([['shop', own]]))({namespace: 'shop', name: 'p', labels: {app: 'web'}, serviceAccount: 'default', families: [4, 6], namedPorts: new Map()})
      const {stages, unknown} = stagesOf(applied, 'egress', read)
      expect(unknown).to.deep.equal([])
      // Without a policy of Antrea those of Kubernetes are another check's.
      if (stages.length === 0) continue
      for (const port of PORTS) {
        const set = runChain(stages, {protocol: 'TCP', first: port, last: port, name: null})
        for (const ip of ADDRESSES) {
          const expected = isAllowed(specs, network, ip, port)
          expect(contains(set, ip), `${ip.text}:${port} of ${JSON.stringify({specs, network})}`).to.equal(expected)
          seen[expected ? 'allowed' : 'refused']++
        }
      }
    }
    expect(seen.allowed > 300 && seen.refused > 300, JSON.stringify(seen)).to.equal(true)
  })
})
