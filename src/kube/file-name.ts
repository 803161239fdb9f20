import {createHash} from 'node:crypto'

/** File systems end a name at 255 bytes. */
const LONGEST = 200

/** Names of Kubernetes objects are of these letters; whatever else a file may hold is written as its bytes, and what Windows and git keep for themselves too. */
export function plainName(name: string): string {
  const safe = name.replace(/[^a-z0-9.-]/gu, bytesOf)
  return safe.replace(/^(?:\.|(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$))|\.$/g, taken => bytesOf(taken[0]!) + taken.slice(1))
}

/** Half of a surrogate pair has no bytes: all of them would be one. */
function bytesOf(character: string): string {
  if (/\p{Surrogate}/u.test(character)) return `%u${character.charCodeAt(0).toString(16)}`
  return [...new TextEncoder().encode(character)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

/** Two names that are cut stay two. */
export function shortName(name: string): string {
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 17)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`
}
