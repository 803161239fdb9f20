import type {PathStep, ScalarNode, YamlNode} from './node.js'
import {pathText} from './node.js'

/** A value that has not the type its field wants, and where it stands. */
export class DecodeError extends Error {
  constructor(
    message: string,
    readonly hint: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message)
  }
}

const WORDS: Record<YamlNode['kind'], string> = {scalar: 'a single value', sequence: 'a list', mapping: 'a mapping'}

/**
 * Typed access to a parsed file, with the type rules of Kubernetes' JSON layer:
 * no coercion, `null` is the zero value, unknown keys are ignored by the caller.
 * A field is its node (absent when the key is missing) and the way to it.
 */
export class Field {
  constructor(
    readonly node: YamlNode | undefined,
    readonly path: readonly PathStep[],
    private readonly parent: {line: number; column: number},
  ) {}

  /** For what is wrong with the value rather than its type. */
  reject(problem: string, hint: string): never {
    const place = this.node ?? this.parent
    throw new DecodeError(`${pathText(this.path)} ${problem}`, hint, place.line, place.column)
  }

  fail(wanted: string): never {
    const place = this.node ?? this.parent
    throw new DecodeError(
      `${pathText(this.path) || 'the file'} must be ${wanted}${this.node ? `, found ${describe(this.node)}` : ''}`,
      `kubectl refuses this file too; make it ${wanted}.`,
      place.line,
      place.column,
    )
  }

  get(key: string): Field {
    const path = [...this.path, key]
    if (this.isNull) return new Field(undefined, path, this.node ?? this.parent)
    if (this.node?.kind !== 'mapping') return this.fail('a mapping')
    const entry = this.node.entries.find(candidate => candidate.key === key)
    return new Field(entry?.value, path, entry ?? this.node)
  }

  get isNull(): boolean {
    return this.node === undefined || (this.node.kind === 'scalar' && this.node.type === 'null')
  }

  keys(): string[] {
    if (this.isNull) return []
    if (this.node?.kind !== 'mapping') return this.fail('a mapping')
    return this.node.entries.map(entry => entry.key)
  }

  items(): Field[] {
    if (this.isNull) return []
    if (this.node?.kind !== 'sequence') return this.fail('a list')
    const parent = this.node
    return parent.items.map((item, index) => new Field(item, [...this.path, index], parent))
  }

  string(): string {
    if (this.isNull) return ''
    if (this.node?.kind !== 'scalar' || this.node.type !== 'string') return this.fail('a string (in quotes)')
    return this.node.value
  }

  bool(): boolean {
    if (this.isNull) return false
    if (this.node?.kind !== 'scalar' || this.node.type !== 'bool') return this.fail('true or false (without quotes)')
    return this.node.value === 'true'
  }

  strings(): string[] {
    return this.items().map(item => item.string())
  }

  stringMap(): Map<string, string> {
    return new Map(this.keys().map(key => [key, this.get(key).string()]))
  }

  /** Standard alphabet, padded; line breaks inside are allowed (Go's decoder skips CR and LF). Returns the text as written. */
  base64(): string {
    const text = this.string()
    const bare = text.replace(/[\r\n]/g, '')
    if (bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(bare)) return this.fail('base64 with padding')
    return text
  }
}

function describe(node: YamlNode): string {
  if (node.kind !== 'scalar') return WORDS[node.kind]
  return node.type === 'string' ? 'a string' : `${article(node)} ${node.type}`
}

function article(node: ScalarNode): string {
  return node.type === 'int' ? 'an' : 'a'
}
