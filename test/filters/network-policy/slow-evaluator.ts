/**
 * A second reading of the rules on NetworkPolicy, for tests alone: it shares no
 * code with the first, has no intervals and no sets. Each family is cut into
 * cells at every border that any block has; one address of each cell is asked,
 * bit by bit, port by port.
 */
export type SlowFamily = 4 | 6

export interface SlowRanges {
  pod: readonly string[]
  service: readonly string[]
  node: readonly string[]
  provider: string | null
}

export interface SlowPod {
  namespace: string
  labels: Readonly<Record<string, string>>
  families: readonly SlowFamily[]
  /** `TCP/web` → 8080 */
  named: Readonly<Record<string, number>>
}

export interface SlowPort {
  protocol?: string
  port?: number | string
  endPort?: number
}

interface SlowPeer {
  ipBlock?: {cidr: string; except?: readonly string[]}
}

export interface SlowPolicy {
  metadata: {namespace: string; name: string}
  spec: {
    podSelector: {matchLabels?: Readonly<Record<string, string>>}
    policyTypes?: readonly string[]
    ingress?: readonly {from?: readonly SlowPeer[]; ports?: readonly SlowPort[]}[]
    egress?: readonly {to?: readonly SlowPeer[]; ports?: readonly SlowPort[]}[]
  }
}

interface Address {
  family: SlowFamily
  bits: string
}

interface Block extends Address {
  length: number
}

const WIDTH: Record<SlowFamily, number> = {4: 32, 6: 128}

const CLASSES: readonly (readonly [name: string, ...blocks: string[]])[] = [
  ['loopback', '127.0.0.0/8', '::1/128'],
  ['link-local', '169.254.0.0/16', 'fe80::/10'],
  ['multicast', '224.0.0.0/4', 'ff00::/8'],
  ['private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  ['shared', '100.64.0.0/10'],
  [
    'special', '0.0.0.0/8', '192.0.0.0/24', '192.0.2.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4',
    '::/128', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', 'fec0::/10',
  ],
  ['public', '0.0.0.0/0', '2000::/3'],
]

/** Endpoints with a twin; the others are metadata all the same, and compared with nothing. */
const PAIRS: readonly {provider: string; name: string; 4: string; 6: string}[] = [
  {provider: 'aws', name: 'imds', 4: '169.254.169.254', 6: 'fd00:ec2::254'},
  {provider: 'aws', name: 'pod-identity', 4: '169.254.170.23', 6: 'fd00:ec2::23'},
  {provider: 'gce', name: 'gce', 4: '169.254.169.254', 6: 'fd20:ce::254'},
  {provider: 'openstack', name: 'openstack', 4: '169.254.169.254', 6: 'fe80::a9fe:a9fe'},
  {provider: 'scaleway', name: 'scaleway', 4: '169.254.42.42', 6: 'fd00:42::42'},
]

export function pairsOf(provider: string | null): typeof PAIRS {
  return provider === null ? PAIRS.slice(0, 1) : PAIRS.filter(pair => pair.provider === provider)
}

/** `S1 6 metadata`, `A1 6`: class, the family that is open (S) or blocked (A), and of S1 what was lost. */
export type SlowGap = string

/** What is wrong for this pod in one direction, over all ports. */
export function slowGaps(policies: readonly SlowPolicy[], pod: SlowPod, isIngress: boolean, ranges: SlowRanges): {active: SlowGap[]; latent: SlowGap[]} {
  const rules = rulesFor(policies, pod, isIngress)
  if (rules === null) return {active: [], latent: []}
  const cells = cellsOf([...rules.flatMap(({blocks}) => blocks ?? []).flatMap(({block, except}) => [block, ...except]), ...classBlocks(ranges)])
  // A port's name in an egress rule is one of the pod at the other end, and a block has no pods.
  const named = isIngress ? pod.named : {}
  const atoms = portsToAsk(rules, named, isIngress)
  const perAtom = atoms.map(atom => {
    const open = rules.filter(rule => rule.ports === null || rule.ports.some(port => isOnPort(port, atom, named)))
    if (open.some(({blocks}) => blocks === null)) return null
    const blocks = open.flatMap(rule => rule.blocks ?? [])
    const within = (some: typeof blocks): Cell[] => cells.filter(cell => some.some(one => isInside(cell.at, one.block) && !one.except.some(except => isInside(cell.at, except))))
    return {allowed: within(blocks), missed: within(blocks.filter(({block}) => !isNoLoss(block, ranges)))}
  })
  const hasV4 = perAtom.some(one => one?.allowed.some(({at}) => at.family === 4))
  const found = {active: new Set<SlowGap>(), latent: new Set<SlowGap>()}
  for (const one of perAtom) {
    if (one === null) continue
    for (const {gap, family} of gapsOfAtom(one, cells, {ranges, pod, isIngress, hasV4})) {
      if (pod.families.includes(family)) found.active.add(gap)
      else if (family === 6) found.latent.add(gap)
    }
  }
  return {active: [...found.active].toSorted(), latent: [...found.latent].filter(gap => !found.active.has(gap)).toSorted()}
}

interface Cell {
  at: Address
  size: bigint
}

interface SlowRule {
  /** Null: every address. */
  blocks: {block: Block; except: Block[]}[] | null
  /** Null: every port. */
  ports: readonly SlowPort[] | null
}

/** Null: no policy isolates the pod. */
function rulesFor(policies: readonly SlowPolicy[], pod: SlowPod, isIngress: boolean): SlowRule[] | null {
  const selecting = policies.filter(({metadata, spec}) => {
    const types = spec.policyTypes ?? (spec.egress !== undefined && spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'])
    return metadata.namespace === pod.namespace && types.includes(isIngress ? 'Ingress' : 'Egress') && Object.entries(spec.podSelector.matchLabels ?? {}).every(([key, value]) => pod.labels[key] === value)
  })
  if (selecting.length === 0) return null
  return selecting.flatMap(({spec}) => {
    const list = isIngress ? (spec.ingress ?? []).map(({from, ports}) => ({peers: from, ports})) : (spec.egress ?? []).map(({to, ports}) => ({peers: to, ports}))
    return list.map(({peers, ports}): SlowRule => ({
      blocks: peers === undefined || peers.length === 0 ? null : peers.flatMap(({ipBlock}) => (ipBlock === undefined ? [] : [{block: blockOf(ipBlock.cidr), except: (ipBlock.except ?? []).map(blockOf)}])),
      ports: ports === undefined || ports.length === 0 ? null : ports,
    }))
  })
}

interface SlowAtom {
  protocol: string
  port: number
  /** A name that the pod does not have. */
  name: string | null
}

type Named = SlowPod['named']

function portsToAsk(rules: readonly SlowRule[], named: Named, isIngress: boolean): SlowAtom[] {
  const all = rules.flatMap(({ports}) => ports ?? [])
  return ['TCP', 'UDP', 'SCTP'].flatMap(protocol => {
    const own = all.filter(port => (port.protocol ?? 'TCP') === protocol)
    const borders = new Set([1])
    const names = new Set<string>()
    for (const {port, endPort} of own) {
      const number = typeof port === 'string' ? named[`${protocol}/${port}`] : port
      // The pod itself has the port, or nobody reaches it by that name.
      if (typeof port === 'string' && number === undefined && !isIngress) names.add(port)
      if (number === undefined) continue
      borders.add(number)
      if ((endPort ?? number) < 65_535) borders.add((endPort ?? number) + 1)
    }
    return [...[...borders].map(port => ({protocol, port, name: null})), ...[...names].map(name => ({protocol, port: 0, name}))]
  })
}

function isOnPort({protocol = 'TCP', port, endPort}: SlowPort, atom: SlowAtom, named: Named): boolean {
  if (protocol !== atom.protocol) return false
  if (port === undefined) return true
  // Whatever number a name stands for, it is one of all.
  if (atom.name !== null) return port === atom.name || port === 1 && endPort === 65_535
  const number = typeof port === 'string' ? named[`${protocol}/${port}`] : port
  return number !== undefined && atom.port >= number && atom.port <= (endPort ?? number)
}

interface AtomContext {
  ranges: SlowRanges
  pod: SlowPod
  isIngress: boolean
  hasV4: boolean
}

type FoundGap = {gap: SlowGap; family: SlowFamily}

const OTHER: Record<SlowFamily, SlowFamily> = {4: 6, 6: 4}

function gapsOfAtom({allowed, missed}: {allowed: readonly Cell[]; missed: readonly Cell[]}, cells: readonly Cell[], {ranges, pod, isIngress, hasV4}: AtomContext): FoundGap[] {
  const share = (name: string, family: SlowFamily): string => band(cells.filter(({at}) => at.family === family && classOf(at, ranges) === name), allowed)
  const isBroad = (family: SlowFamily): boolean => ['most', 'all'].includes(share('public', family))
  const isWider = ['none', 'some'].includes(share('public', 4)) && isBroad(6) && (hasV4 || pod.families.includes(4))
  const gaps: FoundGap[] = isWider ? [{gap: 'S2 6', family: 6}] : carveOuts(allowed, {share, isBroad, ranges, isIngress})
  for (const blocked of [4, 6] as const) {
    const hidden = isWider && pod.families.includes(6)
    if (missed.some(({at}) => at.family === OTHER[blocked]) && !allowed.some(({at}) => at.family === blocked) && !hidden) gaps.push({gap: `A1 ${blocked}`, family: blocked})
  }
  if (isBroad(4) && allowed.some(({at}) => at.family === 6) && !isBroad(6)) gaps.push({gap: 'A2 6', family: 6})
  return gaps
}

function carveOuts(allowed: readonly Cell[], {share, isBroad, ranges, isIngress}: {share(name: string, family: SlowFamily): string; isBroad(family: SlowFamily): boolean; ranges: SlowRanges; isIngress: boolean}): FoundGap[] {
  const gaps: FoundGap[] = []
  for (const narrow of [4, 6] as const) {
    const open = OTHER[narrow]
    // Neither metadata endpoints nor addresses of Services open connections.
    for (const pair of isIngress ? [] : pairsOf(ranges.provider)) {
      const holds = (family: SlowFamily): boolean => allowed.some(({at}) => at.family === family && at.bits === addressOf(pair[family]).bits)
      if (isBroad(narrow) && !holds(narrow) && holds(open) && isForItself(addressOf(pair[narrow]), allowed)) gaps.push({gap: `S1 ${open} metadata`, family: open})
    }
    for (const name of ['pod', ...(isIngress ? [] : ['service']), 'node', 'private', 'link-local']) {
      // Of the wide classes a sliver is no carve-out.
      const isWide = name === 'private' || name === 'link-local'
      const theirs = isWide && share(name, narrow) === 'most' ? 'all' : share(name, narrow)
      const ours = share(name, open)
      if (theirs === 'n/a' || ours === 'n/a' || !isBroad(4) || !isBroad(6)) continue
      if (theirs !== 'all' && ours === 'all' || theirs === 'none' && ['some', 'most'].includes(ours)) gaps.push({gap: `S1 ${open} ${name}`, family: open})
    }
  }
  if (share('public', 4) === 'most' && share('public', 6) === 'all') gaps.push({gap: 'S1 6 public', family: 6})
  return gaps
}

/** Where all of fd00::/24 or so is closed, private addresses were meant. */
function isForItself(at: Address, allowed: readonly Cell[]): boolean {
  if (!isInside(at, blockOf('fc00::/7'))) return true
  return allowed.some(cell => cell.at.family === 6 && (isInside(cell.at, {...at, length: 24}) || isBefore(cell, at)))
}

/** Does a cell that begins outside of the /24 reach into it? */
function isBefore({at: {bits}, size}: Cell, {bits: inside}: Address): boolean {
  const first = BigInt(`0b${inside.slice(0, 24).padEnd(128, '0')}`)
  const from = BigInt(`0b${bits}`)
  return from <= first && from + size > first
}

/** Blocks of which nobody misses a twin. */
function isNoLoss(block: Block, {provider}: SlowRanges): boolean {
  const isPoint = (text: string): boolean => isInside(addressOf(text), block) && block.length === WIDTH[block.family]
  const hasTwin = provider !== null && pairsOf(provider).some(pair => isPoint(pair[block.family]))
  if (Object.values(METADATA).flat().some(isPoint)) return !hasTwin
  return CLASSES.filter(([name]) => ['loopback', 'link-local', 'multicast'].includes(name)).some(([, ...blocks]) => blocks.map(blockOf).some(wide => wide.length <= block.length && isInside(block, wide)))
}

function band(all: readonly Cell[], allowed: readonly Cell[]): string {
  const total = all.reduce((sum, {size}) => sum + size, 0n)
  if (total === 0n) return 'n/a'
  const inside = all.filter(cell => allowed.includes(cell)).reduce((sum, {size}) => sum + size, 0n)
  if (inside === 0n) return 'none'
  if (inside === total) return 'all'
  return (total - inside) * 256n <= total ? 'most' : 'some'
}

/** What answers at each cloud; of an unknown one, what is most often there. */
const METADATA: Readonly<Record<string, readonly string[]>> = {
  aws: ['169.254.169.254', 'fd00:ec2::254', '169.254.170.23', 'fd00:ec2::23', '169.254.170.2'],
  gce: ['169.254.169.254', 'fd20:ce::254', '169.254.169.252'],
  openstack: ['169.254.169.254', 'fe80::a9fe:a9fe'],
  scaleway: ['169.254.42.42', 'fd00:42::42'],
  azure: ['169.254.169.254', '168.63.129.16'],
  alicloud: ['100.100.100.200'],
  '': ['169.254.169.254', 'fd00:ec2::254'],
}

function classOf(at: Address, ranges: SlowRanges): string {
  if (METADATA[ranges.provider ?? '']!.some(text => isInside(at, blockOf(pointText(text))))) return 'metadata'
  for (const name of ['pod', 'service', 'node'] as const) if (ranges[name].some(text => isInside(at, blockOf(text)))) return name
  return CLASSES.find(([, ...blocks]) => blocks.some(text => isInside(at, blockOf(text))))?.[0] ?? 'nothing'
}

function classBlocks(ranges: SlowRanges): Block[] {
  const texts = [...METADATA[ranges.provider ?? '']!.map(pointText), ...ranges.pod, ...ranges.service, ...ranges.node, ...CLASSES.flatMap(([, ...blocks]) => blocks)]
  return texts.map(blockOf)
}

function pointText(text: string): string {
  return `${text}/${text.includes(':') ? 128 : 32}`
}

/** The parts of each family that no border cuts. */
function cellsOf(blocks: readonly Block[]): Cell[] {
  return ([4, 6] as const).flatMap(family => {
    const width = WIDTH[family]
    const end = 1n << BigInt(width)
    const borders = new Set([0n])
    for (const block of blocks.filter(one => one.family === family)) {
      const first = BigInt(`0b${block.bits.slice(0, block.length).padEnd(width, '0')}`)
      borders.add(first)
      borders.add(first + (1n << BigInt(width - block.length)))
    }
    const sorted = [...borders].filter(at => at < end).toSorted((a, b) => (a < b ? -1 : 1))
    return sorted.map((first, index) => ({at: {family, bits: first.toString(2).padStart(width, '0')}, size: (sorted[index + 1] ?? end) - first}))
  })
}

function isInside(at: Address, block: Block): boolean {
  return at.family === block.family && at.bits.startsWith(block.bits.slice(0, block.length))
}

const BLOCKS = new Map<string, Block>()

function blockOf(text: string): Block {
  const known = BLOCKS.get(text)
  if (known !== undefined) return known
  const [address = '', length = ''] = text.split('/')
  const block = {...addressOf(address), length: Number(length)}
  BLOCKS.set(text, block)
  return block
}

/** Plain spellings alone: how odd ones are read is another test's business. */
export function addressOf(text: string): Address {
  if (!text.includes(':')) return {family: 4, bits: text.split('.').map(octet => Number(octet).toString(2).padStart(8, '0')).join('')}
  const [head = '', tail] = text.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':').flatMap(group => (group.includes('.') ? dotted(group) : [Number.parseInt(group, 16).toString(2).padStart(16, '0')])))
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)]
  return {family: 6, bits: [...before, ...Array<string>(8 - before.length - after.length).fill('0'.repeat(16)), ...after].join('')}
}

function dotted(text: string): string[] {
  const {bits} = addressOf(text)
  return [bits.slice(0, 16), bits.slice(16)]
}
