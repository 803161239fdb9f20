import type {Random} from '../../differential/random.js'
import type {SlowFamily, SlowPod, SlowPolicy, SlowPort} from './slow-evaluator.js'

/** Blocks with exceptions strictly inside, as the API server wants them; those that people write, and borders of every class. */
const BLOCKS: Readonly<Record<SlowFamily, readonly (readonly [cidr: string, ...except: string[]])[]>> = {
  4: [
    ['0.0.0.0/0', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '169.254.169.254/32', '169.254.170.23/32', '8.8.8.8/32', '10.244.0.0/16', '10.96.0.0/12', '192.168.10.0/24', '0.0.0.0/1', '128.0.0.0/1', '224.0.0.0/4', '100.64.0.0/10'],
    ['0.0.0.0/1', '10.0.0.0/8', '8.0.0.0/9'], ['128.0.0.0/1', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
    ['10.0.0.0/8', '10.244.0.0/16', '10.96.0.0/12', '10.244.3.0/24'], ['10.244.0.0/16', '10.244.1.0/24'], ['10.96.0.10/32'], ['192.168.10.0/24', '192.168.10.7/32'],
    ['8.8.8.8/32'], ['203.0.113.0/24'], ['169.254.169.254/32'], ['169.254.0.0/16'], ['127.0.0.0/8'], ['52.0.0.0/6', '54.0.0.0/8'],
  ],
  6: [
    ['::/0', 'fc00::/7', 'fd00::/8', 'fe80::/10', 'fd00:ec2::254/128', 'fd00:ec2::23/128', '2600:1f13:aa::/64', '2600:1f13:bb::/64', 'fd10:244::/56', 'fd20:1::/64', 'fd12:3456::/108', '2001:4860::/32', '::/1', '8000::/1', 'ff00::/8', '2000::/3'],
    ['2000::/3', '2600:1f13:aa::/64', '2600:1f13::/32'], ['::/1', '2000::/4'], ['8000::/1', 'fc00::/7'],
    ['fc00::/7', 'fd10:244::/56', 'fd00:ec2::254/128'], ['fd00::/8', 'fd12:3456::/108'], ['2600:1f13:aa::/64', '2600:1f13:aa::7/128'], ['2600:1f13::/32'],
    ['2001:4860:4860::/48'], ['2001:db8:9::/48'], ['fd00:ec2::254/128'], ['fe80::/10'], ['::1/128'], ['64:ff9b::/96'],
  ],
}

const PORTS: readonly SlowPort[] = [
  {port: 443}, {protocol: 'TCP', port: 443}, {protocol: 'UDP', port: 53}, {protocol: 'TCP'}, {protocol: 'SCTP', port: 7}, {port: 8000, endPort: 9000}, {port: 8080}, {port: 'web'}, {port: 'none'}, {protocol: 'UDP', port: 'web'}, {port: 1, endPort: 65_535},
]

const LABELS: readonly Readonly<Record<string, string>>[] = [{app: 'web'}, {app: 'db'}, {app: 'web', tier: 'front'}, {}]

export interface PolicyOptions {
  families: readonly SlowFamily[]
  /** Peers by selector, which no address outside of the cluster is. */
  hasSelectors: boolean
}

export function randomPolicies(random: Random, options: PolicyOptions): SlowPolicy[] {
  return Array.from({length: random.below(5)}, (_, index) => randomPolicy(random, index, options))
}

function randomPolicy(random: Random, index: number, options: PolicyOptions): SlowPolicy {
  const rules = <T>(make: () => T): T[] => Array.from({length: random.below(4)}, make)
  const ingress = random.chance(0.4)
  const egress = !ingress || random.chance(0.5)
  return {
    metadata: {namespace: 'shop', name: `policy-${index}`},
    spec: {
      podSelector: random.chance(0.5) ? {} : {matchLabels: random.pick(LABELS)},
      policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])],
      ...(ingress ? {ingress: rules(() => ({...partOf(random, 'from', () => randomPeers(random, options)), ...randomPorts(random)}))} : {}),
      ...(egress ? {egress: rules(() => ({...partOf(random, 'to', () => randomPeers(random, options)), ...randomPorts(random)}))} : {}),
    },
  } as SlowPolicy
}

function partOf(random: Random, name: string, make: () => object[]): object {
  return random.chance(0.08) ? {} : {[name]: make()}
}

function randomPeers(random: Random, {families, hasSelectors}: PolicyOptions): object[] {
  return Array.from({length: 1 + random.below(4)}, () => {
    if (hasSelectors && random.chance(0.15)) return {podSelector: {matchLabels: {app: 'db'}}}
    const [cidr, ...inside] = random.pick(BLOCKS[random.pick(families)])
    const except = inside.filter(() => random.chance(0.3))
    return {ipBlock: {cidr, ...(except.length === 0 ? {} : {except})}}
  })
}

function randomPorts(random: Random): object {
  if (random.chance(0.6)) return {}
  return {ports: Array.from({length: 1 + random.below(3)}, () => random.pick(PORTS))}
}

export function randomPod(random: Random, families: readonly SlowFamily[]): SlowPod {
  return {namespace: 'shop', labels: random.pick(LABELS), families, named: random.chance(0.5) ? {'TCP/web': 8080} : {}}
}

/** The first, the last, and what lies just outside of every block of one family: where a verdict may change. */
export function bordersOf(family: SlowFamily): string[] {
  return BLOCKS[family].flatMap(blocks => blocks)
}
