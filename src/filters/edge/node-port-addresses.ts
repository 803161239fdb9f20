import {OddField, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf} from '../../kube/object.js'
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

/** Where its configuration stands: as kubeadm writes it, and as EKS does. */
const FILES: Readonly<Record<string, string>> = {'kube-proxy': 'config.conf', 'kube-proxy-config': 'config'}

export function hasProxyConfig(map: KubeObject): boolean {
  return textAt(map, 'data', FILES[nameOf(map)] ?? '') !== undefined
}

export const nodePortAddressLists: ListReader = (map, places) => {
  const key = FILES[nameOf(map)] ?? ''
  const values = nodePortAddressesOf(map, key)
  if (values.some(value => WORDS.includes(value.trim()))) return []
  return listOf(map, places, {kind: KIND, path: `data[${JSON.stringify(key)}].nodePortAddresses`, items: values.map(blockItemOf), door: {by: 'node-ports'}})
}

function nodePortAddressesOf(map: KubeObject, key: string): readonly string[] {
  const file = textAt(map, 'data', key)
  if (file === undefined) return []
  const list = configList(file, ['nodePortAddresses'])
  if (!list.ok) throw new OddField(`data[${JSON.stringify(key)}]`, 'a configuration of kube-proxy')
  return list.values
}
