/**
 * A server as the guard understands it. Only URLs that every parser reads the
 * same way get here: client-go's and a person's idea of the host must not
 * differ (`https://127.0.0.1:6443#.trusted.example` connects to 127.0.0.1).
 */
export interface ServerUrl {
  scheme: 'http' | 'https'
  /** Lower case; IPv6 in brackets. */
  host: string
  port: number
  /** '' or a path that starts with '/' and does not end with one. */
  path: string
  /** scheme://host[:port][/path]; the default port of the scheme is left out. */
  canonical: string
}

const GRAMMAR = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::([0-9]{1,5}))?(\/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)?$/

/**
 * ASCII only; no user info, query, fragment, backslash, percent sign, empty or
 * dot path segments, no host that a resolver could take for an address in
 * another notation (0x7f.1, 127.1). The scheme is required: client-go guesses
 * one otherwise.
 *
 * @returns null where the text does not fit
 */
export function parseServerUrl(text: string): ServerUrl | null {
  // Only ASCII is lowered: the Kelvin sign would become a plain k.
  const authority = /^[A-Za-z]+:\/\/[\x21-\x2e\x30-\x7e]*/.exec(text)?.[0]
  if (authority === undefined) return null
  const match = GRAMMAR.exec(authority.toLowerCase() + text.slice(authority.length))
  if (match === null) return null
  const [, scheme, host, portText, rawPath = ''] = match
  if ((scheme !== 'http' && scheme !== 'https') || host === undefined || !isHost(host)) return null
  const standard = scheme === 'https' ? 443 : 80
  const port = portText === undefined ? standard : Number(portText)
  if (port < 1 || port > 65535) return null
  const path = rawPath.replace(/\/$/, '')
  if (path !== '' && path.slice(1).split('/').some(segment => segment === '' || /^\.\.?(;|$)/.test(segment))) return null
  const canonical = `${scheme}://${host}${port === standard ? '' : `:${port}`}${path}`
  return {scheme, host, port, path, canonical}
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return isIpv6(host.slice(1, -1))
  const labels = host.split('.')
  if (labels.some(label => label === '' || label.length > 63 || label.startsWith('-') || label.endsWith('-'))) return false
  // A last label that starts with a digit is an address to inet_aton-like resolvers.
  if (/^[0-9]/.test(labels.at(-1) ?? '')) return isIpv4(host)
  return host.length <= 253
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every(part => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)
}

function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1)
  const embedded = last !== undefined && last.includes('.')
  if (embedded && !isIpv4(last)) return false
  const plain = embedded ? groups.slice(0, -1) : groups
  const count = plain.length + (embedded ? 2 : 0)
  return plain.every(group => /^[0-9a-f]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8)
}
