import {at, listAt, textAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import type {ListReader, Places} from './list-of.js'
import {listOf, strictItemOf} from './list-of.js'
import {statusDoor} from './reach.js'
import type {ListKind, SourceList} from './source-list.js'

const EXAMPLE = '- {source: Peer, cidr: "2001:db8:1::/48"}'

/**
 * Source: `toIPFilterRules` and `ipFilterConfig` of Contour. Envoy's RBAC filter
 * allows, or denies, whoever an entry holds. A place that has both lists is not
 * served at all; of a list with an entry that is none Contour takes the rest or
 * serves nothing, by where the entry stands.
 */
const ALLOW: ListKind = {
  words: 'ipAllowPolicy', mode: 'allow', otherFamily: 'closed', whenUnreadable: 'closes', example: EXAMPLE,
  because: 'Envoy refuses an address that no entry holds',
}
const DENY: ListKind = {
  words: 'ipDenyPolicy', mode: 'deny', otherFamily: 'open', whenUnreadable: 'unknown', example: EXAMPLE,
  because: 'Envoy lets in an address that no entry holds',
}

/** Of the virtual host, and of each route that has a list of its own, which then counts instead. */
export const contourLists: ListReader = (proxy, places) => [
  ...listsAt(proxy, places, at(proxy, 'spec', 'virtualhost'), 'spec.virtualhost'),
  ...listAt(proxy, 'spec', 'routes').flatMap((route, index) => listsAt(proxy, places, route, `spec.routes[${index}]`)),
]

function listsAt(proxy: KubeObject, places: Places, holder: Json | undefined, path: string): SourceList[] {
  const itemsOf = (field: string): string[] => listAt(holder, field).map(entry => textAt(entry, 'cidr') ?? '')
  const allow = itemsOf('ipAllowPolicy')
  const deny = itemsOf('ipDenyPolicy')
  if (allow.length > 0 && deny.length > 0) return []
  const list = (kind: ListKind, texts: readonly string[]): SourceList[] =>
    listOf(proxy, places, {kind, path: `${path}.${kind.words}`, items: texts.map(strictItemOf), door: statusDoor(proxy)})
  return [...list(ALLOW, allow), ...list(DENY, deny)]
}
