import {OddField} from '../kube/field.js'
import {isCrdKey} from '../kube/included-crd.js'
import type {KubeObject} from '../kube/json.js'
import {keyOf} from '../kube/object.js'
import type {ReadKey, ResourceKey, RowKey} from '../kube/resources.js'
import {ENDPOINTS, READ_KEYS, RESOURCES, isEndpoint, rowOf, widerOf} from '../kube/resources.js'
import type {ReadOutcome} from './outcome.js'
import {isIncomplete, unread} from './outcome.js'
import type {ClusterSource} from './source.js'

/** A check or a fact on its way through the stream. */
export interface Part {
  reads: readonly ReadKey[]
  visitor: Partial<Record<ReadKey, (object: KubeObject) => void>>
  looked: number
  /** Objects that it could not read, by row: how many, and the first. */
  odd: Map<ReadKey, {count: number; first: string}>
}

/** A row may have been answered by a wider one. */
export function outcomeIn(outcomes: ReadonlyMap<ReadKey, ReadOutcome>, key: ReadKey): ReadOutcome | undefined {
  return outcomes.get(key) ?? outcomes.get(widerOf(key) ?? key)
}

export interface Reading {
  source: ClusterSource
  /** Before a row is read. */
  onRead?(key: ReadKey): void
  mayReadSecrets: boolean
  /** After each row, with all that have been answered so far. */
  onSettled(settled: ReadonlySet<ReadKey>): void
}

/** Every row that some part reads, once, in stages; each object goes to all that read its row. */
export async function readAll(parts: readonly Part[], outcomes: Map<ReadKey, ReadOutcome>, options: Reading): Promise<void> {
  const refs: Refs = new Map()
  const settled = new Set<ReadKey>()
  const readers = readersByRow(parts)
  const keys = readingOrder([...readers.keys()])
  options.onSettled(settled)
  for (const key of keys) {
    const wider = widerOf(key)
    if (wider !== undefined && readers.has(wider)) continue
    const narrower = keys.filter(other => widerOf(other) === key)
    const isRead = isEndpoint(key) || rowOf(key).optIn === undefined || options.mayReadSecrets
    if (isRead) options.onRead?.(key)
    outcomes.set(key, isRead ? await readRow([key, ...narrower], {readers, outcomes, refs, source: options.source}) : unread('not-requested', 'Secrets are read only with --include-secrets'))
    // A snapshot may have been made for those who need less of each object.
    if (outcomes.get(key)?.outcome === 'not-in-input') for (const other of narrower) {
      const outcome = await readRow([other], {readers, outcomes, refs, source: options.source})
      if (outcome.outcome !== 'not-in-input') outcomes.set(other, outcome)
    }
    for (const other of [key, ...narrower]) settled.add(other)
    options.onSettled(settled)
  }
}

type Readers = ReadonlyMap<ReadKey, readonly Part[]>

function readersByRow(parts: readonly Part[]): Readers {
  const readers = new Map<ReadKey, Part[]>()
  for (const part of parts) for (const key of new Set(part.reads)) {
    const known = readers.get(key)
    if (known === undefined) readers.set(key, [part])
    else known.push(part)
  }
  return readers
}

interface RowReading {
  readers: Readers
  outcomes: ReadonlyMap<ReadKey, ReadOutcome>
  refs: Refs
  source: ClusterSource
}

/** @param keys the row that is read, and those that it answers for */
async function readRow(keys: readonly [ReadKey, ...ReadKey[]], {readers, outcomes, refs, source}: RowReading): Promise<ReadOutcome> {
  const [key] = keys
  const wanted = refs.get(key)
  const pages = source.read({key, ...(isEndpoint(key) || rowOf(key).follows === undefined ? {} : {refs: [...(wanted?.byName.values() ?? [])]})})
  return followed(key, await visitAll(pages, keys, readers, refs), {outcomes, odd: wanted?.odd ?? []})
}

/** Who follows a row that could not be read, or not be understood, has not seen all either. */
function followed(key: ReadKey, outcome: ReadOutcome, {outcomes, odd}: {outcomes: ReadonlyMap<ReadKey, ReadOutcome>; odd: readonly string[]}): ReadOutcome {
  if (isEndpoint(key) || outcome.outcome !== 'complete') return outcome
  if (odd[0] !== undefined) return {...outcome, outcome: 'not-understood', detail: odd[0]}
  const rows = (rowOf(key).follows?.rows ?? []) as ReadKey[]
  const states = rows.map(row => outcomeIn(outcomes, row)).filter(row => row !== undefined)
  const broken = states.find(row => isIncomplete(row.outcome))
  if (broken !== undefined) return {...outcome, outcome: broken.outcome, detail: broken.detail}
  const absent = states.every(row => row.outcome !== 'complete') ? states[0] : undefined
  return absent === undefined ? outcome : {...outcome, outcome: absent.outcome, detail: absent.detail}
}

/** What the rows that were read name for rows that follow them, and the first object of which that could not be told. */
type Refs = Map<ReadKey, {byName: Map<string, {namespace: string; name: string}>; odd: string[]}>

async function visitAll(pages: ReturnType<ClusterSource['read']>, keys: readonly ReadKey[], readers: Readers, refs: Refs): Promise<ReadOutcome> {
  const readersOf = (key: ReadKey): readonly Part[] => readers.get(key) ?? []
  const visits = keys.flatMap(key => readersOf(key).flatMap(part => {
    const visit = part.visitor[key]
    return visit === undefined ? [] : [{key, part, visit}]
  }))
  const all = new Set(keys.flatMap(readersOf))
  const followers = keys.flatMap(key => (isEndpoint(key) ? [] : followersOf(key))).filter(other => readers.has(other))
  for (;;) {
    const page = await pages.next()
    if (page.done) return page.value
    for (const object of page.value) {
      for (const {key, part, visit} of visits) visitOne(object, key, part, visit)
      for (const follower of followers) collectRefs(object, follower, refs)
    }
    for (const part of all) part.looked += page.value.length
  }
}

function visitOne(object: KubeObject, key: ReadKey, part: Part, visit: (object: KubeObject) => void): void {
  try {
    visit(object)
  } catch (error) {
    const problem = oddnessOf(error)
    const known = part.odd.get(key)
    if (known === undefined) part.odd.set(key, {count: 1, first: `${object.kind} ${safeKey(object)}: ${problem}`})
    else known.count++
  }
}

/** What is odd about an object at which a reader gave up; what is no fault of the object is thrown on. */
function oddnessOf(error: unknown): string {
  if (error instanceof OddField) return error.message
  // An API server takes 10,000 levels; what walks them by recursion does not.
  if (error instanceof RangeError && error.message.includes('call stack')) return 'it is nested too deeply'
  throw error
}

function safeKey(object: KubeObject): string {
  try {
    return keyOf(object)
  } catch {
    // Not even its name can be read.
    return '(no name)'
  }
}

const FOLLOWING = (Object.keys(RESOURCES) as ResourceKey[]).filter(key => RESOURCES[key].follows !== undefined)

function followersOf(key: RowKey): ResourceKey[] {
  return FOLLOWING.filter(other => RESOURCES[other].follows?.rows.includes(key))
}

function collectRefs(object: KubeObject, follower: ResourceKey, refs: Refs): void {
  const known = refs.get(follower) ?? {byName: new Map<string, {namespace: string; name: string}>(), odd: [] as string[]}
  refs.set(follower, known)
  try {
    for (const ref of RESOURCES[follower].follows?.refs(object) ?? []) known.byName.set(`${ref.namespace}/${ref.name}`, ref)
  } catch (error) {
    const problem = oddnessOf(error)
    if (known.odd.length === 0) known.odd.push(`${object.kind} ${safeKey(object)}: ${problem}`)
  }
}

/** Small and cluster-wide first, pods last; inside a stage as the table has them. */
export function readingOrder(keys: readonly ReadKey[]): ReadKey[] {
  const stageOf = (key: ReadKey): number => (isEndpoint(key) ? ENDPOINTS[key].stage : rowOf(key).follows === undefined ? rowOf(key).stage : 3.5)
  const wanted = new Set(keys)
  const included = [...wanted].filter(isCrdKey).toSorted()
  return [...READ_KEYS.filter(key => wanted.has(key)), ...included].toSorted((a, b) => stageOf(a) - stageOf(b))
}
