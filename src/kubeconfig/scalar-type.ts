import type {ScalarType} from './node.js'

/** What a plain scalar means; undefined where kubectl fails on it or where our text could not carry its value. */
export type PlainMeaning = {type: ScalarType; value: string} | undefined

/** The spellings that go-yaml v2.4 looks up (resolve.go); every other capitalisation is a string. */
const WORDS = new Map<string, 'null' | 'true' | 'false' | 'refused'>()
for (const [meaning, words] of [
  ['null', ' ~ null Null NULL'],
  ['true', 'y Y yes Yes YES true True TRUE on On ON'],
  ['false', 'n N no No NO false False FALSE off Off OFF'],
  // JSON has no infinity: sigs.k8s.io/yaml fails on them wherever they stand.
  ['refused', '.nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF'],
] as const) {
  for (const word of words.split(' ')) WORDS.set(word, meaning)
}

const LONGEST_WORD = 5

const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

/** The type of a plain scalar exactly as go-yaml v2.4 resolves it into an interface: timestamps stay strings. */
export function plainMeaning(text: string): PlainMeaning {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text)
    if (word === 'refused') return undefined
    if (word === 'null') return {type: 'null', value: ''}
    if (word !== undefined) return {type: 'bool', value: word}
  }
  const first = text.charCodeAt(0)
  const mayBeNumber = first >= 0x30 && first <= 0x39 || first === 0x2b || first === 0x2d || first === 0x2e
  return mayBeNumber ? number(text, first === 0x2e) : {type: 'string', value: text}
}

function number(text: string, startsWithDot: boolean): PlainMeaning {
  // Behind a leading dot go-yaml keeps underscores; what Go then reads depends on its release.
  if (startsWithDot && /^\.[0-9_eE+-]*_/.test(text)) return undefined
  const bare = text.includes('_') ? text.replaceAll('_', '') : text
  if (!startsWithDot && INTEGER.test(bare) && isInRange(bare)) return {type: 'int', value: text}
  if (FLOAT.test(bare) && Number.isFinite(Number(bare))) return {type: 'float', value: text}
  // go-yaml cuts `0b` off and hands `-101` to ParseInt: an integer that no other parser sees.
  if (/^0b[-+]/.test(bare)) return undefined
  return {type: 'string', value: text}
}

/** int64, or uint64 where no sign is written. */
function isInRange(text: string): boolean {
  const isSigned = text.startsWith('-') || text.startsWith('+')
  const unsigned = isSigned ? text.slice(1) : text
  const [, prefix = '', digits = ''] = /^(0[xXbBoO]|0(?=[0-7])|)0*(.*)$/.exec(unsigned)!
  if (digits.length > 64) return false
  if (digits === '') return true
  const value = BigInt((prefix === '0' ? '0o' : prefix.toLowerCase()) + digits)
  if (!isSigned) return value < 2n ** 64n
  return text.startsWith('-') ? value <= 2n ** 63n : value < 2n ** 63n
}
