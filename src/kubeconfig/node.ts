import {asciiQuote} from '../printable.js'

/**
 * The tree that the kubeconfig reader makes of a file: only what go-yaml v2
 * (the parser in every kubectl) and this reader are certain to agree on.
 *
 * Aliases are resolved: an aliased node is the same object as its anchor, so a
 * tree is a DAG. It never holds a cycle.
 */

export interface Position {
  /** 1-based. Lines end at LF or CRLF. */
  line: number
  /** 1-based, counted in UTF-16 code units from the start of the line. */
  column: number
}

/** What a plain (unquoted) scalar means in go-yaml v2; a quoted or block scalar is always a `string`. */
export type ScalarType = 'string' | 'null' | 'bool' | 'int' | 'float'

export interface ScalarNode extends Position {
  kind: 'scalar'
  type: ScalarType
  /** The text after unfolding and unescaping; for `null` the empty string, for `bool` "true" or "false". */
  value: string
}

export interface SequenceNode extends Position {
  kind: 'sequence'
  items: YamlNode[]
}

export interface MappingEntry extends Position {
  key: string
  value: YamlNode
}

export interface MappingNode extends Position {
  kind: 'mapping'
  /** In file order; the reader refuses duplicate keys. */
  entries: MappingEntry[]
}

export type YamlNode = ScalarNode | SequenceNode | MappingNode

/** A key or an index on the way from a root to a node. */
export type PathStep = string | number

/** `users[0].user.exec.command`: the way findings name a place. Keys that are not plain words are quoted, safe for a terminal. */
export function pathText(path: readonly PathStep[]): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${asciiQuote(step)}]`
  }
  return text
}

/** The value of a key, or undefined where the node is no mapping or lacks it. */
export function entryOf(node: YamlNode | undefined, key: string): MappingEntry | undefined {
  return node?.kind === 'mapping' ? node.entries.find(entry => entry.key === key) : undefined
}

/**
 * Where a path ends; where a step is missing, the deepest place that exists, so
 * that a finding about an absent field points at its parent.
 */
export function positionOf(root: YamlNode, path: readonly PathStep[]): Position {
  let node: YamlNode = root
  let place: Position = root
  for (const step of path) {
    if (typeof step === 'number') {
      const item: YamlNode | undefined = node.kind === 'sequence' ? node.items[step] : undefined
      if (item === undefined) break
      node = item
      place = item
    } else {
      const entry = entryOf(node, step)
      if (entry === undefined) break
      node = entry.value
      place = entry.value
    }
  }
  return {line: place.line, column: place.column}
}
