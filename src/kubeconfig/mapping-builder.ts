import type {MappingEntry, MappingNode, Position} from './node.js'
import {plainMeaning} from './scalar-type.js'
import type {Cursor} from './yaml-cursor.js'
import {refuse} from './yaml-cursor.js'

/** go-yaml gives up on a key whose colon is more than 1024 characters away. */
const MAX_KEY_SPAN = 1000

export interface MappingBuilder {
  node: MappingNode
  seen: Set<string>
}

export interface KeyText extends Position {
  value: string
  isPlain: boolean
  /** Where the key starts in the text. */
  start: number
}

export function mappingAt(at: Position): MappingBuilder {
  return {node: {kind: 'mapping', entries: [], line: at.line, column: at.column}, seen: new Set()}
}

/** Adds a key, the cursor on its colon. Its value is a placeholder until the caller has read it. */
export function addKey(cursor: Cursor, {node, seen}: MappingBuilder, key: KeyText): MappingEntry {
  if (cursor.pos - key.start > MAX_KEY_SPAN) {
    refuse(cursor, `a key is longer than ${MAX_KEY_SPAN} characters`, 'kubectl does not find the colon of such a key; shorten it.', key)
  }
  if (key.isPlain) checkPlainKey(cursor, key)
  if (seen.has(key.value)) {
    refuse(cursor, 'a key stands twice in the same mapping', 'kubectl silently takes the last one; remove the others.', key)
  }
  seen.add(key.value)
  cursor.nodes++
  const entry: MappingEntry = {key: key.value, value: node, line: key.line, column: key.column}
  node.entries.push(entry)
  return entry
}

function checkPlainKey(cursor: Cursor, key: KeyText): void {
  if (key.value === '<<') {
    refuse(cursor, 'merge keys (<<) are not read', 'Which value wins depends on the order; write the merged keys out.', key)
  }
  if (plainMeaning(key.value)?.type !== 'string') {
    refuse(cursor, 'a key is not text but a number, a boolean or null', 'Quote the key.', key)
  }
}
