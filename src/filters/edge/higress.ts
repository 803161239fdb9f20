import type {ListReader} from './list-of.js'
import {annotationIn, annotationPath, listOf, strictItemOf} from './list-of.js'
import {statusDoor} from './reach.js'
import {itemsIn} from './source-list.js'

const PREFIX = 'higress.io'
/** Higress reads it first, and its own only where this one is missing. */
const NGINX = 'nginx.ingress.kubernetes.io/whitelist-source-range'

/**
 * Source: `ip_access_control.go` of Higress: the allow list becomes
 * `remoteIpBlocks` of a filter of Envoy's kind. An entry `*` allows everybody.
 */
export const higressLists: ListReader = (ingress, places) => {
  const found = annotationIn(ingress, [NGINX, `${PREFIX}/whitelist-source-range`])
  if (found === null || found.name === NGINX || found.value.split(',').some(part => part.trim() === '*')) return []
  return listOf(ingress, places, {
    path: annotationPath(found.name), items: itemsIn(found.value, ',', strictItemOf), door: statusDoor(ingress),
    kind: {
      words: `The annotation ${found.name}`, mode: 'allow', otherFamily: 'closed', whenUnreadable: 'unknown', isDerived: true,
      because: 'Envoy refuses an address that no entry holds',
    },
  })
}
