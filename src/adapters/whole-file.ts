import {randomBytes} from 'node:crypto'
import {existsSync, realpathSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {EnvironmentError} from '../errors.js'
import {printable} from '../printable.js'
import {codeOf} from './error-code.js'

/** Behind every link: the file that is meant is replaced, not the link to it. */
export function targetOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : file
}

/** Beside the file that it becomes: a rename works within one file system only. */
export function draftOf(file: string): string {
  const target = targetOf(file)
  return join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`)
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'make room there'], ['EDQUOT', 'make room there'],
  ['EPIPE', 'the program that reads it ended before the end: its own messages may say why'],
])

export function cannotWrite(file: string, error: unknown): EnvironmentError {
  const code = codeOf(error)
  return new EnvironmentError('store-unwritable', `cannot write ${printable(file)} (${code})`, HINTS.get(code) ?? 'name a file in a directory that you may write')
}
