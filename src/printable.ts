/**
 * Text that came from a file, an argument or a server goes to a terminal only
 * through here (CVE-2021-25743: kubectl printed escape sequences raw).
 */

/** C0, DEL, C1, soft hyphen, bidi and zero-width characters, line separators, variation selectors, BOM, tags, lone surrogates. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\ud800-\udfff]/gu

export function hasUnprintable(text: string): boolean {
  return text.search(UNPRINTABLE) !== -1
}

/** Every character that a terminal would obey, or a reader cannot see, as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

const REDACTED = '<redacted>'

/** Secrets that show themselves wherever they stand. Each pattern is linear in the text: the attacker chooses its length. */
export function hideSecrets(text: string): string {
  return text
    .replace(/(?<![\w-])eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, REDACTED)
    .replace(/\b(Bearer|Basic)\s+\S+/gi, `$1 ${REDACTED}`)
    .replace(/(\w:\/\/[^/\s:@]*:)[^/\s@]*@/g, `$1${REDACTED}@`)
}

/** Recognisable as a quotation: in double quotes, safe for a terminal, no secret that shows itself, cut to `limit` characters. */
export function quote(given: string, limit = 80): string {
  const text = hideSecrets(given)
  const characters = [...text]
  const cut = characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : text
  return `"${printable(cut).replaceAll('"', '\\"')}"`
}
