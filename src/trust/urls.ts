import type {PathStep} from '../kubeconfig/node.js'
import type {Reason} from './reason.js'
import {quoted} from './quote.js'
import {because} from './reasons.js'
import {isPlaceholder, withoutPlaceholders} from './template.js'
import {isLoopbackHost} from './value-rules.js'

export interface JudgedUrl {
  /** `host` or `host:port`, for people; null where there is nothing to name. */
  host: string | null
  reasons: Reason[]
}

const PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?([^/?#]*)([/?#].*)?$/
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::\d{1,5})?$/
// Browsers and Go read 0x7f.1, 017700000001 and 2130706433 as addresses too.
const NUMERIC_HOST = /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}$/i

/**
 * A URL or bare host that receives a credential: who gets it, and can a reader judge the name?
 *
 * @param shown how messages name it; a variable's value stands in none
 */
export function judgeUrl(value: string, path: readonly PathStep[], shown = quoted(hideUser(value))): JudgedUrl {
  if (isPlaceholder(value)) return {host: null, reasons: []}
  const parts = PARTS.exec(withoutPlaceholders(value))
  const authority = parts?.[2] ?? ''
  if (authority.includes('@')) {
    const target = authority.split('@').at(-1) ?? ''
    return {host: HOST.test(target) ? target : null, reasons: [because('url-user-info', path, `The URL ${shown} has a user name before its host.`)]}
  }
  const host = HOST.exec(authority)?.[1]
  if (parts === null || host === undefined || /[\\\s]/.test(value)) {
    return {host: null, reasons: [because('url-malformed', path, `${shown} is not a plain URL.`)]}
  }
  return {host: authority, reasons: hostReasons(parts[1]?.toLowerCase(), host, shown, path)}
}

function hostReasons(scheme: string | undefined, host: string, shown: string, path: readonly PathStep[]): Reason[] {
  if (scheme !== undefined && scheme !== 'https' && scheme !== 'http') {
    return [because('url-malformed', path, `${shown} is neither https nor http.`)]
  }
  if (isLoopbackHost(host)) return []
  const reasons: Reason[] = []
  if (scheme === 'http') reasons.push(because('url-plain-http', path, `${shown} is plain http.`))
  if (host.startsWith('[') || NUMERIC_HOST.test(host)) {
    reasons.push(because('url-suspicious-host', path, `The host in ${shown} is an address.`))
  } else if (/(?:^|\.)xn--/i.test(host)) {
    reasons.push(because('url-suspicious-host', path, `The host in ${shown} is a punycode name.`))
  }
  return reasons
}

function hideUser(value: string): string {
  return value.replace(/^([A-Za-z0-9+.-]*:\/\/)?[^/]*@/, '$1...@')
}
