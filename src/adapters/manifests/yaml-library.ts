import type {LineCounter, Node, ParsedNode, Scalar} from 'yaml'
import type {MappingEntry, Position, YamlNode} from '../../kubeconfig/node.js'
import {plainMeaning} from '../../kubeconfig/scalar-type.js'

export type LibraryReading = {ok: true; root: YamlNode} | {ok: false; message: string; line: number; column: number}

export type Library = typeof import('yaml')

/** Nodes that aliases may add: a bomb of a few lines stands for billions. */
const MAX_ALIASED = 100_000
const MAX_DEPTH = 1000

class TreeError extends Error {
  override readonly name = 'TreeError'
  constructor(
    message: string,
    readonly at: Position,
  ) {
    super(message)
  }
}

/**
 * What our own reader refuses and manifests still use: merge keys, tags, keys
 * that are numbers, deep nesting, directives. Plain words mean what go-yaml v2
 * takes them for, kubectl's parser: `yes` is true, `1.21` a number.
 */
export function readWithLibrary(yaml: Library, text: string): LibraryReading {
  const counter = new yaml.LineCounter()
  try {
    // At 'silent' a second document would be dropped without a word.
    const document = yaml.parseDocument(text, {version: '1.1', schema: 'failsafe', merge: false, uniqueKeys: false, prettyErrors: false, lineCounter: counter, logLevel: 'error'})
    const [error] = document.errors
    if (error !== undefined) return {ok: false, message: oneLine(error.message), ...positionAt(counter, error.pos[0])}
    return {ok: true, root: treeOf(yaml, counter, document.contents)}
  } catch (error) {
    if (error instanceof TreeError) return {ok: false, message: error.message, line: error.at.line, column: error.at.column}
    // The library recurses: nesting as deep as the stack is no manifest.
    if (error instanceof RangeError) return {ok: false, message: 'nested too deep', line: 1, column: 1}
    throw error
  }
}

function treeOf(yaml: Library, counter: LineCounter, contents: ParsedNode | null): YamlNode {
  const anchors = new Map<string, YamlNode | null>()
  let aliased = 0

  const build = (node: Node | null, depth: number): YamlNode => {
    const at = positionAt(counter, node?.range?.[0] ?? 0)
    if (depth > MAX_DEPTH) throw new TreeError('nested too deep', at)
    if (node === null) return {kind: 'scalar', type: 'null', value: '', ...at}
    if (yaml.isAlias(node)) return resolve(node.source, at)
    const anchor = 'anchor' in node && typeof node.anchor === 'string' ? node.anchor : null
    if (anchor !== null) anchors.set(anchor, null)
    const built = yaml.isMap(node) ? mapping(node.items, at, depth)
      : yaml.isSeq(node) ? {kind: 'sequence' as const, items: node.items.map(item => build(item as Node | null, depth + 1)), ...at}
        : scalarOf(node as Scalar, at)
    if (anchor !== null) anchors.set(anchor, built)
    return built
  }

  const resolve = (name: string, at: Position): YamlNode => {
    const target = anchors.get(name)
    if (target === undefined) throw new TreeError('an alias names no anchor', at)
    if (target === null) throw new TreeError('an alias stands inside its own anchor', at)
    aliased += sizeOf(target, MAX_ALIASED - aliased)
    if (aliased >= MAX_ALIASED) throw new TreeError(`aliases stand for more than ${MAX_ALIASED} values`, at)
    return target
  }

  /** In the order of the file, as go-yaml v2 does it: a merge overrides what stands above it. */
  const mapping = (pairs: readonly {key: unknown; value: unknown}[], at: Position, depth: number): YamlNode => {
    const entries = new Map<string, MappingEntry>()
    // The library's own look for keys that stand twice takes hours for a file of 16 MB.
    const own = new Set<string>()
    for (const {key, value} of pairs) {
      const name = build(key as Node | null, depth + 1)
      if (name.kind !== 'scalar') throw new TreeError('a key is a list or a mapping', name)
      const child = build(value as Node | null, depth + 1)
      if (isMergeKey(key as Scalar | null)) merge(entries, child)
      else {
        const text = keyText(name)
        if (own.size === own.add(text).size) throw new TreeError('a key stands twice', name)
        entries.set(text, {key: text, value: child, line: name.line, column: name.column})
      }
    }
    return {kind: 'mapping', entries: [...entries.values()], ...at}
  }

  return build(contents, 0)
}

function merge(entries: Map<string, MappingEntry>, from: YamlNode): void {
  if (from.kind === 'scalar') throw new TreeError('a merge key wants a mapping', from)
  // Of several the first wins.
  if (from.kind === 'sequence') for (const one of from.items.toReversed()) merge(entries, one)
  else for (const entry of from.entries) entries.set(entry.key, entry)
}

function isMergeKey(key: Scalar | null): boolean {
  return key?.type === 'PLAIN' && key.value === '<<'
}

/** go-yaml's keys of other types become text in JSON. */
function keyText(node: YamlNode): string {
  return node.kind !== 'scalar' ? '' : node.type === 'null' ? 'null' : node.value
}

function scalarOf(node: Scalar, at: Position): YamlNode {
  const text = String(node.value ?? '')
  const isPlain = node.type === 'PLAIN' || node.type === undefined || /:(?:int|float|bool|null)$/.test(node.tag ?? '')
  if (!isPlain || /:(?:str|binary)$/.test(node.tag ?? '')) return {kind: 'scalar', type: 'string', value: text, ...at}
  const meaning = plainMeaning(text)
  if (meaning === undefined) throw new TreeError('this number cannot be read with certainty', at)
  return {kind: 'scalar', ...meaning, ...at}
}

/** Nodes below one, counted until `limit`. */
function sizeOf(node: YamlNode, limit: number): number {
  let count = 0
  const waiting = [node]
  while (waiting.length > 0 && count < limit) {
    const next = waiting.pop()!
    count++
    if (next.kind === 'sequence') waiting.push(...next.items)
    else if (next.kind === 'mapping') for (const {value} of next.entries) waiting.push(value)
  }
  return count
}

function positionAt(counter: LineCounter, offset: number): Position {
  const {line, col} = counter.linePos(offset)
  return {line: Math.max(line, 1), column: Math.max(col, 1)}
}

/** The library quotes the file behind a colon, and that may be a secret. */
function oneLine(message: string): string {
  const [first = ''] = message.split(/:? *[:\n]/)
  return first.length > 120 ? `${first.slice(0, 119)}…` : first
}
