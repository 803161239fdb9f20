import {closeSync, fstatSync, openSync, readSync, rmSync, unlinkSync, writeSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {temporaryDirectory, writingTo} from '../temporary.js'

/** Bytes that lie in a file and are read piece by piece. */
export interface Store {
  /** As people know it: the path that they gave, `stdin`. */
  file: string
  descriptor: number
  size: number
  /** Behind a byte order mark. */
  start: number
  close(): void
}

/** A file of our own that grows. */
export interface Spool extends Store {
  write(bytes: Uint8Array): void
}

const BLOCK = 256 * 1024

export function openStore(path: string, file: string): Store {
  const descriptor = openSync(path, 'r')
  return {file, descriptor, size: fstatSync(descriptor).size, start: 0, close: () => closeSync(descriptor)}
}

/**
 * Private, and without a name as soon as it is open: what came through a pipe
 * may hold secrets, and nothing of it is left when the process is killed.
 */
export function openSpool(file: string): Spool {
  const place = tmpdir()
  const directory = temporaryDirectory(place)
  const path = join(directory, 'spool')
  const descriptor = openSync(path, 'wx+', 0o600)
  // Windows keeps the name until the file is closed.
  const isGone = discard(path, directory)
  return {
    file, descriptor, size: 0, start: 0,
    write(bytes) {
      writingTo(place, () => {
        for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, bytes.length - done, this.size + done)
      })
      this.size += bytes.length
    },
    close() {
      closeSync(descriptor)
      if (!isGone) discard(path, directory)
    },
  }
}

function discard(path: string, directory: string): boolean {
  try {
    unlinkSync(path)
    rmSync(directory, {recursive: true, force: true})
    return true
  } catch {
    return false
  }
}

/** The bytes of a range, block by block. A block is valid until the next one is asked for. */
export function* blocksOf({descriptor}: Store, offset: number, length: number): Generator<Buffer> {
  const block = Buffer.allocUnsafe(Math.min(BLOCK, Math.max(length, 1)))
  for (let done = 0; done < length;) {
    const count = readSync(descriptor, block, 0, Math.min(block.length, length - done), offset + done)
    if (count === 0) return
    done += count
    yield block.subarray(0, count)
  }
}

/** @param room used in place of a new buffer where it is large enough */
export function bytesAt({descriptor}: Store, offset: number, length: number, room?: Buffer): Buffer {
  const bytes = room !== undefined && room.length >= length ? room.subarray(0, length) : Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, offset + done)
    // The file became shorter: what is left cannot be parsed, and that is said.
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}

export function headOf(store: Store, length: number): Buffer {
  return bytesAt(store, 0, Math.min(length, store.size))
}
