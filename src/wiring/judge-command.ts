import {digestOf} from '../adapters/digest.js'
import {fileSource} from '../adapters/files.js'
import {isDispatcher} from '../adapters/kubectl/vet.js'
import {writePrivate} from '../adapters/private-directory.js'
import {groupsOf, programSource} from '../adapters/programs.js'
import {sweep, sweepVerdicts} from '../adapters/snapshot-sweep.js'
import {openTerminal} from '../adapters/terminal.js'
import {decide, pend, record, spend} from '../adapters/trust-store.js'
import {identityOf, ownerOf} from '../adapters/verdict-cache.js'
import {judgeCommandWith} from '../flows/guard-cold.js'

/** The guard's judgement on this machine. */
export const judgeCommand = judgeCommandWith({
  files: fileSource(),
  programs: (path, uid) => programSource({path, uid, ownGroups: groupsOf()}),
  isDispatcher,
  terminal: openTerminal,
  store: {decide, record, spend, pend},
  delivery: {write: writePrivate, sweep, sweepVerdicts, digestOf, identityOf, ownerOf},
})
