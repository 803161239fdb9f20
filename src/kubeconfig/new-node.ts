import type {Position, ScalarNode, SequenceNode} from './node.js'
import {plainMeaning} from './scalar-type.js'
import type {Cursor} from './yaml-cursor.js'
import {refuse} from './yaml-cursor.js'

/** A scalar by what its unquoted text means; what kubectl could not turn into JSON is refused. */
export function plainNode(cursor: Cursor, text: string, at: Position): ScalarNode {
  const meaning = plainMeaning(text)
  if (meaning === undefined) {
    refuse(cursor, 'this number cannot be read with certainty', 'Quote it if it is text.', at)
  }
  return {kind: 'scalar', type: meaning.type, value: meaning.value, line: at.line, column: at.column}
}

export function stringNode(value: string, at: Position): ScalarNode {
  return {kind: 'scalar', type: 'string', value, line: at.line, column: at.column}
}

export function nullNode(at: Position): ScalarNode {
  return {kind: 'scalar', type: 'null', value: '', line: at.line, column: at.column}
}

export function sequenceAt(at: Position): SequenceNode {
  return {kind: 'sequence', items: [], line: at.line, column: at.column}
}
