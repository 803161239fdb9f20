import type {Json} from './model.js'
import type {ScalarNode, YamlNode} from './node.js'

/** A node as sigs.k8s.io/yaml would hand it to the JSON layer. Integers beyond 2^53 keep their nearest double, as encoding/json does for interface{}. */
export function jsonOf(node: YamlNode): Json {
  if (node.kind === 'sequence') return node.items.map(jsonOf)
  if (node.kind === 'mapping') {
    // A null prototype, so that a key named __proto__ is a key.
    const object: {[key: string]: Json} = Object.create(null)
    for (const entry of node.entries) object[entry.key] = jsonOf(entry.value)
    return object
  }
  switch (node.type) {
    case 'string': return node.value
    case 'null': return null
    case 'bool': return node.value === 'true'
    case 'int': return integer(node.value)
    case 'float': return Number(node.value.replaceAll('_', ''))
  }
}

/** An integer that `jsonOf` rounds. kubectl hands an extension to the plugin digit by digit. */
export function roundedInteger(node: YamlNode): ScalarNode | undefined {
  if (node.kind === 'scalar') return node.type === 'int' && !Number.isSafeInteger(integer(node.value)) ? node : undefined
  const children = node.kind === 'sequence' ? node.items : node.entries.map(entry => entry.value)
  for (const child of children) {
    const found = roundedInteger(child)
    if (found !== undefined) return found
  }
  return undefined
}

/** Go's ParseInt(text, 0, 64) after underscores are dropped: 0x, 0b, 0o and a plain leading zero for octal. */
function integer(text: string): number {
  const bare = text.replaceAll('_', '')
  const sign = bare.startsWith('-') ? -1 : 1
  const digits = bare.replace(/^[-+]/, '')
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return sign * value
}
