/**
 * JSON values as YAML that every parser reads alike, in ASCII. Strings are
 * plain only where no version of YAML could take them for anything else.
 */
const PLAIN = /^[A-Za-z][A-Za-z0-9]*(?:[-./ ][A-Za-z0-9]+)*$/
const TAKEN = /^(?:y|n|yes|no|on|off|true|false|null)$/i

export function yamlScalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return PLAIN.test(value) && !TAKEN.test(value) ? value : quoted(value)
}

/**
 * JSON's quotation is YAML's, but for characters beyond the first plane: `\U`
 * with eight digits, as a pair of escapes is an error there. Half of one cannot
 * be written at all.
 */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[^ -~]/gu, character => {
    const point = character.codePointAt(0) ?? 0
    return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`
  })
}

/** Members of a mapping, a line or more each. Members that are undefined are left out. */
export function yamlMembers(value: object, indent: string): string {
  return Object.entries(value).filter(([, member]) => member !== undefined).map(([key, member]) => `${indent}${yamlScalar(key)}:${after(member, indent)}`).join('')
}

/** One element of a sequence. */
export function yamlItem(value: unknown, indent: string): string {
  if (isFilled(value) && !Array.isArray(value)) return `${indent}- ${yamlMembers(value, `${indent}  `).slice(indent.length + 2)}`
  return `${indent}-${after(value, indent)}`
}

function after(value: unknown, indent: string): string {
  if (!isFilled(value)) return ` ${typeof value === 'object' && value !== null ? (Array.isArray(value) ? '[]' : '{}') : yamlScalar(value as string | number | boolean | null)}\n`
  if (Array.isArray(value)) return `\n${value.map(item => yamlItem(item, `${indent}  `)).join('')}`
  return `\n${yamlMembers(value, `${indent}  `)}`
}

function isFilled(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.values(value).some(member => member !== undefined)
}
