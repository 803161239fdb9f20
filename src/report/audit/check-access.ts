import type {CheckMeta} from '../../audit/check.js'
import {ENDPOINTS, isEndpoint, resourceName, rowOf} from '../../kube/resources.js'
import type {Only, ReadKey, RowKey} from '../../kube/resources.js'

export interface Access {
  verb: 'get' | 'list'
  /** `services`, `pods with component=kube-apiserver in kube-system`, `/metrics` */
  what: string
  isOptional: boolean
}

/** What a check reads, as RBAC grants it: each line is one right that the credentials need. */
export function accessOf({reads, alsoReads = [], factReads = []}: CheckMeta): Access[] {
  const lines = [...reads.flatMap(key => accessTo(key, false)), ...[...alsoReads, ...factReads].flatMap(key => accessTo(key, true))]
  // Two rows may be one list, with more or less of each object.
  return lines.filter(({verb, what}, index) => lines.findIndex(one => one.verb === verb && one.what === what) === index)
}

function accessTo(key: ReadKey, isOptional: boolean): Access[] {
  // What is no path needs no right.
  if (isEndpoint(key)) return [{verb: 'get', what: ENDPOINTS[key].words ?? ENDPOINTS[key].path, isOptional: isOptional && ENDPOINTS[key].words === undefined}]
  const row = rowOf(key)
  const name = `${resourceName(row)}${row.optIn === undefined ? '' : ` (only with --include-${row.optIn})`}`
  if (row.follows !== undefined) return [{verb: 'get', what: `${name} named in ${row.follows.rows.map(key => namedIn(key as RowKey)).join(', ')}`, isOptional}]
  return (row.only ?? [{}]).map(only => ({verb: only.name === undefined ? 'list' as const : 'get' as const, what: `${name}${limitText(only)}`, isOptional}))
}

/** A row that the name of an object comes out of, as the API calls it. */
function namedIn(key: RowKey): string {
  const {plural, only: [limit = {}] = []} = rowOf(key)
  return `${plural}${limitText(limit)}`
}

function limitText({namespace, name, label, field}: Only): string {
  const choice = label ?? field
  return `${name === undefined ? '' : ` named ${name}`}${choice === undefined ? '' : ` with ${choice}`}${namespace === undefined ? '' : ` in ${namespace}`}`
}
