import type {ListReader} from './list-of.js'
import {annotationIn, annotationPath, besideAllow, listOf, strictItemOf} from './list-of.js'
import {statusDoor} from './reach.js'
import type {ListKind, SourceList} from './source-list.js'
import {itemsIn} from './source-list.js'

/**
 * Source: `ip_restriction.go` of APISIX's ingress controller, which hands both
 * lists to the plugin `ip-restriction`: it refuses whom the block list holds, and
 * whom the allow list does not hold. Each family is compared with its own entries.
 */
const PREFIX = 'k8s.apisix.apache.org'

export const apisixLists: ListReader = (ingress, places) => {
  const list = (mode: ListKind['mode'], word: string): SourceList[] => {
    const found = annotationIn(ingress, [`${PREFIX}/${word}-source-range`])
    return found === null ? [] : listOf(ingress, places, {kind: kindOf(found.name, mode), path: annotationPath(found.name), items: itemsIn(found.value, ',', strictItemOf), door: statusDoor(ingress)})
  }
  return besideAllow(list('allow', 'allowlist'), list('deny', 'blocklist'))
}

function kindOf(name: string, mode: ListKind['mode']): ListKind {
  return {
    words: `The annotation ${name}`, mode, otherFamily: mode === 'allow' ? 'closed' : 'open', whenUnreadable: 'unknown', isDerived: true,
    because: mode === 'allow' ? 'APISIX refuses an address that no entry holds' : 'APISIX lets in an address that no entry holds',
  }
}
