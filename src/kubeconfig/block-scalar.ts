import {END} from './decode-bytes.js'
import type {Cursor} from './yaml-cursor.js'
import {codeAt, expectLineEnd, isBlank, isBreak, refuse, takeBreak} from './yaml-cursor.js'

interface Header {
  isFolded: boolean
  /** -1 strips all final breaks, 0 keeps one, 1 keeps all. */
  chomping: number
  /** 0 when the first lines decide. */
  increment: number
}

/**
 * Scans a `|` or `>` scalar from its indicator; stops on the first line that
 * is not indented as deep as the text.
 *
 * @param parent column of the enclosing block collection, -1 at the root
 */
export function scanBlockScalar(cursor: Cursor, parent: number): string {
  const header = scanHeader(cursor)
  if (isBreak(codeAt(cursor))) takeBreak(cursor)
  const wanted = header.increment > 0 ? Math.max(parent, 0) + header.increment : 0
  const first = skipLeading(cursor, wanted)
  // go-yaml takes the deepest of the leading blank lines, not only the first line of text.
  const indent = wanted > 0 ? wanted : Math.max(first.deepest, parent + 1, 1)
  const parts: string[] = []
  let lead = ''
  let breaks = first.breaks
  let wasBlank = false
  while (cursor.pos - cursor.lineStart === indent && codeAt(cursor) !== END) {
    const isSpaced = isBlank(codeAt(cursor))
    if (header.isFolded && !wasBlank && !isSpaced && lead !== '') parts.push(breaks === '' ? ' ' : '')
    else parts.push(lead)
    parts.push(breaks, takeLine(cursor))
    wasBlank = isSpaced
    lead = isBreak(codeAt(cursor)) ? '\n' : ''
    if (lead !== '') takeBreak(cursor)
    breaks = skipLeading(cursor, indent).breaks
  }
  if (header.chomping !== -1) parts.push(lead)
  if (header.chomping === 1) parts.push(breaks)
  return parts.join('')
}

function scanHeader(cursor: Cursor): Header {
  const isFolded = codeAt(cursor) === 0x3e
  cursor.pos++
  const [indicators = ''] = /^(?:[-+][1-9]?|[1-9][-+]?)?/.exec(cursor.text.slice(cursor.pos, cursor.pos + 2))!
  cursor.pos += indicators.length
  expectLineEnd(cursor)
  return {
    isFolded,
    chomping: indicators.includes('-') ? -1 : indicators.includes('+') ? 1 : 0,
    increment: Number(indicators.replace(/[-+]/, '')),
  }
}

/** Over blank lines and up to `indent` spaces (any number while it is 0). */
function skipLeading(cursor: Cursor, indent: number): {breaks: string; deepest: number} {
  let count = 0
  let deepest = 0
  for (;;) {
    let column = cursor.pos - cursor.lineStart
    while ((indent === 0 || column < indent) && codeAt(cursor) === 0x20) {
      cursor.pos++
      column++
    }
    deepest = Math.max(deepest, column)
    const code = codeAt(cursor)
    if (code === 0x09 && (indent === 0 || column < indent)) {
      refuse(cursor, 'a tab stands where indentation is expected', 'Indent with spaces.')
    }
    if (!isBreak(code)) return {breaks: '\n'.repeat(count), deepest}
    takeBreak(cursor)
    count++
  }
}

function takeLine(cursor: Cursor): string {
  const {text, pos} = cursor
  const feed = text.indexOf('\n', pos)
  const end = feed < 0 ? text.length - 1 : text.charCodeAt(feed - 1) === 0x0d ? feed - 1 : feed
  cursor.pos = end
  return text.slice(pos, end)
}
