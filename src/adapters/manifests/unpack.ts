import {createReadStream} from 'node:fs'
import {Readable, pipeline} from 'node:stream'
import {createGunzip} from 'node:zlib'
import {EnvironmentError} from '../../errors.js'
import {codeOf} from '../error-code.js'
import type {Problem} from './problem.js'
import {problemAt} from './problem.js'
import type {Spool, Store} from './store.js'
import {blocksOf, headOf, openSpool, openStore} from './store.js'

const GB = 1024 ** 3
/** More than any cluster's dump: what grows on is a bomb. */
const LARGEST = 16 * GB

export interface Opened {
  store: Store | null
  problem: Problem | null
}

/**
 * A file as UTF-8 that can be read at any place: standard input, gzip and the
 * UTF-16 of PowerShell's `>` go through a private file of ours. What had come
 * before the stream broke is kept.
 */
export async function openInput(path: string, stdin: AsyncIterable<Uint8Array>): Promise<Opened> {
  try {
    const raw = path === '-' ? await spooled('stdin', stdin) : await openPath(path)
    return raw.problem === null ? await unpacked(raw.store, path) : raw
  } catch (error) {
    if (error instanceof EnvironmentError) throw error
    return {store: null, problem: {...problemAt(path, null, `cannot be read (${codeOf(error)})`, 'Make it readable, or leave it out.'), outcome: 'partial'}}
  }
}

/** A named pipe has no size and no places. It is opened once: its writer is gone when we close it, and a second opening would wait for ever. */
async function openPath(path: string): Promise<Opened & {store: Store}> {
  const store = openStore(path, path)
  if (store.size > 0) return {store, problem: null}
  try {
    return await spooled(path, createReadStream(path, {fd: store.descriptor, autoClose: false}))
  } finally {
    store.close()
  }
}

async function unpacked(store: Store, path: string): Promise<Opened> {
  const head = headOf(store, 3)
  if (head[0] === 0x1f && head[1] === 0x8b) return replace(store, await spooled(store.file, gunzipped(store), 'the compressed file is damaged or cut off'))
  const encoding = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null
  if (encoding !== null) return replace(store, await spooled(store.file, decoded(store, encoding), 'the file is not valid UTF-16'))
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) store.start = 3
  if (store.size === 0 && path === '-') return {store, problem: problemAt(store.file, null, 'nothing came from standard input', 'Pipe manifests or a dump into it.')}
  return {store, problem: null}
}

function replace(store: Store, opened: {store: Spool; problem: Problem | null}): Opened {
  store.close()
  return opened
}

function gunzipped(store: Store): AsyncIterable<Uint8Array> {
  // The spool's descriptor stays ours: a stream of its own would close it. Whoever reads meets the errors.
  return pipeline(Readable.from(copiesOf(store)), createGunzip(), () => undefined)
}

/** A block is valid until the next one is asked for, and a stream keeps several. */
function* copiesOf(store: Store): Generator<Buffer> {
  for (const block of blocksOf(store, 0, store.size)) yield Buffer.from(block)
}

async function* decoded(store: Store, encoding: 'utf-16le' | 'utf-16be'): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, {fatal: true})
  for (const block of blocksOf(store, 0, store.size)) yield Buffer.from(decoder.decode(block, {stream: true}))
  yield Buffer.from(decoder.decode())
}

async function spooled(file: string, chunks: AsyncIterable<Uint8Array>, broken = 'reading it failed'): Promise<{store: Spool; problem: Problem | null}> {
  const spool = openSpool(file)
  try {
    for await (const chunk of chunks) {
      if (spool.size + chunk.length > LARGEST) return {store: spool, problem: problemAt(file, null, `more than ${LARGEST / GB} GB`, 'Split it.')}
      spool.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    }
    return {store: spool, problem: null}
  } catch (error) {
    // A full disk is not the input's fault.
    if (error instanceof EnvironmentError) throw error
    return {store: spool, problem: problemAt(file, null, broken, 'Make it again.')}
  }
}
