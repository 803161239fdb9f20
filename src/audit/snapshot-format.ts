import type {JsonObject} from '../kube/json.js'
import type {ReadKey} from '../kube/resources.js'
import type {ReadOutcome} from './outcome.js'
import {OUTCOMES} from './outcome.js'

/**
 * A snapshot is JSON lines, gzipped: a header, then for each row its objects and
 * how its reading went, then a trailer that counts the lines, so that a file
 * that was cut off anywhere is known as such.
 */
export interface SnapshotHeader {
  toolVersion: string
  /** The context. */
  name: string
  /** ISO 8601. */
  startedAt: string
}

export type SnapshotLine =
  | {type: 'object'; row: ReadKey; object: JsonObject}
  | {type: 'outcome'; row: ReadKey; outcome: ReadOutcome}
  /** Lines before this one. */
  | {type: 'end'; lines: number}

const API_VERSION = 'k121.dev/v1'
/** Keys stand in this order, so that a reader knows a snapshot by its first bytes. */
export const SNAPSHOT_START = `{"apiVersion":"${API_VERSION}","kind":"Snapshot"`

/** What is in no snapshot, for whoever opens one. */
const LEFT_OUT = [
  'Secrets', 'managedFields', 'annotations that no check reads, last-applied-configuration among them', 'environment values but those of aws-node and calico-node that name IP families',
  'command lines, but the flags of control-plane pods that checks read', 'ConfigMaps that no check names', 'certificate bundles and URLs of webhooks', 'mutate and generate rules of Kyverno',
] as const

export function headerText({toolVersion, name, startedAt}: SnapshotHeader): string {
  return `${JSON.stringify({apiVersion: API_VERSION, kind: 'Snapshot', tool: {name: 'kubectl-k121', version: toolVersion}, cluster: {name}, startedAt, leftOut: LEFT_OUT})}\n`
}

/** Null: no header of ours. */
export function headerOf(line: string): SnapshotHeader | null {
  const value = parsed(line)
  const tool = value?.['tool'] as JsonObject | undefined
  const cluster = value?.['cluster'] as JsonObject | undefined
  const [toolVersion, name, startedAt] = [tool?.['version'], cluster?.['name'], value?.['startedAt']]
  if (value?.['apiVersion'] !== API_VERSION || value['kind'] !== 'Snapshot') return null
  if (typeof toolVersion !== 'string' || typeof name !== 'string' || typeof startedAt !== 'string') return null
  return {toolVersion, name, startedAt}
}

/** The object comes last and whole, so that a reader finds its bytes without parsing them. */
export function lineText(line: SnapshotLine): string {
  if (line.type === 'object') return `${objectPrefix(line.row)}${JSON.stringify(line.object)}}\n`
  if (line.type === 'outcome') return `${JSON.stringify({row: line.row, outcome: line.outcome})}\n`
  return `${JSON.stringify({end: {lines: line.lines}})}\n`
}

/** `{"row":"pods","object":` */
function objectPrefix(row: string): string {
  return `{"row":${JSON.stringify(row)},"object":`
}

/** Of a line's first characters: the row whose object follows, and where; null for every other line. */
export function objectStart(head: string): {row: string; length: number} | null {
  const match = /^\{"row":"([^"\\]+)","object":(?=\{)/.exec(head)
  return match === null ? null : {row: match[1]!, length: match[0].length}
}

/** A line that is no object. */
export function otherLine(line: string): SnapshotLine | null {
  const value = parsed(line)
  const end = value?.['end'] as JsonObject | undefined
  if (typeof end?.['lines'] === 'number') return {type: 'end', lines: end['lines']}
  const outcome = value?.['outcome'] as JsonObject | undefined
  if (typeof value?.['row'] !== 'string' || !isOutcome(outcome)) return null
  return {type: 'outcome', row: value['row'] as ReadKey, outcome}
}

/** A word that we do not know must not count as an answer. */
function isOutcome(value: unknown): value is ReadOutcome {
  const {outcome, scope, oneSnapshot, items, detail} = (value ?? {}) as Record<string, unknown>
  return (OUTCOMES as readonly unknown[]).includes(outcome) && (scope === 'cluster' || scope === 'namespaces') && typeof oneSnapshot === 'boolean' && typeof items === 'number' && typeof detail === 'string'
}

function parsed(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value as JsonObject : null
  } catch {
    return null
  }
}
