import {randomBytes} from 'node:crypto'
import {closeSync, linkSync, openSync, readFileSync, renameSync, statSync, unlinkSync, writeSync} from 'node:fs'
import {dirname} from 'node:path'
import {EnvironmentError} from '../errors.js'
import {quote} from '../printable.js'
import {codeOf} from './error-code.js'
import {pause} from './pause.js'
import {makeDirectories} from './private-directory.js'

/** How long a writer waits for another one, and when a lock without an owner's name is taken to be left by a crash. */
const WAIT_MS = 10_000
const STALE_MS = 5_000

/** What to write, worked out under the lock; it is written only if the lock is still ours by then. */
export interface Change<T> {
  value: T
  commit(): void
}

/**
 * One writer at a time: `path` is an exclusive file that holds our pid and a
 * word of our own. The lock of a process that is gone is taken over.
 */
export function withLock<T>(path: string, work: () => Change<T>): T {
  makeDirectory(dirname(path))
  const deadline = Date.now() + WAIT_MS
  for (;;) {
    const name = acquire(path, deadline)
    try {
      const {value, commit} = work()
      // Somebody who took us for dead may have moved it away: then all is worked out again on what he wrote.
      if (contentOf(path) !== name) continue
      commit()
      return value
    } finally {
      if (contentOf(path) === name) unlinkSync(path)
    }
  }
}

function makeDirectory(directory: string): void {
  try {
    makeDirectories(directory)
  } catch (error) {
    throw unwritable(directory, error)
  }
}

function unwritable(directory: string, error: unknown): EnvironmentError {
  return new EnvironmentError('store-unwritable', `${quote(directory)} cannot be written (${codeOf(error)})`, 'make the directory writable, or set XDG_STATE_HOME and XDG_CONFIG_HOME')
}

function acquire(path: string, deadline: number): string {
  const name = `${process.pid} ${randomBytes(8).toString('hex')}`
  for (;;) {
    try {
      const descriptor = openSync(path, 'wx', 0o600)
      writeSync(descriptor, name)
      closeSync(descriptor)
      return name
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw unwritable(dirname(path), error)
    }
    const stale = staleContent(path)
    if (stale !== null) steal(path, stale)
    else if (Date.now() > deadline) throw new EnvironmentError('store-unwritable', 'another process holds the lock', `if none runs, delete ${quote(path, 200)}`)
    else pause(5 + Math.random() * 20)
  }
}

/** What a lock says whose owner is gone; null while there is one, or no lock. */
function staleContent(path: string): string | null {
  const content = contentOf(path)
  if (content === null) return null
  const pid = Number(content.split(' ')[0])
  if (Number.isInteger(pid) && pid > 0) return isAlive(pid) ? null : content
  try {
    return Date.now() - statSync(path).mtimeMs > STALE_MS ? content : null
  } catch {
    // It was released just now.
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Rename first: of several who find the same stale lock one wins, and a lock that was taken meanwhile is put back. */
function steal(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    if (contentOf(aside) !== stale) linkSync(aside, path)
    unlinkSync(aside)
  } catch {
    // Somebody else was faster; whoever lost his lock by this sees it before he writes.
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Released, or moved aside by somebody else: in any case not ours.
    return null
  }
}
