import type {ReadOutcome} from '../audit/outcome.js'
import {unread} from '../audit/outcome.js'
import type {SnapshotHeader, SnapshotLine} from '../audit/snapshot-format.js'
import {headerText, lineText} from '../audit/snapshot-format.js'
import type {ClusterSource} from '../audit/source.js'
import type {KubeObject} from '../kube/json.js'
import {prune} from '../kube/prune.js'
import type {ReadKey, Resource} from '../kube/resources.js'
import {READ_KEYS, RESOURCES, isEndpoint} from '../kube/resources.js'

/** A file that appears whole or not at all. */
export interface SnapshotSink {
  write(text: string): Promise<void>
  commit(): Promise<void>
  discard(): Promise<void>
}

export interface SnapshotOptions {
  source: ClusterSource
  /** What the checks read; Secrets among them are left out. */
  rows: readonly ReadKey[]
  header: SnapshotHeader
  out: SnapshotSink
  onProgress?(row: ReadKey, items: number): void
}

export interface SnapshotSummary {
  outcomes: ReadonlyMap<ReadKey, ReadOutcome>
  /** Rows that were never asked for, because they are Secrets. */
  secretRows: readonly ReadKey[]
  /** What a check would read and is not in the file, by object. */
  leftOut: readonly string[]
}

/** Told one by one. */
const TOLD = 50

/** Reads rows in the order of an audit and writes what checks need of each, then how its reading went. */
export async function writeSnapshot(options: SnapshotOptions): Promise<SnapshotSummary> {
  const {out, header} = options
  const summary = {outcomes: new Map<ReadKey, ReadOutcome>(), secretRows: options.rows.filter(isSecret), leftOut: [] as string[]}
  let lines = 1
  const write = async (line: SnapshotLine): Promise<void> => {
    lines++
    await out.write(lineText(line))
  }
  try {
    await out.write(headerText(header))
    const refs: Refs = new Map()
    for (const row of inOrder(options.rows)) summary.outcomes.set(row, isSecret(row) ? await skipRow(row, write) : await writeRow(row, options, {write, refs, leftOut: summary.leftOut}))
    await out.write(lineText({type: 'end', lines}))
    await out.commit()
  } catch (error) {
    await out.discard()
    throw error
  }
  return summary
}

type Refs = Map<ReadKey, Map<string, {namespace: string; name: string}>>

interface RowContext {
  write(line: SnapshotLine): Promise<void>
  refs: Refs
  leftOut: string[]
}

async function writeRow(row: ReadKey, {source, onProgress}: SnapshotOptions, {write, refs, leftOut}: RowContext): Promise<ReadOutcome> {
  const follows = isEndpoint(row) ? undefined : (RESOURCES[row] as Resource).follows
  const pages = source.read({key: row, ...(follows === undefined ? {} : {refs: [...(refs.get(row)?.values() ?? [])]})})
  let items = 0
  for (;;) {
    const page = await pages.next()
    if (page.done === true) {
      await write({type: 'outcome', row, outcome: page.value})
      return page.value
    }
    for (const object of page.value) {
      await writeObject(row, object, {write, refs, leftOut})
      collectRefs(row, object, refs)
    }
    items += page.value.length
    onProgress?.(row, items)
  }
}

async function writeObject(row: ReadKey, object: KubeObject, {write, leftOut}: RowContext): Promise<void> {
  const pruned = prune(row, object)
  if (pruned === null) return
  if (pruned.leftOut !== null && leftOut.length < TOLD) leftOut.push(`${object.kind} ${nameIn(object)}: ${pruned.leftOut}`)
  await write({type: 'object', row, object: pruned.object})
}

/** Not through the field readers: an odd object is written as odd as it is. */
function nameIn(object: KubeObject): string {
  const metadata = object['metadata'] as {namespace?: unknown; name?: unknown} | null | undefined
  return [metadata?.namespace, metadata?.name].filter(part => typeof part === 'string').join('/')
}

async function skipRow(row: ReadKey, write: RowContext['write']): Promise<ReadOutcome> {
  const outcome = unread('not-requested', 'a snapshot never holds Secrets: audit the cluster itself with --include-secrets')
  await write({type: 'outcome', row, outcome})
  return outcome
}

function collectRefs(row: ReadKey, object: KubeObject, refs: Refs): void {
  for (const [follower, resource] of Object.entries(RESOURCES) as [ReadKey, Resource][]) {
    if (resource.follows?.rows.includes(row) !== true) continue
    const known = refs.get(follower) ?? new Map<string, {namespace: string; name: string}>()
    refs.set(follower, known)
    try {
      for (const ref of resource.follows.refs(object)) known.set(`${ref.namespace}/${ref.name}`, ref)
    } catch {
      // An odd reference names nothing; the audit of the snapshot meets the same object and says so.
    }
  }
}

function isSecret(row: ReadKey): boolean {
  return !isEndpoint(row) && (RESOURCES[row] as Resource).optIn === 'secrets'
}

/** As the engine reads: endpoints first, pods last, followers behind what they follow. */
function inOrder(rows: readonly ReadKey[]): ReadKey[] {
  const stage = (row: ReadKey): number => (isEndpoint(row) ? 0 : RESOURCES[row].stage)
  return READ_KEYS.filter(row => rows.includes(row)).sort((a, b) => stage(a) - stage(b))
}
