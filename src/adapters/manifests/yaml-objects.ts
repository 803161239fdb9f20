import type {Json, JsonObject} from '../../kube/json.js'
import {decodeBytes} from '../../kubeconfig/decode-bytes.js'
import {jsonOf} from '../../kubeconfig/node-json.js'
import type {PathStep, YamlNode} from '../../kubeconfig/node.js'
import {entryOf} from '../../kubeconfig/node.js'
import {readYaml} from '../../kubeconfig/read-yaml.js'
import {isList} from './json-objects.js'
import type {Problem} from './problem.js'
import {problemAt} from './problem.js'
import type {Store} from './store.js'
import {bytesAt} from './store.js'
import type {YamlChunk} from './yaml-documents.js'
import {documentsOf, itemsOf} from './yaml-documents.js'
import type {Library} from './yaml-library.js'
import {readWithLibrary} from './yaml-library.js'

/** Where an object of a YAML file can be read again, with the places of its fields. */
export interface YamlOrigin {
  store: Store
  chunk: YamlChunk
  /** The way to the object inside the chunk. */
  way: readonly PathStep[]
}

export interface YamlSink {
  found(object: JsonObject, origin: YamlOrigin, line: number): void
  problem(problem: Problem): void
  /** A document that names neither kind nor apiVersion. */
  stranger(line: number): void
}

const MB = 1024 * 1024
/** YAML takes ten times the memory and the time of JSON. */
export const LARGEST_FILE = 100 * MB
/** Above it a List is read item by item; etcd takes no object above 1.5 MB. */
const LARGE_DOCUMENT = 512 * 1024
const LARGEST_DOCUMENT = 16 * MB

export const USE_JSON = 'Write it with `-o json`, which is read in flat memory.'

export async function readYamlFile(store: Store, sink: YamlSink): Promise<void> {
  if (store.size > LARGEST_FILE) {
    sink.problem(problemAt(store.file, null, `YAML of more than ${LARGEST_FILE / MB} MB is not read`, USE_JSON))
    return
  }
  for (const document of documentsOf(store)) await readDocument(store, document, sink)
}

async function readDocument(store: Store, document: YamlChunk, sink: YamlSink): Promise<void> {
  const list = document.length > LARGE_DOCUMENT ? itemsOf(store, document) : null
  const frame = list === null ? null : await parse(Buffer.concat(list.frame.map(({offset, length}) => bytesAt(store, offset, length))))
  if (list !== null && frame?.ok === true && isList(textOf(frame.root, 'kind'))) {
    for (const item of list.items) await readItem(frame.root, {store, chunk: item, sink})
  } else if (document.length > LARGEST_DOCUMENT) {
    sink.problem(problemAt(store.file, document.line, `one document of more than ${LARGEST_DOCUMENT / MB} MB is not read`, USE_JSON))
  } else await readChunk({store, chunk: document, sink})
}

interface Place {
  store: Store
  chunk: YamlChunk
  sink: YamlSink
}

async function readChunk(place: Place): Promise<void> {
  const reading = await parse(bytesAt(place.store, place.chunk.offset, place.chunk.length))
  if (reading.ok) emit(reading.root, [], place)
  else place.sink.problem(failed(place, reading))
}

/** One item with its dash: a list of one by itself. */
async function readItem(list: YamlNode, place: Place): Promise<void> {
  const reading = await parse(bytesAt(place.store, place.chunk.offset, place.chunk.length))
  if (!reading.ok) place.sink.problem(failed(place, reading))
  else if (reading.root.kind === 'sequence') emitItems(reading.root, list, [], place)
  else place.sink.stranger(place.chunk.line)
}

function emit(node: YamlNode, way: readonly PathStep[], place: Place, list: YamlNode | null = null): void {
  if (node.kind === 'scalar' && node.type === 'null') return
  const items = entryOf(node, 'items')?.value
  if (isList(textOf(node, 'kind')) && items?.kind === 'sequence') {
    emitItems(items, node, [...way, 'items'], place)
    return
  }
  if (isHelmReport(node)) return
  const line = place.chunk.line + node.line - 1
  const object = node.kind === 'mapping' ? named(jsonOf(node), list) : null
  if (object === null || object['kind'] === undefined && object['apiVersion'] === undefined) place.sink.stranger(line)
  else place.sink.found(object, {store: place.store, chunk: place.chunk, way}, line)
}

function emitItems(items: YamlNode & {kind: 'sequence'}, list: YamlNode, way: readonly PathStep[], place: Place): void {
  for (const [index, item] of items.items.entries()) emit(item, [...way, index], place, list)
}

/** A typed list leaves kind and version out at its items. */
function named(value: Json, list: YamlNode | null): JsonObject {
  const object = value as JsonObject
  const kind = list === null ? '' : textOf(list, 'kind').slice(0, -'List'.length)
  if (list === null || kind === '') return object
  return {...object, kind: object['kind'] ?? kind, apiVersion: object['apiVersion'] ?? textOf(list, 'apiVersion')}
}

function textOf(node: YamlNode, key: string): string {
  const value = entryOf(node, key)?.value
  return value?.kind === 'scalar' && value.type === 'string' ? value.value : ''
}

/** What `helm install --dry-run` prints above the manifests: NAME, STATUS, … HOOKS or MANIFEST. */
function isHelmReport(node: YamlNode): boolean {
  return node.kind === 'mapping' && node.entries.length > 0 && node.entries.every(({key}) => /^[A-Z][A-Z -]*$/.test(key))
}

/** Loaded with the first document that our own reader refuses: it takes a tenth of a second. */
let library: Library | null = null

type Reading = {ok: true; root: YamlNode} | {ok: false; message: string; hint: string; line: number; column: number}

/** Our own reader, which is go-yaml to the letter, and the library for what it refuses to be sure about. */
export async function parse(bytes: Buffer): Promise<Reading> {
  const own = readYaml(bytes)
  if (own.ok) return own
  let text: string
  try {
    text = decodeBytes(bytes)
  } catch {
    return {ok: false, ...own.failure}
  }
  library ??= (await import('yaml')).default as Library
  const reading = readWithLibrary(library, text.slice(0, -1))
  if (reading.ok) return reading
  const isTemplate = text.includes('{{')
  return {
    ok: false, message: `is not valid YAML (${reading.message})`, line: reading.line, column: reading.column,
    hint: isTemplate ? 'It looks like a template: give the output of `helm template`.' : 'Correct it; `kubectl apply --dry-run=client -f` refuses it too.',
  }
}

/** The tree of a chunk again, for the places in it. */
export function rootOf({store, chunk}: YamlOrigin): YamlNode | null {
  const bytes = bytesAt(store, chunk.offset, chunk.length)
  const own = readYaml(bytes)
  if (own.ok) return own.root
  const again = library === null ? null : readWithLibrary(library, decodeBytes(bytes).slice(0, -1))
  return again?.ok === true ? again.root : null
}

function failed({store, chunk}: Place, {message, hint, line, column}: {message: string; hint: string; line: number; column: number}): Problem {
  return {...problemAt(store.file, chunk.line + line - 1, message, hint), column}
}
