import {readdirSync, statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {UsageError} from '../errors.js'
import type {KubeconfigPath} from '../kubeconfig/file-list.js'
import {kubeconfigPath} from '../kubeconfig/file-list.js'
import type {FileMode, LoadedKubeconfig} from '../kubeconfig/load.js'
import {parseKubeconfig} from '../kubeconfig/parse.js'
import {digestOf} from './digest.js'
import type {ReadOutcome} from './files.js'
import {readCapped, readStandardInput} from './files.js'

/** One file as kubectl would open it; `mayBeAbsent` for entries of the KUBECONFIG list. */
export function loadKubeconfig({file, dir}: KubeconfigPath, mayBeAbsent: boolean): LoadedKubeconfig {
  return understand(readCapped(file), file, dir, modeOf(file), mayBeAbsent)
}

/** Standard input, as a file of the working directory. */
export function loadStandardInput(cwd: string): LoadedKubeconfig {
  return understand(readStandardInput(), '-', cwd, null, false)
}

function understand(outcome: ReadOutcome, file: string, dir: string, mode: FileMode | null, mayBeAbsent: boolean): LoadedKubeconfig {
  if (!outcome.ok) {
    const failure = {message: outcome.detail, hint: HINTS[outcome.reason], line: 1, column: 1}
    return {ok: false, file, sha256: null, reason: outcome.reason === 'missing' && mayBeAbsent ? 'absent' : 'unreadable', failure}
  }
  const sha256 = digestOf(outcome.bytes)
  const result = parseKubeconfig(outcome.bytes, file, dir)
  return result.ok ? {ok: true, file, sha256, bytes: outcome.bytes, config: result.config, mode} : {ok: false, file, sha256, reason: 'not-understood', failure: result.failure}
}

const HINTS: Record<Extract<ReadOutcome, {ok: false}>['reason'], string> = {
  missing: 'check the path',
  directory: 'name the files in it',
  unreadable: 'make it readable for you',
  'too-large': 'a kubeconfig is never that large',
}

function modeOf(file: string): FileMode | null {
  try {
    const stat = statSync(file)
    if (!stat.isFile()) return null
    return {mode: stat.mode & 0o777, owner: stat.uid === (process.geteuid?.() ?? 0) ? 'user' : stat.uid === 0 ? 'root' : 'other'}
  } catch {
    // Reading it will say why.
    return null
  }
}

/** What a FILE or DIR argument means: files, and for a directory what in it is not looked at. */
export interface ArgumentFiles {
  files: KubeconfigPath[]
  /** Names in a directory that a pipe, socket or device has: reading them could wait for ever. */
  odd: KubeconfigPath[]
  /** Hidden files and subdirectories. */
  leftOut: number
}

export function filesOf(argument: string, cwd: string): ArgumentFiles {
  const at = (path: string): KubeconfigPath => kubeconfigPath(path, cwd)
  if (kindOf(resolve(cwd, argument)) !== 'directory') return {files: [at(argument)], odd: [], leftOut: 0}
  let names: string[]
  try {
    names = readdirSync(resolve(cwd, argument)).sort()
  } catch {
    throw new UsageError('unreadable', 'the directory cannot be listed', 'make it readable for you', {file: argument})
  }
  const entries = names.map(name => ({name, path: join(argument, name), kind: kindOf(resolve(cwd, argument, name))}))
  const shown = entries.filter(({name, kind}) => !name.startsWith('.') && kind !== 'directory')
  if (shown.length === 0) throw new UsageError('not-found', 'the directory holds no files', 'name a kubeconfig, or a directory of them', {file: argument})
  const of = (isOdd: boolean): KubeconfigPath[] => shown.filter(({kind}) => (kind === 'odd') === isOdd).map(({path}) => at(path))
  return {files: of(false), odd: of(true), leftOut: entries.length - shown.length}
}

/** Something in a directory that nobody opens. */
export function notOpened({file}: KubeconfigPath): LoadedKubeconfig {
  return {ok: false, file, sha256: null, reason: 'unreadable', failure: {message: 'is a pipe, a socket or a device', hint: 'name it as FILE to have it read', line: 1, column: 1}}
}

function kindOf(path: string): 'file' | 'directory' | 'odd' {
  try {
    const stat = statSync(path)
    return stat.isDirectory() ? 'directory' : stat.isFile() ? 'file' : 'odd'
  } catch {
    // A dangling link, or a path that is not there: reading it says why.
    return 'file'
  }
}
