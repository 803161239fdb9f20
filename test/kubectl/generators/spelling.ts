import fc from 'fast-check'
import type {Entry, Tree} from './tree.js'
import {isMapping, isSequence} from './tree.js'

/** How a tree becomes bytes. Zeros everywhere are the plainest spelling, so that shrinking ends there. */
export interface Spelling {
  /** Read round and round, one number per decision. */
  choices: readonly number[]
  whole: 'mixed' | 'json'
  head: string
  tail: string
  lineBreak: string
  encoding: 'utf8' | 'utf8-bom' | 'utf16le' | 'utf16be' | 'utf16le-bare'
}

const HOSTILE_DOCUMENT = "---\nusers: [{name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: evil}}}]\n"

export const spelling: fc.Arbitrary<Spelling> = fc.record({
  choices: fc.oneof({withCrossShrink: true}, {weight: 2, arbitrary: fc.constant([])}, {weight: 3, arbitrary: fc.array(fc.nat(59), {minLength: 1, maxLength: 12})}),
  whole: fc.oneof({withCrossShrink: true}, {weight: 5, arbitrary: fc.constant('mixed' as const)}, {weight: 1, arbitrary: fc.constant('json' as const)}),
  head: rarely('', '---\n', '%YAML 1.1\n---\n', '# kubeconfig\n', '\n\n', '%YAML 1.2\n---\n', '--- # here\n', '# only\n---\n---\n', '\t\n'),
  tail: rarely('', '---\n', HOSTILE_DOCUMENT, '...\n: {broken\n', '# end', '\n \n', '\t', `...\n${HOSTILE_DOCUMENT}`),
  lineBreak: rarely('\n', '\r\n', '\r', '\u2028', '\u0085'),
  encoding: rarely('utf8', 'utf8-bom', 'utf16le', 'utf16be', 'utf16le-bare') as fc.Arbitrary<Spelling['encoding']>,
})

function rarely(usual: string, ...odd: string[]): fc.Arbitrary<string> {
  return fc.oneof({withCrossShrink: true}, {weight: 24, arbitrary: fc.constant(usual)}, {weight: 2, arbitrary: fc.constantFrom(...odd)})
}

export const PLAIN: Spelling = {choices: [], whole: 'mixed', head: '', tail: '', lineBreak: '\n', encoding: 'utf8'}

/** A comment's end: the mark takes the line break behind it and becomes another one. */
const ODD_BREAKS = ['\u2028', '\u2029', '\u0085', '\r'] as const
const mark = (index: number): string => String.fromCharCode(0xe000 + index)

export function spell(tree: Tree, {choices, whole, head, tail, lineBreak, encoding}: Spelling): Buffer {
  let at = 0
  const pick: Pick = below => (choices.length === 0 ? 0 : (choices[at++ % choices.length] ?? 0) % below)
  const body = whole === 'json' ? `${flow(tree, pick, true)}\n` : `${block(tree, pick).join('\n')}\n`
  const text = (head + body + tail).replace(/([\ue000-\ue003])\n/g, (_, odd: string) => ODD_BREAKS[odd.charCodeAt(0) - 0xe000] ?? '\n')
  return encode(text.replaceAll('\n', lineBreak), encoding)
}

function encode(text: string, encoding: Spelling['encoding']): Buffer {
  if (encoding === 'utf8') return Buffer.from(text)
  if (encoding === 'utf8-bom') return Buffer.from(`\ufeff${text}`)
  if (encoding === 'utf16le-bare') return Buffer.from(text, 'utf16le')
  const little = Buffer.from(`\ufeff${text}`, 'utf16le')
  return encoding === 'utf16le' ? little : little.swap16()
}

/** A number below the given one. */
type Pick = (below: number) => number

/** Lines without the indentation that the parent adds. */
function block(tree: Tree, pick: Pick): string[] {
  if (isMapping(tree) && tree.entries.length > 0 && pick(7) < 5) return tree.entries.flatMap(entry => blockEntry(entry, pick))
  if (isSequence(tree) && tree.length > 0 && pick(7) < 5) return tree.flatMap(item => blockItem(item, pick))
  return literal(tree, pick) ?? [flow(tree, pick, pick(5) === 4)]
}

function blockEntry(entry: Entry, pick: Pick): string[] {
  if (entry.form === 'hidden') return [`# remark${mark(pick(4))}`, ...blockEntry({key: entry.key, value: entry.value}, pick)]
  const key = keyText(entry, pick)
  const value = block(entry.value, pick)
  const step = ' '.repeat(1 + ((pick(4) + 1) % 4))
  if (pick(60) === 56) return [`? ${key}`, ...nested(':', value, entry.value, step)]
  const remark = pick(15) === 14 ? ['# x', ''] : []
  return [...remark, ...nested(`${key}:`, value, entry.value, step)]
}

/** Collections and literals go below their key, unless they are in flow style. */
function nested(before: string, lines: string[], tree: Tree, step: string): string[] {
  const [first = '', ...rest] = lines
  if (rest.length === 0 && !isBlockStart(first, tree)) return [`${before} ${first}`]
  if (/^[|>]/.test(first)) return [`${before} ${first}`, ...rest.map(line => step + line)]
  if ('object' === typeof tree && tree !== null && 'anchor' in tree) return [`${before} ${first}`, ...rest.map(line => step + line)]
  return [before, ...lines.map(line => step + line)]
}

function isBlockStart(first: string, tree: Tree): boolean {
  return (isMapping(tree) && !first.startsWith('{') && !first.startsWith('!') && !first.startsWith('&')) || (isSequence(tree) && first.startsWith('- '))
}

function blockItem(item: Tree, pick: Pick): string[] {
  const [first = '', ...rest] = block(item, pick)
  if (pick(10) === 9 && isMapping(item)) return ['-', `  ${first}`, ...rest.map(line => `  ${line}`)]
  return [`- ${first}`, ...rest.map(line => `  ${line}`)]
}

function literal(tree: Tree, pick: Pick): string[] | null {
  if (typeof tree !== 'string' || !/^[!-~]([ -~]*[!-~])?$/.test(tree) || pick(14) !== 13) return null
  return [pick(2) === 0 ? '|-' : '>-', `  ${tree}`]
}

const COLLECTION_TAGS = ['!!map ', '!local ', '!!str ']

function flow(tree: Tree, pick: Pick, json: boolean): string {
  if (typeof tree === 'string') return json ? JSON.stringify(tree) : scalar(tree, pick)
  if (typeof tree !== 'object' || tree === null) return json ? String(tree) : plainForm(tree, pick)
  if (isSequence(tree)) return `[${tree.map(item => flow(item, pick, json)).join(', ')}]`
  if ('alias' in tree) return `*${tree.alias}`
  if ('anchor' in tree) return `&${tree.anchor} ${flow(tree.value, pick, json)}`
  const tag = !json && pick(60) === 57 ? (COLLECTION_TAGS[pick(COLLECTION_TAGS.length)] ?? '') : ''
  return `${tag}{${tree.entries.map(entry => flowEntry(entry, pick, json)).join(json ? ',\t' : ', ')}}`
}

function flowEntry(entry: Entry, pick: Pick, json: boolean): string {
  const key = json && entry.form !== 'merge' ? JSON.stringify(entry.key) : keyText(entry, pick)
  const value = flow(entry.value, pick, json)
  const hidden = entry.form === 'hidden' ? `# remark${mark(pick(4))}\n   ` : ''
  return json ? `${hidden}${key}:${value}` : `${hidden}${key}: ${value}`
}

function plainForm(value: number | boolean | null, pick: Pick): string {
  if (value === null) return ['null', '~', 'Null', '!!null null'][pick(60) % 4] ?? 'null'
  if (value === true) return ['true', 'yes', 'on', '!!bool true'][pick(4)] ?? 'true'
  return String(value)
}

function keyText({key, form}: Entry, pick: Pick): string {
  if (form === 'merge') return '<<'
  const odd = [`&k${key.replace(/\W/g, '')} ${key}`, `!!str ${key}`, `!!binary ${base64(key)}`, `!x ${key}`]
  return chooseForm(pick, [key, JSON.stringify(key), `'${key}'`, escaped(key)], odd)
}

function scalar(text: string, pick: Pick): string {
  const quoted = JSON.stringify(text)
  const plain = /^[A-Za-z/.{][\w/.:@+=-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null|\.inf|\.nan)$/i.test(text) && !text.includes('{') && !text.endsWith(':') ? text : quoted
  const odd = [`&s ${plain}`, `!!str ${quoted}`, `!!binary ${base64(text)}`, `!y ${quoted}`]
  return chooseForm(pick, [plain, quoted, `'${text.replaceAll("'", "''")}'`, escaped(text)], odd)
}

/** Forms that our reader refuses are rare, or every file would have one. */
function chooseForm(pick: Pick, usual: readonly string[], odd: readonly string[]): string {
  const number = pick(60)
  const form = number === 58 ? odd[pick(odd.length)] : number < 26 ? usual[0] : usual[number % usual.length]
  return form ?? ''
}

function escaped(text: string): string {
  return `"${[...text].map((letter, index) => (index % 3 === 0 && letter < '\u007f' ? `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}` : JSON.stringify(letter).slice(1, -1))).join('')}"`
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
