import {OddField, listAt, numberAt, pathOf, textAt} from '../../kube/field.js'
import type {Step} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import type {PortMatch, Ports} from '../ports.js'
import {FIRST_PORT, LAST_PORT, PROTOCOLS} from '../ports.js'

/** `toPorts` of a rule. What is asked of HTTP, DNS or TLS behind a port narrows it further, in both families. */
export function portsOf(rule: Json, steps: readonly Step[]): Ports {
  const lists = listAt(rule, 'toPorts').map((entry, index) => ({ports: listAt(entry, 'ports'), steps: [...steps, 'toPorts', index, 'ports']}))
  if (lists.length === 0 || lists.some(({ports}) => ports.length === 0)) return 'all'
  return lists.flatMap(list => list.ports.flatMap((port, index) => matchesOf(port, [...list.steps, index])))
}

/** A port is text, a number or a name; 0 is all ports. Without a protocol, or with ANY, it is of each that has ports. */
function matchesOf(port: Json, steps: readonly Step[]): PortMatch[] {
  const named = (textAt(port, 'protocol') ?? '').toUpperCase()
  const protocols: readonly string[] = named === '' || named === 'ANY' ? PROTOCOLS : [named]
  const text = textAt(port, 'port') ?? ''
  if (text === '') throw new OddField(pathOf([...steps, 'port']), 'a port')
  if (!/^\d+$/.test(text)) return protocols.map(protocol => ({protocol, name: text.toLowerCase()}))
  const first = Number(text)
  const last = numberAt(port, 'endPort') ?? 0
  if (first > LAST_PORT || last > LAST_PORT) throw new OddField(pathOf([...steps, 'port']), 'a port')
  if (first === 0) return protocols.map(protocol => ({protocol, first: FIRST_PORT, last: LAST_PORT}))
  return protocols.map(protocol => ({protocol, first, last: Math.max(first, last)}))
}
