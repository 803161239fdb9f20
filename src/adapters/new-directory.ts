import {randomBytes} from 'node:crypto'
import {chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {EnvironmentError, UsageError} from '../errors.js'
import {printable} from '../printable.js'
import {codeOf} from './error-code.js'

export interface NewFile {
  /** Below the directory, with `/`. */
  path: string
  text: string
  isProgram: boolean
}

/** Told before a cluster is read for minutes: what is in it would be mixed with what is written. */
export function proveEmpty(directory: string): void {
  const entries = entriesOf(directory)
  if (entries !== null && entries.length > 0) throw unfit(directory, 'is not empty')
}

/** Null: it is not there. */
function entriesOf(directory: string): readonly string[] | null {
  try {
    // A directory is made beside and takes the name: it would take the link's.
    if (lstatSync(directory).isSymbolicLink()) throw unfit(directory, 'is a link')
    return readdirSync(directory)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const code = codeOf(error)
    if (code === 'ENOENT') return null
    throw code === 'ENOTDIR' ? unfit(directory, 'is no directory') : cannot(directory, error)
  }
}

function unfit(directory: string, why: string): UsageError {
  return new UsageError('bad-argument', `--out ${printable(directory)} ${why}`, 'name a directory that is not there yet, or an empty one')
}

/** All of the files or none: they are written beside, and then take the directory's name. */
export function writeNewDirectory(directory: string, files: readonly NewFile[]): void {
  const target = resolve(directory)
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    mkdirSync(draft, {recursive: true})
    for (const file of files) writeOne(draft, file)
    proveEmpty(directory)
    if (entriesOf(directory) !== null) rmdirSync(target)
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, {recursive: true, force: true})
    throw error instanceof UsageError || error instanceof EnvironmentError ? error : cannot(directory, error)
  }
}

function writeOne(draft: string, {path, text, isProgram}: NewFile): void {
  const file = join(draft, path)
  // A name in a plan comes from a cluster: it must not lead out.
  if (!resolve(file).startsWith(`${draft}/`)) throw new Error(`${path} leads out of the directory`)
  mkdirSync(dirname(file), {recursive: true})
  writeFileSync(file, text, {flag: 'wx'})
  if (isProgram) chmodSync(file, 0o755)
}

function cannot(directory: string, error: unknown): EnvironmentError {
  return new EnvironmentError('store-unwritable', `cannot write the directory ${printable(directory)} (${codeOf(error)})`, 'name one in a directory that you may write')
}
