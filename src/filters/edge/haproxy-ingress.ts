import type {KubeObject} from '../../kube/json.js'
import {annotationsOf} from '../../kube/object.js'
import {textAt} from '../../kube/field.js'
import {covers} from '../../network/interval-set.js'
import {EVERYTHING} from '../chain/chain.js'
import type {ListReader, Places} from './list-of.js'
import {annotationIn, annotationPath, besideAllow, listOf, strictItemOf} from './list-of.js'
import {statusDoor} from './reach.js'
import type {ListKind, SourceItem, SourceList} from './source-list.js'
import {itemsIn, setOfItems} from './source-list.js'

/**
 * haproxy-ingress (haproxy-ingress.github.io). Source: `readAccessConfig` and
 * `splitDualCIDR`, and `haproxy.tmpl`: an allow list refuses whom none of its
 * entries holds, a deny list refuses whom one holds; `!` makes an exception of an
 * entry, which in an allow list refuses and in a deny list lets in. An entry that
 * is none is skipped, so that a list of such entries alone is no list.
 */
const OWN = 'haproxy-ingress.github.io'
/** Its older prefix, which it reads still; others read it too, so the class must tell. */
const OLD = 'ingress.kubernetes.io'

export const haproxyIngressLists: ListReader = (ingress, places) => {
  const prefixes = isHaproxyClass(ingress) ? [OWN, OLD] : [OWN]
  const allow = annotationIn(ingress, ['allowlist', 'whitelist'].flatMap(name => prefixes.map(prefix => `${prefix}/${name}-source-range`)))
  const deny = annotationIn(ingress, prefixes.map(prefix => `${prefix}/denylist-source-range`))
  return besideAllow(
    allow === null ? [] : listsIn(ingress, places, {...allow, mode: 'allow'}),
    deny === null ? [] : listsIn(ingress, places, {...deny, mode: 'deny'}),
  )
}

/** Is this Ingress for a controller with HAProxy in its name? */
export function isHaproxyClass(ingress: KubeObject): boolean {
  return `${textAt(ingress, 'spec', 'ingressClassName') ?? ''} ${annotationsOf(ingress)['kubernetes.io/ingress.class'] ?? ''}`.includes('haproxy')
}

interface Annotation {
  name: string
  value: string
  mode: ListKind['mode']
}

/** Entries and exceptions; whichever alone stands in an annotation is a list of the other sort. */
function listsIn(ingress: KubeObject, places: Places, {name, value, mode}: Annotation): SourceList[] {
  const all = itemsIn(value, ',', text => text.startsWith('!') ? {...strictItemOf(text.slice(1)), text} : strictItemOf(text))
  const entries = all.filter(({text}) => !text.startsWith('!'))
  const exceptions = all.filter(({text}) => text.startsWith('!'))
  const list = (of: ListKind['mode'], items: readonly SourceItem[]): SourceList[] =>
    listOf(ingress, places, {kind: kindOf(name, of, all), path: annotationPath(name), items, door: statusDoor(ingress)})
  if (all.some(({cidr}) => cidr === null)) return list(mode, all)
  if (mode === 'allow') return besideAllow(list('allow', entries), list('deny', exceptions))
  if (entries.length === 0) return list('allow', exceptions)
  // Everybody but the exceptions is refused: that is an allow list.
  return exceptions.length > 0 && covers(setOfItems(entries), EVERYTHING) ? list('allow', exceptions) : list('deny', entries)
}

function kindOf(name: string, mode: ListKind['mode'], items: readonly SourceItem[]): ListKind {
  const words = `The annotation ${name}`
  const isLost = items.every(({cidr}) => cidr === null)
  if (isLost) return {words, mode, otherFamily: 'unknown', whenUnreadable: 'opens', because: 'haproxy-ingress skips an entry that it cannot read, and of this list none is left'}
  return mode === 'allow'
    ? {words, mode, otherFamily: 'closed', whenUnreadable: 'unknown', because: 'HAProxy refuses an address that no entry holds'}
    : {words, mode, otherFamily: 'open', whenUnreadable: 'unknown', because: 'HAProxy lets in an address that no entry holds'}
}
