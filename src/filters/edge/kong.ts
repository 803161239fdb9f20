import {at, flagAt, textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import type {ListReader} from './list-of.js'
import {besideAllow, listOf, strictItemOf} from './list-of.js'
import type {ListKind, SourceList} from './source-list.js'

/**
 * KongPlugin and KongClusterPlugin `ip-restriction`. Source: the plugin's
 * `handler.lua`, which refuses whom `deny` holds, then whom `allow` does not hold,
 * and lua-resty-ipmatcher, which compares within a family. How the ingress
 * controller hands the list on was not read.
 */
const NAMES: Readonly<Record<ListKind['mode'], readonly string[]>> = {allow: ['allow', 'whitelist'], deny: ['deny', 'blacklist']}

/** The charts kong and ingress, and the manifests. */
const SERVICES = ['kong', 'gateway', 'kong-proxy', 'kong-gateway-proxy']

export const kongLists: ListReader = (plugin, places) => {
  if (!isActing(plugin)) return []
  const list = (mode: ListKind['mode']): SourceList[] => NAMES[mode].flatMap(name => listOf(plugin, places, {
    kind: kindOf(name, mode), path: `config.${name}`, items: textsAt(plugin, 'config', name).map(strictItemOf), door: {by: 'controller', names: SERVICES},
  }))
  return besideAllow(list('allow'), list('deny'))
}

/** Are its lists in a Secret, which is not read? */
export function isHidden(plugin: KubeObject): boolean {
  return isActing(plugin) && (at(plugin, 'configFrom') !== undefined || at(plugin, 'configPatches') !== undefined)
}

function isActing(plugin: KubeObject): boolean {
  return textAt(plugin, 'plugin') === 'ip-restriction' && flagAt(plugin, 'disabled') !== true
}

function kindOf(name: string, mode: ListKind['mode']): ListKind {
  return {
    words: `config.${name} of this ip-restriction plugin`, mode, otherFamily: mode === 'allow' ? 'closed' : 'open', whenUnreadable: 'unknown', isDerived: true,
    because: mode === 'allow' ? 'Kong refuses an address that no entry holds' : 'Kong lets in an address that no entry holds',
  }
}
