import {existsSync, readdirSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {writePrivate} from './private-directory.js'

/**
 * Every kubectl fails on this kind and prints it. A snapshot that were only
 * deleted under a kubectl that is just starting would send its requests to
 * http://localhost:8080: since 1.28 a missing KUBECONFIG is no error.
 */
const SUPERSEDED = '{"apiVersion":"v1","kind":"the kubeconfig has changed meanwhile, run the command again"}\n'

/** Long enough for any kubectl to have read its configuration. */
const GRACE_MS = 60_000

/** Takes the secrets out of snapshots and token copies of the same files with other contents; another guard may be sweeping too. */
export function sweep(directory: string, prefix: string, keep: string): void {
  let names: string[]
  try {
    names = readdirSync(directory)
  } catch {
    // The first snapshot is still to come.
    return
  }
  for (const name of names) if (name.startsWith(prefix) && !name.includes(`-${keep}.`)) supersede(join(directory, name))
}

/** Verdicts of files that have changed since are never asked for again: the newest are enough. */
const KEPT_VERDICTS = 200

export function sweepVerdicts(directory: string): void {
  const names = existsSync(directory) ? readdirSync(directory) : []
  if (names.length <= KEPT_VERDICTS) return
  const byAge = names.map(name => ({path: join(directory, name), time: statSync(join(directory, name), {throwIfNoEntry: false})?.mtimeMs ?? 0}))
  for (const {path} of byAge.sort((a, b) => b.time - a.time).slice(KEPT_VERDICTS)) rmSync(path, {force: true})
}

function supersede(path: string): void {
  const stat = statSync(path, {throwIfNoEntry: false})
  if (stat === undefined) return
  const isOld = Date.now() - stat.mtimeMs > GRACE_MS
  const isDone = stat.size === SUPERSEDED.length
  // A young draft is somebody's who is about to rename it.
  if (path.endsWith('.json')) {
    if (!isDone) writePrivate(path, SUPERSEDED)
    else if (isOld) rmSync(path, {force: true})
  } else if (isOld || !path.endsWith('.tmp')) rmSync(path, {force: true})
}
