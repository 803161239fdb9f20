import type {CheckMeta, Variant} from '../../audit/check.js'
import {isPreview} from '../../audit/check.js'
import type {Severity} from '../../audit/severity.js'
import {renderNoted} from '../noted-table.js'
import {headingLines} from '../table.js'
import {wrap} from '../wrap.js'
import {accessOf} from './check-access.js'
import {markdownCell} from './markdown-text.js'

/** `kubectl k121 explain CHECK[/VARIANT]`: a variant comes first and alone; the rest is the check's. */
export function explainText(meta: CheckMeta, variant: string | null, width = 80): string {
  const chosen = variant === null ? undefined : meta.variants?.[variant]
  const head = [chosen === undefined ? meta.id : `${meta.id}/${variant}`, (chosen ?? meta).severity, meta.topic]
  return [
    ...headingLines([...head, ...(isPreview(meta, variant ?? '') ? ['preview: not counted in the exit code'] : []), ...onRequest(meta)], Math.max(width, 80)),
    paragraph(`${(chosen ?? meta).title}.`, width),
    ...(chosen === undefined ? variantLines(meta, width) : []),
    section('WHY', [meta.why], width),
    section('TO DO', [meta.remediation], width),
    ...(rangeText(meta) === '' ? [] : [section('SERVERS', [rangeText(meta)], width)]),
    section('READS', accessOf(meta).map(({verb, what, isOptional}) => `${verb}  ${what}${isOptional ? '  (where permitted)' : ''}`), width),
    ...crossLines(meta, width),
    ...(meta.references.length === 0 ? [] : [section('REFERENCES', meta.references.flatMap(({title, url}) => [title, `  ${url}`]), width)]),
    ...(meta.aliases === undefined || meta.aliases.length === 0 ? [] : [section('FORMERLY', [meta.aliases.join(', ')], width)]),
  ].join('\n')
}

export function paragraph(text: string, width: number): string {
  return `${wrap(sentence(text), width).join('\n')}\n`
}

export function section(title: string, texts: readonly string[], width: number): string {
  return `${title}\n${texts.flatMap(text => wrap(text, width - 2)).map(line => `  ${line}`).join('\n')}\n`
}

/** A title may bring its own full stop. */
function sentence(text: string): string {
  return text.replace(/([.!?])\.$/, '$1')
}

function variantLines(meta: CheckMeta, width: number): string[] {
  const variants = Object.entries(meta.variants ?? {})
  if (variants.length === 0) return []
  const idWidth = Math.max('VARIANT'.length, ...variants.map(([id]) => id.length))
  const row = (id: string, severity: string, lines: readonly string[]): string => lines.map((line, index) => `${(index === 0 ? id : '').padEnd(idWidth)}   ${(index === 0 ? severity : '').padEnd('SEVERITY'.length)}   ${line}\n`).join('')
  const room = Math.max(24, width - idWidth - 'SEVERITY'.length - 6)
  return [`${row('VARIANT', 'SEVERITY', ['MEANING'])}${variants.map(([id, one]) => row(id, one.severity, wrap(titleOf(one), room))).join('')}`]
}

function crossLines({crossReferences = []}: CheckMeta, width: number): string[] {
  return crossReferences.length === 0 ? [] : [section('ELSEWHERE', crossReferences.map(({source, id}) => `${source} ${id}`), width)]
}

/** Server versions in which the danger exists; empty: all. */
export function rangeText({since, until}: CheckMeta): string {
  if (since === undefined && until === undefined) return ''
  if (since === undefined) return `up to 1.${until}`
  return until === undefined ? `from 1.${since}` : `1.${since} to 1.${until}`
}

/** docs/checks/ID.md, and what code scanning shows beside a finding. */
export function explainMarkdown(meta: CheckMeta, heading = 1): string {
  const title = (text: string): string => `${'#'.repeat(heading + 1)} ${text}\n`
  const list = (lines: readonly string[]): string => `${lines.map(line => `- ${line}`).join('\n')}\n`
  const variants = Object.entries(meta.variants ?? {})
  return [
    `${'#'.repeat(heading)} ${meta.id}\n`,
    `${sentence(`${meta.title}.`)}\n`,
    list([`Topic: ${meta.topic}`, `Severity: ${severitiesOf(meta).join(', ')}`, ...(rangeText(meta) === '' ? [] : [`Servers: ${rangeText(meta)}`]), ...(meta.isPreview ? ['Preview: shown, not counted in the exit code'] : []), ...onRequest(meta).map(words => words.replace(/^o/, 'O'))]),
    ...(variants.length === 0 ? [] : [variantTable(variants)]),
    title('Why'), `${meta.why}\n`,
    title('What to do'), `${meta.remediation}\n`,
    title('What it reads'), list(accessOf(meta).map(({verb, what, isOptional}) => `${verb} ${what}${isOptional ? ' (where permitted)' : ''}`)),
    ...((meta.crossReferences ?? []).length === 0 ? [] : [title('Elsewhere'), list((meta.crossReferences ?? []).map(({source, id}) => `${source} ${id}`))]),
    ...(meta.references.length === 0 ? [] : [title('References'), list(meta.references.map(({title: name, url}) => `[${name}](${url})`))]),
    ...((meta.aliases ?? []).length === 0 ? [] : [`Formerly: ${(meta.aliases ?? []).join(', ')}\n`]),
  ].join('\n')
}

/** How to have it run. */
function onRequest({id, isOnRequest}: CheckMeta): string[] {
  return isOnRequest === true ? [`on request: --check ${id}`] : []
}

function titleOf({title, isPreview}: Variant): string {
  return isPreview === true ? `${title} (preview)` : title
}

function variantTable(variants: readonly [string, Variant][]): string {
  return `| variant | severity | meaning |\n| --- | --- | --- |\n${variants.map(([id, one]) => `| \`${id}\` | ${one.severity} | ${markdownCell(titleOf(one))} |\n`).join('')}`
}

/** Of the variants where there are any, worst first; each once. */
export function severitiesOf({severity, variants}: CheckMeta): Severity[] {
  const order: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']
  const present = new Set(variants === undefined ? [severity] : Object.values(variants).map(variant => variant.severity))
  return order.filter(one => present.has(one))
}

/** For a list of checks: what a check is about, and what sets it apart from the others. */
export function listTitle({title, isPreview, isOnRequest}: CheckMeta): string {
  return `${title}${isPreview === true ? ' (preview)' : ''}${isOnRequest === true ? ' (on request)' : ''}`
}

/** `kubectl k121 checks list`. */
export function checksTable(metas: Iterable<CheckMeta>, width: number | null): string {
  const rows = [...metas].map(meta => ({cells: [meta.topic, meta.id, severitiesOf(meta).join(',')], note: listTitle(meta)}))
  return renderNoted(['TOPIC', 'CHECK', 'SEVERITY', 'TITLE'], rows, width)
}
