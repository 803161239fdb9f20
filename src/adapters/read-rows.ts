import type {ReadOutcome, SkipReason} from '../audit/outcome.js'
import {unread} from '../audit/outcome.js'
import type {Pages, ReadRequest} from '../audit/source.js'
import type {KubeObject} from '../kube/json.js'
import type {Only, Resource} from '../kube/resources.js'
import type {ApiClient, ApiFailure, Pending} from './api-client.js'
import {failed} from './api-client.js'
import type {Discovery} from './discovery.js'
import type {ListEnd, PageNews} from './list-pages.js'
import {adoptObject, listPages} from './list-pages.js'

export interface RowReading {
  row: Resource
  client: ApiClient
  discovery: Discovery
  refs: ReadRequest['refs']
  /** Given with `-n`: what is listed one by one where the whole is forbidden. */
  namespaces: readonly string[]
  isPreflight: boolean
  onPage(news: PageNews): void
}

/** One request's worth of a row: a list, or objects by name. */
interface Part {
  /** `kube-system/kubeadm-config`, `namespace payments`; empty for the whole. */
  place: string
  end: ListEnd
}

type Parts = AsyncGenerator<readonly KubeObject[], Part[], void>

/** All objects of one row of the table, and how it went. */
export async function* readRow(asked: RowReading): Pages {
  const {discovery} = asked
  const location = await discovery.locate(asked.row)
  if (!location.isServed) return unread(location.outcome, location.detail)
  const row = {...asked.row, ...location.found}
  const reading = {...asked, row}
  for (const version of location.versions) {
    const parts = yield* readVersion(reading, version)
    // A group may be served in a version that lacks this resource.
    if (await isAbsent(reading, version, parts)) continue
    if (!mayNarrow(reading, parts)) return outcomeOf(parts, row)
    return narrowed(outcomeOf(yield* inNamespaces(reading, version), row), reading.namespaces.length)
  }
  return unread('not-served', `the server has no ${row.plural}${row.group === '' ? '' : ` in ${row.group}`}`)
}

function mayNarrow({row, namespaces}: RowReading, [whole]: readonly Part[]): boolean {
  const isForbidden = whole?.end.failure?.kind === 'forbidden' && whole.end.pages === 0
  return isForbidden && namespaces.length > 0 && row.only === undefined && row.follows === undefined && (row.isNamespaced || isNamespaces(row))
}

function isNamespaces({group, plural}: Resource): boolean {
  return group === '' && plural === 'namespaces'
}

async function isAbsent({row, discovery}: RowReading, version: string, parts: readonly Part[]): Promise<boolean> {
  if (parts.length === 0) return false
  if (parts.every(({end}) => end.failure?.kind === 'missing')) return true
  // Rights are asked about before existence: what is not there can be forbidden.
  return row.group !== '' && parts.every(({end}) => end.failure?.kind === 'forbidden') && (await discovery.isIn(row, version)) === false
}

function readVersion(reading: RowReading, version: string): Parts {
  const {row, refs = [], isPreflight} = reading
  if (row.follows !== undefined) return byName(reading, version, isPreflight ? [NOBODY] : unique(refs))
  if (row.only !== undefined) return onlyParts(reading, version, row.only)
  return oneList(reading, version, {})
}

async function* onlyParts(reading: RowReading, version: string, only: readonly Only[]): Parts {
  const named = only.filter(({name}) => name !== undefined)
  const parts = yield* byName(reading, version, named.map(({namespace = '', name = ''}) => ({namespace, name})))
  for (const one of only) if (one.name === undefined) parts.push(...(yield* oneList(reading, version, one)))
  return parts
}

async function* oneList(reading: RowReading, version: string, only: Only): Parts {
  const {row, client, onPage, isPreflight} = reading
  const selectors = [only.label === undefined ? '' : `labelSelector=${encodeURIComponent(only.label)}`, only.field === undefined ? '' : `fieldSelector=${encodeURIComponent(only.field)}`]
  const end = yield* listPages({
    path: pathOf(row, version, only.namespace), query: selectors.filter(text => text !== '').join('&'),
    apiVersion: apiVersionOf(row, version), kind: row.kind, form: row.form, isPreflight,
  }, client, onPage)
  return [{place: [only.namespace, only.label, only.field].filter(text => text !== undefined).join(' '), end}]
}

/** What the credentials are told about namespace by namespace. The row of the namespaces themselves is got by name. */
async function* inNamespaces(reading: RowReading, version: string): Parts {
  const {row, namespaces} = reading
  if (isNamespaces(row)) return yield* byName(reading, version, namespaces.map(name => ({namespace: '', name})))
  const parts: Part[] = []
  for (const namespace of namespaces) parts.push(...(yield* oneList(reading, version, {namespace})))
  return parts
}

interface Ref {
  namespace: string
  name: string
}

/** Before anything is read nobody knows the names: an object that is not there tells whether asking is permitted. */
const NOBODY: Ref = {namespace: 'default', name: 'k121-preflight'}

/** Objects got by name; one that is not there is an answer too. The next one is asked for meanwhile. */
async function* byName({row, client, onPage}: RowReading, version: string, refs: readonly Ref[]): Parts {
  const parts: Part[] = []
  const ask = (ref: Ref | undefined): Pending | null => (ref === undefined ? null : client.ask({path: `${pathOf(row, version, ref.namespace)}/${encodeURIComponent(ref.name)}`}))
  let next = ask(refs[0])
  try {
    for (const [index, ref] of refs.entries()) {
      const pending = next
      next = ask(refs[index + 1])
      if (pending === null) continue
      const result = await pending.document()
      const place = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`
      if (!result.ok) {
        const isThere = result.failure.kind !== 'missing' || result.failure.absent !== ref.name
        parts.push({place, end: endOf(isThere ? result.failure : null)})
        continue
      }
      const {value, bytes} = result.value
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        parts.push({place, end: endOf(failed('not-understood', 'the answer is no object').failure)})
        continue
      }
      onPage({items: 1, bytes})
      yield [adoptObject(value as Record<string, unknown>, apiVersionOf(row, version), row.kind)]
      parts.push({place, end: {...endOf(null), items: 1}})
    }
  } finally {
    next?.drop()
  }
  return parts
}

function endOf(failure: ApiFailure | null): ListEnd {
  return {failure, items: 0, pages: 0, oneSnapshot: true, odd: 0, smallest: null}
}

/** The worst that can be said truly of all parts together. */
function outcomeOf(parts: readonly Part[], row: Resource): ReadOutcome {
  const items = parts.reduce((sum, {end}) => sum + end.items, 0)
  const odd = parts.reduce((sum, {end}) => sum + end.odd, 0)
  const oneSnapshot = parts.every(({end}) => end.oneSnapshot)
  const bad = parts.filter(({end}) => end.failure !== null)
  const [first] = bad
  if (first?.end.failure == null) {
    if (odd > 0) return {outcome: 'not-understood', scope: 'cluster', oneSnapshot, items, detail: `${odd} entries of the list are no objects`}
    return {outcome: 'complete', scope: 'cluster', oneSnapshot, items, detail: sizeText(parts)}
  }
  const hasSome = items > 0 || parts.some(({end}) => end.failure === null || end.pages > 0)
  const others = bad.length === 1 ? '' : ` (and ${bad.length - 1} more)`
  return {outcome: hasSome ? 'partial' : reasonOf(first.end.failure), scope: 'cluster', oneSnapshot, items, detail: sentence(first, first.end.failure, row) + others}
}

/** Read whole, but not as usual. */
function sizeText(parts: readonly Part[]): string {
  const sizes = parts.flatMap(({end}) => end.smallest ?? [])
  if (sizes.length === 0) return ''
  const smallest = Math.min(...sizes)
  return `its objects are so large that pages were reduced to ${smallest === 1 ? 'one object' : `${smallest} objects`}`
}

function sentence({place, end}: Part, {kind, detail}: ApiFailure, {plural}: Resource): string {
  const where = place === '' ? '' : `${place}: `
  const words = kind === 'unauthorized' ? `the server takes these credentials no longer: ${detail}` : detail
  return end.pages > 0 ? `${where}stopped at ${plural} page ${end.pages + 1}: ${words}` : `${where}${words}`
}

/** Whatever was read, it is not the cluster. */
function narrowed(outcome: ReadOutcome, namespaces: number): ReadOutcome {
  if (outcome.outcome !== 'complete' && outcome.outcome !== 'partial') return outcome
  const more = outcome.detail === '' ? '' : `; ${outcome.detail}`
  const which = namespaces === 1 ? 'one namespace was' : `${namespaces} namespaces were`
  return {...outcome, outcome: 'partial', scope: 'namespaces', detail: `listing the whole cluster is forbidden: only ${which} asked for${more}`}
}

function reasonOf({kind}: ApiFailure): SkipReason {
  if (kind === 'forbidden') return 'forbidden'
  if (kind === 'missing') return 'not-served'
  return kind === 'unauthorized' || kind === 'unreachable' || kind === 'expired' ? 'unreachable' : 'not-understood'
}

function apiVersionOf({group}: Resource, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

function pathOf(row: Resource, version: string, namespace = ''): string {
  const root = row.group === '' ? `/api/${version}` : `/apis/${row.group}/${version}`
  return `${root}${namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${row.plural}`
}

function unique(refs: readonly Ref[]): Ref[] {
  return [...new Map(refs.map(ref => [`${ref.namespace}/${ref.name}`, ref])).values()]
}
