import {evaluate} from '../audit/engine.js'
import type {Fact} from '../audit/fact.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {unread} from '../audit/outcome.js'
import {serverVersion} from '../audit/server-version.js'
import type {SnapshotHeader, SnapshotLine} from '../audit/snapshot-format.js'
import {headerText, lineText} from '../audit/snapshot-format.js'
import type {ClusterSource, Pages, ReadRequest} from '../audit/source.js'
import {mapPages} from '../audit/source.js'
import type {KubeObject} from '../kube/json.js'
import {prune} from '../kube/prune.js'
import type {ReadKey} from '../kube/resources.js'
import {isEndpoint, rowOf} from '../kube/resources.js'

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
  onRead?(row: ReadKey): void
}

export interface SnapshotSummary {
  /** As an audit of the cluster would have them. */
  outcomes: ReadonlyMap<ReadKey, ReadOutcome>
  objects: number
  /** What a check would read and is not in the file, by object: the first of them. */
  leftOut: readonly string[]
}

/** Told one by one. */
const TOLD = 50

/**
 * Reads what the checks read, by the audit's own engine, and writes what they
 * need of each object, then how the reading of its row went. An audit of the
 * file gets the same answers from each row as one of the cluster did.
 */
export async function writeSnapshot({source, rows, header, out, onRead}: SnapshotOptions): Promise<SnapshotSummary> {
  const written: Written = {lines: 1, objects: 0, leftOut: [], out, rows: new Set()}
  try {
    await out.write(headerText(header))
    const {outcomes} = await evaluate({
      checks: [], facts: [everything(rows)], version: serverVersion, mayReadSecrets: false,
      source: {...source, read: request => recorded(request, source, written)},
      onReport: () => undefined, ...(onRead && {onRead}),
    })
    // The engine asks nobody for Secrets.
    for (const row of outcomes.keys()) if (!written.rows.has(row)) await write({type: 'outcome', row, outcome: unasked(row)}, written)
    await out.write(lineText({type: 'end', lines: written.lines}))
    await out.commit()
    return {outcomes, objects: written.objects, leftOut: written.leftOut}
  } catch (error) {
    await out.discard()
    throw error
  }
}

interface Written {
  lines: number
  objects: number
  leftOut: string[]
  out: SnapshotSink
  rows: Set<ReadKey>
}

/** Asks for rows, and for nothing in them. */
function everything(reads: readonly ReadKey[]): Fact<unknown> {
  return {id: 'everything', reads, needs: [], create: () => ({end: () => null})}
}

async function* recorded(request: ReadRequest, source: ClusterSource, written: Written): Pages {
  const {key} = request
  const outcome = yield* mapPages(source.read(request), async page => {
    for (const object of page) await writeObject(key, object, written)
    return page
  })
  written.rows.add(key)
  await write({type: 'outcome', row: key, outcome}, written)
  return outcome
}

async function writeObject(row: ReadKey, object: KubeObject, written: Written): Promise<void> {
  const pruned = prune(row, object)
  if (pruned === null) return
  if (pruned.leftOut !== null && written.leftOut.length < TOLD) written.leftOut.push(`${object.kind} ${nameIn(object)}: ${pruned.leftOut}`)
  written.objects++
  await write({type: 'object', row, object: pruned.object}, written)
}

async function write(line: SnapshotLine, written: Written): Promise<void> {
  written.lines++
  await written.out.write(lineText(line))
}

/** Not through the field readers: an odd object is written as odd as it is. */
function nameIn(object: KubeObject): string {
  const metadata = object['metadata'] as {namespace?: unknown; name?: unknown} | null | undefined
  return [metadata?.namespace, metadata?.name].filter(part => typeof part === 'string').join('/')
}

function unasked(row: ReadKey): ReadOutcome {
  const isSecret = !isEndpoint(row) && rowOf(row).optIn === 'secrets'
  return isSecret ? unread('not-requested', 'a snapshot never holds Secrets: audit the cluster itself with --include-secrets') : unread('unreachable', 'was not reached')
}
