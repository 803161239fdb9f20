import {hideSecrets} from '../printable.js'

const LIMIT = 60

/**
 * Text of a file for a message: JSON-quoted, pure ASCII, at most about sixty
 * characters. Letters of other scripts are escaped too, so that a look-alike
 * shows itself.
 */
export function quoted(text: string, limit = LIMIT): string {
  const safe = hideSecrets(text)
  const cut = safe.length > limit ? `${safe.slice(0, limit)}...` : safe
  return JSON.stringify(cut).replace(/[^\x20-\x7e]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
