import {compareText} from '../../audit/order.js'
import type {PodSecurityPlan} from '../../plan/pod-security/plan.js'
import {printable} from '../../printable.js'
import {counted, thousands} from '../audit/naming.js'
import {renderNoted} from '../noted-table.js'
import {cut, renderTable} from '../table.js'
import {wrap} from '../wrap.js'
import {headText} from './head.js'
import {ENGINE_NAMES, fitsText, nextStep, todayText} from './words.js'

export interface ScreenOptions {
  width: number
  /** For the command that writes the plan. */
  isWritten: boolean
}

/** More scroll the first line out of sight. */
const MOST_ROWS = 10

/** One screen however many namespaces there are: those with the same answer are one row. */
export function planScreen(plan: PodSecurityPlan, options: ScreenOptions): string {
  const parts = [
    headText(plan, options.width), namespaceTable(plan, options), inTheWayTable(plan), enforcerTable(plan, options), upgradeLines(plan, options),
    leftAloneTable(plan, options), options.isWritten ? '' : nextLines(plan),
  ]
  return parts.filter(part => part !== '').join('\n')
}

interface Row {
  names: string[]
  cells: readonly [today: string, fits: string]
  next: ReturnType<typeof nextStep>
  toFix: number
  patched: number
}

/** Those that nobody leaves alone, by their answers. */
function namespaceTable({namespaces, target}: PodSecurityPlan, {width}: ScreenOptions): string {
  const rows = new Map<string, Row>()
  for (const namespace of namespaces.filter(({held}) => held === null || held.by === 'unseen')) {
    const next = nextStep(namespace, target)
    const row: Row = {names: [], cells: [todayText(namespace), fitsText(namespace)], next, toFix: 0, patched: 0}
    const key = [...row.cells, next.kind].join('\n')
    const group = rows.get(key) ?? row
    rows.set(key, group)
    group.names.push(namespace.name)
    group.toFix += namespace.toFix
    group.patched += namespace.patched
  }
  if (rows.size === 0) return ''
  const sorted = [...rows.values()].toSorted((a, b) => b.names.length - a.names.length || compareText(a.names[0] ?? '', b.names[0] ?? ''))
  const shown = sorted.slice(0, MOST_ROWS)
  const rest = sorted.slice(MOST_ROWS).reduce((sum, {names}) => sum + names.length, 0)
  const table = renderTable(['NAMESPACES', 'TODAY', `FITS 1.${target}`, 'NEXT STEP'], shown.map(({names, cells, next, toFix, patched}) => [namesText(names, NAMES_WIDTH), ...cells, next.text(toFix, patched)]), width)
  return `${table}${rest === 0 ? '' : `${counted(rest, 'namespace')} more: -o wide\n`}`
}

const NAMES_WIDTH = 21

/** `shop`, or `12: api, billing, …`. */
function namesText(names: readonly string[], width: number): string {
  const [first = ''] = names
  const shown = names.map(name => (name === '' ? '(none given)' : printable(name)))
  if (names.length === 1) return cut(first === '' ? '(none given)' : printable(first), width)
  return cut(`${thousands(names.length)}: ${shown.join(', ')}`, width)
}

function inTheWayTable({inTheWay}: PodSecurityPlan): string {
  if (inTheWay.length === 0) return ''
  const shown = inTheWay.slice(0, MOST_ROWS)
  const more = inTheWay.length - shown.length
  return renderTable(['IN THE WAY', 'WORKLOADS', 'PATCH'], shown.map(({control, workloads, patch}) => [control, thousands(workloads).padStart('WORKLOADS'.length), patch]), null) + (more > 0 ? `${counted(more, 'control')} more: -o wide\n` : '')
}

function enforcerTable({enforcers, namespaces}: PodSecurityPlan, {width}: ScreenOptions): string {
  const open = namespaces.filter(one => one.enforcers.length === 0)
  const unknown = open.filter(one => !one.isEnforcementKnown).length
  const rows = enforcers.map(({engine, namespaces: count, inert}) => ({
    cells: [ENGINE_NAMES.get(engine) ?? printable(engine), count === 0 ? '-' : thousands(count)],
    note: inert.length === 0 ? '' : cut(printable(`${counted(inert.length, 'object')} of it ${inert.length === 1 ? 'does' : 'do'} nothing: ${inert[0]!.name}, ${inert[0]!.why}`), 2 * (width - 10)),
  }))
  if (unknown > 0) rows.push({cells: ['<not known>', thousands(unknown)], note: ''})
  if (open.length > unknown) rows.push({cells: ['<nobody>', thousands(open.length - unknown)], note: ''})
  return rows.length === 0 ? '' : renderNoted(['WHO REFUSES PODS', 'NAMESPACES', ''], rows, width)
}

function upgradeLines({upgrade, server, target}: PodSecurityPlan, {width}: ScreenOptions): string {
  if (server.minor === null || server.minor >= target) return ''
  if (upgrade.length === 0) return `UPGRADE   nothing that was seen is newly refused up to v1.${target}\n`
  const lines = upgrade.flatMap(({release, text}) => wrap(printable(text), width - 10).map((line, index) => `${index === 0 ? release.padEnd(10) : ' '.repeat(10)}${line}\n`))
  return `UPGRADE   WHAT IS NEWLY REFUSED, OR FITS LESS\n${lines.join('')}`
}

function leftAloneTable({namespaces}: PodSecurityPlan, {width}: ScreenOptions): string {
  const groups = new Map<string, string[]>()
  for (const {name, held} of namespaces) {
    if (held === null || held.by === 'unseen') continue
    const known = groups.get(held.why)
    if (known === undefined) groups.set(held.why, [name])
    else known.push(name)
  }
  const rows = [...groups].map(([why, names]) => [namesText(names, 34), printable(why)])
  const shown = rows.slice(0, MOST_ROWS)
  return rows.length === 0 ? '' : renderTable(['LEFT ALONE', 'WHOSE, OR WHY'], shown, width) + (rows.length > shown.length ? `${rows.length - shown.length} more: -o wide\n` : '')
}

function nextLines({namespaces}: PodSecurityPlan): string {
  const hasSteps = namespaces.some(({steps, toFix}) => steps.length > 0 || toFix > 0)
  return `Next: the same with --out DIR   ${hasSteps ? 'label commands, what undoes them, patches' : 'as files'}\n      the same with -o wide     each workload\n`
}
