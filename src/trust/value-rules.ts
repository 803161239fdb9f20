import type {Grade} from './reason.js'
import type {ValueRule} from './catalogue/helper.js'

/** What rules about values need to know of the surroundings. */
export interface ValueWorld {
  platform: 'linux' | 'darwin' | 'win32'
  home: string | undefined
  /** The cluster's server, where the caller knows it. */
  server: string | undefined
}

/** Browsers that people really name; anything else that a flag would run is refused. */
const BROWSERS = new Set(
  'google-chrome google-chrome-stable chrome chromium chromium-browser firefox safari msedge microsoft-edge brave brave-browser w3m lynx wslview open xdg-open'.split(' '),
)

/** The grade that is left of a watched flag after its value was looked at; null when nothing is. */
export function gradeOfValue(rule: ValueRule, value: string, grade: Grade, world: ValueWorld): Grade | null {
  switch (rule.kind) {
    case 'loopback':
      return isLoopback(value) ? null : grade
    case 'home':
      return (rule.emptyOk === true && value === '') || isBelowHome(value, world, rule.tilde) ? null : grade
    case 'hosts':
      return hostMatches(value, rule.suffixes) ? null : grade
    case 'one-of':
      return rule.words.some(word => word.toLowerCase() === value.toLowerCase()) ? null : grade
    case 'browser':
      return browserGrade(value)
    case 'cluster-server':
      return world.server !== undefined && sameServer(value, world.server) ? null : grade
  }
}

function browserGrade(value: string): Grade {
  if (BROWSERS.has(value)) return 'info'
  const isAbsolute = /^(?:\/(?!\/)|[A-Za-z]:\\)/.test(value)
  const plain = /^[\w .()\\/:-]+$/.test(value) && !value.split(/[\\/]/).includes('..')
  const name = value.split(/[\\/]/).at(-1)?.replace(/\.exe$/i, '') ?? ''
  return isAbsolute && plain && BROWSERS.has(name) ? 'warn' : 'block'
}

/** A host and port, or a URL whose host is this machine; also OAuth's out-of-band form. */
function isLoopback(value: string): boolean {
  if (value === 'urn:ietf:wg:oauth:2.0:oob') return true
  const authority = /^(?:https?:\/\/)?(\[[0-9A-Fa-f:]+\]|[\w.-]+)(?::\d{1,5})?(?:\/[\w./-]*)?$/.exec(value)?.[1]
  return authority !== undefined && isLoopbackHost(authority)
}

export function isLoopbackHost(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '[::1]' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** Below the home directory as written. A `~` counts only where the helper itself expands it. */
export function isBelowHome(value: string, world: ValueWorld, tilde: boolean): boolean {
  const parts = value.split(world.platform === 'win32' ? /[\\/]/ : '/')
  if (parts.includes('..')) return false
  if (tilde && value.startsWith('~/')) return true
  if (world.home === undefined || world.home === '' || world.home === '/') return false
  const home = world.home.split(world.platform === 'win32' ? /[\\/]/ : '/')
  const same = (a: string, b: string): boolean => (world.platform === 'win32' ? a.toLowerCase() === b.toLowerCase() : a === b)
  return parts.length > home.length && home.every((part, index) => same(part, parts[index] ?? ''))
}

/** `.zone` matches names below the zone, anything else the host itself. The value may be a host or an https URL. */
export function hostMatches(value: string, suffixes: readonly string[]): boolean {
  const host = /^(?:https:\/\/)?([A-Za-z0-9.-]+)(?::443)?\/?$/.exec(value)?.[1]?.toLowerCase()
  if (host === undefined) return false
  return suffixes.some(suffix => (suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix))
}

/** Both in the strict form `https://host[:port][/path]`; the default port and one final slash do not count. */
function sameServer(left: string, right: string): boolean {
  const plain = (url: string): string | undefined => {
    const parts = /^https:\/\/([A-Za-z0-9.-]+)(?::(\d{1,5}))?(\/[\w./-]*)?$/.exec(url)
    return parts === null ? undefined : `${parts[1]?.toLowerCase()}:${parts[2] ?? '443'}${(parts[3] ?? '').replace(/\/$/, '')}`
  }
  const one = plain(left)
  return one !== undefined && one === plain(right)
}
