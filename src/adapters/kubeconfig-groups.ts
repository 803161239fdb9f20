import {dirname} from 'node:path'
import {UsageError} from '../errors.js'
import {kubeconfigList} from '../kubeconfig/file-list.js'
import type {LoadedKubeconfig} from '../kubeconfig/load.js'
import {filesOf, loadKubeconfig, loadStandardInput, notOpened} from './kubeconfig-loader.js'

/** Files that are read as one configuration; read when asked for, so that a directory of many shows progress. */
export interface Group {
  load(): LoadedKubeconfig[]
  /** A directory, and how many of its entries belong to no group. */
  leftOut?: {directory: string; count: number}
}

/**
 * Named files and directories are groups of their own; without any, what
 * kubectl would load is one group.
 *
 * @param list absolute paths that an earlier command loaded together
 */
export function groupsOf(files: readonly string[], flag: string | undefined, list?: readonly string[]): Group[] {
  const cwd = process.cwd()
  if (list !== undefined) return [{load: () => list.map(file => loadKubeconfig({file, dir: dirname(file)}, true))}]
  if (files.length > 0 && flag !== undefined) throw new UsageError('bad-argument', 'both FILE and --kubeconfig were given', 'name the file once')
  // `verify "$FILE"` with nothing in it is no question about the working directory.
  if (files.includes('')) throw new UsageError('bad-argument', 'a FILE is empty', 'name a file, a directory or "-"')
  if (files.length > 0) {
    return files.flatMap(file => (file === '-' ? [{load: () => [loadStandardInput(cwd)]}] : groupsOfArgument(file, cwd)))
  }
  const {KUBECONFIG: variable, HOME: home} = process.env
  const found = kubeconfigList({flag, variable, home, cwd})
  if (found === null) throw new UsageError('not-found', 'HOME is not set, so kubectl would take .kube/config of the working directory', 'name a FILE, or set HOME or KUBECONFIG')
  return [{load: () => found.paths.map(path => loadKubeconfig(path, !found.isExplicit))}]
}

function groupsOfArgument(argument: string, cwd: string): Group[] {
  const {files, odd, leftOut} = filesOf(argument, cwd)
  const groups: Group[] = [...files.map(path => ({load: () => [loadKubeconfig(path, false)]})), ...odd.map(path => ({load: () => [notOpened(path)]}))]
  return groups.map((group, index) => (index === 0 && leftOut > 0 ? {...group, leftOut: {directory: argument, count: leftOut}} : group))
}
