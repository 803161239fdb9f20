import {realpathSync} from 'node:fs'
import {isAbsolute, join, resolve} from 'node:path'
import {isRunnable} from '../look-path.js'

/**
 * The kubectl to start: `--kubectl`, or the first one on PATH that is not
 * ourselves under another name (an alias plus a PATH shim would loop for ever).
 * Relative and empty PATH entries are skipped: the working directory may be
 * somebody else's.
 *
 * @returns an absolute path, symlinks unresolved; null when there is none
 */
export function locateKubectl(given: string | undefined, path: string, cwd: string, ourselves: readonly string[]): string | null {
  if (given !== undefined) return isRunnable(resolve(cwd, given)) ? resolve(cwd, given) : null
  for (const entry of path.split(':')) {
    if (!isAbsolute(entry)) continue
    const candidate = join(entry, 'kubectl')
    if (isRunnable(candidate) && !ourselves.includes(realpathSync(candidate))) return candidate
  }
  return null
}
