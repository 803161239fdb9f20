/**
 * A tokenizer over bytes that builds no values: it sees to it that brackets,
 * commas and colons stand where JSON has them, and tells about what lies on the
 * first levels. What stands inside a number or a string is left to JSON.parse,
 * which sees every object that somebody asks for.
 */
export interface JsonEvents {
  /** `depth` counts the new container; `line` is 1-based, `lineStart` the offset of its first byte. */
  open(isArray: boolean, depth: number, offset: number, line: number, lineStart: number): void
  /** `end` is the offset behind the bracket. */
  close(isArray: boolean, depth: number, end: number): void
  /** Null: too long to be a key or a name that anybody asks for. */
  key(text: string | null, depth: number): void
  text(text: string | null, depth: number): void
  /** A number, true, false or null. */
  scalar(depth: number): void
}

/** The keys of an object, of its metadata, of an item in a list and of its metadata. */
export const WATCHED_DEPTH = 4

/** Go's encoding/json gives up there too. */
const MAX_DEPTH = 10_000
const LONGEST_TEXT = 512

export interface JsonProblem {
  line: number
  message: string
  isTruncated: boolean
}

export interface JsonTokens {
  /** False: broken, and nothing more is read. */
  feed(block: Buffer): boolean
  end(): JsonProblem | null
}

// What may come next.
const VALUE = 0
const VALUE_OR_END = 1
const KEY = 2
const KEY_OR_END = 3
const COLON = 4
const COMMA_OR_END = 5

export function jsonTokens(events: JsonEvents, start: {offset: number; line: number; lineStart: number} = {offset: 0, line: 1, lineStart: 0}): JsonTokens {
  const arrays = new Uint8Array(MAX_DEPTH + 1)
  let {line, lineStart, offset: blockStart} = start
  let depth = 0
  let state = VALUE
  let isInString = false
  let isInScalar = false
  let isEscaped = false
  /** Bytes of a string that began in an earlier block. */
  let carried: Buffer[] = []
  let problem: JsonProblem | null = null

  const fail = (message: string): false => {
    problem = {line, message, isTruncated: false}
    return false
  }

  /** The index behind the string that the cursor is in, or the end of the block. */
  const skipString = (block: Buffer, from: number): number => {
    let at = from
    if (isEscaped && at < block.length) {
      at++
      isEscaped = false
    }
    let searched = at
    for (;;) {
      const quote = block.indexOf(0x22, searched)
      const end = quote === -1 ? block.length : quote
      let slashes = 0
      while (end - slashes > at && block[end - slashes - 1] === 0x5c) slashes++
      const isOdd = slashes % 2 === 1
      if (quote !== -1 && isOdd) {
        searched = quote + 1
        at = searched
        continue
      }
      if (quote === -1) {
        isEscaped = isOdd
        if (depth <= WATCHED_DEPTH) carry(block.subarray(from))
        return block.length
      }
      isInString = false
      endString(block, from, quote)
      return quote + 1
    }
  }

  const carry = (part: Buffer): void => {
    if (carried.length === 0 || carried.reduce((sum, {length}) => sum + length, 0) <= LONGEST_TEXT) carried.push(Buffer.from(part.subarray(0, LONGEST_TEXT + 1)))
  }

  const endString = (block: Buffer, from: number, quote: number): void => {
    const isKey = state === KEY || state === KEY_OR_END
    state = isKey ? COLON : COMMA_OR_END
    if (depth > WATCHED_DEPTH) return
    const bytes = carried.length === 0 ? block.subarray(from, quote) : Buffer.concat([...carried, block.subarray(from, quote)])
    carried = []
    const text = textOf(bytes)
    if (isKey) events.key(text, depth)
    else events.text(text, depth)
  }

  const open = (isArray: boolean, offset: number): boolean => {
    if (state > VALUE_OR_END) return fail('a value stands where a key or a comma is expected')
    if (depth === MAX_DEPTH) return fail(`more than ${MAX_DEPTH} levels of nesting`)
    arrays[++depth] = isArray ? 1 : 0
    state = isArray ? VALUE_OR_END : KEY_OR_END
    if (depth <= WATCHED_DEPTH) events.open(isArray, depth, offset, line, lineStart)
    return true
  }

  const close = (isArray: boolean, end: number): boolean => {
    if (depth === 0 || arrays[depth] !== (isArray ? 1 : 0) || (state !== COMMA_OR_END && state !== (isArray ? VALUE_OR_END : KEY_OR_END))) return fail('a closing bracket stands where none is expected')
    if (depth <= WATCHED_DEPTH) events.close(isArray, depth, end)
    depth--
    isInScalar = false
    // Values may follow each other at the top: JSON lines, several answers in one file.
    state = depth === 0 ? VALUE : COMMA_OR_END
    return true
  }

  const startString = (): boolean => {
    if (state === COLON || state === COMMA_OR_END || depth === 0) return fail(depth === 0 ? 'text stands where an object is expected' : 'a text stands where a comma or a colon is expected')
    isInString = true
    isEscaped = false
    return true
  }

  const comma = (): boolean => {
    if (state !== COMMA_OR_END || depth === 0) return fail('a comma stands where none is expected')
    state = arrays[depth] === 1 ? VALUE : KEY
    isInScalar = false
    return true
  }

  const gap = (): true => {
    isInScalar = false
    return true
  }

  const colon = (): boolean => {
    if (state !== COLON) return fail('a colon stands where none is expected')
    state = VALUE
    return true
  }

  const scalar = (byte: number): boolean => {
    if (isInScalar) return true
    if (state > VALUE_OR_END || depth === 0 || !isScalarStart(byte)) return fail(`an unexpected character (${nameOf(byte)})`)
    isInScalar = true
    state = COMMA_OR_END
    if (depth <= WATCHED_DEPTH) events.scalar(depth)
    return true
  }

  const feed = (block: Buffer): boolean => {
    if (problem !== null) return false
    let at = 0
    const {length} = block
    while (at < length) {
      if (isInString) {
        at = skipString(block, at)
        continue
      }
      const byte = block[at]!
      if (byte === 0x20) {
        isInScalar = false
        do at++
        while (block[at] === 0x20)
        continue
      }
      at++
      if (byte === 0x0a) {
        isInScalar = false
        line++
        lineStart = blockStart + at
        continue
      }
      const isFine = byte === 0x22 ? startString()
        : byte === 0x2c ? comma()
          : byte === 0x3a ? colon()
            : byte === 0x7b || byte === 0x5b ? open(byte === 0x5b, blockStart + at - 1)
              : byte === 0x7d || byte === 0x5d ? close(byte === 0x5d, blockStart + at)
                : byte === 0x0d || byte === 0x09 ? gap() : scalar(byte)
      if (!isFine) return false
    }
    blockStart += length
    return true
  }

  return {
    feed,
    end() {
      if (problem !== null) return problem
      return depth === 0 && !isInString ? null : {line, message: 'the file ends in the middle of an object', isTruncated: true}
    },
  }
}

function textOf(bytes: Buffer): string | null {
  if (bytes.length > LONGEST_TEXT) return null
  const text = bytes.toString('utf8')
  if (!text.includes('\\')) return text
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    // Whoever asks for this object is told by JSON.parse.
    return null
  }
}

/** `-`, a digit, t, f, n */
function isScalarStart(byte: number): boolean {
  return byte === 0x2d || byte >= 0x30 && byte <= 0x39 || byte === 0x74 || byte === 0x66 || byte === 0x6e
}

function nameOf(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `0x${byte.toString(16).padStart(2, '0')}`
}
