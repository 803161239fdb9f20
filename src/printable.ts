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

export const REDACTED = '<redacted>'

const SECRET_NAME = '(?:secret|passw(?:or)?d|passphrase|token|(?:api|access|private|secret)[-_]?key|sig|signature|credential)s?'
const SHOWN = new RegExp(
  [
    // A JWT, and tokens that begin with their maker's mark: EKS, OpenShift, GitHub, GitLab, Vault, Google, Slack.
    String.raw`(?<![\w-])eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?`,
    String.raw`(?<![\w-])(?:k8s-aws-v1\.|sha256~|gh[pousr]_|github_pat_|glpat-|hvs\.|ya29\.|xox[abprs]-)[\w.-]{16,}`,
    // Keys: PEM that is no certificate, as it stands or in base64.
    String.raw`-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^]*`,
    String.raw`LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FURS)[A-Za-z0-9+/=]+`,
  ].join('|'), 'g',
)
/** `--token VALUE`, `PASSWORD=VALUE`, `"token": "VALUE"`, `X-Auth-Token: VALUE`, `?sig=VALUE` inside a longer text. */
const NAMED = new RegExp(String.raw`(?<![\w.-])((?:--?[\w.-]{0,64}${SECRET_NAME}\s+(?!-)|[\w.-]{0,64}${SECRET_NAME}["']?\s{0,4}[=:]\s{0,4})["']?)[^\s"'&;,]+`, 'gi')

/** Secrets that show themselves wherever they stand. Each pattern is linear in the text: the attacker chooses its length. */
export function hideSecrets(text: string): string {
  return text
    .replace(SHOWN, REDACTED)
    .replace(/\b(Bearer|Basic)\s+\S+/gi, `$1 ${REDACTED}`)
    .replace(/(\w:\/\/[^/\s:@]*:)[^/\s@]*@/g, `$1${REDACTED}@`)
    .replace(/(\w:\/\/)[^/\s:@]+@/g, `$1${REDACTED}@`)
    .replace(/(?<![^\s"'=,])([\w.%+-]{1,64}:)[^\s/:@"']{1,256}@(?!sha\d)/g, `$1${REDACTED}@`)
    .replace(NAMED, (whole, name: string) => (whole.includes(REDACTED) ? whole : name + REDACTED))
}

/** Recognisable as a quotation: in double quotes, safe for a terminal, no secret that shows itself, cut to `limit` characters. */
export function quote(given: string, limit = 80): string {
  const text = hideSecrets(given)
  const characters = [...text]
  const cut = characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : text
  return `"${printable(cut).replaceAll('"', '\\"')}"`
}

/** JSON for a terminal or a script: everything outside ASCII is escaped, so that nothing in it is obeyed or hidden. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/[\u007f-\uffff]/g, escapeUnit)
}

/** JSON's quotation in pure ASCII: letters of other scripts are escaped too, so that a look-alike shows itself. */
export function asciiQuote(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, escapeUnit)
}

/** A UTF-16 unit as JSON writes it in ASCII. */
export function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** `FILE:LINE:COLUMN`, as editors and terminals make links of it. */
export function placeText({file, line, column}: {file: string; line: number; column: number}): string {
  return `${printable(file)}:${line}:${column}`
}
