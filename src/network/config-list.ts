import {entryOf} from '../kubeconfig/node.js'
import type {YamlNode} from '../kubeconfig/node.js'
import {readYaml} from '../kubeconfig/read-yaml.js'

/** As `configScalar`, for a list of texts: empty where it is absent or null. */
export function configList(file: string, path: readonly string[]): {ok: true; values: readonly string[]} | {ok: false} {
  const read = readYaml(new TextEncoder().encode(file))
  if (!read.ok) return {ok: false}
  let node: YamlNode | undefined = read.root
  for (const key of path) node = entryOf(node, key)?.value
  if (node === undefined || (node.kind === 'scalar' && node.type === 'null')) return {ok: true, values: []}
  if (node.kind !== 'sequence') return {ok: false}
  const values = node.items.map(item => (item.kind === 'scalar' && item.type !== 'null' ? item.value : null))
  return values.every(value => value !== null) ? {ok: true, values} : {ok: false}
}
