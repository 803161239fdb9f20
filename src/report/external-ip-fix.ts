import type {Fix, FixDocument} from '../admission/external-ip-fix/fix.js'
import {printable} from '../printable.js'
import {yamlScalar} from './audit/yaml-text.js'
import {wrap} from './wrap.js'

const WIDTH = 100

/** One document: what it does, what it leaves open and how to undo it, in comments; then itself. `kubectl apply -f` takes it as it is. */
export function fixDocumentText({does, leavesOpen, advice, undo, body}: Omit<FixDocument, 'file'>, {warnings, notes}: Pick<Fix, 'warnings' | 'notes'>): string {
  const comments = [
    ...warnings.flatMap(text => comment('WARNING: ', text)),
    ...comment('What it does: ', does),
    ...(leavesOpen.length === 0 ? [] : comment('', 'What it does not close:')),
    ...leavesOpen.flatMap(text => comment('- ', text)),
    ...advice.flatMap(text => comment('Where: ', text)),
    ...notes.flatMap(text => comment('Note: ', text)),
    ...comment('To undo: ', undo),
  ]
  return `${comments.join('\n')}\n${typeof body === 'string' ? `${body}\n` : members(body, '')}`
}

/** All of it; warnings and notes stand before the first document, and alone where there is none. */
export function fixText({documents, warnings, notes}: Fix): string {
  if (documents.length === 0) return [...warnings.flatMap(text => comment('WARNING: ', text)), ...notes.flatMap(text => comment('Note: ', text))].map(line => `${line}\n`).join('')
  return documents.map((document, index) => fixDocumentText(document, index === 0 ? {warnings, notes} : {warnings: [], notes: []})).join('---\n')
}

/** Names from the cluster stand in comments: a line break in one must not end the comment. */
function comment(start: string, text: string): string[] {
  return wrap(printable(text), WIDTH - 2 - start.length).map((line, index) => `# ${index === 0 ? start : ' '.repeat(start.length)}${line}`)
}

function members(value: object, indent: string): string {
  return Object.entries(value).filter(([, member]) => member !== undefined).map(([key, member]) => `${indent}${yamlScalar(key)}:${after(member, indent)}`).join('')
}

function after(value: unknown, indent: string): string {
  if (typeof value === 'string' && isBlock(value)) return ` |-\n${value.split('\n').map(line => (line === '' ? '\n' : `${indent}  ${line}\n`)).join('')}`
  if (typeof value !== 'object' || value === null) return ` ${yamlScalar(value as string | number | boolean | null)}\n`
  if (Array.isArray(value)) return value.length === 0 ? ' []\n' : `\n${value.map(one => item(one, indent)).join('')}`
  return Object.keys(value).length === 0 ? ' {}\n' : `\n${members(value, `${indent}  `)}`
}

function item(value: unknown, indent: string): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return `${indent}- ${members(value, `${indent}  `).slice(indent.length + 2)}`
  return `${indent}-${after(value, indent)}`
}

/** Code is read by people: several lines of plain text stand as they are. */
function isBlock(text: string): boolean {
  return text.includes('\n') && /^[ -~\n]+$/.test(text) && !/^[ \n]|[ \n]$| \n/.test(text)
}
