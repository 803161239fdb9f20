import {isUtf8} from 'node:buffer'
import {setImmediate as nextTurn} from 'node:timers/promises'
import type {ReadRequest} from '../../audit/source.js'
import type {JsonObject, KubeObject} from '../../kube/json.js'
import type {Resource} from '../../kube/resources.js'
import type {Column} from './object-index.js'
import type {Store} from './store.js'
import {bytesAt} from './store.js'

/** An object in its column. */
export interface Found {
  column: Column
  place: number
}

export type Reading = {ok: true; object: KubeObject; found: Found} | {ok: false; found: Found; message: string}

const BATCH = 250
/**
 * What is parsed at once lives until it has been looked at. Small batches die
 * young; of large ones V8 keeps hundreds of megabytes until it collects them:
 * measured on a dump of 600 MB, 680 MB and 9 s with 1 MB, 148 MB and 6.5 s with this.
 */
const BATCH_BYTES = 64 * 1024

/** What of a column a row may speak of, without having read the objects. */
export function placesOf(column: Column, resource: Resource, refs: ReadRequest['refs']): number[] {
  if (resource.follows !== undefined) return (refs ?? []).flatMap(({namespace, name}) => column.keys.get(`${namespace}/${name}`) ?? []).sort((a, b) => a - b)
  const namespaces = resource.only?.every(one => one.namespace !== undefined) === true ? new Set(resource.only.map(one => one.namespace)) : null
  const places: number[] = []
  for (let place = 0; place < column.offsets.length; place++) {
    if (!column.superseded.has(place) && (namespaces === null || namespaces.has(column.namespaces[place]!))) places.push(place)
  }
  return places
}

/** Objects in batches: neighbours in the file come with one read, into one room. Nothing that is parsed points into it. */
export async function* readPlaces(column: Column, places: readonly number[]): AsyncGenerator<Reading[], void, void> {
  const room = Buffer.allocUnsafe(BATCH_BYTES)
  for (let at = 0; at < places.length;) {
    const batch: Reading[] = []
    let bytes = 0
    while (at < places.length && batch.length < BATCH && bytes < BATCH_BYTES) {
      const run = runAt(column, places, at)
      const block = bytesAt(column.stores[places[at]!]!, run.offset, run.length, room)
      for (const place of places.slice(at, at + run.count)) batch.push(parseAt(block, run.offset, {column, place}))
      at += run.count
      bytes += run.length
    }
    yield batch
    // Signals and the terminal have their turn.
    await nextTurn()
  }
}

/** Objects that lie side by side: list items are parted by a comma and some blanks. */
function runAt(column: Column, places: readonly number[], from: number): {offset: number; length: number; count: number} {
  const first = places[from]!
  const store: Store = column.stores[first]!
  const offset = column.offsets[first]!
  let end = offset + column.lengths[first]!
  let count = 1
  for (; from + count < places.length && count < BATCH; count++) {
    const next = places[from + count]!
    const start = column.offsets[next]!
    const stop = start + column.lengths[next]!
    if (column.stores[next] !== store || start < end || start - end > 4096 || stop - offset > BATCH_BYTES) break
    end = stop
  }
  return {offset, length: end - offset, count}
}

function parseAt(block: Buffer, blockOffset: number, found: Found): Reading {
  const start = found.column.offsets[found.place]! - blockOffset
  const bytes = block.subarray(start, start + found.column.lengths[found.place]!)
  if (!isUtf8(bytes)) return {ok: false, found, message: 'is not valid UTF-8'}
  try {
    return {ok: true, object: JSON.parse(bytes.toString('utf8')) as JsonObject as KubeObject, found}
  } catch {
    return {ok: false, found, message: 'is not valid JSON'}
  }
}
