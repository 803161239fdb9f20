import {printable, quote} from '../printable.js'
import type {ContextJudgement} from '../trust/judge-context.js'

const SYSTEM = "the system's certificate authorities"

export interface QuestionParts {
  judgement: ContextJudgement
  contexts: readonly string[]
  digest: string | null
}

/** In plain words: what would run, from where, its digest, which server gets the token, and why it is a question at all. */
export function questionText({judgement, contexts, digest}: QuestionParts): string {
  const {selection, plugin, cluster, authority, findings} = judgement
  const run = plugin?.judgement.run ?? null
  const exec = selection.user?.exec ?? null
  const rows: [string, string][] = [
    ['user', `${quote(selection.userName)} in ${printable(selection.user?.origin.file ?? '')}`],
    ['used by', contexts.map(name => quote(name)).join(', ')],
    ...(run === null || exec === null ? [['sends', 'its stored credential'] as [string, string]] : [
      ['runs', printable(run.path)] as [string, string],
      ['with', plugin?.judgement.redactedArgs.map(word => quote(word, 100)).join(' ') || 'no arguments'] as [string, string],
      ...(exec.env.length === 0 ? [] : [['env', exec.env.map(variable => printable(variable.name)).join(', ')] as [string, string]]),
      ['sha256', digest ?? 'unreadable'] as [string, string],
    ]),
    ['server', cluster.url?.canonical ?? quote(cluster.server)],
    ['proved by', authority.fingerprints.map(print => (print === 'system' ? SYSTEM : print)).join(', ') || 'nothing'],
    // The certificate has to carry this name, whatever host stands in the URL above.
    ...(cluster.tlsServerName === '' ? [] : [['TLS name', quote(cluster.tlsServerName)] as [string, string]]),
    ...(plugin === null || plugin.judgement.hosts.length === 0 ? [] : [['logs in at', plugin.judgement.hosts.map(host => quote(host)).join(', ')] as [string, string]]),
    ...(cluster.proxyUrl === '' ? [] : [['through', quote(cluster.proxyUrl)] as [string, string]]),
  ]
  const reasons = findings.filter(finding => finding.bearing !== 'pass').map(finding => `  - ${finding.message}`)
  return [...rows.map(([name, value]) => `${name.padEnd(10)} ${value}`), 'why it is a question:', ...reasons, ''].join('\n')
}

/** The same on the terminal, before kubectl starts. The longest arguments and the sixth reason stay out: what decides must fit on a screen. */
export function shortQuestion({selection, plugin, cluster, authority, findings, pin}: ContextJudgement): string[] {
  const run = plugin?.judgement.run
  const args = plugin?.judgement.redactedArgs ?? []
  const shown = args.slice(0, 6).map(word => quote(word, 60)).join(' ')
  const asking = findings.filter(finding => finding.bearing === 'ask')
  const env = selection.user?.exec?.env.slice(0, 6).map(variable => printable(variable.name)) ?? []
  const hosts = plugin?.judgement.hosts.slice(0, 3).map(host => quote(host)) ?? []
  return [
    '',
    run ? `k121: program  ${printable(run.path)}` : `k121: the stored credential of ${quote(selection.userName)}`,
    ...(args.length === 0 ? [] : [`k121: with     ${shown}${args.length > 6 ? ` and ${args.length - 6} more` : ''}`]),
    ...(env.length === 0 ? [] : [`k121: env      ${env.join(', ')}`]),
    `k121: server   ${cluster.url?.canonical ?? quote(cluster.server)}`,
    `k121: proved by ${authority.fingerprints[0] === 'system' ? SYSTEM : `CA ${authority.fingerprints.map(print => print.slice(0, 23)).join(', ')}…`}`,
    ...(cluster.tlsServerName === '' ? [] : [`k121: TLS name ${quote(cluster.tlsServerName)}`]),
    ...(cluster.proxyUrl === '' ? [] : [`k121: through  ${quote(cluster.proxyUrl)}`]),
    ...(hosts.length === 0 ? [] : [`k121: logs in  ${hosts.join(', ')}`]),
    `k121: user     ${quote(selection.userName)} in ${printable(pin?.file ?? '')}`,
    ...asking.slice(0, 5).map(finding => `k121: why ask  ${finding.message}`),
  ]
}
