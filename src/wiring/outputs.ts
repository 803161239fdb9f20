import {accessSync, closeSync, constants, openSync, renameSync, rmSync, statSync, writeSync} from 'node:fs'
import {cannotWrite, draftOf, targetOf} from '../adapters/whole-file.js'
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

/** A place that cannot be written is told before a cluster is read for minutes. */
export function proveWritable(outputs: readonly Output[]): void {
  for (const {file} of outputs) {
    if (file === null) continue
    // Opening a pipe would wait for its reader, and closing it again would end it.
    if (isSpecial(file)) saying(file, () => accessSync(file, constants.W_OK))
    else {
      const draft = draftOf(file)
      closeSync(openForWriting(draft, file))
      rmSync(draft)
    }
  }
}

export async function writeOutputs(outputs: readonly Output[], result: AuditResult, screen: RenderOptions): Promise<void> {
  // Files first: a closed pipe on standard output must not cost them.
  for (const {format, file} of outputs) if (file !== null) writeWhole(file, renderAudit(format, result, {...screen, isColoured: false}))
  for (const {format, file} of outputs) if (file === null) await print(renderAudit(format, result, screen))
}

/** Whole or not at all: a reader never meets half a report. Devices, pipes and the like are written as they are: replacing /dev/null by a file would harm the machine. */
export function writeWhole(file: string, chunks: Iterable<string>): void {
  if (isSpecial(file)) return writeInto(openForWriting(file, file), file, chunks)
  const draft = draftOf(file)
  try {
    writeInto(openForWriting(draft, file), file, chunks)
    saying(file, () => renameSync(draft, targetOf(file)))
  } catch (error) {
    rmSync(draft, {force: true})
    throw error
  }
}

function writeInto(descriptor: number, file: string, chunks: Iterable<string>): void {
  try {
    for (const chunk of chunks) {
      const bytes = Buffer.from(chunk)
      saying(file, () => {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
      })
    }
  } finally {
    closeSync(descriptor)
  }
}

function openForWriting(path: string, file: string): number {
  return saying(file, () => openSync(path, path === file ? 'w' : 'wx', 0o644))
}

/** Neither absent nor a regular file. */
function isSpecial(file: string): boolean {
  const stat = saying(file, () => statSync(file, {throwIfNoEntry: false}))
  if (stat?.isDirectory()) throw new EnvironmentError('store-unwritable', `cannot write ${printable(file)}: it is a directory`, 'name a file in it')
  return stat !== undefined && !stat.isFile()
}

function saying<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

/** The reader of a pipe may go away when it has what it wanted (`| head`): that ends the printing, and nothing else. Whatever else can go wrong there is told at the end of the program. */
async function print(chunks: Iterable<string>): Promise<void> {
  for (const chunk of chunks) {
    const failure = await new Promise<unknown>(done => void process.stdout.write(chunk, done))
    if (failure) return
  }
}
