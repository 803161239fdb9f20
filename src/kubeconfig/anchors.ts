import type {YamlNode} from './node.js'
import type {Anchor, Cursor} from './yaml-cursor.js'
import {codeAt, here, isBlankOrEnd, refuse} from './yaml-cursor.js'

/** Nodes that aliases may add to a file. Real files have some dozens. */
const MAX_ALIASED = 20_000

const NAME = /[0-9A-Za-z_-]+/y

/** Reads `&name` and registers it, open until `closeAnchor`. A name may be used again: the latest counts. */
export function openAnchor(cursor: Cursor): Anchor {
  const anchor: Anchor = {node: undefined, size: cursor.nodes}
  cursor.anchors.set(takeName(cursor, 'an anchor'), anchor)
  return anchor
}

export function closeAnchor(cursor: Cursor, anchor: Anchor, node: YamlNode): void {
  anchor.node = node
  anchor.size = cursor.nodes - anchor.size
}

/** Reads `*name`: the very node of the anchor. */
export function takeAlias(cursor: Cursor): YamlNode {
  const at = here(cursor)
  const anchor = cursor.anchors.get(takeName(cursor, 'an alias'))
  if (anchor === undefined) refuse(cursor, 'this alias has no anchor before it', 'Define the anchor first, or write the value out.', at)
  if (anchor.node === undefined) refuse(cursor, 'this alias stands inside its own anchor', 'Write the value out.', at)
  cursor.nodes += anchor.size
  cursor.aliased += anchor.size
  if (isExcessive(cursor)) refuse(cursor, 'aliases expand to too many nodes', 'Write the values out.', at)
  return anchor.node
}

/** go-yaml refuses from 99 % aliased nodes in small files and 10 % in huge ones (decode.go); we stop earlier. */
function isExcessive({nodes, aliased}: Cursor): boolean {
  return aliased > MAX_ALIASED || aliased > 90 && nodes > 900 && aliased > 0.9 * nodes
}

function takeName(cursor: Cursor, what: string): string {
  const at = here(cursor)
  cursor.pos++
  NAME.lastIndex = cursor.pos
  const length = NAME.test(cursor.text) ? NAME.lastIndex - cursor.pos : 0
  const name = cursor.text.slice(cursor.pos, cursor.pos + length)
  cursor.pos += length
  const next = codeAt(cursor)
  // A comma or a closing bracket may follow.
  if (length === 0 || !isBlankOrEnd(next) && next !== 0x2c && next !== 0x5d && next !== 0x7d) {
    refuse(cursor, `${what} needs a name of letters, digits, - and _`, 'Quote the text if it is a value.', at)
  }
  return name
}
