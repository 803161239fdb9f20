import type {Position} from './node.js'
import {ReadError} from './read-error.js'

/** The last character of every decoded text, so that scanners need no length check. A file cannot hold it: raw NUL is refused. */
export const END = 0

/** Far above any real kubeconfig; the caller reads with a cap of its own. */
const MAX_BYTES = 64 * 1024 * 1024

/**
 * What must not stand raw in a file. go-yaml refuses control characters and
 * noncharacters (readerc.go); a lone CR, NEL, LS and PS it takes for line
 * breaks, which no editor shows, and a BOM after the start shifts its columns.
 */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/

const UNPAIRED = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Bytes → text that ends with `END`, by the BOM as go-yaml does it; without one it is UTF-8. Throws ReadError. */
export function decodeBytes(bytes: Uint8Array): string {
  if (bytes.length > MAX_BYTES) {
    fail({line: 1, column: 1}, 'the file is larger than 64 MB', 'Split the kubeconfig into smaller files.')
  }
  const text = unmarked(bytes)
  const at = text.search(FORBIDDEN)
  if (at < text.length - 1) failForbidden(text, at)
  return text
}

/** Decodes with `END` already behind the text: joining it on later would cost every scanner a detour through a rope. */
function unmarked(bytes: Uint8Array): string {
  const [a, b, c] = bytes
  if (a === 0xff && b === 0xfe) return decodeUtf16(bytes, 0)
  if (a === 0xfe && b === 0xff) return decodeUtf16(bytes, 1)
  return decodeUtf8(a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes)
}

function decodeUtf8(bytes: Uint8Array): string {
  const ended = new Uint8Array(bytes.length + 1)
  ended.set(bytes)
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(ended)
  } catch {
    const valid = new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes.subarray(0, validUtf8(bytes)))
    return fail(place(valid, valid.length), 'the file is not valid UTF-8', 'Save the file as UTF-8.')
  }
}

/** Length of the longest prefix that is valid UTF-8. */
function validUtf8(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const lead = bytes[at]!
    const width = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
    if (width === 0 || !isTail(bytes, at, width)) return at
    at += width
  }
  return at
}

function isTail(bytes: Uint8Array, at: number, width: number): boolean {
  for (let i = 1; i < width; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return false
  const lead = bytes[at]!
  const second = bytes[at + 1] ?? 0
  // Overlong forms, surrogates and values above U+10FFFF.
  if (lead === 0xe0 && second < 0xa0 || lead === 0xed && second > 0x9f) return false
  return !(lead === 0xf0 && second < 0x90 || lead === 0xf4 && second > 0x8f)
}

/** Written out, because TextDecoder would replace unpaired surrogates in some builds of Node. */
function decodeUtf16(bytes: Uint8Array, high: 0 | 1): string {
  const size = bytes.length >> 1
  // The first unit is the BOM; its place is taken by END.
  const units = new Uint16Array(size)
  for (let i = 1; i < size; i++) {
    const first = bytes[2 * i]!
    const second = bytes[2 * i + 1]!
    units[i - 1] = high === 1 ? first << 8 | second : second << 8 | first
  }
  const parts: string[] = []
  for (let i = 0; i < size; i += 8192) parts.push(String.fromCharCode(...units.subarray(i, i + 8192)))
  const text = parts.join('')
  const unpaired = text.search(UNPAIRED)
  const wrong = unpaired >= 0 ? unpaired : bytes.length % 2 === 1 ? text.length - 1 : -1
  if (wrong >= 0) fail(place(text, wrong), 'the file is not valid UTF-16', 'Save the file as UTF-8.')
  return text
}

function failForbidden(text: string, at: number): never {
  const code = text.charCodeAt(at)
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  if (code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029) {
    fail(place(text, at), `${name} is a line break for kubectl that editors do not show`, 'Remove it; end lines with LF or CRLF.')
  }
  const hint = code === 0 && text.charCodeAt(1) === 0 || text.charCodeAt(0) === 0
    ? 'UTF-16 needs a byte order mark; save the file as UTF-8.'
    : 'Remove it, or write it as an escape in double quotes.'
  fail(place(text, at), `the character ${name} may not stand in the file`, hint)
}

function fail(at: Position, message: string, hint: string): never {
  throw new ReadError({...at, message, hint})
}

function place(text: string, at: number): Position {
  let line = 1
  let start = 0
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', start)) {
    line++
    start = next + 1
  }
  return {line, column: at - start + 1}
}
