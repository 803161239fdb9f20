import {END} from './decode-bytes.js'
import type {Cursor} from './yaml-cursor.js'
import {codeAt, here, isAtMarker, isBlank, isBlankOrEnd, isBreak, refuse, takeBreak} from './yaml-cursor.js'

/** What ordinary text is made of; skipping it in one step keeps long base64 lines cheap. */
const ORDINARY = /[\w+/=.@%$()~;"'&*!<>|^`\\-]+/y

/**
 * Scans an unquoted scalar from its first character; in block context it goes
 * on over lines that are indented deeper than `indent`, whatever they look
 * like. Stops behind it and the blanks that follow, at a token or a comment.
 *
 * @param indent column of the enclosing block collection, -1 at the root
 */
export function scanPlain(cursor: Cursor, indent: number, isFlow: boolean): string {
  const {text} = cursor
  let folded = ''
  let start = cursor.pos
  let end = cursor.pos
  let breaks = 0
  while (!isAtMarker(cursor) && codeAt(cursor) !== 0x23) {
    const from = cursor.pos
    skipWords(cursor, isFlow)
    if (cursor.pos > from) {
      if (breaks > 0) {
        folded += text.slice(start, end) + (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1))
        start = from
        breaks = 0
      }
      end = cursor.pos
    }
    const code = codeAt(cursor)
    if (!isBlank(code) && !isBreak(code)) break
    breaks += skipBlanks(cursor, indent, breaks > 0)
    if (!isFlow && cursor.pos - cursor.lineStart <= indent) break
  }
  return folded + text.slice(start, end)
}

/** Over characters that belong to the scalar, up to a blank, a break, the end or an indicator. */
function skipWords(cursor: Cursor, isFlow: boolean): void {
  for (;;) {
    ORDINARY.lastIndex = cursor.pos
    if (ORDINARY.test(cursor.text)) cursor.pos = ORDINARY.lastIndex
    const code = codeAt(cursor)
    if (isBlankOrEnd(code)) return
    if (code === 0x3a && isBlankOrEnd(codeAt(cursor, 1))) return
    if (isFlow && isFlowIndicator(code)) return
    cursor.pos++
  }
}

/** `?` too: in brackets go-yaml ends a scalar there, also in the middle of a URL. */
function isFlowIndicator(code: number): boolean {
  return code === 0x2c || code === 0x3f || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d
}

/** Number of line breaks that were skipped. */
function skipBlanks(cursor: Cursor, indent: number, isNewLine: boolean): number {
  let breaks = 0
  for (let code = codeAt(cursor); code !== END; code = codeAt(cursor)) {
    if (isBreak(code)) {
      takeBreak(cursor)
      breaks++
    } else if (!isBlank(code)) break
    else {
      if (code === 0x09 && (isNewLine || breaks > 0) && cursor.pos - cursor.lineStart <= indent) {
        refuse(cursor, 'a tab stands where indentation is expected', 'Indent with spaces.', here(cursor))
      }
      cursor.pos++
    }
  }
  return breaks
}
