import {placeText, printable, printableJson, quote} from '../printable.js'
import type {Severity} from '../trust/finding.js'
import {SEVERITIES} from '../trust/finding.js'
import type {ContextReport, UserReport, Verification} from '../trust/verification.js'
import {renderTable} from './table.js'
import {wrap} from './wrap.js'

/**
 * The stable form: schema in docs/schemas/kubeconfig-verification.json. Text
 * from files stands in it unescaped, as JSON strings; no secret does.
 */
export function verificationDocument(verification: Verification): object {
  return {
    apiVersion: 'k121.dev/v1',
    kind: 'KubeconfigVerification',
    verdict: verification.verdict,
    files: verification.files,
    users: verification.users,
    contexts: verification.contexts,
    findings: verification.findings.map(({id, severity, file, path, line, column, message, remediation, bearing}) => (
      {id, severity, file, path, line, column, message, remediation, guard: bearing === 'pass' ? 'allow' : bearing}
    )),
  }
}

/** JSON whose every character is printable: `\u001b` from a file stays an escape on a terminal too. */
export function renderJson(verification: Verification): string {
  return `${printableJson(verificationDocument(verification))}\n`
}

/** Users whose plugin is not trusted, one a line, for scripts. */
export function renderNames(verification: Verification): string {
  return verification.users.filter(user => user.verdict === 'unknown' || user.verdict === 'dangerous').map(user => `user/${printable(user.name)}\n`).join('')
}

export interface TableOptions {
  wide: boolean
  /** Columns of the terminal, or 80. */
  width: number
  /** How to show a path: relative to the working directory where that is shorter. */
  shorten(path: string): string
}

/** Who would run what, then every finding with its place, then what to do next. */
export function renderVerification(verification: Verification, options: TableOptions): string {
  return [
    users(verification, options),
    contexts(verification, options),
    findings(verification, options),
    summary(verification),
  ].filter(part => part !== '').join('\n')
}

function users({users: reports, files}: Verification, {wide, width, shorten}: TableOptions): string {
  if (reports.length === 0) return files.some(file => file.error === null) ? 'No user in these files.\n' : ''
  const many = new Set(files.map(file => file.path)).size > 1
  const rows = reports.map(report => [
    report.verdict, printable(report.name), commandOf(report), ...(wide ? [printable(report.plugin?.resolved ?? '<none>'), report.plugin?.helper ?? '<none>'] : []),
    ...(many || wide ? [printable(shorten(report.file))] : []),
  ])
  return renderTable(['VERDICT', 'USER', 'CREDENTIAL PLUGIN', ...(wide ? ['PROGRAM', 'HELPER'] : []), ...(many || wide ? ['FILE'] : [])], rows, wide ? null : width)
}

function commandOf({plugin}: UserReport): string {
  if (plugin === null) return '<none>'
  const words = [plugin.command, ...plugin.args].map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote(word, 40)))
  const env = plugin.env.length === 0 ? '' : ` (env ${plugin.env.map(printable).join(', ')})`
  return words.join(' ') + env
}

/** Only contexts with something to say: what the guard would not simply let through. */
function contexts({contexts: reports, files}: Verification, {wide, width, shorten}: TableOptions): string {
  const shown = wide ? reports : reports.filter(report => report.guard !== 'allow')
  if (shown.length === 0) return ''
  const many = new Set(files.map(file => file.path)).size > 1
  const rows = shown.map(report => [GUARD[report.guard], printable(report.name) || '""', printable(report.user) || '""', printable(report.server) || '<none>', ...(many ? [printable(shorten(report.file))] : [])])
  return renderTable(['GUARD', 'CONTEXT', 'USER', 'SERVER', ...(many ? ['FILE'] : [])], rows, wide ? null : width)
}

const GUARD: Record<ContextReport['guard'], string> = {allow: 'lets through', ask: 'asks once', refuse: 'refuses'}

function findings({findings: all}: Verification, {width, wide, shorten}: TableOptions): string {
  const rank = (severity: Severity): number => SEVERITIES.indexOf(severity)
  const sorted = all.filter(finding => wide || finding.severity !== 'info').map((finding, index) => ({finding, index}))
    .sort((a, b) => rank(a.finding.severity) - rank(b.finding.severity) || a.index - b.index)
  return sorted.map(({finding}) => {
    const place = placeText({...finding, file: shorten(finding.file)})
    const head = `${finding.severity.toUpperCase().padEnd(6)}   ${finding.id}   ${place}`
    const body = [finding.path, finding.message, `-> ${finding.remediation}`].filter(line => line !== '')
    return [head, ...body.flatMap(line => wrap(line, width - 9).map(part => `         ${part}`))].join('\n') + '\n'
  }).join('\n')
}

function summary({verdict, findings: all, files, isComplete}: Verification): string {
  const counts = SEVERITIES.map(severity => ({severity, count: all.filter(finding => finding.severity === severity).length}))
    .filter(({count}) => count > 0).map(({severity, count}) => `${count} ${severity}`)
  const unread = files.filter(file => file.error !== null).length
  const parts = [`Verdict: ${verdict}`, counts.length === 0 ? 'no findings' : counts.join(', '), `${files.length} file${files.length === 1 ? '' : 's'}`]
  return `${parts.join('. ')}.${isComplete ? '' : ` INCOMPLETE: ${unread} not looked at.`}\n`
}
