import {accessSync, constants, statSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'

/**
 * Go's exec.LookPath over absolute entries: the first regular file with an
 * execute bit that this user may run. At most two hits are returned.
 */
export function lookPath(name: string, path: string): string[] {
  const hits: string[] = []
  for (const entry of path.split(':')) {
    if (!isAbsolute(entry)) continue
    const candidate = join(entry, name)
    if (isRunnable(candidate) && !hits.includes(candidate)) hits.push(candidate)
    if (hits.length === 2) break
  }
  return hits
}

export function isRunnable(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
