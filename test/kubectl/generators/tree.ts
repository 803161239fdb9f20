/** A YAML document before it has a spelling: mappings keep order and duplicates, anchors and aliases are nodes. */
export type Tree = string | number | boolean | null | readonly Tree[] | Mapping | {anchor: string; value: Tree} | {alias: string}

export interface Mapping {
  entries: readonly Entry[]
}

export interface Entry {
  key: string
  value: Tree
  /** `merge`: a live `<<`. `hidden`: behind a comment that ends at a line break few programs know. */
  form?: 'merge' | 'hidden'
}

export function mapping(fields: Readonly<Record<string, Tree | undefined>>): Mapping {
  return {entries: Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [{key, value}]))}
}

export const isMapping = (tree: Tree): tree is Mapping => typeof tree === 'object' && tree !== null && 'entries' in tree && Array.isArray(tree.entries)
export const isSequence = (tree: Tree): tree is readonly Tree[] => Array.isArray(tree)

/** The same tree with every string and key passed through `change`. */
export function mapStrings(tree: Tree, change: (text: string) => string): Tree {
  if (typeof tree === 'string') return change(tree)
  if (typeof tree !== 'object' || tree === null || 'alias' in tree) return tree
  if (isSequence(tree)) return tree.map(item => mapStrings(item, change))
  if ('anchor' in tree) return {anchor: tree.anchor, value: mapStrings(tree.value, change)}
  return {entries: tree.entries.map(entry => ({...entry, key: change(entry.key), value: mapStrings(entry.value, change)}))}
}

/** Every mapping of the tree, outermost first, with the means to put another one in its place. */
export function mappingsOf(tree: Tree, put: (changed: Tree) => Tree = changed => changed): {mapping: Mapping; put: (changed: Tree) => Tree}[] {
  if (isSequence(tree)) return tree.flatMap((item, at) => mappingsOf(item, changed => put(tree.map((old, index) => (index === at ? changed : old)))))
  if (typeof tree !== 'object' || tree === null || 'alias' in tree) return []
  if ('anchor' in tree) return mappingsOf(tree.value, changed => put({anchor: tree.anchor, value: changed}))
  const inner = tree.entries.flatMap((entry, at) => mappingsOf(entry.value, value => put({entries: tree.entries.map((old, index) => (index === at ? {...entry, value} : old))})))
  return [{mapping: tree, put}, ...inner]
}
