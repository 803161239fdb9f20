import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {fileSource} from '../adapters/files.js'
import {isDispatcher} from '../adapters/kubectl/vet.js'
import {writePrivate} from '../adapters/private-directory.js'
import {groupsOf, programSource} from '../adapters/programs.js'
import {openTerminal} from '../adapters/terminal.js'
import {decide, pend, record, spend} from '../adapters/trust-store.js'
import {digestOf, identityOf, ownerOf} from '../adapters/verdict-cache.js'
import {judgeCommandWith} from '../flows/guard-cold.js'

/** The cold road of the guard: loaded only when no verdict is known. */
export const judgeCommand = judgeCommandWith({
  files: fileSource(),
  programs: (path, uid) => programSource({path, uid, ownGroups: groupsOf()}),
  isDispatcher,
  terminal: openTerminal,
  store: {decide, record, spend, pend},
  delivery: {write: writePrivate, sweep, digestOf, identityOf, ownerOf},
})

/** Snapshots and token copies of the same files with other contents; another guard may be sweeping too. */
function sweep(directory: string, prefix: string, keep: string): void {
  let names: string[]
  try {
    names = readdirSync(directory)
  } catch {
    // The first snapshot is still to come.
    return
  }
  for (const name of names) if (name.startsWith(prefix) && !name.includes(`-${keep}.`)) rmSync(join(directory, name), {force: true})
}
