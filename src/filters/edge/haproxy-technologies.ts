import type {KubeObject} from '../../kube/json.js'
import type {ListReader, Places} from './list-of.js'
import {annotationIn, annotationPath, besideAllow, listOf, strictItemOf} from './list-of.js'
import {isHaproxyClass} from './haproxy-ingress.js'
import {statusDoor} from './reach.js'
import type {ListKind, SourceList} from './source-list.js'
import {itemsIn} from './source-list.js'

/**
 * HAProxy Technologies' controller (haproxy.org). Source: `accessControl.go` and
 * `reqDeny.go`: deny whom the allow list does not hold, and whom the deny list
 * holds. An entry that is none is an error which leaves the rule out, so that
 * everybody gets in. A value `patterns/…` names a file of a ConfigMap instead.
 */
const PREFIXES = ['haproxy.org', 'haproxy.com']
const OLD = 'ingress.kubernetes.io'
const NAMES: Readonly<Record<ListKind['mode'], readonly string[]>> = {allow: ['allow-list', 'whitelist'], deny: ['deny-list', 'blacklist']}

function kindOf(name: string, mode: ListKind['mode']): ListKind {
  return {
    words: `The annotation ${name}`, mode, otherFamily: mode === 'allow' ? 'closed' : 'open', whenUnreadable: 'opens',
    because: mode === 'allow' ? 'HAProxy refuses an address that no entry holds' : 'HAProxy lets in an address that no entry holds',
  }
}

export const haproxyTechnologiesLists: ListReader = (ingress, places) => besideAllow(listIn(ingress, places, 'allow'), listIn(ingress, places, 'deny'))

/** Annotations of which the list is in a file that is not looked at. */
export function patternFilesOf(ingress: KubeObject): string[] {
  return (['allow', 'deny'] as const).flatMap(mode => {
    const found = annotationOf(ingress, mode)
    return found !== null && isFile(found.value) ? [found.name] : []
  })
}

function annotationOf(ingress: KubeObject, mode: ListKind['mode']): {name: string; value: string} | null {
  const prefixes = isHaproxyClass(ingress) ? [...PREFIXES, OLD] : PREFIXES
  return annotationIn(ingress, NAMES[mode].flatMap(name => prefixes.map(prefix => `${prefix}/${name}`)))
}

function isFile(value: string): boolean {
  return value.startsWith('patterns/')
}

function listIn(ingress: KubeObject, places: Places, mode: ListKind['mode']): SourceList[] {
  const found = annotationOf(ingress, mode)
  if (found === null || isFile(found.value)) return []
  const kind = kindOf(found.name, mode)
  const items = itemsIn(found.value, ',', strictItemOf)
  const odd = items.filter(({cidr}) => cidr === null)
  const because = odd.length === 0 ? kind.because : 'the controller logs an error and leaves the rule out'
  return listOf(ingress, places, {kind: {...kind, because}, path: annotationPath(found.name), items, door: statusDoor(ingress)})
}
