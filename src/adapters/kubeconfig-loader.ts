import {createHash} from 'node:crypto'
import {fstatSync, lstatSync, readdirSync, statSync} from 'node:fs'
import {dirname, isAbsolute, join, resolve} from 'node:path'
import {UsageError} from '../errors.js'
import type {KubeconfigPath} from '../kubeconfig/file-list.js'
import type {FileMode, LoadedKubeconfig} from '../kubeconfig/load.js'
import {parseKubeconfig} from '../kubeconfig/parse.js'
import type {ReadOutcome} from './files.js'
import {readCapped, readStream} from './files.js'

/** One file as kubectl would open it; `mayBeAbsent` for entries of the KUBECONFIG list. */
export function loadKubeconfig({file, dir}: KubeconfigPath, mayBeAbsent: boolean): LoadedKubeconfig {
  return understand(readCapped(file), file, dir, modeOf(file), mayBeAbsent)
}

/** Standard input, as a file of the working directory. */
export function loadStandardInput(cwd: string): LoadedKubeconfig {
  return understand(fstatSync(0).isDirectory() ? {ok: false, reason: 'directory', detail: 'is a directory'} : readStream(0), '-', cwd, null, false)
}

function understand(outcome: ReadOutcome, file: string, dir: string, mode: FileMode | null, mayBeAbsent: boolean): LoadedKubeconfig {
  if (!outcome.ok) {
    const failure = {message: outcome.detail, hint: HINTS[outcome.reason], line: 1, column: 1}
    return {ok: false, file, sha256: null, reason: outcome.reason === 'missing' && mayBeAbsent ? 'absent' : 'unreadable', failure}
  }
  const sha256 = createHash('sha256').update(outcome.bytes).digest('hex')
  const result = parseKubeconfig(outcome.bytes, file, dir)
  return result.ok ? {ok: true, file, sha256, config: result.config, mode} : {ok: false, file, sha256, reason: 'not-understood', failure: result.failure}
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

/** A FILE or DIR argument → the files meant. A directory means its regular files, hidden ones and subdirectories left out. */
export function filesOf(argument: string, cwd: string): KubeconfigPath[] {
  const at = (path: string): KubeconfigPath => ({file: isAbsolute(path) ? path : `${cwd}/${path}`, dir: resolve(cwd, dirname(path))})
  if (!isDirectory(argument, cwd)) return [at(argument)]
  let names: string[]
  try {
    names = readdirSync(resolve(cwd, argument)).sort()
  } catch {
    throw new UsageError('unreadable', 'the directory cannot be listed', 'make it readable for you', {file: argument})
  }
  const files = names.filter(name => !name.startsWith('.')).map(name => join(argument, name)).filter(path => isFile(resolve(cwd, path)))
  if (files.length === 0) throw new UsageError('not-found', 'the directory holds no files', 'name a kubeconfig, or a directory of them', {file: argument})
  return files.map(at)
}

function isDirectory(path: string, cwd: string): boolean {
  try {
    return statSync(resolve(cwd, path)).isDirectory()
  } catch {
    // A path that is not there is named by reading it.
    return false
  }
}

function isFile(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink() ? statSync(path).isFile() : lstatSync(path).isFile()
  } catch {
    // A dangling link is something to report, not to skip.
    return true
  }
}
