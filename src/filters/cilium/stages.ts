import {isSelected} from '../../kube/label-selector.js'
import {shortList} from '../../kube/short-list.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, FAMILIES, ofFamily, setOf, subtract, union, unionOf} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import type {ChainRule, ChainStage} from '../chain/chain.js'
import {EVERYTHING} from '../chain/chain.js'
import type {Direction} from '../direction.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import {once, oncePer} from '../once.js'
import type {PortMatch, Ports} from '../ports.js'
import type {CidrGroup, CiliumPolicy} from './policies.js'
import type {CiliumBlock, CiliumGroupPeer, CiliumPeer, CiliumRule} from './rules.js'

/** What the meaning of a rule hangs on beside the rule. */
export interface CiliumReading {
  groups: readonly CidrGroup[]
  /** Oldest minor of the agents; null: not known, and then what holds since 1.15. */
  minor: number | null
  onlyFamily: Family | null
  /** `enable-policy: always`: default deny for every endpoint. */
  isAlwaysDenied: boolean
}

/** Policies that select one pod: Cilium's own, and those of Kubernetes, which it unites with them. */
export interface Selected {
  cilium: readonly CiliumPolicy[]
  kubernetes: readonly ReadNetworkPolicy[]
}

type WithNames = (ports: Ports) => Ports

/**
 * Whatever is denied stays denied; then whatever is allowed; the rest is refused
 * if one of the policies turns default deny on. Null: a rule is not understood.
 *
 * @param named ports that the pods give a name; of use on the way in alone, as
 *   on the way out it is the other end that names them
 */
export function stagesOf({cilium, kubernetes}: Selected, direction: Direction, reading: CiliumReading, named: ReadonlyMap<string, number>): ChainStage[] | null {
  const withNames: WithNames = ports => (direction === 'ingress' ? resolved(ports, named) : ports)
  const denies = cilium.flatMap(policy => rulesOf(policy, direction, 'deny', reading, withNames))
  const own = cilium.flatMap(policy => rulesOf(policy, direction, 'allow', reading, withNames))
  const others = kubernetes.flatMap(policy => kubernetesRules(policy, direction, reading, withNames))
  if ([...denies, ...own, ...others].includes(null)) return null
  const isDenied = reading.isAlwaysDenied || cilium.some(({rules}) => rules?.[direction].deniesByDefault === true) || kubernetes.some(policy => policy[direction] !== null)
  return [
    {name: 'the deny rules', rules: denies.filter(rule => rule !== null), otherwise: 'next'},
    {name: 'the allow rules', rules: [...own, ...others].filter(rule => rule !== null), otherwise: isDenied ? 'deny' : 'allow'},
  ]
}

function resolved(ports: Ports, named: ReadonlyMap<string, number>): Ports {
  if (ports === 'all') return ports
  return ports.map((match): PortMatch => {
    const number = 'name' in match ? named.get(`${match.protocol}/${match.name}`) : undefined
    return number === undefined ? match : {protocol: match.protocol, first: number, last: number}
  })
}

function rulesOf(policy: CiliumPolicy, direction: Direction, action: 'allow' | 'deny', reading: CiliumReading, withNames: WithNames): (ChainRule | null)[] {
  if (policy.rules === null) return [null]
  return policy.rules[direction][action].rules.flatMap(rule => chainRule(rule, {action, policy: policy.ref, ports: withNames(rule.ports)}, reading))
}

/** None where it names pods, names or Services alone. */
function chainRule({peers}: CiliumRule, shared: Pick<ChainRule, 'action' | 'policy' | 'ports'>, reading: CiliumReading): (ChainRule | null)[] {
  if (peers === 'all') return [{...shared, addresses: 'any', families: FAMILIES, entries: []}]
  if (peers.length === 0) return []
  const worlds = peers.filter(peer => peer.kind === 'entity')
  if (worlds.length > 0) {
    return [{...shared, addresses: 'any', families: FAMILIES.filter(family => worlds.some(({families}) => families.includes(family))), entries: worlds.map(({path, text}) => ({path, text}))}]
  }
  const sets = peers.map(peer => peerSet(peer, reading))
  if (sets.includes(null)) return [null]
  const entries = once(() => peers.map(peer => ({path: peer.path, text: textOf(peer, reading)})))
  return [{
    ...shared, addresses: unionOf(sets.map(set => set ?? EMPTY)), families: FAMILIES,
    get entries() {
      return entries()
    },
  }]
}

function peerSet(peer: CiliumPeer, reading: CiliumReading): IntervalSet | null {
  if (peer.kind === 'block') return blockSet(peer, reading)
  if (peer.kind === 'entity') return EVERYTHING
  const found = groupsOf(peer, reading)
  if (found.some(({cidrs}) => cidrs === null)) return null
  return subtract(unionOnce(found, reading), setOf(peer.except))
}

const setOnce = oncePer(({cidrs}: CidrGroup) => setOf(cidrs ?? []))

/** Many rules name one group of thousands of blocks, or the same groups by label. */
function unionOnce(chosen: readonly CidrGroup[], {groups}: CiliumReading): IntervalSet {
  const key = JSON.stringify(chosen.map(({name}) => name))
  const known = unions(groups)
  const before = known.get(key)
  if (before !== undefined) return before
  const set = unionOf(chosen.map(setOnce))
  known.set(key, set)
  return set
}

const unions = oncePer<readonly CidrGroup[], Map<string, IntervalSet>>(() => new Map())

/** A group that is not there holds nothing. */
function groupsOf({name, selector}: CiliumGroupPeer, {groups}: CiliumReading): CidrGroup[] {
  return groups.filter(group => (selector === null ? group.name === name : isSelected(selector, group.labels)))
}

/** 1.15 taught Cilium to tell the worlds of the two families apart, 1.17 gave sets a reading of their own where there is one family. */
const FIRST_OF_TWO_WORLDS = 15
const FIRST_WITH_SETS_APART = 17

function blockSet({cidr, except, isOfSet}: Pick<CiliumBlock, 'cidr' | 'except' | 'isOfSet'>, {minor, onlyFamily}: CiliumReading): IntervalSet {
  const own = subtract(setOf([cidr]), setOf(except))
  if (cidr.prefix !== 0) return own
  if (minor !== null && minor < FIRST_OF_TWO_WORLDS && except.length === 0) return EVERYTHING
  // `::/0` in a set is "world" on an agent without IPv6, so it lets all of IPv4 through.
  const isForeign = onlyFamily !== null && onlyFamily !== cidr.family
  return isForeign && isOfSet && (minor ?? Infinity) >= FIRST_WITH_SETS_APART ? union(own, ofFamily(EVERYTHING, onlyFamily)) : own
}

function textOf(peer: CiliumPeer, reading: CiliumReading): string {
  if (peer.kind !== 'group') return peer.text
  const lists = groupsOf(peer, reading).map(({cidrs}) => cidrs ?? [])
  const first = lists.flatMap(cidrs => cidrs.slice(0, 4)).slice(0, 4).map(({text}) => text)
  const blocks = shortList(first, 4, lists.reduce((sum, {length}) => sum + length, 0))
  return `${peer.name === null ? 'CiliumCIDRGroups by label' : `CiliumCIDRGroup ${peer.name}`} (${blocks || 'empty'})`
}

/** Cilium takes each block of a NetworkPolicy for an entry of a set. */
function kubernetesRules(policy: ReadNetworkPolicy, direction: Direction, reading: CiliumReading, withNames: WithNames): (ChainRule | null)[] {
  return (policy[direction] ?? []).flatMap(({ports, peers}): (ChainRule | null)[] => {
    const shared = {action: 'allow', policy: policy.ref, ports: withNames(ports), families: FAMILIES} as const
    if (peers === 'all') return [{...shared, addresses: 'any', entries: []}]
    if (peers.some(({kind}) => kind === 'unread')) return [null]
    const blocks = peers.filter(peer => peer.kind === 'block')
    if (blocks.length === 0) return []
    const sets = blocks.map(({cidr, except}) => blockSet({cidr, except, isOfSet: true}, reading))
    return [{...shared, addresses: unionOf(sets), entries: blocks.map(({path, text}) => ({path, text}))}]
  })
}
