import {textsAt} from '../../kube/field.js'
import type {ListReader} from './list-of.js'
import {listOf, strictItemOf} from './list-of.js'
import type {ListKind} from './source-list.js'

/**
 * Source: `pkg/ip/checker.go` and `pkg/middlewares/ipallowlist` of Traefik: an
 * address that no entry holds is refused; a list with an entry that is none
 * makes no middleware, and the routes that name it are not served.
 */
const FIELDS = ['ipAllowList', 'ipWhiteList'] as const

function kindOf(field: (typeof FIELDS)[number]): ListKind {
  return {
    words: `${field} of this middleware`, mode: 'allow', otherFamily: 'closed', whenUnreadable: 'closes',
    because: 'Traefik refuses an address that no entry holds',
  }
}

/** Middleware and MiddlewareTCP, of Traefik 3 and 2. */
export const traefikLists: ListReader = (middleware, places) =>
  FIELDS.flatMap(field => listOf(middleware, places, {
    kind: kindOf(field), path: `spec.${field}.sourceRange`, door: {by: 'controller', names: ['traefik']},
    items: textsAt(middleware, 'spec', field, 'sourceRange').map(strictItemOf),
  }))
