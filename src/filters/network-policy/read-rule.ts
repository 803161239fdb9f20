import type {ObjectRef} from '../../audit/finding.js'
import {OddField, at, isMapping, listAt, mappingAt, numberAt, textAt, textsAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {selectorOf} from '../../kube/label-selector.js'
import type {Direction} from '../direction.js'
import type {PortMatch, Ports} from '../ports.js'
import {FIRST_PORT, LAST_PORT, PROTOCOLS} from '../ports.js'
import type {BlockReader} from './blocks.js'
import type {Notation} from './notation.js'
import type {NetworkPolicyRule, Peer, SelectorPeer} from './policies.js'

export interface RulePlace {
  direction: Direction
  /** `spec.egress[2]` */
  path: string
  ref: ObjectRef
  blocks: BlockReader
  /** Filled with what is unusual. */
  notation: Notation[]
}

export function readRule(rule: Json, place: RulePlace): NetworkPolicyRule {
  const list = place.direction === 'ingress' ? 'from' : 'to'
  const peers = listAt(rule, list)
  return {
    ports: readPorts(rule, place.path),
    peers: peers.length === 0 ? 'all' : peers.map((peer, index) => readPeer(peer, {...place, path: `${place.path}.${list}[${index}]`})),
  }
}

function readPorts(rule: Json, path: string): Ports {
  const ports = listAt(rule, 'ports')
  return ports.length === 0 ? 'all' : ports.map((port, index) => readPort(port, `${path}.ports[${index}]`))
}

function readPort(entry: Json, path: string): PortMatch {
  const protocol = textAt(entry, 'protocol') ?? 'TCP'
  if (!(PROTOCOLS as readonly string[]).includes(protocol)) throw new OddField(`${path}.protocol`, 'a protocol that policies know')
  const port = at(entry, 'port')
  const endPort = numberAt(entry, 'endPort')
  if (port === undefined || typeof port === 'string') {
    if (endPort !== undefined) throw new OddField(`${path}.endPort`, 'beside a number')
    return port === undefined ? {protocol, first: FIRST_PORT, last: LAST_PORT} : {protocol, name: port}
  }
  if (!isPort(port)) throw new OddField(`${path}.port`, 'a port')
  const last = endPort ?? port
  if (!isPort(last) || last < port) throw new OddField(`${path}.endPort`, 'a port that is not below `port`')
  return {protocol, first: port, last}
}

function isPort(value: Json): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= FIRST_PORT && value <= LAST_PORT
}

function readPeer(peer: Json, place: RulePlace): Peer {
  if (!isMapping(peer)) throw new OddField(place.path, 'an object')
  const block = at(peer, 'ipBlock')
  const isSelector = at(peer, 'podSelector') !== undefined || at(peer, 'namespaceSelector') !== undefined
  if (block === undefined) {
    if (!isSelector) throw new OddField(place.path, 'a peer')
    return selectorPeer(peer)
  }
  // Refused by every API server: which of the two would hold is nobody's to know.
  if (isSelector) throw new OddField(place.path, 'either a block or a selector')
  return readBlock(block, {...place, path: `${place.path}.ipBlock`})
}

function selectorPeer(peer: Json): SelectorPeer {
  const namespaces = at(peer, 'namespaceSelector')
  const [anywhere, any] = [selectorOf(namespaces), selectorOf(at(peer, 'podSelector'))]
  return {kind: 'selector', isEveryPod: namespaces !== undefined && anywhere.length === 0 && any.length === 0}
}

function readBlock(block: Json, place: RulePlace): Peer {
  mappingAt(block)
  const {path, blocks} = place
  const text = textAt(block, 'cidr') ?? ''
  const except = textsAt(block, 'except')
  note(text, 'cidr', place)
  except.forEach((value, index) => note(value, `except[${index}]`, place))
  const content = blocks.content(text, except, path)
  if (content !== null) return {kind: 'block', path, id: content.id, cidr: content.cidr, except: content.except, set: content.set, text: content.text}
  const odd = except.findIndex(value => blocks.cidr(value).cidr === null)
  return blocks.cidr(text).cidr === null || odd === -1 ? {kind: 'unread', path: `${path}.cidr`, text} : {kind: 'unread', path: `${path}.except[${odd}]`, text: except[odd] ?? ''}
}

function note(text: string, field: string, {path, blocks, ref, direction, notation}: RulePlace): void {
  const {cidr, notation: kind} = blocks.cidr(text)
  if (kind !== null) notation.push({kind, policy: ref, direction, text, path: `${path}.${field}`, meaning: cidr?.text ?? null})
}
