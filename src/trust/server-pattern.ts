import type {ServerUrl} from '../kubeconfig/server-url.js'
import {parseServerUrl} from '../kubeconfig/server-url.js'

/**
 * `https://*.eks.amazonaws.com`: scheme, host labels, port, path. A leading
 * `*.` stands for one or more whole labels; nothing else is a wildcard. A
 * pattern without a port means the port of its scheme, without a path any path.
 */
export interface ServerPattern {
  text: string
  scheme: 'http' | 'https'
  /** Without the `*.`. */
  host: string
  wildcard: boolean
  port: number
  path: string
}

/** @returns null where the text is no pattern; only https can prove a server, so http is refused */
export function parseServerPattern(text: string): ServerPattern | null {
  const wildcard = /^https:\/\/\*\./i.test(text)
  const url = parseServerUrl(wildcard ? text.replace('*.', '') : text)
  if (url === null || url.scheme !== 'https') return null
  // `*.com` or `*.127.0.0.1` would be no limit at all, or nonsense.
  if (wildcard && (!url.host.includes('.') || /^[0-9[]/.test(url.host.split('.').at(-1) ?? ''))) return null
  return {text, scheme: url.scheme, host: url.host, wildcard, port: url.port, path: url.path}
}

export function matchesServer(pattern: ServerPattern, server: ServerUrl): boolean {
  if (pattern.scheme !== server.scheme || pattern.port !== server.port) return false
  const host = pattern.wildcard ? server.host.endsWith(`.${pattern.host}`) : server.host === pattern.host
  return host && (pattern.path === '' || server.path === pattern.path || server.path.startsWith(`${pattern.path}/`))
}
