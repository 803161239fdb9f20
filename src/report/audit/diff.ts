import {UNKNOWN_CLUSTER} from '../../audit/cluster-id.js'
import type {Change, ComparedFinding, Comparison, ReportSide} from '../../audit/compare-reports.js'
import {weightOf} from '../../audit/compare-reports.js'
import {isWorse} from '../../audit/comparison-exit.js'
import {hideSecrets, printable, printableJson} from '../../printable.js'
import {cut, cutMiddle, displayWidth, pad, renderTable} from '../table.js'
import {wrap} from '../wrap.js'
import {coloured} from './colour.js'
import {asciiJson} from './json.js'
import {counted, ruleOf, whereText} from './naming.js'
import type {RenderOptions} from './options.js'

const KINDS = ['new', 'fixed', 'unchanged', 'unknown'] as const

/** `audit diff A B -o json`: kind AuditComparison, one finding a line. */
export function renderDiffJson(comparison: Comparison): string {
  const {before, after} = comparison
  const head = {apiVersion: 'k121.dev/v1', kind: 'AuditComparison', before: sideOf(before), after: sideOf(after), summary: Object.fromEntries(KINDS.map(kind => [kind, comparison[kind].length]))}
  const lists = KINDS.map(kind => `  "${kind}": [${comparison[kind].map(change => `\n    ${asciiJson(changeOf(change))}`).join(',')}${comparison[kind].length === 0 ? '' : '\n  '}]`)
  return `${printableJson(head).slice(0, -2)},\n${lists.join(',\n')}\n}\n`
}

function sideOf({cluster, startedAt, isComplete, findings}: ReportSide): object {
  return {cluster: cluster.id, name: cluster.name, startedAt, complete: isComplete, findings: findings.size}
}

function changeOf({finding: {message, ...rest}, before, doubt}: Change): object {
  return {...rest, message: hideSecrets(message), ...(before === null ? {} : {severityBefore: before.severity, stateBefore: before.state}), ...(doubt === '' ? {} : {doubt})}
}

/** What came, what went, what nobody can say. Unchanged findings are listed only where they became worse, or with `--full`. */
export function renderDiff(comparison: Comparison, {width, isColoured, isFull}: RenderOptions): string {
  const {before, after} = comparison
  const worse = comparison.unchanged.filter(isWorse)
  const rest = isFull ? comparison.unchanged.filter(change => !worse.includes(change)) : []
  const rows = [...labelled('new', comparison.new), ...labelled('worse', worse), ...labelled('unknown', comparison.unknown), ...labelled('fixed', comparison.fixed), ...labelled('unchanged', rest)]
  return [
    renderTable(['REPORT', 'CLUSTER', 'WHEN', 'FINDINGS'], [sideRow('before', before), sideRow('after', after)], width),
    `${wrap(sumText(comparison, worse.length), width).join('\n')}\n`,
    ...(rows.length === 0 ? [] : [changeLines(rows, width, isColoured)]),
  ].join('\n')
}

function sideRow(label: string, {cluster, startedAt, findings}: ReportSide): string[] {
  return [label, printable(cluster.name), printable(startedAt) || '<none>', String(findings.size)]
}

function sumText(comparison: Comparison, worse: number): string {
  const {before, after, unknown} = comparison
  return [
    `${KINDS.map(kind => `${comparison[kind].length} ${kind}`).join(', ')}.`,
    ...(worse === 0 ? [] : [`${counted(worse, 'unchanged finding')} became worse.`]),
    ...(unknown.length === 0 ? [] : ['Unknown: not looked at in the second report, so not fixed.']),
    ...(before.cluster.id === after.cluster.id ? [] : [`${clustersText(before, after)}: findings are the same where the same object has the same fault.`]),
  ].join(' ')
}

/** Files, and credentials that may not list namespaces, do not tell which cluster it is. */
function clustersText(before: ReportSide, after: ReportSide): string {
  const [isFirst, isSecond] = [before, after].map(({cluster}) => cluster.id === UNKNOWN_CLUSTER)
  if (isFirst !== true && isSecond !== true) return 'These are two clusters'
  return `The ${isFirst ? 'first' : 'second'} report does not tell of which cluster it is`
}

interface Row {
  label: string
  change: Change
}

/** Worst first within each kind; the order of the report else. */
function labelled(label: string, changes: readonly Change[]): Row[] {
  return [...changes].sort((a, b) => weightOf(b.finding) - weightOf(a.finding)).map(change => ({label, change}))
}

function changeLines(rows: readonly Row[], width: number, isColoured: boolean): string {
  const [labelWidth, rankWidth] = [9, 8]
  const indent = labelWidth + rankWidth + 6
  const ruleWidth = Math.min(Math.max(5, ...rows.map(({change}) => displayWidth(printable(ruleOf(change.finding))))), Math.max(12, width - indent - 20))
  const head = `${pad('CHANGE', labelWidth)}   ${pad('SEVERITY', rankWidth)}   ${pad('CHECK', ruleWidth)}   WHERE\n`
  return head + rows.map(({label, change}) => {
    const rank = rankOf(change.finding)
    const where = cutMiddle(whereText(change.finding.owner ?? change.finding.object), Math.max(8, width - indent - ruleWidth - 3))
    const text = [change.finding.message === '' ? '' : printable(hideSecrets(change.finding.message)), noteOf(label, change)].filter(line => line !== '')
    const below = text.flatMap(line => wrap(line, width - indent)).map(line => `${' '.repeat(indent)}${cut(line, Math.max(30, width - indent))}\n`)
    return `${pad(label, labelWidth)}   ${coloured(rank, isColoured, pad(rank, rankWidth))}   ${pad(cut(printable(ruleOf(change.finding)), ruleWidth), ruleWidth)}   ${where}\n${below.join('')}`
  }).join('')
}

function rankOf({state, severity}: ComparedFinding): string {
  return printable(state === 'latent' ? 'LATENT' : severity.toUpperCase())
}

function noteOf(label: string, {before, doubt}: Change): string {
  if (label === 'worse' && before !== null) return `Was ${before.isExempted ? 'accepted' : rankOf(before).toLowerCase()} before.`
  if (doubt === '') return ''
  return label === 'new' ? `May have been there before: ${printable(doubt)}.` : `May still be there: ${printable(doubt)}.`
}
