import {jsonOf} from './node-json.js'
import type {Json} from './model.js'
import type {YamlNode} from './node.js'

/** Lists that kubectl holds as maps and prints sorted by name. */
const NAMED_LISTS = new Set(['clusters', 'users', 'contexts', 'extensions'])
/** Base64 is decoded and encoded again: line breaks inside do not survive. */
const DATA = /-data$/

/**
 * Our reading against `kubectl config view --raw -o json`.
 *
 * @returns null where both say the same, else the path of the first difference (names and keys only, never a value)
 */
export function compareReadings(root: YamlNode, printed: string): string | null {
  let theirs: Json
  try {
    theirs = JSON.parse(printed) as Json
  } catch {
    return 'the top'
  }
  // What a file leaves out and what it sets to nothing are the same for kubectl, which prints some of it.
  return difference(normalise(jsonOf(root) ?? {}, ''), normalise(theirs, ''), [])
}

function normalise(value: Json, key: string): Json {
  if (typeof value === 'string') return DATA.test(key) ? value.replaceAll(/[\r\n]/g, '') : value
  if (Array.isArray(value)) {
    const items = value.map(item => normalise(item, ''))
    return NAMED_LISTS.has(key) ? [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)) : items
  }
  if (typeof value !== 'object' || value === null) return value
  const kept: {[key: string]: Json} = Object.create(null)
  for (const [name, item] of Object.entries(value)) {
    const plain = normalise(item, name)
    if (!isZero(plain) || key === 'extension') kept[name] = plain
  }
  return kept
}

function nameOf(item: Json): string {
  return typeof item === 'object' && item !== null && !Array.isArray(item) && typeof item['name'] === 'string' ? item['name'] : ''
}

function isZero(value: Json): boolean {
  return value === null || value === '' || value === false || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** Keys that only our side has were ignored by kubectl: unknown fields. Everything kubectl printed must be there. */
function difference(ours: Json, theirs: Json, path: readonly string[]): string | null {
  if (Array.isArray(theirs)) {
    if (!Array.isArray(ours) || ours.length !== theirs.length) return text(path)
    return firstOf(theirs.map((item, index) => difference(ours[index] ?? null, item, [...path, String(index)])))
  }
  if (typeof theirs === 'object' && theirs !== null) {
    if (typeof ours !== 'object' || ours === null || Array.isArray(ours)) return text(path)
    return firstOf(Object.keys(theirs).map(key => (!(key in ours) && isDefault(path, key) ? null : difference(ours[key] ?? null, theirs[key] ?? null, [...path, key])))) ?? missing(ours, theirs, path)
  }
  return ours === theirs ? null : text(path)
}

/** What decides a verdict must not be on our side alone either. */
const DECIDING = new Set([
  'users', 'clusters', 'contexts', 'user', 'cluster', 'context', 'exec', 'command', 'args', 'env', 'value', 'server', 'current-context', 'namespace', 'token', 'tokenFile',
  'username', 'password', 'client-certificate', 'client-certificate-data', 'client-key', 'client-key-data', 'as', 'as-groups', 'as-user-extra', 'auth-provider',
  'certificate-authority-data', 'certificate-authority', 'proxy-url', 'tls-server-name', 'insecure-skip-tls-verify',
])

function missing(ours: {[key: string]: Json}, theirs: {[key: string]: Json}, path: readonly string[]): string | null {
  const extra = Object.keys(ours).find(key => DECIDING.has(key) && !(key in theirs))
  return extra === undefined ? null : text([...path, extra])
}

/** kubectl fills these in itself. */
function isDefault(path: readonly string[], key: string): boolean {
  return (path.length === 0 && ['apiVersion', 'kind'].includes(key)) || (path.at(-1) === 'exec' && ['interactiveMode', 'provideClusterInfo'].includes(key))
}

function firstOf(found: readonly (string | null)[]): string | null {
  return found.find(path => path !== null) ?? null
}

function text(path: readonly string[]): string {
  return path.length === 0 ? 'the top' : path.map(step => (/^[\w-]+$/.test(step) ? step : '…')).join('.')
}
