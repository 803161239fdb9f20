import {randomBytes} from 'node:crypto'
import {closeSync, constants, existsSync, fchmodSync, fstatSync, fsyncSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, unlinkSync, writeSync} from 'node:fs'
import {dirname, isAbsolute, join} from 'node:path'
import {codeOf} from './error-code.js'

/**
 * The directory that holds snapshots (secrets), the verdict cache and its key:
 * 0700, owned by us, no symlink on the last step. Files in it are 0600 and
 * appear whole, by rename.
 */
export interface PrivateDirectory {
  path: string
  /** A fresh temporary directory: it goes when kubectl ends, and nothing is cached in it. */
  ephemeral: boolean
}

export interface DirectoryEnvironment {
  runtimeDir: string | undefined
  stateDir: string | null
  tempDir: string
  uid: number
}

/**
 * `$XDG_RUNTIME_DIR/k121`, else `run` below the state directory, else a fresh
 * directory in temp: never a fixed name where others may write.
 */
export function openPrivateDirectory({runtimeDir, stateDir, tempDir, uid}: DirectoryEnvironment): PrivateDirectory {
  if (runtimeDir !== undefined && isAbsolute(runtimeDir) && isOurs(runtimeDir, uid)) {
    const path = join(runtimeDir, 'k121')
    if (ensure(path, uid)) return {path, ephemeral: false}
  }
  if (stateDir !== null) {
    const path = join(stateDir, 'run')
    if (ensure(stateDir, uid, 0o022) && ensure(path, uid)) return {path, ephemeral: false}
  }
  // Relative, it would lie in a working directory that may be somebody else's.
  if (!isAbsolute(tempDir) || tempDir.includes(':')) throw new Error('there is no place for private files: set XDG_RUNTIME_DIR or TMPDIR to an absolute path without a colon')
  return {path: mkdtempSync(join(tempDir, 'k121-')), ephemeral: true}
}

/** A directory of ours that nobody else can write to; a ':' in it would split KUBECONFIG. */
function isOurs(path: string, uid: number, forbidden = 0o022): boolean {
  try {
    const stat = lstatSync(path)
    return stat.isDirectory() && stat.uid === uid && (stat.mode & forbidden) === 0 && !path.includes(':')
  } catch {
    return false
  }
}

function ensure(path: string, uid: number, forbidden = 0o077): boolean {
  if (isOurs(path, uid, forbidden)) return true
  try {
    makeDirectories(path)
  } catch {
    // The caller has another place.
    return false
  }
  return isOurs(path, uid, forbidden)
}

/**
 * `mkdir -p`, for this user alone unless told otherwise. Node's own never returns
 * where the kernel answers ENOENT below a directory that is there (procfs,
 * automounted homes).
 */
export function makeDirectories(path: string, mode = 0o700): void {
  try {
    mkdirSync(path, {mode})
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path || existsSync(dirname(path))) throw error
    makeDirectories(dirname(path), mode)
    makeDirectories(path, mode)
  }
}

/**
 * Atomic and private: a reader sees the old bytes or the new ones, whatever
 * happens in between. `isDurable` also survives a power cut, for what people
 * decided; what can be made again does not wait for the disk.
 */
export function writePrivate(path: string, bytes: string | Uint8Array, mode = 0o600, isDurable = false): void {
  makeDirectories(dirname(path))
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const descriptor = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode)
  try {
    try {
      const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
      for (let done = 0; done < buffer.length; ) done += writeSync(descriptor, buffer, done)
      fchmodSync(descriptor, mode)
      if (isDurable) fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(draft, path)
  } catch (error) {
    try {
      unlinkSync(draft)
    } catch {
      // The draft was never made, or is renamed already: there is nothing to clear away.
    }
    throw error
  }
}

/** The bytes of a file that only we could have written; null for anything else. */
export function readPrivate(path: string, uid: number): Buffer | null {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return null
  }
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile() || stat.uid !== uid || (stat.mode & 0o077) !== 0) return null
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
