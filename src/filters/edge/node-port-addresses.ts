import {OddField, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {configList} from '../../network/config-list.js'
import type {ListReader} from './list-of.js'
import {listOf} from './list-of.js'
import type {ListKind} from './source-list.js'
import {blockItemOf} from './source-list.js'

/**
 * kube-proxy, `NewNodePortAddresses`: a family of which the list has no block
 * gets 0.0.0.0/0 or ::/0. Words in the place of blocks stand for both families.
 */
const KIND: ListKind = {
  words: 'nodePortAddresses of kube-proxy', mode: 'allow', otherFamily: 'open', whenUnreadable: 'unknown',
  because: 'kube-proxy takes every address of a node for a family of which the list has no block',
}

const WORDS: readonly string[] = ['primary', 'localhost', 'all']

/** Of the ConfigMap `kube-system/kube-proxy`, as kubeadm writes it. */
export const nodePortAddressLists: ListReader = (map, places) => {
  const values = nodePortAddressesOf(map)
  if (values.some(value => WORDS.includes(value.trim()))) return []
  return listOf(map, places, {kind: KIND, path: 'data["config.conf"].nodePortAddresses', items: values.map(blockItemOf), door: {by: 'node-ports'}})
}

function nodePortAddressesOf(map: KubeObject): readonly string[] {
  const file = textAt(map, 'data', 'config.conf')
  if (file === undefined) return []
  const list = configList(file, ['nodePortAddresses'])
  if (!list.ok) throw new OddField('data["config.conf"]', 'a configuration of kube-proxy')
  return list.values
}
