import {printable, quote} from '../printable.js'
import type {ContextJudgement} from '../trust/judge-context.js'

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
    ['proved by', authority.fingerprints.map(print => (print === 'system' ? "the system's certificate authorities" : print)).join(', ') || 'nothing'],
    ...(plugin === null || plugin.judgement.hosts.length === 0 ? [] : [['logs in at', plugin.judgement.hosts.map(host => quote(host)).join(', ')] as [string, string]]),
    ...(cluster.proxyUrl === '' ? [] : [['through', quote(cluster.proxyUrl)] as [string, string]]),
  ]
  const reasons = findings.filter(finding => finding.bearing !== 'pass').map(finding => `  - ${finding.message}`)
  return [...rows.map(([name, value]) => `${name.padEnd(10)} ${value}`), 'why it is a question:', ...reasons, ''].join('\n')
}
