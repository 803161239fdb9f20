import {OddField, isMapping, textAt} from '../kube/field.js'
import type {Json} from '../kube/json.js'

const KIND = 'PodSecurityPolicy'

/** Names of the PodSecurityPolicies in the manifest of a Helm release; `''` where the name could not be found. */
export function policiesInManifest(manifest: string): string[] {
  // Nothing that does not name the kind can be one, and charts hold YAML that only a full parser reads.
  return manifest.split(/^---(?:[ \t].*)?\r?$/m).filter(document => document.includes(KIND)).flatMap(policiesInDocument)
}

function policiesInDocument(document: string): string[] {
  const lines = document.split(/\r?\n/).filter(line => !/^\s*(?:#.*)?$/.test(line))
  const first = lines[0]
  if (first === undefined) return []
  if (first.trimStart().startsWith('{')) return policiesInJson(parseJson(document))
  const indent = indentOf(first)
  const kind = valueOf(lines, 'kind', indent)
  if (kind === undefined) throw new OddField('manifest', `YAML whose kind can be told, and it mentions ${KIND}`)
  if (kind === KIND || kind === `${KIND}List`) return [nameIn(lines, indent)]
  return kind === 'List' ? lines.filter(line => new RegExp(`^\\s*(?:-\\s+)?kind:\\s*["']?${KIND}["']?\\s*$`).test(line)).map(() => '') : []
}

function parseJson(document: string): Json {
  try {
    return JSON.parse(document.replace(/^\s*#.*$/gm, '')) as Json
  } catch {
    throw new OddField('manifest', 'YAML or JSON that can be read')
  }
}

function policiesInJson(value: Json): string[] {
  if (!isMapping(value)) return []
  if (value['kind'] === KIND) return [textAt(value, 'metadata', 'name') ?? '']
  const {items} = value
  return Array.isArray(items) ? (items as readonly Json[]).flatMap(item => (isMapping(item) && item['kind'] === KIND ? [textAt(item, 'metadata', 'name') ?? ''] : [])) : []
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

/** A scalar of the block mapping at this indentation. */
function valueOf(lines: readonly string[], key: string, indent: number): string | undefined {
  for (const line of lines) {
    if (indentOf(line) !== indent) continue
    const match = /^\s*(["']?)(\w+)\1\s*:(?:\s+(.*))?$/.exec(line)
    if (match?.[2] === key) return (match[3] ?? '').replace(/\s+#.*$/, '').trim().replace(/^(["'])(.*)\1$/, '$2')
  }
  return undefined
}

function nameIn(lines: readonly string[], indent: number): string {
  const start = lines.findIndex(line => indentOf(line) === indent && /^\s*["']?metadata["']?\s*:\s*$/.test(line))
  if (start === -1) return ''
  const rest = lines.slice(start + 1)
  const end = rest.findIndex(line => indentOf(line) <= indent)
  const block = end === -1 ? rest : rest.slice(0, end)
  return block[0] === undefined ? '' : (valueOf(block, 'name', indentOf(block[0])) ?? '')
}
