import type {AuditReport, AuditResult} from '../../audit/audit-report.js'
import type {Severity, Topic} from '../../audit/severity.js'
import {SEVERITIES} from '../../audit/severity.js'
import {printable} from '../../printable.js'
import {cut, cutMiddle, displayWidth, headingLines, pad, renderTable} from '../table.js'
import {wrap} from '../wrap.js'
import {coloured} from './colour.js'
import {uncoveredText} from './coverage.js'
import type {GroupRow, Rank} from './groups.js'
import {groupRows} from './groups.js'
import {assumedText, baselineText, completenessText, exemptionText, headingParts, scopeText, snapshotText} from './heading.js'
import {counted, thousands} from './naming.js'
import type {RenderOptions} from './options.js'
import {topicsOf} from './shown.js'
import {brieflyUnlooked, unlookedOf} from './unlooked.js'

/** More rows than this scroll the verdict out of sight. */
const MOST_ROWS = 12
const MOST_LINES = 2
/** Width of the column of severities, and where the text below them begins. */
const RANK_WIDTH = 8
const INDENT = RANK_WIDTH + 3

/** The screen: which cluster and how far the audit got, a verdict per topic, the worst findings, what was not looked at, what to do next. */
export function* renderScreen(result: AuditResult, options: RenderOptions): Generator<string> {
  const rows = groupRows(result)
  yield* screenHead(result, options)
  yield* section(findingLines(result, rows, options))
  yield* section(uncoveredLines(result.report, options))
  yield* screenFoot(result, options, rows[0]?.rule ?? null)
}

export function* screenHead(result: AuditResult, options: RenderOptions): Generator<string> {
  const {report} = result
  const state = completenessText(report)
  yield `${headingLines(headingParts(report), options.width).join('\n')}\n`
  // A number and its unit stay on one line.
  for (const line of wrap(`${state} ${durationText(report.run.durationMs).replaceAll(' ', '\u00a0')}`, options.width)) yield `${line.replaceAll('\u00a0', ' ').replace(/^INCOMPLETE/, word => coloured(word, options.isColoured))}\n`
  for (const text of [scopeText(report), assumedText(report), snapshotText(report)]) if (text !== '') yield `${lines(text, options.width)}\n`
  yield `\n${verdictTable(result, options)}`
}

export function* screenFoot(result: AuditResult, options: RenderOptions, worst: string | null): Generator<string> {
  const {report} = result
  if (options.showPassed) yield* section(passedTable(report, options))
  yield* section(unlookedLines(report, options))
  yield* section([exemptionText(report), baselineText(report)].filter(text => text !== '').map(text => `${lines(text, options.width)}\n`).join(''))
  yield* section(upgradeLines(report, options))
  const next = nextStep(report, worst, options.showPassed)
  if (next !== '') yield `\nNext: ${next}\n`
}

function uncoveredLines(report: AuditReport, {width}: RenderOptions): string {
  const text = uncoveredText(report)
  return text === '' ? '' : `${lines(text, width)}\n`
}

function* section(text: string): Generator<string> {
  if (text !== '') yield `\n${text}`
}

function lines(text: string, width: number): string {
  return wrap(text, width).map(line => cut(line, width)).join('\n')
}

function durationText(durationMs: number): string {
  if (durationMs < 9950) return `${(durationMs / 1000).toFixed(1)} s`
  const seconds = Math.round(durationMs / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

const SHORT: Record<string, string> = {critical: 'CRIT', high: 'HIGH', medium: 'MED', low: 'LOW', info: 'INFO', latent: 'LATENT', skipped: 'SKIPPED'}
type Column = Severity | 'latent' | 'skipped'

/** Columns that count nothing are left out, but for the severities that matter; the words are shortened before a number is cut. */
function verdictTable(result: AuditResult, {width, isColoured}: RenderOptions): string {
  const {summary} = result.report
  const topics = topicsOf(result)
  const countOf = (topic: Topic, column: Column): number => summary.topics[topic]?.[column] ?? 0
  const columns = ([...SEVERITIES, 'latent', 'skipped'] as const).filter((column, index) => index < 4 || topics.some(topic => countOf(topic, column) > 0))
  const header = (isShort: boolean): string[] => ['TOPIC', 'VERDICT', ...columns.map(column => (isShort ? (SHORT[column] ?? column) : column.toUpperCase()))]
  const tableOf = (titles: readonly string[], room: number | null): string => renderTable(titles, topics.map(topic => [
    topic, summary.verdicts[topic] ?? 'unknown', ...columns.map((column, index) => thousands(countOf(topic, column)).padStart(titles[index + 2]?.length ?? 0)),
  ]), room)
  const fitting = [false, true].map(isShort => tableOf(header(isShort), null)).find(text => widest(text) <= width) ?? narrow(result, columns, width)
  return fitting.replace(/^(\S+ +)(open|partly|latent|unknown|closed)\b/gm, (_, topic: string, verdict: string) => topic + coloured(verdict, isColoured))
}

/** Where numbers in columns have no room: in words. */
function narrow(result: AuditResult, columns: readonly Column[], width: number): string {
  const {summary} = result.report
  const topics = topicsOf(result)
  const widths = [Math.max(...topics.map(topic => topic.length)), Math.max(...topics.map(topic => (summary.verdicts[topic] ?? 'unknown').length))] as const
  return topics.map(topic => {
    const counts = columns.map(column => [column, summary.topics[topic]?.[column] ?? 0] as const).filter(([, count]) => count > 0).map(([column, count]) => `${thousands(count)} ${column}`)
    const indent = widths[0] + widths[1] + 6
    return `${topic.padEnd(widths[0])}   ${(summary.verdicts[topic] ?? 'unknown').padEnd(widths[1])}   ${wrap(counts.join(', ') || 'nothing found', width - indent).join(`\n${' '.repeat(indent)}`)}`.trimEnd()
  }).join('\n') + '\n'
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map(displayWidth))
}

function findingLines({report}: AuditResult, rows: readonly GroupRow[], {width, isColoured, isFull}: RenderOptions): string {
  if (rows.length === 0) return `${nothingText(report)}\n`
  const shown = isFull ? rows : rows.slice(0, MOST_ROWS)
  const ruleWidth = Math.min(Math.max(5, ...shown.map(row => displayWidth(ruleText(row)))), Math.max(12, width - INDENT - 3 - 20))
  const head = `${pad('SEVERITY', RANK_WIDTH)}   ${pad('CHECK', ruleWidth)}   WHERE\n`
  return head + shown.map(row => rowLines(row, ruleWidth, width, isColoured)).join('') + moreText(rows.slice(shown.length), hiddenOf(report, rows), width)
}

function rowLines(row: GroupRow, ruleWidth: number, width: number, isColoured: boolean): string {
  const rank = row.rank.toUpperCase()
  const where = whereIn(row.where, Math.max(8, width - INDENT - ruleWidth - 3))
  const text = wrap(isPreviewCut(row, ruleWidth) ? `Preview: ${row.what}` : row.what, width - INDENT).map(line => cut(line, Math.max(30, width - INDENT)))
  const kept = text.length <= MOST_LINES ? text : [...text.slice(0, MOST_LINES - 1), `${cut(text[MOST_LINES - 1] ?? '', width - INDENT - 2).replace(/…$/, '')} …`]
  return `${coloured(rank, isColoured, pad(rank, RANK_WIDTH))}   ${pad(cut(ruleText(row), ruleWidth), ruleWidth)}   ${where}\n${kept.map(line => `${' '.repeat(INDENT)}${line}\n`).join('')}`
}

function ruleText({rule, isPreview}: GroupRow): string {
  return isPreview ? `${rule} (preview)` : rule
}

/** Where there is no room for it behind the rule, that it does not count stands before the sentence. */
function isPreviewCut(row: GroupRow, ruleWidth: number): boolean {
  return row.isPreview && displayWidth(ruleText(row)) > ruleWidth
}

/** The rule mostly tells the kind, so the kind goes first where there is no room: names are what somebody looks for. */
function whereIn(where: string, room: number): string {
  return cutMiddle(displayWidth(where) <= room ? where : where.replace(/^([^/ ]+)\/[^/ ]+\/(?=[^/]+$)/, '$1/…/'), room)
}

/** Counted by the summary, but not among the rows: `--min-severity`. */
function hiddenOf({summary}: AuditReport, rows: readonly GroupRow[]): number {
  const total = SEVERITIES.reduce((sum, severity) => sum + summary[severity], summary.latent)
  return total - rows.reduce((sum, row) => sum + row.findings, 0)
}

function moreText(rest: readonly GroupRow[], hidden: number, width: number): string {
  const counts = new Map<Rank, number>()
  for (const {rank, findings} of rest) counts.set(rank, (counts.get(rank) ?? 0) + findings)
  const more = rest.length === 0 ? '' : `${[...counts].map(([rank, count]) => `${thousands(count)} ${rank}`).join(', ')} more: --full for all rows, -o wide for every finding.`
  const below = hidden <= 0 ? '' : `${counted(hidden, 'finding')} below --min-severity ${hidden === 1 ? 'is' : 'are'} counted, not shown.`
  return [more, below].filter(text => text !== '').map(text => `${wrap(text, width - INDENT).map(line => ' '.repeat(INDENT) + line).join('\n')}\n`).join('')
}

/** Never "clean" for what was not looked at. */
function nothingText(report: AuditReport): string {
  const {checks} = report
  const hidden = hiddenOf(report, [])
  if (hidden > 0) return `Nothing to show: ${counted(hidden, 'finding')} below --min-severity.`
  const ran = checks.filter(({skip}) => skip === null).length
  if (ran === 0) return 'Nothing was looked at, so nothing is known.'
  return ran === checks.length ? 'Nothing found.' : `Nothing found by the ${counted(ran, 'check')} that ran. The others may hide something.`
}

function passedTable({checks}: AuditReport, {width}: RenderOptions): string {
  const rows = checks.filter(({status}) => status === 'passed' || status === 'not-applicable')
    .map(({id, status, looked, detail}) => [status === 'passed' ? 'passed' : 'n/a', id, status === 'passed' ? `looked at ${counted(looked, 'object')}` : printable(detail)])
  return rows.length === 0 ? '' : renderTable(['RESULT', 'CHECK', 'HOW'], rows, width)
}

/** A command stays on one line, however long, so that it can be copied; a sentence is wrapped. */
function wayOut(unblock: string, room: number): string[] {
  return unblock.startsWith('kubectl ') ? [`-> ${unblock}`] : wrap(`-> ${unblock}`, room)
}

function unlookedLines({checks}: AuditReport, {width, isFull}: RenderOptions): string {
  const groups = isFull ? unlookedOf(checks) : brieflyUnlooked(checks)
  if (groups.length === 0) return ''
  const names = groups.map(({checks: ids}) => (ids.length === 1 ? (ids[0] ?? '') : counted(ids.length, 'check')))
  const nameWidth = Math.min(Math.max(13, ...names.map(displayWidth)), Math.max(13, Math.floor(width / 3)))
  const room = width - nameWidth - 3
  const below = (line: string): string => `${' '.repeat(nameWidth + 3)}${line}\n`
  return `${pad('NOT LOOKED AT', nameWidth)}   WHY, AND WHAT CHANGES THAT\n${groups.map(({why, unblock}, index) => {
    const [first = '', ...others] = wrap(why, room).map(line => cut(line, Math.max(30, room)))
    return `${pad(cut(names[index] ?? '', nameWidth), nameWidth)}   ${first}\n${[...others, ...(unblock === '' ? [] : wayOut(unblock, room))].map(below).join('')}`
  }).join('')}`
}

function upgradeLines({upgrade = [], run: {scope}}: AuditReport, {width}: RenderOptions): string {
  if (upgrade.length === 0) return ''
  // Releases come to every namespace, whatever is reported.
  const isWhole = scope.namespaces === 'all' && scope.excluded.length === 0
  const releases = upgrade.map(({release, isTentative}) => printable(`${release}${isTentative ? '?' : ''}`))
  const releaseWidth = Math.max(7, ...releases.map(displayWidth))
  const rows = upgrade.map(({text}, index) => {
    const [first = '', ...others] = wrap(printable(text), width - releaseWidth - 3)
    return `${pad(releases[index] ?? '', releaseWidth)}   ${[first, ...others].join(`\n${' '.repeat(releaseWidth + 3)}`)}\n`
  })
  return `${pad('UPGRADE', releaseWidth)}   ${isWhole ? 'WHAT CHANGES' : 'WHAT CHANGES IN ALL THAT WAS READ'}${upgrade.some(({isTentative}) => isTentative) ? ` (? = planned${isWhole ? ', not released' : ''})` : ''}\n${rows.join('')}`
}

function nextStep({checks, run}: AuditReport, worst: string | null, hasPassed: boolean): string {
  if (worst !== null) return `kubectl k121 explain ${printable(worst)}`
  const unblock = checks.find(({skip}) => skip !== null && skip.unblock.startsWith('kubectl '))?.skip?.unblock
  // Somebody's rights may end at a namespace.
  const isWide = run.source === 'live' && run.scope.namespaces === 'all' && checks.some(({skip}) => skip?.reason === 'forbidden')
  if (unblock !== undefined) return `${printable(unblock)}${isWide ? '\nOr: the same again with -n NAMESPACE, for what you may read' : ''}`
  // Not a whole command: the files and flags of this one are not known here.
  return hasPassed || !checks.some(({status}) => status === 'passed') ? '' : 'the same again with --show-passed'
}
