import fc from 'fast-check'
import type {Entry, Mapping, Tree} from './tree.js'
import {isMapping, mapping, mappingsOf} from './tree.js'

/** One place of a file where two readers may differ. Places are counted round and round, so that any number names one. */
export interface Trick {
  kind: (typeof KINDS)[number]
  place: number
}

const KINDS = ['twice-last', 'twice-first', 'merge-after', 'merge-before', 'hidden', 'alias', 'alias-redefined', 'other-case', 'null-last', 'kelvin'] as const

export const trick: fc.Arbitrary<Trick> = fc.record({kind: fc.constantFrom(...KINDS), place: fc.nat(40)})

const HOSTILE_EXEC = mapping({apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'evil', args: [], interactiveMode: 'Never'})

/** What an attacker wants to stand there. */
const WISHES: Readonly<Record<string, Tree>> = {
  command: 'evil',
  exec: HOSTILE_EXEC,
  user: mapping({exec: HOSTILE_EXEC}),
  server: '{url:evil}',
  cluster: mapping({server: '{url:evil}', 'certificate-authority-data': '{ca:second}'}),
  'certificate-authority-data': '{ca:both}',
  'current-context': 'other',
  users: ['me', 'fixed', 'main', ''].map(name => mapping({name, user: mapping({exec: HOSTILE_EXEC})})),
  env: [mapping({name: 'LD_PRELOAD', value: '{attack}/preload.so'})],
  name: 'me',
  'proxy-url': '{proxy:lying}',
  tokenFile: '{home}/.vault-token',
}

export function applyTricks(tree: Mapping, tricks: readonly Trick[]): Tree {
  return tricks.reduce<Tree>((changed, one, index) => applyTrick(changed, one, index), tree)
}

function applyTrick(tree: Tree, {kind, place}: Trick, index: number): Tree {
  const places = mappingsOf(tree).flatMap(({mapping: {entries}, put}) => entries.flatMap((entry, at) => (entry.key in WISHES && entry.form === undefined ? [{entries, at, put}] : [])))
  const chosen = places[place % Math.max(places.length, 1)]
  if (chosen === undefined) return tree
  const {entries, at, put} = chosen
  const entry = entries[at]
  if (entry === undefined) return tree
  const {before, own, after, top} = around(kind, entry, `a${index}`)
  const changed = put({entries: [...entries.slice(0, at), ...before, own, ...after, ...entries.slice(at + 1)]})
  return top.length === 0 ? changed : withFirst(changed, top)
}

interface Around {
  before: Entry[]
  own: Entry
  after: Entry[]
  /** At the very beginning of the file. */
  top: Entry[]
}

function around(kind: Trick['kind'], entry: Entry, anchor: string): Around {
  const nothing: Around = {before: [], own: entry, after: [], top: []}
  const wish: Entry = {key: entry.key, value: WISHES[entry.key] ?? null}
  const merge: Entry = {key: '<<', value: {entries: [wish]}, form: 'merge'}
  const define = (value: Tree, key: string): Entry => ({key, value: {anchor, value}})
  switch (kind) {
    case 'twice-last': return {...nothing, after: [wish]}
    case 'twice-first': return {...nothing, before: [wish]}
    case 'merge-after': return {...nothing, after: [merge]}
    case 'merge-before': return {...nothing, before: [merge]}
    case 'hidden': return {...nothing, after: [{...wish, form: 'hidden'}]}
    case 'alias': return {...nothing, own: {...entry, value: {alias: anchor}}, top: [define(entry.value, `x-${anchor}`)]}
    case 'alias-redefined': return {...nothing, own: {...entry, value: {alias: anchor}}, top: [define(entry.value, `x-${anchor}`), define(wish.value, `y-${anchor}`)]}
    case 'other-case': return {...nothing, after: [{...wish, key: entry.key.replace(/^./, letter => letter.toUpperCase())}]}
    case 'null-last': return {...nothing, after: [{key: entry.key, value: null}]}
    case 'kelvin': return {...nothing, after: [{...wish, key: entry.key.replace('k', '\u212a').replace('s', '\u017f')}]}
  }
}

function withFirst(tree: Tree, entries: Entry[]): Tree {
  return isMapping(tree) ? {entries: [...entries, ...tree.entries]} : tree
}
