import {isPrintable} from './printable-ranges.js'
import {wellFormed} from './words.js'

const SHORT: Readonly<Record<string, string>> = {'"': '\\"', '\\': '\\\\', '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v'}

/**
 * A text as Go's `%q` writes it, in which the API server quotes annotations. JSON
 * differs: it has \u0001 for \x01 and leaves U+00AD and U+200B as they are.
 */
export function goQuote(text: string): string {
  let quote = '"'
  for (const character of wellFormed(text)) quote += SHORT[character] ?? written(character)
  return `${quote}"`
}

function written(character: string): string {
  const point = character.codePointAt(0) ?? 0
  if (isPrintable(point)) return character
  const hex = point.toString(16)
  if (point < 0x80) return `\\x${hex.padStart(2, '0')}`
  return point > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
}
