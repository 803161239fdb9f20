import {closeAnchor, openAnchor, takeAlias} from './anchors.js'
import {scanBlockScalar} from './block-scalar.js'
import {END} from './decode-bytes.js'
import type {KeyText} from './mapping-builder.js'
import {addKey, mappingAt} from './mapping-builder.js'
import {nullNode, plainNode, sequenceAt, stringNode} from './new-node.js'
import type {MappingNode, Position, ScalarNode, SequenceNode, YamlNode} from './node.js'
import {scanPlain} from './plain-scalar.js'
import {scanQuoted} from './quoted-scalar.js'
import {readFlow} from './read-flow.js'
import type {Cursor} from './yaml-cursor.js'
import {codeAt, expectLineEnd, here, isAtMarker, isBlank, isBlankOrEnd, nested, refuse, skipToToken} from './yaml-cursor.js'

/** Where a node is expected. */
interface Slot {
  /** Column (from 0) of the enclosing block collection, -1 at the root. */
  indent: number
  /** Whether a block mapping or sequence may start at the cursor: on a new line and behind `- `, not behind `key: `. */
  mayNest: boolean
  /** The value of a key may be a sequence that is not indented deeper than the key. */
  isValue: boolean
  isAnchored: boolean
}

const KEY_HINT = 'Put each key on a line of its own, and quote values that hold a colon followed by a space.'
const TAB_MESSAGE = 'a tab stands where indentation is expected'
const TAB_HINT = 'Indent with spaces.'
const INDENT_HINT = 'Indent it like the lines above.'

/** Reads the node at the cursor, which stands on a token; afterwards on the next token or the end of the value's line. */
export function readRoot(cursor: Cursor): YamlNode {
  return readNode(cursor, {indent: -1, mayNest: true, isValue: false, isAnchored: false})
}

/** Column of the next token; -1 where the document ends, which closes every collection. */
export function nextColumn(cursor: Cursor): number {
  skipToToken(cursor, 'never')
  if (codeAt(cursor) === 0x09) refuse(cursor, TAB_MESSAGE, TAB_HINT)
  return tokenColumn(cursor)
}

function tokenColumn(cursor: Cursor): number {
  if (codeAt(cursor) === END || isAtMarker(cursor)) return -1
  return cursor.pos - cursor.lineStart
}

function readNode(cursor: Cursor, slot: Slot): YamlNode {
  const code = codeAt(cursor)
  switch (code) {
    case 0x26: return readAnchored(cursor, slot)
    case 0x2a: return readAlias(cursor, slot)
    case 0x22: case 0x27: return readScalar(cursor, slot, false)
    case 0x5b: case 0x7b: {
      const node = readFlow(cursor, slot.indent)
      expectLineEnd(cursor)
      return node
    }
    case 0x7c: case 0x3e: {
      const at = here(cursor)
      cursor.nodes++
      return stringNode(scanBlockScalar(cursor, slot.indent), at)
    }
  }
  if (isDash(cursor)) {
    if (!slot.mayNest) refuse(cursor, 'a list item stands on the line of its key', 'Put the list on the next line.')
    return readSequence(cursor, false)
  }
  checkPlainStart(cursor)
  return readScalar(cursor, slot, true)
}

/** A scalar, or the block mapping whose first key it is. */
function readScalar(cursor: Cursor, slot: Slot, isPlain: boolean): YamlNode {
  const at = here(cursor)
  const start = cursor.pos
  const value = isPlain ? scanPlain(cursor, slot.indent, false) : scanQuoted(cursor)
  if (isKeyEnd(cursor)) {
    if (!slot.mayNest || cursor.line !== at.line) refuse(cursor, 'a key may not stand here', KEY_HINT)
    return readMapping(cursor, {value, isPlain, start, line: at.line, column: at.column})
  }
  cursor.nodes++
  if (isPlain) return plainNode(cursor, value, at)
  expectLineEnd(cursor)
  return stringNode(value, at)
}

function readMapping(cursor: Cursor, first: KeyText): MappingNode {
  const column = first.column - 1
  const builder = mappingAt(first)
  cursor.nodes++
  return nested(cursor, () => {
    let key = first
    for (;;) {
      const entry = addKey(cursor, builder, key)
      cursor.pos++
      entry.value = readBehind(cursor, {indent: column, mayNest: false, isValue: true, isAnchored: false}, 'this-line')
      const next = nextColumn(cursor)
      if (next < column) return builder.node
      if (next > column) refuse(cursor, 'the indentation matches no mapping above', INDENT_HINT)
      key = takeKey(cursor)
    }
  })
}

function takeKey(cursor: Cursor): KeyText {
  const {line, pos: start, lineStart} = cursor
  const code = codeAt(cursor)
  const isPlain = code !== 0x22 && code !== 0x27
  if (isPlain) checkKeyStart(cursor)
  const value = isPlain ? scanPlain(cursor, start - lineStart, false) : scanQuoted(cursor)
  const key = {value, isPlain, start, line, column: start - lineStart + 1}
  if (!isKeyEnd(cursor) || cursor.line !== line) {
    refuse(cursor, 'a key is expected here, followed by a colon and a space', KEY_HINT, key)
  }
  return key
}

/** @param isIndentless written at the column of the key that it belongs to */
function readSequence(cursor: Cursor, isIndentless: boolean): SequenceNode {
  const node: SequenceNode = sequenceAt(here(cursor))
  const column = node.column - 1
  cursor.nodes++
  return nested(cursor, () => {
    for (;;) {
      cursor.pos++
      node.items.push(readBehind(cursor, {indent: column, mayNest: true, isValue: false, isAnchored: false}, 'never'))
      const next = nextColumn(cursor)
      if (next < column) return node
      if (next > column) refuse(cursor, 'the indentation matches no list above', INDENT_HINT)
      if (isDash(cursor)) continue
      if (isIndentless) return node
      refuse(cursor, 'a list item (-) is expected here', INDENT_HINT)
    }
  })
}

/** Reads the node that belongs to the colon, the dash or the anchor that was just taken: on its line, below it, or nothing. */
function readBehind(cursor: Cursor, slot: Slot, tabs: 'never' | 'this-line'): YamlNode {
  const at = here(cursor)
  skipToToken(cursor, tabs)
  const column = tokenColumn(cursor)
  if (column >= 0 && cursor.line === at.line) return readNode(cursor, slot)
  if (column > slot.indent) return readNode(cursor, {...slot, mayNest: true})
  if (column === slot.indent && slot.isValue && isDash(cursor)) return readSequence(cursor, true)
  return empty(cursor, at)
}

function readAnchored(cursor: Cursor, slot: Slot): YamlNode {
  if (slot.isAnchored) refuse(cursor, 'an anchor is followed by another anchor', 'Remove one.')
  const anchor = openAnchor(cursor)
  // On the anchor's own line a key would carry the anchor itself; readScalar refuses it there.
  const node = readBehind(cursor, {...slot, mayNest: false, isAnchored: true}, 'this-line')
  closeAnchor(cursor, anchor, node)
  return node
}

function readAlias(cursor: Cursor, slot: Slot): YamlNode {
  if (slot.isAnchored) refuse(cursor, 'an anchor is followed by an alias', 'Remove one.')
  cursor.nodes++
  const node = takeAlias(cursor)
  expectLineEnd(cursor)
  return node
}

function empty(cursor: Cursor, at: Position): ScalarNode {
  cursor.nodes++
  return nullNode(at)
}

function isDash(cursor: Cursor): boolean {
  return codeAt(cursor) === 0x2d && isBlankOrEnd(codeAt(cursor, 1))
}

/** Whether a colon ends the scalar before it, perhaps behind blanks. */
function isKeyEnd(cursor: Cursor): boolean {
  let ahead = 0
  while (isBlank(codeAt(cursor, ahead))) ahead++
  if (codeAt(cursor, ahead) !== 0x3a || !isBlankOrEnd(codeAt(cursor, ahead + 1))) return false
  cursor.pos += ahead
  return true
}

function checkKeyStart(cursor: Cursor): void {
  const code = codeAt(cursor)
  if (code === 0x26 || code === 0x2a) refuse(cursor, 'a key has an anchor or is an alias', 'Write the key out.')
  if (isDash(cursor)) refuse(cursor, 'a list item stands where a key is expected', INDENT_HINT)
  if (code === 0x5b || code === 0x7b) refuse(cursor, 'a key is a list or a mapping', KEY_HINT)
  checkPlainStart(cursor)
}

/** Refuses what cannot start unquoted text. */
function checkPlainStart(cursor: Cursor): void {
  const code = codeAt(cursor)
  if (code === 0x09) refuse(cursor, TAB_MESSAGE, TAB_HINT)
  if (code === 0x21) refuse(cursor, 'tags (!) are not read', 'Remove the tag; quote the text if it is a value.')
  if (code === 0x25) refuse(cursor, 'directives (%) are not read', 'Remove the line; quote the text if it is a value.')
  if ((code === 0x3f || code === 0x3a) && isBlankOrEnd(codeAt(cursor, 1))) {
    refuse(cursor, code === 0x3f ? 'explicit keys (?) are not read' : 'a colon stands without a key', KEY_HINT)
  }
  if (',[]{}#|>@`'.includes(String.fromCharCode(code))) refuse(cursor, 'unexpected character', 'Quote the text if it is a value.')
}
