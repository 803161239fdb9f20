import {execFileSync} from 'node:child_process'
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

export interface GoAnswer {
  status: 'ok' | 'error' | 'releases differ'
  /** JSON, or the error. */
  text: string
}

const STATUS = ['ok', 'error', 'releases differ'] as const

/** Builds the Go program once and returns a function that asks it about a batch of documents. */
export function buildGoYaml(): (documents: readonly Uint8Array[]) => GoAnswer[] {
  const binary = join(mkdtempSync(join(tmpdir(), 'go-yaml-')), 'judge')
  execFileSync('go', ['build', '-o', binary, '.'], {cwd: fileURLToPath(new URL('go-yaml', import.meta.url)), stdio: 'inherit'})
  return documents => answers(execFileSync(binary, {input: framed(documents), maxBuffer: 2 ** 31 - 1}))
}

function framed(documents: readonly Uint8Array[]): Buffer {
  return Buffer.concat(documents.flatMap(document => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(document.length)
    return [size, document]
  }))
}

function answers(output: Buffer): GoAnswer[] {
  const list: GoAnswer[] = []
  for (let at = 0; at < output.length;) {
    const size = output.readUInt32BE(at + 1)
    list.push({status: STATUS[output[at]!]!, text: output.toString('utf8', at + 5, at + 5 + size)})
    at += 5 + size
  }
  return list
}
