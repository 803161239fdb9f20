import {OddField, at, listAt, pathOf} from '../../kube/field.js'
import type {Step} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import type {PortMatch, Ports} from '../ports.js'
import {FIRST_PORT, LAST_PORT, PROTOCOLS} from '../ports.js'

/** Protocols that have ports, by number too. */
const BY_NUMBER: ReadonlyMap<number, string> = new Map([[6, 'TCP'], [17, 'UDP'], [132, 'SCTP']])

/**
 * Null: it matches no port of an address that we compare. Such are rules of
 * protocols without ports, and on egress those whose ports are names alone:
 * Calico makes of a name the endpoints that have it (`namedPortsToIPSets` of
 * felix/calc/rule_scanner.go), which follow the pod in both families.
 */
export function portsOf(rule: Json, steps: readonly Step[], direction: 'ingress' | 'egress'): Ports | null {
  const wanted = protocolAt(rule, 'protocol', steps)
  const refused = protocolAt(rule, 'notProtocol', steps)
  const protocols = PROTOCOLS.filter(protocol => (wanted === null || wanted === protocol) && protocol !== refused)
  if (protocols.length === 0) return null
  const place = [...steps, 'destination']
  const entity = at(rule, 'destination')
  const given = listAt(entity, 'ports').map((port, index) => portOf(port, [...place, 'ports', index]))
  const some = direction === 'ingress' ? given : given.filter(range => !('name' in range))
  const but = listAt(entity, 'notPorts').map((port, index) => portOf(port, [...place, 'notPorts', index]))
  if (given.length > 0 && some.length === 0) return null
  if (some.length + but.length === 0 && protocols.length === PROTOCOLS.length) return 'all'
  const ranges = some.length === 0 ? [{first: FIRST_PORT, last: LAST_PORT}] : some
  return protocols.flatMap(protocol => ranges.flatMap(range => without(range, but)).map((range): PortMatch => ({protocol, ...range})))
}

/** Null: it does not say. Empty: one without ports. */
function protocolAt(rule: Json, field: string, steps: readonly Step[]): string | null {
  const value = at(rule, field)
  if (value === undefined) return null
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number > 0 && number < 256) return BY_NUMBER.get(number) ?? ''
  if (typeof number !== 'string' || number === '') throw new OddField(pathOf([...steps, field]), 'a protocol')
  return PROTOCOLS.find(protocol => protocol === number.toUpperCase()) ?? ''
}

type Range = {first: number; last: number} | {name: string}

/** 443, "443", "8000:9000", or the name of a port. */
function portOf(port: Json, steps: readonly Step[]): Range {
  const text = typeof port === 'number' && Number.isInteger(port) ? String(port) : port
  if (typeof text !== 'string' || text === '') throw new OddField(pathOf(steps), 'a port of Calico')
  const match = /^(\d+)(?::(\d+))?$/.exec(text)
  if (match === null) {
    if (!/^[\w.-]{1,128}$/.test(text)) throw new OddField(pathOf(steps), 'a port of Calico')
    return {name: text}
  }
  const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])]
  if (first > last || last > LAST_PORT) throw new OddField(pathOf(steps), 'a port of Calico')
  return {first: Math.max(first, FIRST_PORT), last: Math.max(last, FIRST_PORT)}
}

/** A name cannot be taken out of a range of numbers: what it means differs from pod to pod. */
function without(range: Range, but: readonly Range[]): Range[] {
  let rest = [range]
  for (const hole of but) {
    if ('name' in hole) continue
    rest = rest.flatMap(one => ('name' in one ? [one] : cut(one, hole)))
  }
  return rest
}

function cut({first, last}: {first: number; last: number}, hole: {first: number; last: number}): Range[] {
  return [{first, last: Math.min(last, hole.first - 1)}, {first: Math.max(first, hole.last + 1), last}].filter(part => part.first <= part.last)
}
