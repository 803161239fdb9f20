import {END} from './decode-bytes.js'
import type {Position} from './node.js'
import type {Cursor} from './yaml-cursor.js'
import {codeAt, here, isAtMarker, isBlank, isBreak, refuse, takeBreak} from './yaml-cursor.js'

const SINGLE = /[^'\r\n\0]*/y
const DOUBLE = /[^"\\\r\n\0]*/y

/** The escapes of go-yaml v2; `\/`, which JSON has, is none of them. */
const ESCAPES = new Map([
  ['0', '\0'], ['a', '\x07'], ['b', '\b'], ['t', '\t'], ['\t', '\t'], ['n', '\n'], ['v', '\v'], ['f', '\f'],
  ['r', '\r'], ['e', '\x1b'], [' ', ' '], ['"', '"'], ["'", "'"], ['\\', '\\'], ['N', '\x85'], ['_', '\xa0'],
  ['L', '\u2028'], ['P', '\u2029'],
])

const HEX_DIGITS = new Map([['x', 2], ['u', 4], ['U', 8]])

/** Scans a quoted scalar from its opening quote; stops behind the closing one. Indentation does not matter inside. */
export function scanQuoted(cursor: Cursor): string {
  const at = here(cursor)
  const quote = codeAt(cursor)
  const run = quote === 0x27 ? SINGLE : DOUBLE
  let value = ''
  cursor.pos++
  for (;;) {
    run.lastIndex = cursor.pos
    run.test(cursor.text)
    const piece = cursor.text.slice(cursor.pos, run.lastIndex)
    cursor.pos = run.lastIndex
    const code = codeAt(cursor)
    if (code === END) refuse(cursor, 'a quoted text is not closed', 'Add the closing quote.', at)
    if (isBreak(code)) {
      // Blanks before a break go, those in front of an escape stay.
      value += trimBlanks(piece) + fold(cursor, at)
    } else if (code === 0x5c) value += piece + escape(cursor, at)
    else if (quote === 0x27 && codeAt(cursor, 1) === 0x27) {
      value += piece + "'"
      cursor.pos += 2
    } else {
      cursor.pos++
      return value + piece
    }
  }
}

/** One break is a space, each further one a line feed. */
function fold(cursor: Cursor, at: Position): string {
  takeBreak(cursor)
  return skipLines(cursor, at) || ' '
}

/** Over blank lines and the blanks in front of the next text; one line feed for each break. */
function skipLines(cursor: Cursor, at: Position): string {
  let breaks = 0
  for (;;) {
    if (isAtMarker(cursor)) refuse(cursor, 'a document marker stands inside a quoted text', 'Add the closing quote.', at)
    const code = codeAt(cursor)
    if (isBlank(code)) cursor.pos++
    else if (isBreak(code)) {
      takeBreak(cursor)
      breaks++
    } else return '\n'.repeat(breaks)
  }
}

function escape(cursor: Cursor, at: Position): string {
  const place = here(cursor)
  cursor.pos++
  if (isBreak(codeAt(cursor))) {
    takeBreak(cursor)
    return skipLines(cursor, at)
  }
  const letter = cursor.text.charAt(cursor.pos)
  cursor.pos++
  const digits = HEX_DIGITS.get(letter)
  if (digits !== undefined) return codePoint(cursor, digits, place)
  const character = ESCAPES.get(letter)
  if (character !== undefined) return character
  return refuse(cursor, 'kubectl does not know this escape', 'Write the character itself; a backslash is written \\\\.', place)
}

function codePoint(cursor: Cursor, digits: number, at: Position): string {
  const hex = cursor.text.slice(cursor.pos, cursor.pos + digits)
  const value = /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : -1
  if (value < 0 || value > 0x10ffff || value >= 0xd800 && value <= 0xdfff) {
    refuse(cursor, 'this escape names no character', 'kubectl refuses surrogates; write the character itself.', at)
  }
  cursor.pos += digits
  return String.fromCodePoint(value)
}

/** Not a regular expression: `/[ \t]+$/` would be quadratic. */
function trimBlanks(text: string): string {
  let end = text.length
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(0, end)
}
