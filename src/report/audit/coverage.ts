import type {AuditReport, CoverageLine} from '../../audit/audit-report.js'
import {BASELINE_CONTROLS} from '../../pod-security/control.js'
import {printable} from '../../printable.js'
import {renderTable} from '../table.js'
import {wrap} from '../wrap.js'
import {counted, thousands} from './naming.js'

const OPERATIONS = ['create', 'update', 'ephemeralcontainers', 'resize', 'workload'] as const
type Operation = CoverageLine['operation']
type Answer = CoverageLine['answer']
/** From the strongest, as they stand in a cell. */
const ANSWERS: readonly Answer[] = ['refused', 'warned', 'audited', 'unknown', 'ignored']

const TITLES: Readonly<Record<Operation, string>> = {create: 'CREATE', update: 'UPDATE', ephemeralcontainers: 'EPHEMERAL', resize: 'RESIZE', workload: 'WORKLOAD'}

/**
 * Who refuses what: a row for each control, or for all that are answered alike,
 * and in each cell what becomes of a pod that breaks it, with the number of
 * namespaces where it is not the same in all.
 */
export function coverageTable({coverage = []}: AuditReport): string {
  if (coverage.length === 0) return ''
  const operations = OPERATIONS.filter(operation => coverage.some(line => line.operation === operation))
  const rows = new Map<string, {controls: string[]; cells: string[]}>()
  for (const [control, lines] of byControl(coverage)) {
    const cells = [...operations.map(operation => cellText(lines.filter(line => line.operation === operation))), enginesOf(lines)]
    const key = cells.join('\n')
    const known = rows.get(key)
    if (known === undefined) rows.set(key, {controls: [control], cells})
    else known.controls.push(control)
  }
  const header = ['A POD THAT BREAKS', ...operations.map(operation => TITLES[operation]), 'BY']
  return renderTable(header, [...rows.values()].flatMap(({controls, cells}) => labelled(controls, cells)), null) + remarksTable(coverage)
}

/** More of them scroll the table out of sight. */
const MOST_REMARKS = 12

/** What the guards say of themselves: ways past them, requests that they do not see, what is not known. */
function remarksTable(coverage: readonly CoverageLine[]): string {
  const rows = new Map<string, string[]>()
  for (const {by} of coverage) for (const {engine, name, why} of by) if (why !== '') rows.set(`${engine}\n${name}\n${why}`, [printable(engine), printable(name), printable(why)])
  if (rows.size === 0) return ''
  const rest = rows.size - MOST_REMARKS
  return `\n${renderTable(['ENGINE', 'NAME', 'REMARK'], [...rows.values()].slice(0, MOST_REMARKS), null)}${rest > 0 ? `${counted(rest, 'remark')} more: -o json\n` : ''}`
}

/** Names of controls go on below, so that the columns stay on the screen. */
function labelled(controls: readonly string[], cells: readonly string[]): string[][] {
  const [first = '', ...others] = wrap(controls.join(', '), LABEL_WIDTH)
  return [[first, ...cells], ...others.map(line => [line, ...cells.map(() => '')])]
}

const LABEL_WIDTH = 44

function byControl(coverage: readonly CoverageLine[]): Map<string, CoverageLine[]> {
  const found = new Map<string, CoverageLine[]>()
  for (const line of coverage) {
    const known = found.get(line.control)
    if (known === undefined) found.set(line.control, [line])
    else known.push(line)
  }
  return found
}

/** `refused`, or `refused 12, ignored 3`. */
function cellText(lines: readonly CoverageLine[]): string {
  const counts = countsOf(lines)
  if (counts.length === 1) return counts[0]![0]
  return counts.map(([answer, count]) => `${answer} ${count}`).join(', ')
}

function countsOf(lines: readonly CoverageLine[]): [Answer, number][] {
  const counts = ANSWERS.map((answer): [Answer, number] => [answer, lines.filter(line => line.answer === answer).reduce((sum, {namespaces}) => sum + namespaces.length, 0)])
  return counts.filter(([, count]) => count > 0)
}

/** Those that refuse; where none does, those that might or that speak. */
function enginesOf(lines: readonly CoverageLine[]): string {
  for (const answers of [['refused'], ['warned', 'audited', 'unknown']] as const) {
    const engines = lines.filter(({answer}) => (answers as readonly Answer[]).includes(answer)).flatMap(({by}) => by.map(({engine}) => engine))
    if (engines.length > 0) return [...new Set(engines)].toSorted().join(', ')
  }
  return '<none>'
}

/** For the screen that has no room for the table; empty where every control of baseline is refused everywhere when a pod is made. */
export function uncoveredText({coverage = []}: AuditReport): string {
  const lines = coverage.filter(({control, operation}) => operation === 'create' && (BASELINE_CONTROLS as readonly string[]).includes(control))
  const namespaces = (answers: readonly Answer[]): Set<string> => new Set(lines.filter(({answer}) => answers.includes(answer)).flatMap(line => line.namespaces))
  const open = namespaces(['warned', 'audited', 'ignored'])
  const unknown = [...namespaces(['unknown'])].filter(name => !open.has(name)).length
  const total = namespaces(ANSWERS).size
  if (open.size === 0 && unknown === 0) return ''
  const what = 'every control of baseline is refused when a pod is made'
  const text = open.size === 0
    ? `in ${thousands(unknown)} of ${counted(total, 'namespace')} it is not known whether ${what}`
    : `in ${thousands(open.size)} of ${counted(total, 'namespace')} not ${what}${unknown === 0 ? '' : `, and in ${thousands(unknown)} more that is not known`}`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}: -o wide for who refuses what.`
}
