import type {Terminal} from '../adapters/terminal.js'
import {printable, quote} from '../printable.js'
import type {ContextJudgement} from '../trust/judge-context.js'

/**
 * Asks whether an unknown plugin may run: program and server first, at most one
 * screen, a typed word, and everything but that word means no. Dangerous
 * plugins are never asked about.
 */
export function askOnTerminal(judgement: ContextJudgement, terminal: Terminal | null): 'always' | 'once' | null {
  if (terminal === null) return null
  const answer = terminal.ask(questionLines(judgement), 'k121: type "trust" (always), "once" (this time), anything else for no: ')
  const word = answer?.trim()
  return word === 'trust' ? 'always' : word === 'once' ? 'once' : null
}

/** The longest arguments and the sixth reason stay out: what decides must fit on a screen. */
function questionLines({selection, plugin, cluster, authority, findings, pin}: ContextJudgement): string[] {
  const run = plugin?.judgement.run
  const args = plugin?.judgement.redactedArgs ?? []
  const shown = args.slice(0, 6).map(word => quote(word, 60)).join(' ')
  const asking = findings.filter(finding => finding.bearing === 'ask')
  return [
    '',
    run ? `k121: program  ${printable(run.path)}` : `k121: the stored credential of ${quote(selection.userName)}`,
    ...(args.length === 0 ? [] : [`k121: with     ${shown}${args.length > 6 ? ` and ${args.length - 6} more` : ''}`]),
    `k121: server   ${cluster.url?.canonical ?? quote(cluster.server)}`,
    `k121: proved by ${authority.fingerprints[0] === 'system' ? "the system's certificate authorities" : `CA ${authority.fingerprints.map(print => print.slice(0, 23)).join(', ')}…`}`,
    ...(cluster.proxyUrl === '' ? [] : [`k121: through  ${quote(cluster.proxyUrl)}`]),
    `k121: user     ${quote(selection.userName)} in ${printable(pin?.file ?? '')}`,
    ...asking.slice(0, 5).map(finding => `k121: why ask  ${finding.message}`),
  ]
}
