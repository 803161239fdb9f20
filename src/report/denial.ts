import {placeText, quote} from '../printable.js'
import type {ContextJudgement} from '../trust/judge-context.js'

/** More than this many reasons scroll the first one, which matters most, out of sight. */
const MOST_REASONS = 5

/**
 * What the guard says when it does not start kubectl, without the `k121:` that
 * every line gets: who would have run what and for which server, then each
 * reason with its place, then what to do. No text of a file stands in the
 * command that a person is told to type.
 */
export function denialLines(judgement: ContextJudgement, id: string | null): string[] {
  // Where something is refused, what could be decided is beside the point.
  const stopping = judgement.findings.filter(finding => finding.bearing === judgement.bearing)
  const lines = [`${judgement.bearing === 'refuse' ? 'refused' : 'denied'}: ${subjectOf(judgement)}`]
  for (const finding of stopping.slice(0, MOST_REASONS)) {
    lines.push(`${placeText(finding)}: ${finding.path}`)
    lines.push(`  ${finding.id}: ${finding.message}`)
  }
  if (stopping.length > MOST_REASONS) lines.push(`and ${stopping.length - MOST_REASONS} more: kubectl k121 kubeconfig verify`)
  if (id !== null) lines.push(`to allow exactly this: kubectl k121 kubeconfig trust --id ${id}`)
  else if (stopping[0] !== undefined) lines.push(stopping[0].remediation)
  return lines
}

/** One line: the user, the program with its arguments (secrets hidden), the server. */
export function subjectOf({selection, plugin, cluster}: ContextJudgement): string {
  const server = cluster.url === null ? quote(cluster.server) : cluster.url.canonical
  const user = `user ${quote(selection.userName)}`
  if (selection.user?.exec == null || plugin === null) return `${user} at ${server}`
  const words = [selection.user.exec.command, ...plugin.judgement.redactedArgs]
  return `${user} would run ${words.map(word => quote(word, 60)).join(' ')} for ${server}`
}
