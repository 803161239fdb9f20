import {closeSync, openSync, renameSync, rmSync, writeSync} from 'node:fs'
import {randomBytes} from 'node:crypto'
import {basename, dirname, join} from 'node:path'
import {once} from 'node:events'
import type {AuditResult} from '../audit/audit-report.js'
import {EnvironmentError, UsageError} from '../errors.js'
import {printable} from '../printable.js'
import type {AuditFormat} from '../report/audit/formats.js'
import {FORMATS, renderAudit} from '../report/audit/formats.js'
import type {RenderOptions} from '../report/audit/options.js'

export interface Output {
  format: AuditFormat
  /** Null: standard output. */
  file: string | null
}

/** `-o table -o sarif=FILE`: any number of files, one format on standard output. */
export function parseOutputs(given: readonly string[]): Output[] {
  const outputs = (given.length === 0 ? ['table'] : given).map(parseOne)
  if (outputs.filter(({file}) => file === null).length > 1) throw new UsageError('bad-argument', 'two formats for standard output', 'give all but one a file: -o table -o sarif=FILE')
  const files = outputs.flatMap(({file}) => (file === null ? [] : [file]))
  const twice = files.find((file, index) => files.indexOf(file) !== index)
  if (twice !== undefined) throw new UsageError('bad-argument', `two formats for the file ${printable(twice)}`, 'give each its own')
  return outputs
}

function parseOne(given: string): Output {
  const equals = given.indexOf('=')
  const format = equals === -1 ? given : given.slice(0, equals)
  if (!Object.hasOwn(FORMATS, format)) throw new UsageError('bad-argument', `there is no format ${printable(format)}`, `one of: ${Object.keys(FORMATS).join(', ')}`)
  const file = equals === -1 ? null : given.slice(equals + 1)
  if (file === '') throw new UsageError('bad-argument', `-o ${printable(given)} names no file`, `-o ${format} prints it, -o ${format}=FILE writes it`)
  return {format: format as AuditFormat, file}
}

/** A directory that cannot be written is told before a cluster is read for minutes. */
export function proveWritable(outputs: readonly Output[]): void {
  for (const {file} of outputs) {
    if (file === null) continue
    const draft = draftOf(file)
    try {
      closeSync(openSync(draft, 'wx'))
      rmSync(draft)
    } catch (error) {
      throw unwritable(file, error)
    }
  }
}

export async function writeOutputs(outputs: readonly Output[], result: AuditResult, screen: RenderOptions): Promise<void> {
  // Files first: a closed pipe on standard output must not cost them.
  for (const {format, file} of outputs) if (file !== null) writeWhole(file, renderAudit(format, result, {...screen, isColoured: false}))
  for (const {format, file} of outputs) if (file === null) await print(renderAudit(format, result, screen))
}

/** Whole or not at all: a reader never meets half a report. */
function writeWhole(file: string, chunks: Iterable<string>): void {
  const draft = draftOf(file)
  try {
    const descriptor = openSync(draft, 'wx', 0o644)
    try {
      for (const chunk of chunks) {
        const bytes = Buffer.from(chunk)
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
      }
    } finally {
      closeSync(descriptor)
    }
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, {force: true})
    throw unwritable(file, error)
  }
}

function draftOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.tmp`)
}

function unwritable(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  return new EnvironmentError('store-unwritable', `cannot write ${printable(file)} (${String(error.code)})`, 'name a file in a directory that you may write')
}

async function print(chunks: Iterable<string>): Promise<void> {
  let isClosed = false
  // `| head` closes the pipe: the reader has what it wanted.
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    isClosed = true
  })
  for (const chunk of chunks) {
    if (isClosed) return
    if (!process.stdout.write(chunk) && !isClosed) await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')])
  }
}
