import {once} from 'node:events'
import {rmSync, statSync} from 'node:fs'
import type {FileHandle} from 'node:fs/promises'
import {open, rename} from 'node:fs/promises'
import {createGzip} from 'node:zlib'
import {UsageError} from '../errors.js'
import type {SnapshotSink} from '../flows/snapshot.js'
import {printable} from '../printable.js'
import {atExit} from './exit-hooks.js'
import {cannotWrite, draftOf, targetOf} from './whole-file.js'

/**
 * A gzipped file that appears whole, by rename, readable by its owner alone; `-`
 * is standard output. The gzip header holds neither time nor name: the same
 * lines make the same bytes. kubectl's own writers overwrite; a snapshot may be
 * the only copy of a cluster that is gone, so a second one needs `isForced`.
 */
export async function openSnapshotFile(path: string, {isForced}: {isForced: boolean}): Promise<SnapshotSink> {
  if (path === '-') return gzipInto(standardOutput())
  const stat = statSync(path, {throwIfNoEntry: false})
  if (stat?.isDirectory()) throw new UsageError('bad-argument', `${printable(path)} is a directory`, 'name a file in it')
  // Replacing a device or a pipe by a file would harm the machine.
  if (stat !== undefined && !stat.isFile()) return gzipInto(intoFile(await opened(path, 'w', path), path))
  if (stat !== undefined && !isForced) throw new UsageError('bad-argument', `${printable(path)} exists already`, 'name another file, or overwrite it with --force')
  const [target, draft] = [targetOf(path), draftOf(path)]
  const file = await opened(draft, 'wx', path)
  const forget = atExit(() => rmSync(draft, {force: true}))
  const plain = intoFile(file, path)
  return gzipInto({
    ...plain,
    async commit() {
      await saying(path, async () => {
        await file.sync()
        await file.close()
        await rename(draft, target)
      })
      forget()
    },
    async discard() {
      await plain.discard()
      rmSync(draft, {force: true})
      forget()
    },
  })
}

interface ByteSink {
  write(bytes: Buffer): Promise<void>
  commit(): Promise<void>
  discard(): Promise<void>
}

function intoFile(file: FileHandle, path: string): ByteSink {
  return {
    write: bytes => saying(path, () => file.appendFile(bytes)),
    commit: () => saying(path, () => file.close()),
    discard: () => file.close().catch(() => undefined),
  }
}

function standardOutput(): ByteSink {
  if (process.stdout.isTTY) throw new UsageError('bad-argument', 'a snapshot is compressed and not for a terminal', 'send it somewhere: --out FILE, or --out - | …')
  // Without a listener an early end of the reader would end us with a stack.
  process.stdout.on('error', () => undefined)
  return {
    write: bytes => saying('standard output', () => new Promise((resolve, reject) => void process.stdout.write(bytes, error => (error ? reject(error) : resolve())))),
    commit: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  }
}

function gzipInto(sink: ByteSink): SnapshotSink {
  const gzip = createGzip({level: 6})
  let failure: unknown = null
  const drained = (async () => {
    for await (const chunk of gzip as AsyncIterable<Buffer>) await sink.write(chunk)
  })().catch((error: unknown) => void (failure = error))
  const orThrow = (): void => {
    if (failure !== null) throw failure
  }
  return {
    async write(text) {
      orThrow()
      if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), drained])
      orThrow()
    },
    async commit() {
      gzip.end()
      await drained
      orThrow()
      await sink.commit()
    },
    async discard() {
      gzip.destroy()
      await drained
      await sink.discard()
    },
  }
}

function opened(path: string, flags: 'w' | 'wx', shown: string): Promise<FileHandle> {
  return saying(shown, () => open(path, flags, 0o600))
}

async function saying<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw cannotWrite(path, error)
  }
}
