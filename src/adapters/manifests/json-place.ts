/**
 * Where a field stands in the bytes of one JSON object, which JSON.parse has
 * read before: nothing is checked here. A step that is missing ends the search,
 * so that an absent field is placed at its parent.
 */
export function offsetOf(bytes: Buffer, steps: readonly (string | number)[]): number {
  let here = skipGap(bytes, 0)
  for (const step of steps) {
    const next = typeof step === 'number' ? elementAt(bytes, here, step) : memberOf(bytes, here, step)
    if (next === null) break
    here = next
  }
  return here
}

/** Of two members with one name JSON.parse keeps the second. */
function memberOf(bytes: Buffer, from: number, name: string): number | null {
  if (bytes[from] !== 0x7b) return null
  let found: number | null = null
  let at = skipGap(bytes, from + 1)
  while (bytes[at] === 0x22) {
    const end = skipValue(bytes, at)
    const key = JSON.parse(bytes.toString('utf8', at, end)) as string
    at = skipGap(bytes, skipGap(bytes, end) + 1)
    if (key === name) found = at
    at = behindComma(bytes, skipValue(bytes, at))
  }
  return found
}

function elementAt(bytes: Buffer, from: number, index: number): number | null {
  if (bytes[from] !== 0x5b) return null
  let at = skipGap(bytes, from + 1)
  for (let i = 0; at < bytes.length && bytes[at] !== 0x5d; i++) {
    if (i === index) return at
    at = behindComma(bytes, skipValue(bytes, at))
  }
  return null
}

function behindComma(bytes: Buffer, from: number): number {
  const at = skipGap(bytes, from)
  return bytes[at] === 0x2c ? skipGap(bytes, at + 1) : at
}

function skipGap(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09)) at++
  return at
}

/** The index behind the value that starts here. */
function skipValue(bytes: Buffer, from: number): number {
  let depth = 0
  for (let at = from; at < bytes.length;) {
    const byte = bytes[at]!
    if (byte === 0x22) at = skipText(bytes, at)
    else if (byte === 0x7b || byte === 0x5b || byte === 0x7d || byte === 0x5d) {
      depth += byte === 0x7b || byte === 0x5b ? 1 : -1
      at++
    } else if (depth > 0) at++
    else return skipScalar(bytes, at)
    if (depth === 0) return at
  }
  return bytes.length
}

function skipText(bytes: Buffer, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    if (bytes[at] === 0x5c) at++
    else if (bytes[at] === 0x22) return at + 1
  }
  return bytes.length
}

function skipScalar(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && !',]} \n\r\t'.includes(String.fromCharCode(bytes[at]!))) at++
  return at
}
