import {closeAnchor, openAnchor, takeAlias} from './anchors.js'
import {END} from './decode-bytes.js'
import {addKey, mappingAt} from './mapping-builder.js'
import type {MappingBuilder} from './mapping-builder.js'
import {nullNode, plainNode, sequenceAt, stringNode} from './new-node.js'
import type {MappingNode, SequenceNode, YamlNode} from './node.js'
import {scanPlain} from './plain-scalar.js'
import {scanQuoted} from './quoted-scalar.js'
import type {Cursor} from './yaml-cursor.js'
import {codeAt, here, isAtMarker, isBlank, isBlankOrEnd, nested, refuse, skipToToken} from './yaml-cursor.js'

const QUOTE_HINT = 'Quote the text if it is a value.'

/**
 * Reads `[…]` or `{…}`, which is all of a JSON file.
 *
 * @param indent column of the enclosing block collection: go-yaml looks at it for tabs in unquoted text even here
 */
export function readFlow(cursor: Cursor, indent: number): SequenceNode | MappingNode {
  return nested(cursor, () => (codeAt(cursor) === 0x5b ? sequence(cursor, indent) : mapping(cursor, indent)))
}

function sequence(cursor: Cursor, indent: number): SequenceNode {
  const node: SequenceNode = sequenceAt(here(cursor))
  cursor.nodes++
  cursor.pos++
  while (nextToken(cursor) !== 0x5d) {
    node.items.push(readFlowNode(cursor, indent))
    if (nextToken(cursor) === 0x3a) {
      refuse(cursor, 'a key stands directly in a list', 'Put { } around the mapping.')
    }
    takeSeparator(cursor, 0x5d)
  }
  cursor.pos++
  return node
}

function mapping(cursor: Cursor, indent: number): MappingNode {
  const builder = mappingAt(here(cursor))
  cursor.nodes++
  cursor.pos++
  while (nextToken(cursor) !== 0x7d) {
    entry(cursor, builder, indent)
    nextToken(cursor)
    takeSeparator(cursor, 0x7d)
  }
  cursor.pos++
  return builder.node
}

function entry(cursor: Cursor, builder: MappingBuilder, indent: number): void {
  const {line, pos: start, lineStart} = cursor
  const isPlain = !isQuote(codeAt(cursor))
  if (isPlain) checkPlainStart(cursor)
  const value = isPlain ? scanPlain(cursor, indent, true) : scanQuoted(cursor)
  const key = {value, isPlain, start, line, column: start - lineStart + 1}
  while (isBlank(codeAt(cursor))) cursor.pos++
  if (cursor.line !== line || codeAt(cursor) !== 0x3a) {
    refuse(cursor, 'a key has no colon on its line', 'Write "key": value.', key)
  }
  const added = addKey(cursor, builder, key)
  cursor.pos++
  const at = here(cursor)
  const next = nextToken(cursor)
  if (next !== 0x2c && next !== 0x7d) added.value = readFlowNode(cursor, indent)
  else {
    cursor.nodes++
    added.value = nullNode(at)
  }
}

function readFlowNode(cursor: Cursor, indent: number): YamlNode {
  const code = codeAt(cursor)
  if (code === 0x26) return anchored(cursor, indent)
  if (code === 0x2a) {
    cursor.nodes++
    return takeAlias(cursor)
  }
  return readFlowContent(cursor, indent)
}

function anchored(cursor: Cursor, indent: number): YamlNode {
  const anchor = openAnchor(cursor)
  const next = nextToken(cursor)
  if (next === 0x26 || next === 0x2a) refuse(cursor, 'an anchor is followed by another anchor or an alias', 'Remove one.')
  const node = readFlowContent(cursor, indent)
  closeAnchor(cursor, anchor, node)
  return node
}

function readFlowContent(cursor: Cursor, indent: number): YamlNode {
  const code = codeAt(cursor)
  if (code === 0x5b || code === 0x7b) return readFlow(cursor, indent)
  const at = here(cursor)
  cursor.nodes++
  if (isQuote(code)) return stringNode(scanQuoted(cursor), at)
  checkPlainStart(cursor)
  return plainNode(cursor, scanPlain(cursor, indent, true), at)
}

/** Refuses what cannot start unquoted text inside brackets. */
function checkPlainStart(cursor: Cursor): void {
  const code = codeAt(cursor)
  if (code === END) refuse(cursor, 'a bracket is not closed', 'Add the closing bracket.')
  if (code === 0x21) refuse(cursor, 'tags (!) are not read', 'Remove the tag; quote the text if it is a value.')
  if (code === 0x26 || code === 0x2a) refuse(cursor, 'a key has an anchor or is an alias', 'Write the key out.')
  if (code === 0x3f) refuse(cursor, 'explicit keys (?) are not read', QUOTE_HINT)
  if (code === 0x2d && !isBlankOrEnd(codeAt(cursor, 1))) return
  if (',[]{}#|>%@`:-'.includes(String.fromCharCode(code))) refuse(cursor, 'unexpected character', QUOTE_HINT)
}

function takeSeparator(cursor: Cursor, close: number): void {
  const code = codeAt(cursor)
  if (code === close) return
  if (code === END) refuse(cursor, 'a bracket is not closed', 'Add the closing bracket.')
  if (code !== 0x2c) refuse(cursor, 'a comma or the closing bracket is expected', 'Add the comma, or quote the text.')
  cursor.pos++
}

function nextToken(cursor: Cursor): number {
  skipToToken(cursor, 'always')
  if (isAtMarker(cursor)) refuse(cursor, 'a document marker stands inside brackets', 'Add the closing bracket.')
  return codeAt(cursor)
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27
}
