import {entryOf} from '../kubeconfig/node.js'
import type {YamlNode} from '../kubeconfig/node.js'
import {readYaml} from '../kubeconfig/read-yaml.js'

/**
 * One scalar of a configuration file that stands as YAML in a ConfigMap; empty
 * where it is absent. Not ok: the file is not understood, so whether it has the
 * field is not known.
 */
export function configScalar(file: string, path: readonly string[]): {ok: true; value: string} | {ok: false} {
  const read = readYaml(new TextEncoder().encode(file))
  if (!read.ok) return {ok: false}
  let node: YamlNode | undefined = read.root
  for (const key of path) node = entryOf(node, key)?.value
  if (node === undefined) return {ok: true, value: ''}
  return node.kind === 'scalar' ? {ok: true, value: node.value} : {ok: false}
}
