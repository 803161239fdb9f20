import {dirname, join} from 'node:path/posix'

export interface Row {
  row: number
  /** Folders of src/, and files that stand directly in it. */
  places: readonly string[]
  mustNot: string
  /** Neither I/O nor clock nor environment: of Node only `path` and `crypto`. */
  isPure: boolean
}

/** A place imports only from rows below its own, and from itself; flows and adapters share types. */
export const ROWS: readonly Row[] = [
  {row: 8, places: ['commands', 'entry', 'cli.ts', 'help.ts'], mustNot: 'hold logic; know file formats. `entry` imports no oclif', isPure: false},
  {row: 7, places: ['wiring'], mustNot: 'hold logic: it joins flows and adapters for the commands', isPure: false},
  {row: 6, places: ['flows', 'adapters'], mustNot: 'import each other, except types. flows: I/O of their own. adapters: decide anything', isPure: false},
  {row: 5, places: ['report'], mustNot: 'decide anything; I/O, clock, environment', isPure: true},
  {row: 4, places: ['checks', 'plan'], mustNot: 'I/O, clock, environment; know an output format', isPure: true},
  {row: 3, places: ['guard', 'admission', 'filters'], mustNot: 'know how a verdict is reached (guard), any single check (admission, filters); I/O, clock, environment', isPure: true},
  {row: 2, places: ['trust', 'network', 'pod-security', 'psp'], mustNot: 'know kubectl command lines; I/O, clock, environment', isPure: true},
  {row: 1, places: ['kubeconfig', 'audit'], mustNot: 'judge anything; know any single check; I/O, clock, environment', isPure: true},
  {row: 0, places: ['kube', 'errors.ts', 'exit-codes.ts', 'printable.ts'], mustNot: 'import anything of ours', isPure: true},
]

const PURE_BUILTINS = ['node:path', 'node:crypto']

/** The one file that may turn a secret into text. */
const SECRET_OPENER = 'guard/snapshot.ts'

export interface Import {
  from: string
  isType: boolean
  names: string
}

export function importsOf(source: string): Import[] {
  const statements = [...source.matchAll(/^(?:import|export)\s+(type\s+)?([^'";]*?)\s*from\s+'([^']+)'/gm)]
  const bare = [...source.matchAll(/^import\s+'([^']+)'/gm), ...source.matchAll(/\bimport\('([^']+)'\)/g)]
  return [
    ...statements.map(([, type, names = '', from = '']) => ({from, isType: type !== undefined, names})),
    ...bare.map(([, from = '']) => ({from, isType: false, names: ''})),
  ]
}

/** @param file below src/ */
export function violationsOf(file: string, imports: readonly Import[]): string[] {
  const place = placeOf(file)
  const own = ROWS.find(row => row.places.includes(place))
  if (own === undefined) return [`${file} stands in ${place}, which has no row`]
  return imports.flatMap(one => violation(file, place, own, one))
}

function violation(file: string, place: string, own: Row, {from, isType, names}: Import): string[] {
  if (!from.startsWith('.')) return isType || !isForeign(place, own, from) ? [] : [`${file} imports ${from}, which row ${own.row} must not`]
  const target = join(dirname(file), from).replace(/\.js$/, '.ts')
  if (/\bopenSecret\b/.test(names) && file !== SECRET_OPENER) return [`${file} imports openSecret, which only ${SECRET_OPENER} may`]
  const other = placeOf(target)
  const theirs = ROWS.find(row => row.places.includes(other))
  if (theirs === undefined) return [`${file} imports ${target}, which has no row`]
  const isSibling = isType && own.row === 6 && theirs.row === 6
  return other === place || theirs.row < own.row || isSibling ? [] : [`${file} (row ${own.row}) imports ${target} (row ${theirs.row})`]
}

function isForeign(place: string, own: Row, from: string): boolean {
  if (own.isPure) return !PURE_BUILTINS.includes(from)
  return place === 'entry' && !from.startsWith('node:')
}

function placeOf(file: string): string {
  return file.split('/')[0] ?? ''
}
