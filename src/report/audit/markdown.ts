import type {AuditReport, AuditResult} from '../../audit/audit-report.js'
import {SEVERITIES} from '../../audit/severity.js'
import type {GroupRow} from './groups.js'
import {groupRows} from './groups.js'
import {assumedText, baselineText, completenessText, exemptionText, headingParts, scopeText, snapshotText} from './heading.js'
import {codeSpan, markdownCell} from './markdown-text.js'
import {counted, thousands} from './naming.js'
import type {RenderOptions} from './options.js'
import {cutTo} from './sarif-rules.js'
import {topicsOf} from './shown.js'
import {unlookedOf} from './unlooked.js'

/** A comment on GitHub holds 65,536 characters. */
const MOST_ROWS = 60
const MOST_CHARACTERS = 300

/** For a comment or a wiki page: the screen's content as tables. */
export function* renderMarkdown(result: AuditResult, {isFull, showPassed}: RenderOptions): Generator<string> {
  const {report} = result
  const [name = '', ...facts] = headingParts(report)
  yield `## kubectl k121 audit: ${codeSpan(name)}\n\n${facts.map(markdownCell).join(' · ')}\n\n`
  yield `${report.completeness.complete ? completenessText(report) : `**${completenessText(report)}**`}\n\n`
  for (const text of [scopeText(report), assumedText(report), snapshotText(report), exemptionText(report), baselineText(report)]) if (text !== '') yield `${markdownCell(text)}\n\n`
  yield verdicts(result)
  yield findings(groupRows(result), report, isFull)
  yield unlooked(report)
  yield upgrades(report)
  if (showPassed) yield passed(report)
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  return `${line(header)}${line(header.map(() => '---'))}${rows.map(line).join('')}\n`
}

function verdicts(result: AuditResult): string {
  const {summary} = result.report
  const columns = [...SEVERITIES, 'latent', 'skipped'] as const
  return table(['Topic', 'Verdict', ...columns], topicsOf(result).map(topic => [
    topic, `**${summary.verdicts[topic] ?? 'unknown'}**`, ...columns.map(column => thousands(summary.topics[topic]?.[column] ?? 0)),
  ]))
}

function findings(rows: readonly GroupRow[], {summary, checks}: AuditReport, isFull: boolean): string {
  const shown = isFull ? rows : rows.slice(0, MOST_ROWS)
  const total = SEVERITIES.reduce((sum, severity) => sum + summary[severity], summary.latent)
  const missing = total - shown.reduce((sum, row) => sum + row.findings, 0)
  const more = missing <= 0 ? '' : `${counted(missing, 'finding')} not shown here: \`-o json\` has every one that --min-severity lets through.\n\n`
  if (rows.length > 0) return `${table(['Severity', 'Check', 'Where', 'What'], shown.map(rowOf))}${more}`
  if (more !== '') return more
  return checks.every(({skip}) => skip === null) ? 'Nothing found.\n\n' : 'Nothing found by the checks that ran. The others may hide something.\n\n'
}

function rowOf({rank, rule, isPreview, where, what}: GroupRow): string[] {
  return [rank, `${codeSpan(rule)}${isPreview ? ' (preview)' : ''}`, codeSpan(cutTo(where, MOST_CHARACTERS)), markdownCell(cutTo(what, MOST_CHARACTERS))]
}

function unlooked({checks}: AuditReport): string {
  const groups = unlookedOf(checks)
  if (groups.length === 0) return ''
  return `### Not looked at\n\n${table(['Checks', 'Why', 'To change that'], groups.map(({checks: ids, why, unblock}) => [ids.map(codeSpan).join(', '), markdownCell(why), codeSpan(unblock)]))}`
}

function upgrades({upgrade = []}: AuditReport): string {
  if (upgrade.length === 0) return ''
  return `### Upgrade\n\n${table(['Release', 'What changes'], upgrade.map(({release, isTentative, text}) => [markdownCell(`${release}${isTentative ? ' (planned)' : ''}`), markdownCell(text)]))}`
}

function passed({checks}: AuditReport): string {
  const rows = checks.filter(({status}) => status === 'passed' || status === 'not-applicable')
  return rows.length === 0 ? '' : `### Passed\n\n${table(['Check', 'Result'], rows.map(({id, status, looked, detail}) => [codeSpan(id), status === 'passed' ? `looked at ${counted(looked, 'object')}` : `not applicable: ${markdownCell(detail)}`]))}`
}
