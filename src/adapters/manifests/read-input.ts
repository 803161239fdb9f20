import {UsageError} from '../../errors.js'
import type {JsonObject} from '../../kube/json.js'
import type {FoundObject} from './json-objects.js'
import {scanObjects} from './json-objects.js'
import type {Input, InputFile} from './input-files.js'
import type {IsRead, ObjectIndex} from './object-index.js'
import {objectIndex, readsKinds} from './object-index.js'
import type {OpenOptions} from './open-files.js'
import type {Problem} from './problem.js'
import {problemAt} from './problem.js'
import type {SnapshotIndex} from './snapshot-index.js'
import {indexSnapshot, isSnapshot} from './snapshot-index.js'
import type {Spool, Store} from './store.js'
import {blocksOf, openSpool} from './store.js'
import {openInput} from './unpack.js'
import type {YamlOrigin} from './yaml-objects.js'
import {readYamlFile} from './yaml-objects.js'

/** Everything that the input holds, as places in files. */
export interface FileHeap {
  index: ObjectIndex
  snapshot: SnapshotIndex | null
  problems: Problem[]
  /** Files of directories with documents that are no objects of Kubernetes. */
  strangers: string[]
  stores: Store[]
}

interface Reader extends FileHeap {
  isRead: IsRead
  /** Our JSON of what was YAML. */
  spool: Spool | null
}

export async function readInput(input: Input, options: OpenOptions): Promise<FileHeap> {
  const isRead = readsKinds(options.mayReadSecrets, options.included ?? [])
  const reader: Reader = {index: objectIndex(isRead), snapshot: null, problems: [], strangers: [], stores: [], isRead, spool: null}
  for (const {path, code} of input.unreadable) reader.problems.push({...problemAt(path, null, `the directory cannot be listed (${code})`, 'Make it readable, or leave it out.'), outcome: 'partial'})
  for (const path of input.empty) reader.problems.push(problemAt(path, null, 'no file in this directory ends in .yaml, .yml, .json, .jsonl, .ndjson or .gz', 'Name a directory that holds manifests or a dump.'))
  try {
    for (const file of input.files) await readFile(file, options, reader)
  } catch (error) {
    for (const store of reader.stores) store.close()
    throw error
  }
  return reader
}

async function readFile(file: InputFile, options: OpenOptions, reader: Reader): Promise<void> {
  const {store, problem} = await openInput(file.path, options.stdin)
  if (problem !== null) reader.problems.push(problem)
  if (store === null) return
  reader.stores.push(store)
  // What a failed `kubectl get > FILE` leaves behind. In a directory an empty file is nobody's mistake.
  if (store.size === 0 && file.isNamed && problem === null) reader.problems.push(problemAt(store.file, null, 'the file is empty', 'Make it again.'))
  if (isSnapshot(store)) readSnapshot(store, reader)
  else if (isJson(store)) await readJson(store, file, reader)
  else await readYaml(store, file, reader)
}

/** kubectl decides the same way: a bracket first, whatever the file is called. */
function isJson(store: Store): boolean {
  for (const block of blocksOf(store, store.start, store.size - store.start)) {
    const first = block.find(byte => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)
    if (first !== undefined) return first === 0x7b || first === 0x5b
  }
  return false
}

function readSnapshot(store: Store, reader: Reader): void {
  if (reader.snapshot !== null) throw new UsageError('bad-argument', `${store.file} is a second snapshot`, 'One audit speaks of one cluster: audit them one by one.')
  reader.snapshot = indexSnapshot(store)
  if (reader.snapshot.problem !== null) reader.problems.push(reader.snapshot.problem)
}

async function readJson(store: Store, file: InputFile, reader: Reader): Promise<void> {
  // YAML may begin with a bracket too: only a file that names itself so is held back until that is clear.
  const mayBeYaml = /\.ya?ml(?:\.gz)?$/i.test(file.path)
  const held: FoundObject[] = []
  const add = (object: FoundObject): void => addJson(object, store, reader)
  const {problem, strangers} = scanObjects(store, mayBeYaml ? object => void held.push(object) : add)
  if (mayBeYaml && problem !== null && !problem.isTruncated) return readYaml(store, file, reader)
  held.forEach(add)
  for (const line of strangers) strange(store, line, file, reader)
  if (problem !== null) {
    const message = problem.isTruncated ? problem.message : `is not valid JSON: ${problem.message}`
    reader.problems.push(problemAt(store.file, problem.line, message, problem.isTruncated ? 'Make the dump again; what stands before was audited.' : 'Correct it, or make it again.'))
  }
}

function addJson(object: FoundObject, store: Store, reader: Reader): void {
  if (object.kind === '' || object.apiVersion === '') reader.problems.push(incomplete(store, object.line))
  else reader.index.add(object, store)
}

function incomplete(store: Store, line: number): Problem {
  return problemAt(store.file, line, 'this object lacks kind or apiVersion', 'Add it, or leave the object out.')
}

async function readYaml(store: Store, file: InputFile, reader: Reader): Promise<void> {
  await readYamlFile(store, {
    found: (object, origin, line) => addYaml(object, origin, line, reader),
    problem: problem => void reader.problems.push(problem),
    stranger: line => strange(store, line, file, reader),
  })
}

function addYaml(object: JsonObject, origin: YamlOrigin, line: number, reader: Reader): void {
  const {kind, apiVersion} = object
  if (typeof kind !== 'string' || typeof apiVersion !== 'string' || kind === '' || apiVersion === '') {
    reader.problems.push(incomplete(origin.store, line))
    return
  }
  if (!reader.isRead(apiVersion, kind)) return
  if (reader.spool === null) reader.stores.push(reader.spool = openSpool(''))
  const offset = reader.spool.size
  const bytes = Buffer.from(JSON.stringify(object))
  reader.spool.write(bytes)
  const metadata = object['metadata'] as JsonObject | null | undefined
  reader.index.add({offset, length: bytes.length, line, lineStart: 0, kind, apiVersion, namespace: text(metadata?.['namespace']), name: text(metadata?.['name'])}, reader.spool, origin)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** In a file that somebody named it is a mistake; in a directory it is a values file, a chart, a workflow. */
function strange(store: Store, line: number, file: InputFile, reader: Reader): void {
  if (file.isNamed) reader.problems.push(problemAt(store.file, line, 'this is no object of Kubernetes: it has neither kind nor apiVersion', 'Give manifests, the output of `kubectl get -o json` or a snapshot.'))
  else if (reader.strangers.at(-1) !== store.file) reader.strangers.push(store.file)
}
