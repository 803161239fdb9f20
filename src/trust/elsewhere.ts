import type {CredentialPlugin} from '../kubeconfig/model.js'
import {helpersNamed} from './catalogue/catalogue.js'
import type {JudgeOptions, JudgeWorld, PluginJudgement} from './judge.js'
import {judgePlugin} from './judge.js'
import {programName} from './paths.js'
import type {PlaceFact, Program} from './program.js'
import {quoted} from './quote.js'
import type {Reason} from './reason.js'
import {verdictOf} from './reason.js'
import {because} from './reasons.js'

/**
 * Judging a plugin that another machine will run: a controller's image, where
 * nothing can be looked up. What the text itself says stays (`..`, a network
 * path, /tmp, a relative name); whether a program is there and who may replace
 * it is left out. The guard never comes here: it asks the file system.
 */
export const elsewhere: JudgeWorld = {platform: 'linux', home: undefined, source: {look}}

/** Everybody may write these on any machine; an image has nothing of its own there. */
const SHARED = /^\/+(?:(?:var\/)?tmp|dev\/shm)(?:\/|$)/
const NETWORK = /^(?:\\\\|\/\/|[A-Za-z][A-Za-z0-9+.-]+:\/\/)/

export function judgeElsewhere(plugin: CredentialPlugin, options: JudgeOptions = {}): Pick<PluginJudgement, 'verdict' | 'helper' | 'reasons' | 'redactedArgs'> {
  const judged = judgePlugin(plugin, elsewhere, options)
  const reasons = judged.reasons.map(reason => inItsWords(reason, plugin))
  return {verdict: verdictOf(reasons), helper: judged.helper, reasons, redactedArgs: judged.redactedArgs}
}

/** As an ordinary image has it: bare names in PATH, files root's own. Of kubectl's plugins those of the catalogue, as every name would be found otherwise. */
function look(command: string): Program {
  const road = !command.includes('/') ? 'bare' : command.startsWith('/') ? 'absolute' : 'relative'
  const isMissing = command === '' || (road === 'bare' && command.startsWith('kubectl-') && helpersNamed(programName(command, 'linux')).length === 0)
  const path = isMissing ? null : road === 'bare' ? `/usr/local/bin/${command}` : command
  const place: PlaceFact = {path: SHARED.exec(command)?.[0].replace(/\/$/, '') ?? '/', owner: 'root', worldWritable: false, sticky: SHARED.test(command), groupWritable: 'no'}
  return {command, road, path, real: path, executable: true, location: NETWORK.test(command) ? 'network' : 'normal', places: [place]}
}

/** Two reasons speak of this machine; what they mean for another is said instead, at the same grade. */
function inItsWords(reason: Reason, {command, args}: CredentialPlugin): Reason {
  const grade = reason.grade
  if (reason.id === 'relative-command') return because('relative-command', reason.path, `${quoted(command)} is looked up in the working directory of whatever runs it.`, grade)
  if (reason.id === 'plugin-not-found') return because('plugin-not-found', reason.path, `${quoted(`kubectl ${args[0] ?? ''}`)} is no plugin of the catalogue.`, grade)
  return reason
}

