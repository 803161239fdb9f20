import {asciiQuote, hideSecrets} from '../printable.js'

const LIMIT = 60

/**
 * Text of a file for a message: JSON-quoted, pure ASCII, at most about sixty
 * characters. Letters of other scripts are escaped too, so that a look-alike
 * shows itself.
 */
export function quoted(text: string, limit = LIMIT): string {
  const safe = hideSecrets(text)
  return asciiQuote(safe.length > limit ? `${safe.slice(0, limit)}...` : safe)
}
