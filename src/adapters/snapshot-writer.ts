import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {open, rename, unlink} from 'node:fs/promises'
import {dirname, join, basename} from 'node:path'
import {createGzip} from 'node:zlib'
import {EnvironmentError, UsageError} from '../errors.js'
import type {SnapshotSink} from '../flows/snapshot.js'
import {codeOf} from './error-code.js'

/**
 * A gzipped file that appears whole, by rename, readable by its owner alone.
 * The gzip header holds neither time nor name: the same lines make the same bytes.
 * kubectl's own writers overwrite; a snapshot may be the only copy of a cluster
 * that is gone, so a second one needs `isForced`.
 */
export async function openSnapshotFile(path: string, {isForced}: {isForced: boolean}): Promise<SnapshotSink> {
  if (!isForced && existsSync(path)) throw new UsageError('bad-argument', `${path} exists already`, 'Name another file, or overwrite it with --force.')
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  const file = await open(draft, 'wx', 0o600).catch((error: unknown) => {
    throw new EnvironmentError('store-unwritable', `${path} cannot be written (${codeOf(error)})`, 'Name a file in a directory that is yours.')
  })
  const gzip = createGzip({level: 6})
  let failure: unknown = null
  const drained = (async () => {
    for await (const chunk of gzip as AsyncIterable<Buffer>) await file.appendFile(chunk)
  })().catch((error: unknown) => void (failure = error))

  const close = async (): Promise<void> => {
    gzip.end()
    await drained
    await file.close()
  }
  return {
    async write(text) {
      if (failure !== null) throw failure
      if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), drained])
    },
    async commit() {
      await close()
      if (failure !== null) throw failure
      await rename(draft, path)
    },
    async discard() {
      gzip.destroy()
      await drained
      await file.close().catch(() => undefined)
      await unlink(draft).catch(() => undefined)
    },
  }
}
