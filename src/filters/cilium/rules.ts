import {OddField, at, flagAt, listAt, pathOf, textAt, textsAt} from '../../kube/field.js'
import type {Step} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {selectorOf} from '../../kube/label-selector.js'
import type {Cidr} from '../../network/cidr.js'
import type {Family} from '../../network/ip.js'
import type {Direction} from '../direction.js'
import {goBlock} from '../go-block.js'
import type {Ports} from '../ports.js'
import {portsOf} from './ports.js'

/** A block of a rule, as it is written. */
export interface CiliumBlock {
  kind: 'block'
  cidr: Cidr
  except: readonly Cidr[]
  /** Of a `…CIDRSet`, which versions of Cilium read in another way than a `…CIDR`. */
  isOfSet: boolean
  path: string
  text: string
}

/** Blocks of the groups with this name, or with labels. */
export interface CiliumGroupPeer {
  kind: 'group'
  name: string | null
  selector: LabelSelector | null
  except: readonly Cidr[]
  path: string
}

/** `world` and its kind. */
export interface CiliumEntity {
  kind: 'entity'
  families: readonly Family[]
  path: string
  text: string
}

export type CiliumPeer = CiliumBlock | CiliumGroupPeer | CiliumEntity

/** One item of `ingress`, `egress`, `ingressDeny` or `egressDeny`. */
export interface CiliumRule {
  /** `spec.egress[0]` */
  path: string
  ports: Ports
  /** `all`: it names no peers. Empty: pods, names or services alone, which follow whoever they name in both families. */
  peers: 'all' | readonly CiliumPeer[]
}

/** Types of ICMP that a rule names; such a rule is about nothing else. */
export interface IcmpRule {
  path: string
  types: Readonly<Record<Family, readonly string[]>>
}

export interface CiliumRules {
  rules: readonly CiliumRule[]
  icmps: readonly IcmpRule[]
  /** How many items there are. */
  count: number
}

const SIDES = {ingress: 'from', egress: 'to'} as const satisfies Record<Direction, string>

const BLOCKS = ['CIDR', 'CIDRSet', 'Entities'] as const
/** These name pods, nodes, Services, DNS names or groups of a cloud: nothing with a family of its own. */
const FOLLOWING = ['Endpoints', 'Requires', 'Nodes', 'Groups', 'Services', 'FQDNs'] as const

/** Fields of `IngressRule`, `EgressRule` and their denying twins in pkg/policy/api of Cilium. */
export function rulesAt(spec: Json, specPath: readonly Step[], field: Direction | 'ingressDeny' | 'egressDeny'): CiliumRules {
  const side = SIDES[field.startsWith('ingress') ? 'ingress' : 'egress']
  const items = listAt(spec, field).map((item, index) => ({item, steps: [...specPath, field, index]}))
  return {
    count: items.length,
    rules: items.filter(({item}) => listAt(item, 'icmps').length === 0).map(({item, steps}) => ({path: pathOf(steps), ports: portsOf(item, steps), peers: peersOf(item, steps, side)})),
    icmps: items.filter(({item}) => listAt(item, 'icmps').length > 0).map(({item, steps}) => icmpOf(item, steps)),
  }
}

/** Cilium refuses a policy with two kinds of peers in one rule; a kind with an empty list selects nothing. */
function peersOf(item: Json, steps: readonly Step[], side: 'from' | 'to'): CiliumRule['peers'] {
  const named = [...BLOCKS, ...FOLLOWING].filter(kind => at(item, `${side}${kind}`) !== undefined)
  const kinds = named.filter(kind => kind !== 'Requires' && listAt(item, `${side}${kind}`).length > 0)
  if (kinds.length > 1) throw new OddField(pathOf(steps), `of one kind of peers, and Cilium refuses ${kinds.map(kind => `${side}${kind}`).join(' beside ')}`)
  if (named.length === 0) return 'all'
  if (named.some(kind => listAt(item, `${side}${kind}`).length === 0)) return []
  const at0 = (kind: string): Step[] => [...steps, `${side}${kind}`]
  return [
    ...textsAt(item, `${side}CIDR`).map((text, index) => blockOf(text, [], [...at0('CIDR'), index], false)),
    ...listAt(item, `${side}CIDRSet`).map((entry, index) => setEntryOf(entry, [...at0('CIDRSet'), index])),
    ...textsAt(item, `${side}Entities`).flatMap((text, index) => entityOf(text, pathOf([...at0('Entities'), index]))),
  ]
}

function setEntryOf(entry: Json, steps: readonly Step[]): CiliumPeer {
  const except = textsAt(entry, 'except').map((text, index) => goBlock(text, pathOf([...steps, 'except', index]), true))
  const cidr = textAt(entry, 'cidr') ?? ''
  if (cidr !== '') return blockOf(cidr, except, steps, true)
  const name = textAt(entry, 'cidrGroupRef') ?? ''
  const selector = at(entry, 'cidrGroupSelector')
  if (name === '' && selector === undefined) throw new OddField(pathOf(steps), 'a block or a group of blocks')
  return {kind: 'group', name: name === '' ? null : name, selector: name === '' ? selectorOf(selector) : null, except, path: pathOf(steps)}
}

function blockOf(text: string, except: readonly Cidr[], steps: readonly Step[], isOfSet: boolean): CiliumBlock {
  const cidr = goBlock(text, pathOf(isOfSet ? [...steps, 'cidr'] : steps), true)
  return {kind: 'block', cidr, except, isOfSet, path: pathOf(steps), text: except.length === 0 ? text : `${text} except ${except.map(one => one.text).join(', ')}`}
}

const WORLD: Readonly<Record<string, readonly Family[]>> = {all: [4, 6], world: [4, 6], 'world-ipv4': [4], 'world-ipv6': [6]}

/** Other entities (`host`, `cluster`, `kube-apiserver`) stand for endpoints of the cluster. */
function entityOf(text: string, path: string): CiliumEntity[] {
  const families = Object.hasOwn(WORLD, text) ? WORLD[text] : undefined
  return families === undefined ? [] : [{kind: 'entity', families, path, text}]
}

/** `family` is IPv4 where it is left out. A type is a number or a name. */
function icmpOf(item: Json, steps: readonly Step[]): IcmpRule {
  const fields = listAt(item, 'icmps').flatMap(rule => listAt(rule, 'fields')).map((field, index) => ({
    family: familyAt(field, steps), text: String(typeAt(field, [...steps, 'icmps', 'fields', index])),
  }))
  const of = (family: Family): string[] => fields.filter(field => field.family === family).map(({text}) => text)
  return {path: pathOf(steps), types: {4: of(4), 6: of(6)}}
}

function familyAt(field: Json, steps: readonly Step[]): Family {
  const text = textAt(field, 'family') ?? 'IPv4'
  if (text !== 'IPv4' && text !== 'IPv6') throw new OddField(pathOf([...steps, 'icmps']), 'of IPv4 or IPv6')
  return text === 'IPv6' ? 6 : 4
}

function typeAt(field: Json, steps: readonly Step[]): number | string {
  const type = at(field, 'type')
  if (typeof type !== 'number' && typeof type !== 'string') throw new OddField(pathOf(steps), 'a type of ICMP')
  return type
}

/** Does a rule of this direction turn on default deny for the endpoints that it selects? */
export function deniesByDefault(spec: Json, direction: Direction, count: number): boolean {
  return count > 0 && (flagAt(spec, 'enableDefaultDeny', direction) ?? true)
}
