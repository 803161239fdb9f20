import type {KubeObject} from '../../../src/kube/json.js'
import type {Random} from '../../differential/random.js'
import {randomFrom} from '../../differential/random.js'

export interface Size {
  namespaces: number
  pods: number
  services: number
  seed: number
}

/** What the generators need to know of the server that they write for. */
export interface Surroundings {
  minor: number
  gitVersion: string
  isDualStack: boolean
  nodeCount: number
  /** First two bytes of the service range: `10.96`. */
  servicePrefix: string
  apiServerAddress: string
  dnsAddress: string
}

/** An object as somebody's client would send it. */
export interface Write {
  object: KubeObject
  /** Recorded in managedFields; `status` is written by the second. */
  managers?: readonly [string, string]
  /** Sent instead when the server refuses the first. */
  fallback?: KubeObject
}

/** A stream of its own for every thing, so that the tenth namespace is the same whether there are ten or a thousand. */
export function randomOf(seed: number, ...names: readonly (string | number)[]): Random {
  let hash = 0x811c9dc5 ^ seed
  for (const character of names.join('/')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  return randomFrom(hash)
}

const SUFFIX_LETTERS = [...'bcdfghjklmnpqrstvwxz2456789']
const HEX = [...'0123456789abcdef']

export function suffix(random: Random, length: number): string {
  return Array.from({length}, () => random.pick(SUFFIX_LETTERS)).join('')
}

export function hex(random: Random, length: number): string {
  return Array.from({length}, () => random.pick(HEX)).join('')
}
