import {closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readSync, readlinkSync, statSync} from 'node:fs'
import type {Stats} from 'node:fs'
import {basename, dirname} from 'node:path'
import type {FileFact, FileSource} from '../trust/file-source.js'
import {digestOf} from './digest.js'
import {codeOf} from './error-code.js'
import {pause} from './pause.js'
import {realPathOf} from './real-path.js'

/** A kubeconfig of 5,000 contexts has 17 MB; nothing that people keep comes near this. */
const FILE_CAP = 64 * 1024 * 1024

export type ReadOutcome =
  | {ok: true; bytes: Buffer; isLoose: boolean}
  | {ok: false; reason: 'missing' | 'directory' | 'unreadable' | 'too-large'; detail: string}

/**
 * The whole content of a file, a FIFO or a descriptor, but never more than
 * `cap` bytes, whatever the file is (/dev/zero). Opened once, as kubectl does.
 *
 * @param isReal `path` was judged as free of symlinks: one that was slipped in since is no way to another file
 */
export function readCapped(path: string, cap = FILE_CAP, isReal = false): ReadOutcome {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY)
  } catch (error) {
    return {ok: false, ...reasonOf(error)}
  }
  try {
    const stat = fstatSync(descriptor)
    if (stat.isDirectory()) return {ok: false, reason: 'directory', detail: 'is a directory'}
    if (isReal && !isStill(descriptor, path)) return {ok: false, reason: 'unreadable', detail: 'changed while it was read'}
    if (stat.isFile() && stat.size > 0) {
      return stat.size > cap ? tooLarge(cap) : {ok: true, bytes: readFileSync(descriptor), isLoose: isLoose(stat)}
    }
    return readStream(descriptor, cap, isLoose(stat))
  } catch (error) {
    return {ok: false, ...reasonOf(error)}
  } finally {
    closeSync(descriptor)
  }
}

/**
 * A trust file that somebody named, or of which at least a link is there, is
 * never missing: it may say DenyAll.
 */
export function readTrustFile(path: string, isNamed: boolean): ReadOutcome {
  const outcome = readCapped(path)
  if (outcome.ok || outcome.reason !== 'missing') return outcome
  const isLink = lstatSync(path, {throwIfNoEntry: false}) !== undefined
  if (!isLink && !isNamed) return outcome
  return {ok: false, reason: 'unreadable', detail: isLink ? 'is a link to nothing' : outcome.detail}
}

/** Linux: a directory that is only a way to its files; needs no right to list it. */
const O_PATH = 0o10000000

/**
 * A file, and the directory in which it lay when it was opened: whoever owns
 * the way there can make the same name another directory a moment later.
 */
export function readWithPlace(file: string): {outcome: ReadOutcome; directory: string | null} {
  // `config/` is a directory, for the kernel and for kubectl.
  if (file.endsWith('/')) return {outcome: readCapped(file), directory: null}
  let descriptor: number
  try {
    descriptor = openSync(dirname(file), O_PATH | constants.O_DIRECTORY)
  } catch {
    // No such directory (reading says so), or a system without O_PATH.
    return {outcome: readCapped(file), directory: realPathOf(dirname(file))}
  }
  const link = `/proc/self/fd/${descriptor}`
  try {
    const directory = readlinkSync(link)
    return {outcome: readCapped(`${link}/${basename(file)}`), directory}
  } catch {
    // No /proc: the second best is to look twice.
    return {outcome: readCapped(file), directory: realPathOf(dirname(file))}
  } finally {
    closeSync(descriptor)
  }
}

/** Somebody else may change the file: a trust file like that is nobody's word. */
function isLoose(stat: Stats): boolean {
  const uid = process.geteuid?.() ?? stat.uid
  return (stat.mode & 0o002) !== 0 || (stat.uid !== uid && stat.uid !== 0)
}

/** Linux tells the name of what was opened, whatever happens to that name meanwhile; elsewhere a second look has to do. */
function isStill(descriptor: number, real: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`) === real
  } catch {
    const [opened, named] = [fstatSync(descriptor), lstatSync(real)]
    return opened.dev === named.dev && opened.ino === named.ino && realPathOf(real) === real
  }
}

/** A pipe or device has no size: read until it ends or the cap is passed. */
export function readStream(descriptor: number, cap = FILE_CAP, loose = false): ReadOutcome {
  const parts: Buffer[] = []
  let total = 0
  for (;;) {
    const part = Buffer.allocUnsafe(64 * 1024)
    const count = readWaiting(descriptor, part)
    if (count === 0) return {ok: true, bytes: Buffer.concat(parts), isLoose: loose}
    parts.push(part.subarray(0, count))
    total += count
    if (total > cap) return tooLarge(cap)
  }
}

/** A descriptor that somebody else opened may be anything: a directory, a broken socket, a pipe that does not wait. */
export function readStandardInput(cap = FILE_CAP): ReadOutcome {
  try {
    return fstatSync(0).isDirectory() ? {ok: false, reason: 'directory', detail: 'is a directory'} : readStream(0, cap)
  } catch (error) {
    return {ok: false, reason: 'unreadable', detail: `cannot be read (${codeOf(error)})`}
  }
}

/** A pipe whose other end made it non-blocking says EAGAIN while nothing is there yet. */
function readWaiting(descriptor: number, part: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, part, 0, part.length, null)
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error
      pause(10)
    }
  }
}

function tooLarge(cap: number): ReadOutcome {
  return {ok: false, reason: 'too-large', detail: `is larger than ${cap / 1024 / 1024} MB`}
}

function reasonOf(error: unknown): {reason: 'missing' | 'unreadable'; detail: string} {
  const code = codeOf(error)
  return {reason: code === 'ENOENT' ? 'missing' : 'unreadable', detail: WORDS[code] ?? `cannot be read (${code})`}
}

const WORDS: Record<string, string> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by you',
  EPERM: 'may not be read by you',
  ELOOP: 'is a loop of symbolic links',
  ENOTDIR: 'lies below something that is no directory',
  ENAMETOOLONG: 'has too long a name',
}

/** The file system as the judge asks about it. Answers are kept, so that one judgement sees one state. */
export function fileSource(): FileSource {
  const facts = new Map<string, FileFact>()
  const contents = new Map<string, Buffer | null>()
  const look = (path: string): FileFact => {
    const fact = facts.get(path) ?? factOf(path)
    facts.set(path, fact)
    return fact
  }
  const read = (path: string, cap: number): Buffer | null => {
    const known = contents.get(path)
    if (known !== undefined) return known
    // Only regular files: a FIFO's content would be gone for kubectl.
    const {kind, real} = look(path)
    const outcome = kind === 'file' && real !== null ? readCapped(real, cap, true) : null
    const bytes = outcome?.ok === true ? outcome.bytes : null
    contents.set(path, bytes)
    return bytes
  }
  return {
    look,
    realDirectory(path) {
      return realPathOf(path) ?? path
    },
    isShared(directory) {
      const real = realPathOf(directory) ?? directory
      const stat = statSync(real, {throwIfNoEntry: false})
      return stat === undefined || (stat.mode & 0o002) !== 0 || /^\/(dev|proc)(\/|$)/.test(real)
    },
    read,
    digest(path) {
      const bytes = read(path, 256 * 1024 * 1024)
      return bytes === null ? null : digestOf(bytes)
    },
  }
}

function factOf(path: string): FileFact {
  try {
    const stat = statSync(path)
    return {path, real: realPathOf(path), kind: stat.isFile() ? 'file' : 'other'}
  } catch (error) {
    return {path, real: null, kind: reasonOf(error).reason}
  }
}
