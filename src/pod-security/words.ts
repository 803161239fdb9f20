import type {Container, Pod} from './pod-shape.js'
import {placeOf} from './pod-shape.js'

/** How the API server puts lists into sentences (k8s.io/pod-security-admission, policy/helpers.go). */

/** `"a", "b"`: in plain quotes, nothing is escaped. */
export function quoted(texts: readonly string[]): string {
  let list = `"${wellFormed(texts[0] ?? '')}"`
  for (let index = 1; index < texts.length; index++) list += `, "${wellFormed(texts[index] ?? '')}"`
  return list
}

export function plural(singular: string, many: string, count: number): string {
  return count === 1 ? singular : many
}

/** `container "a"`, `containers "a", "b"`. */
export function containersNamed(names: readonly string[]): string {
  return `${plural('container', 'containers', names.length)} ${quoted(names)}`
}

/** `pod`, `containers "a", "b"`, `pod and container "a"`. */
export function setters(isPod: boolean, names: readonly string[]): string {
  if (names.length === 0) return 'pod'
  return isPod ? `pod and ${containersNamed(names)}` : containersNamed(names)
}

/** Without duplicates, in the order of their UTF-8 bytes. */
export function inOrder(texts: Iterable<string>): string[] {
  const distinct = [...new Set([...texts].map(wellFormed))]
  return distinct.length === 1 ? distinct : distinct.sort(byBytes)
}

/** Halves of surrogate pairs: no UTF-8 holds them, and Go's decoder puts this sign in their place. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

export function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(LONE, '\ufffd') : text
}

/** UTF-16 sorts characters beyond U+FFFF before U+E000, UTF-8 after it. */
function byBytes(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a !== b) return rank(a) - rank(b)
  }
  return left.length - right.length
}

function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}

/** A container that a control speaks of. */
export interface Named {
  name: string
  place: string
  container: Container
}

export function containersThat(pod: Pod, isMeant: (container: Container) => boolean): Named[] {
  const named: Named[] = []
  for (let index = 0; index < pod.containers.length; index++) {
    const container = pod.containers[index]
    if (container !== undefined && isMeant(container)) named.push({name: container.name ?? '', place: placeOf(pod, index), container})
  }
  return named
}

export function namesOf(named: readonly Named[]): string[] {
  return named.map(({name}) => name)
}
