import {listAt, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import type {Door} from './door.js'
import type {ListReader} from './list-of.js'
import {annotationIn, annotationPath, listOf, strictItemOf} from './list-of.js'
import type {SourceItem} from './source-list.js'
import {itemsIn} from './source-list.js'

const NAMES = ['haproxy.router.openshift.io/ip_allowlist', 'haproxy.router.openshift.io/ip_whitelist']

/**
 * Source: `haproxy-config.template` and `parseIPList` of OpenShift's router:
 * HAProxy rejects an address that no entry holds. Entries stand between blanks.
 * A list that begins or ends with a blank, or of which no entry is an address, is
 * left out, and routers before that function left out a list for one such entry:
 * then everybody gets in.
 */
export const routeLists: ListReader = (route, places) => {
  const found = annotationIn(route, NAMES)
  if (found === null || found.value.trim() === '') return []
  return listOf(route, places, {
    path: annotationPath(found.name), items: entriesOf(found.value), door: routerDoor(route),
    kind: {
      words: `The annotation ${found.name}`, mode: 'allow', otherFamily: 'closed', whenUnreadable: 'opens', isDerived: true, example: '2001:db8:1::/48 behind a blank',
      because: entriesOf(found.value).some(({cidr}) => cidr === null) ? 'the router wants addresses or blocks between blanks, and no blank at either end' : 'HAProxy rejects an address that no entry holds',
    },
  })
}

function entriesOf(value: string): readonly SourceItem[] {
  return value === value.trim() ? itemsIn(value, /\s+/, strictItemOf) : [{text: value, cidr: null}]
}

/** The operator calls the Service of a router after it. */
function routerDoor(route: KubeObject): Door {
  const routers = listAt(route, 'status', 'ingress').map(entry => textAt(entry, 'routerName') ?? '').filter(name => name !== '')
  return {by: 'controller', names: (routers.length === 0 ? ['default'] : routers).map(name => `router-${name}`), namespace: 'openshift-ingress'}
}
