import {decodeBytes} from './decode-bytes.js'
import {nullNode} from './new-node.js'
import type {YamlNode} from './node.js'
import {nextColumn, readRoot} from './read-block.js'
import type {ReadFailure} from './read-error.js'
import {ReadError} from './read-error.js'
import type {Cursor} from './yaml-cursor.js'
import {codeAt, cursorOn, expectLineEnd, isAtMarker, refuse} from './yaml-cursor.js'

export type {ReadFailure} from './read-error.js'

export type ReadResult = {ok: true; root: YamlNode} | {ok: false; failure: ReadFailure}

/**
 * Reads a kubeconfig as kubectl does: go-yaml v2 (2.4), first document only.
 * What that parser could read in another way than this one is refused, and so
 * is what no tool writes: tags, merge keys, explicit keys, directives,
 * duplicate keys. Never throws. An empty document is a null at 1:1.
 */
export function readYaml(bytes: Uint8Array): ReadResult {
  try {
    return {ok: true, root: readDocument(cursorOn(decodeBytes(bytes)))}
  } catch (error) {
    if (error instanceof ReadError) return {ok: false, failure: error.failure}
    throw error
  }
}

function readDocument(cursor: Cursor): YamlNode {
  let column = nextColumn(cursor)
  const isExplicit = column < 0 && isAtMarker(cursor) && codeAt(cursor) === 0x2d
  if (isExplicit) {
    takeMarker(cursor)
    column = nextColumn(cursor)
  } else if (isAtMarker(cursor)) {
    refuse(cursor, 'a document ends before it starts', 'Remove the line.')
  }
  const root: YamlNode = column < 0 ? nullNode({line: 1, column: 1}) : readRoot(cursor)
  if (nextColumn(cursor) >= 0) {
    refuse(cursor, 'text follows the end of the document', 'kubectl ignores it; remove it, or indent it like the lines above.')
  }
  if (isAtMarker(cursor)) expectNothing(cursor)
  return root
}

/** kubectl never looks at what stands behind the first document; a file that has something there misleads its reader. */
function expectNothing(cursor: Cursor): void {
  takeMarker(cursor)
  if (nextColumn(cursor) >= 0 || isAtMarker(cursor)) {
    refuse(cursor, 'the file holds more than one document', 'kubectl reads only the first; split the file.')
  }
}

function takeMarker(cursor: Cursor): void {
  cursor.pos += 3
  expectLineEnd(cursor)
}
