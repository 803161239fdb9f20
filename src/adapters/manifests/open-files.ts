import type {SourcePlace} from '../../audit/finding.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {unread} from '../../audit/outcome.js'
import type {SnapshotHeader} from '../../audit/snapshot-format.js'
import type {ClusterSource, Pages, ReadRequest} from '../../audit/source.js'
import type {CrdKey} from '../../kube/included-crd.js'
import type {KubeObject} from '../../kube/json.js'
import {namespaceOf} from '../../kube/object.js'
import type {ReadKey, Resource} from '../../kube/resources.js'
import {isEndpoint, isOf, rowOf, widerOf} from '../../kube/resources.js'
import {helmReleaseSummary} from '../helm-release.js'
import {inputFiles} from './input-files.js'
import {readInput} from './read-input.js'
import type {FileHeap} from './read-input.js'
import type {SnapshotIndex} from './snapshot-index.js'
import {inputNotes} from './notes.js'
import type {Column} from './object-index.js'
import {LEGACY} from './object-index.js'
import {placeFinder} from './place-of.js'
import type {Problem} from './problem.js'
import {problemText} from './problem.js'
import type {Found, Reading} from './read-row.js'
import {placesOf, readPlaces} from './read-row.js'

export interface OpenOptions {
  /** Asked only where a path is `-`. */
  stdin: AsyncIterable<Uint8Array>
  /** Without it no Secret of a YAML file reaches even our own temporary file. */
  mayReadSecrets: boolean
  /** Resources that no row knows and somebody named. */
  included?: readonly CrdKey[]
}

export interface OpenedFiles {
  source: ClusterSource
  /** Of the snapshot's context, else of the file. */
  name: string
  /** Of the snapshot in the input, if there is one. */
  header: SnapshotHeader | null
  /** What could not be read: every row is incomplete while there is one. */
  problems: readonly Problem[]
  /** For people: what was left out, and which of two objects with one name was taken. */
  notes: readonly string[]
}

/**
 * Manifests, dumps and snapshots as a source. All files are looked through once
 * before the first row is asked for; the objects themselves are read when their
 * row is, and dropped with their page.
 */
export async function openFiles(paths: readonly string[], options: OpenOptions): Promise<OpenedFiles> {
  const input = inputFiles(paths)
  const heap = await readInput(input, options)
  const {snapshot, problems} = heap
  const pages = new WeakMap<KubeObject, Found>()
  const placeIn = placeFinder()
  const source: ClusterSource = {
    kind: snapshot !== null && input.files.length === 1 ? 'snapshot' : 'files',
    read: request => rowPages(request, heap, pages),
    placeOf(object: KubeObject, path: string): SourcePlace | null {
      const found = pages.get(object)
      // A snapshot's lines are nobody's to edit.
      return found === undefined || snapshot?.columns.get(found.column.kind) === found.column ? null : placeIn(found, path)
    },
    async close() {
      for (const store of heap.stores.splice(0)) store.close()
    },
  }
  const header = snapshot?.header ?? null
  return {source, name: header?.name ?? nameOf(paths), header, problems, notes: inputNotes(input, heap)}
}

function nameOf(paths: readonly string[]): string {
  return paths.length === 1 ? (paths[0] === '-' ? 'stdin' : paths[0]!) : `${paths.length} files and directories`
}

/** How one row went, while it is read. */
interface Tally {
  items: number
  /** The first object that could not be read, and how many there were. */
  odd: {count: number; first: string}
}

async function* rowPages(request: ReadRequest, heap: FileHeap, pages: WeakMap<KubeObject, Found>): Pages {
  const {key} = request
  const tally: Tally = {items: 0, odd: {count: 0, first: ''}}
  // What is in a Helm release is nobody's to see but its summary's.
  const delivery: Delivery = {tally, pages, handOn: key === 'helm-secrets' ? helmReleaseSummary : object => object}
  const replayed = replayedIn(heap, key, 'columns')
  if (replayed !== undefined) yield* deliver(readPlaces(replayed, [...replayed.offsets.keys()]), () => null, delivery)
  if (!isEndpoint(key)) {
    const resource = rowOf(key)
    for (const column of heap.index.columnsOf(resource)) yield* deliver(readPlaces(column, placesOf(column, resource, request.refs)), object => refusal(resource, object, column), delivery)
    for (const old of legacyColumns(resource, heap)) tally.odd = {count: tally.odd.count + old.offsets.length, first: `${placeOfFirst(old)}: ${old.kind} of an API group that no server reads any more`}
  }
  return outcomeOf(request, heap, tally)
}

/** A snapshot that was made for those who need more of each object serves all others. */
function replayedIn<K extends 'columns' | 'outcomes'>({snapshot}: FileHeap, key: ReadKey, what: K): ReturnType<SnapshotIndex[K]['get']> {
  const known = snapshot?.[what]
  return (known?.get(key) ?? known?.get(widerOf(key) ?? key)) as ReturnType<SnapshotIndex[K]['get']>
}

interface Delivery {
  tally: Tally
  pages: WeakMap<KubeObject, Found>
  handOn(object: KubeObject): KubeObject
}

/** An object that a row does not speak of is left out; one that cannot be read is counted. */
type Refusal = (object: KubeObject) => 'other' | {message: string} | null

async function* deliver(batches: AsyncGenerator<Reading[], void, void>, refusalOf: Refusal, {tally, pages, handOn}: Delivery): AsyncGenerator<readonly KubeObject[], void, void> {
  for await (const batch of batches) {
    const page: KubeObject[] = []
    for (const reading of batch) {
      const refused = reading.ok ? refusalOf(reading.object) : reading
      if (refused === 'other') continue
      if (refused !== null || !reading.ok) {
        tally.odd.count++
        if (tally.odd.first === '') tally.odd.first = `${placeOfOne(reading.found)}: ${(refused ?? {message: ''}).message}`
        continue
      }
      const object = handOn(reading.object)
      pages.set(object, reading.found)
      page.push(object)
    }
    tally.items += page.length
    if (page.length > 0) yield page
  }
}

function refusal(resource: Resource, object: KubeObject, column: Column): ReturnType<Refusal> {
  // A typed list leaves both out at its items.
  const whole = object as {kind?: unknown; apiVersion?: unknown}
  whole.kind ??= column.kind
  whole.apiVersion ??= column.apiVersion
  if (whole.kind !== column.kind || typeof whole.apiVersion !== 'string') return {message: `this ${column.kind} calls itself something else as well`}
  const version = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1)
  if (resource.form === 'full' && resource.versions.length > 0 && !resource.versions.includes(version)) return {message: `${resource.kind} of version ${object.apiVersion.slice(0, 80)}, which is not read here: convert it to ${groupVersion(resource)}`}
  try {
    namespaceOf(object)
    return isOf(resource, object) ? null : 'other'
  } catch {
    return {message: `the metadata of this ${column.kind} has fields of other types than Kubernetes gives them`}
  }
}

function groupVersion({group, versions}: Resource): string {
  return group === '' ? versions[0]! : `${group}/${versions[0]!}`
}

function legacyColumns(resource: Resource, heap: FileHeap): Column[] {
  const group = LEGACY[resource.kind]
  const old = group === undefined || resource.group === group ? undefined : heap.index.columnsOf({...resource, group})[0]
  return old === undefined ? [] : [old]
}

function placeOfFirst(column: Column): string {
  return placeOfOne({column, place: 0})
}

function placeOfOne({column, place}: Found): string {
  return `${column.yaml.get(place)?.store.file ?? column.stores[place]!.file}:${column.lines[place]!}`
}

/** The worse of what the files and the snapshot say. A file that could not be read may have held anything. */
function outcomeOf({key, refs}: ReadRequest, heap: FileHeap, {items, odd}: Tally): ReadOutcome {
  const [problem] = heap.problems
  if (problem !== undefined) return {...unread(problem.outcome, problemText(problem)), items}
  if (odd.count > 0) return {...unread('not-understood', `${odd.first}${odd.count > 1 ? `, and ${odd.count - 1} more` : ''}`), items}
  const replayed = replayedIn(heap, key, 'outcomes')
  if (replayed !== undefined && (replayed.outcome !== 'not-in-input' || items === 0)) return {...replayed, items: Math.max(items, replayed.outcome === 'complete' ? 0 : replayed.items)}
  if (items > 0 || refs?.length === 0) return complete(items)
  if (refs !== undefined) return unread('not-in-input', 'the input lacks the objects that others name')
  return unread('not-in-input', absence(key))
}

function complete(items: number): ReadOutcome {
  return {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items, detail: ''}
}

function absence(key: ReadKey): string {
  if (isEndpoint(key)) return 'files hold no answers of a server'
  const {kind, only, plural} = rowOf(key)
  return only === undefined ? `the input holds no ${kind === '' ? plural : kind}` : `the input holds no ${kind} of these: ${only.map(one => Object.values(one).join('/')).join(', ')}`
}
