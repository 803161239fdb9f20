import {entryOf} from '../kubeconfig/node.js'
import type {YamlNode} from '../kubeconfig/node.js'
import {readYaml} from '../kubeconfig/read-yaml.js'

/**
 * One scalar of a configuration file that stands as YAML in a ConfigMap; empty
 * where it is absent. Not ok: the file is not understood, so whether it has the
 * field is not known.
 */
export function configScalar(file: string, path: readonly string[]): {ok: true; value: string} | {ok: false} {
  const node = nodeAt(file, path)
  if (!node.ok) return node
  if (node.found === undefined) return {ok: true, value: ''}
  return node.found.kind === 'scalar' ? {ok: true, value: node.found.value} : {ok: false}
}

/** A list of scalars of such a file; empty where it is absent or null. */
export function configList(file: string, path: readonly string[]): {ok: true; values: string[]} | {ok: false} {
  const node = nodeAt(file, path)
  if (!node.ok) return node
  const {found} = node
  if (found === undefined || (found.kind === 'scalar' && found.type === 'null')) return {ok: true, values: []}
  if (found.kind !== 'sequence') return {ok: false}
  const values = found.items.map(item => (item.kind === 'scalar' ? item.value : null)).filter(value => value !== null)
  return values.length === found.items.length ? {ok: true, values} : {ok: false}
}

function nodeAt(file: string, path: readonly string[]): {ok: true; found: YamlNode | undefined} | {ok: false} {
  const read = readYaml(new TextEncoder().encode(file))
  if (!read.ok) return {ok: false}
  let found: YamlNode | undefined = read.root
  for (const key of path) found = entryOf(found, key)?.value
  return {ok: true, found}
}
