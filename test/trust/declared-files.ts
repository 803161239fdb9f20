import {createHash} from 'node:crypto'
import {parseKubeconfig} from '../../src/kubeconfig/parse.js'
import type {Kubeconfig} from '../../src/kubeconfig/model.js'
import {NO_DECISIONS} from '../../src/trust/decisions.js'
import type {FileFact, FileSource} from '../../src/trust/file-source.js'
import type {JudgeInput} from '../../src/trust/judge-context.js'
import {DEFAULT_POLICY} from '../../src/trust/policy.js'
import {declaredWorld} from './declared-world.js'

/** A file as its content, as a symlink (`-> /target`), or as what else it is. */
export type DeclaredFile = string | {kind: FileFact['kind']}

export function declaredFiles(table: Readonly<Record<string, DeclaredFile>> = {}): FileSource {
  const follow = (path: string): string => {
    const entry = table[path]
    return typeof entry === 'string' && entry.startsWith('-> ') ? entry.slice(3) : path
  }
  const read = (path: string, cap: number): Buffer | null => {
    const entry = table[follow(path)]
    return typeof entry === 'string' && entry.length <= cap ? Buffer.from(entry) : null
  }
  return {
    look(path) {
      const entry = table[follow(path)]
      if (entry === undefined) return {path, real: null, kind: 'missing'}
      if (typeof entry !== 'string') return {path, real: entry.kind === 'other' ? path : null, kind: entry.kind}
      return {path, real: follow(path), kind: 'file'}
    },
    realDirectory: follow,
    isShared: directory => ['/tmp', '/dev'].includes(directory),
    read,
    digest(path) {
      const bytes = read(path, Infinity)
      return bytes === null ? null : createHash('sha256').update(bytes).digest('hex')
    },
  }
}

export const NOW = '2026-11-25T12:00:00.000Z'

export function judgeInput(more: Partial<JudgeInput> = {}): JudgeInput {
  return {...declaredWorld(), policy: DEFAULT_POLICY, decisions: NO_DECISIONS, files: declaredFiles(), now: NOW, cwd: '/cwd', ...more}
}

export function kubeconfigOf(text: string, file = '/home/user/work/config'): Kubeconfig {
  const result = parseKubeconfig(Buffer.from(text), file, file.replace(/\/[^/]*$/, '') || '/')
  if (!result.ok) throw new Error(`${result.failure.line}: ${result.failure.message}`)
  return result.config
}

/** Not a certificate, but a block of PEM that both parsers take for one. */
export function pem(name: string): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(`certificate ${name}`).toString('base64')}\n-----END CERTIFICATE-----\n`
}

export function fingerprint(name: string): string {
  return `sha256:${createHash('sha256').update(`certificate ${name}`).digest('hex')}`
}

export function caData(name: string): string {
  return Buffer.from(pem(name)).toString('base64')
}
