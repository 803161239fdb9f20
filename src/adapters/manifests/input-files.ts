import {readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {UsageError} from '../../errors.js'
import {codeOf} from '../error-code.js'

export interface InputFile {
  /** `-`: standard input. */
  path: string
  /** Named on the command line: what is no object of Kubernetes there is a mistake, in a directory it is another file's business. */
  isNamed: boolean
}

export interface Input {
  files: readonly InputFile[]
  /** Directories, and files in them whose name has another ending. */
  leftOut: readonly {directory: string; count: number}[]
  /** Directories without any file that is read. */
  empty: readonly string[]
  /** Directories that could not be listed. */
  unreadable: readonly {path: string; code: string}[]
}

const READ = /\.(?:ya?ml|json|jsonl|ndjson|gz)$/i
/** What is there for programs: `.git` holds no manifests, `node_modules` other people's. */
const SKIPPED = /^(?:\.git|node_modules)$/

/** Files in the order of the command line; a directory's in the order of their names, as kubectl takes them. */
export function inputFiles(paths: readonly string[]): Input {
  const input = {files: [] as InputFile[], leftOut: [] as {directory: string; count: number}[], empty: [] as string[], unreadable: [] as {path: string; code: string}[]}
  for (const path of paths) {
    if (path === '-') input.files.push({path, isNamed: true})
    else if (isDirectory(path)) {
      const before = input.files.length
      const count = walk(path, input)
      if (count > 0) input.leftOut.push({directory: path, count})
      if (input.files.length === before) input.empty.push(path)
    } else input.files.push({path, isNamed: true})
  }
  return input
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOENT') return false
    throw new UsageError('not-found', `${path} does not exist`, 'Name a file or directory that does, or - for standard input.')
  }
}

/** Links to directories are not followed: they make loops, and the same files twice. */
function walk(directory: string, input: {files: InputFile[]; unreadable: {path: string; code: string}[]}): number {
  let leftOut = 0
  for (const entry of entriesOf(directory, input.unreadable)) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) leftOut += SKIPPED.test(entry.name) ? 1 : walk(path, input)
    else if (READ.test(entry.name) && (entry.isFile() || entry.isSymbolicLink() && isFile(path))) input.files.push({path, isNamed: false})
    else leftOut++
  }
  return leftOut
}

function entriesOf(directory: string, unreadable: {path: string; code: string}[]) {
  try {
    return readdirSync(directory, {withFileTypes: true}).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    unreadable.push({path: directory, code: codeOf(error)})
    return []
  }
}

/** A link to nothing, to itself or to where we may not look is asked for its content, so that it is said. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return true
  }
}
