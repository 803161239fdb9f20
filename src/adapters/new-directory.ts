import {randomBytes} from 'node:crypto'
import {chmodSync, lstatSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync} from 'node:fs'
import {basename, dirname, join, resolve, sep} from 'node:path'
import {EnvironmentError, UsageError} from '../errors.js'
import {printable} from '../printable.js'
import {codeOf} from './error-code.js'
import {makeDirectories} from './private-directory.js'

export interface NewFile {
  /** Below the directory, with `/`. */
  path: string
  text: string
  isProgram: boolean
}

/** Told before a cluster is read for minutes: what is in it would be mixed with what is written. */
export function proveEmpty(directory: string): void {
  isThere(directory)
}

/** False: nothing of that name is. What is no empty directory is refused. */
function isThere(directory: string): boolean {
  if (directory === '') throw new UsageError('bad-argument', '--out names no directory', HINT)
  try {
    // What is written there would lie somewhere else. With a slash at its end a link would be followed here.
    if (lstatSync(resolve(directory)).isSymbolicLink()) throw unfit(directory, 'is a link')
    if (readdirSync(resolve(directory)).length > 0) throw unfit(directory, 'is not empty')
    return true
  } catch (error) {
    if (error instanceof UsageError) throw error
    const code = codeOf(error)
    if (code === 'ENOENT') return false
    throw code === 'ENOTDIR' ? unfit(directory, 'is no directory') : cannot(directory, error)
  }
}

/** As the umask leaves it: a plan is for colleagues too. */
const OPEN = 0o777
const HINT = 'name a directory that is not there yet, or an empty one'

function unfit(directory: string, why: string): UsageError {
  return new UsageError('bad-argument', `--out ${printable(directory)} ${why}`, HINT)
}

/**
 * All of the files or none. A new directory is written beside, and then takes
 * its name. One that is there stays what it is, for it may be mounted, be for
 * nobody else's eyes, or have somebody's shell in it: the files are written in a
 * corner of it and moved up at the end.
 */
export function writeNewDirectory(directory: string, files: readonly NewFile[]): void {
  const target = resolve(directory)
  const isOld = isThere(directory)
  const draft = join(isOld ? target : dirname(target), `.k121-${randomBytes(6).toString('hex')}.tmp`)
  try {
    makeDirectories(draft, OPEN)
    for (const file of files) writeOne(draft, file)
    if (isOld) moveUp(directory, draft)
    else renameSync(draft, target)
  } catch (error) {
    discard(draft)
    // What the system did not say is ours to explain.
    throw error instanceof Error && 'syscall' in error ? cannot(directory, error) : error
  }
}

function moveUp(directory: string, draft: string): void {
  const target = dirname(draft)
  if (readdirSync(target).some(name => name !== basename(draft))) throw unfit(directory, 'is not empty')
  const moved: string[] = []
  try {
    // Who finds the page that explains the others finds them all.
    for (const name of readdirSync(draft).toSorted((a, b) => Number(a === FIRST_READ) - Number(b === FIRST_READ))) {
      renameSync(join(draft, name), join(target, name))
      moved.push(name)
    }
    rmdirSync(draft)
  } catch (error) {
    for (const name of moved) discard(join(target, name))
    throw error
  }
}

const FIRST_READ = 'README.md'

/** What went wrong before is the news; a file system that fails now fails for the same reason. */
function discard(path: string): void {
  try {
    rmSync(path, {recursive: true, force: true})
  } catch {
    // It has a name that nobody takes for a plan.
  }
}

function writeOne(draft: string, {path, text, isProgram}: NewFile): void {
  const file = join(draft, path)
  // A name in a plan comes from a cluster: it must not lead out.
  if (!resolve(file).startsWith(`${draft}${sep}`)) throw new Error(`${path} leads out of the directory`)
  makeDirectories(dirname(file), OPEN)
  writeFileSync(file, text, {flag: 'wx'})
  if (isProgram) chmodSync(file, 0o755)
}

const FULL: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

function cannot(directory: string, error: unknown): EnvironmentError {
  const code = codeOf(error)
  return new EnvironmentError('store-unwritable', `cannot write the directory ${printable(directory)} (${code})`, FULL.includes(code) ? 'make room there' : 'name one in a directory that you may write')
}
