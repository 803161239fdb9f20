import {END} from './decode-bytes.js'
import type {Position, YamlNode} from './node.js'
import {ReadError} from './read-error.js'

/** An anchor; `node` is missing while the node is still being read. */
export interface Anchor {
  node: YamlNode | undefined
  size: number
}

/** Where the reader stands, and what it must count. `text` ends with `END`. */
export interface Cursor {
  readonly text: string
  pos: number
  line: number
  lineStart: number
  depth: number
  /** Nodes as go-yaml's decoder would count them, aliases expanded. */
  nodes: number
  /** The part of `nodes` that aliases made. */
  aliased: number
  readonly anchors: Map<string, Anchor>
}

const MAX_DEPTH = 64

export function cursorOn(text: string): Cursor {
  return {text, pos: 0, line: 1, lineStart: 0, depth: 0, nodes: 0, aliased: 0, anchors: new Map()}
}

export function refuse(cursor: Cursor, message: string, hint: string, at: Position = here(cursor)): never {
  throw new ReadError({line: at.line, column: at.column, message, hint})
}

export function here(cursor: Cursor): Position {
  return {line: cursor.line, column: cursor.pos - cursor.lineStart + 1}
}

export function codeAt(cursor: Cursor, ahead = 0): number {
  return cursor.text.charCodeAt(cursor.pos + ahead)
}

/** A space or a tab. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** LF or the CR of a CRLF: decoding left no other. */
export function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d
}

export function isBlankOrEnd(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === END
}

export function takeBreak(cursor: Cursor): void {
  cursor.pos += codeAt(cursor) === 0x0d ? 2 : 1
  cursor.line++
  cursor.lineStart = cursor.pos
}

/** `---` or `...` at the start of a line: ends a document even inside quotes and brackets. */
export function isAtMarker(cursor: Cursor): boolean {
  if (cursor.pos !== cursor.lineStart) return false
  const code = codeAt(cursor)
  if (code !== 0x2d && code !== 0x2e) return false
  return codeAt(cursor, 1) === code && codeAt(cursor, 2) === code && isBlankOrEnd(codeAt(cursor, 3))
}

/**
 * Goes over spaces, line breaks and comments to the next token.
 *
 * @param tabs where tabs may separate: nowhere in block context at the start
 * of a line (go-yaml fails on them even in blank lines), everywhere in flow
 */
export function skipToToken(cursor: Cursor, tabs: 'never' | 'this-line' | 'always'): void {
  let mayTab = tabs !== 'never'
  for (;;) {
    let code = codeAt(cursor)
    while (code === 0x20 || mayTab && code === 0x09) {
      cursor.pos++
      code = codeAt(cursor)
    }
    if (code === 0x23) skipComment(cursor)
    else if (!isBreak(code)) return
    if (codeAt(cursor) === END) return
    takeBreak(cursor)
    mayTab = tabs === 'always'
  }
}

/** After a value nothing but a comment may follow on its line. */
export function expectLineEnd(cursor: Cursor): void {
  while (isBlank(codeAt(cursor))) cursor.pos++
  const code = codeAt(cursor)
  if (code === 0x23) skipComment(cursor)
  else if (!isBreak(code) && code !== END) {
    refuse(cursor, 'unexpected text after a value', 'Quote the whole value, or put the next key on a line of its own.')
  }
}

function skipComment(cursor: Cursor): void {
  if (cursor.pos > cursor.lineStart && !isBlank(codeAt(cursor, -1))) {
    refuse(cursor, 'a comment needs a space in front of #', 'Put a space in front of #, or quote the text.')
  }
  const end = cursor.text.indexOf('\n', cursor.pos)
  cursor.pos = end < 0 ? cursor.text.length - 1 : cursor.text.charCodeAt(end - 1) === 0x0d ? end - 1 : end
}

/** Runs `read` one level deeper. Our cap lies far below go-yaml's 10,000 and any real file. */
export function nested<T>(cursor: Cursor, read: () => T): T {
  if (++cursor.depth > MAX_DEPTH) {
    refuse(cursor, `more than ${MAX_DEPTH} levels of nesting`, 'A kubeconfig needs fewer than ten; remove the nesting.')
  }
  const result = read()
  cursor.depth--
  return result
}
