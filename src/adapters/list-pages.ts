import type {KubeObject} from '../kube/json.js'
import type {ApiClient, ApiFailure, Document, Pending} from './api-client.js'
import {JSON_TYPE, STRING_CAP} from './api-client.js'

export interface Listing {
  /** `/api/v1/pods` */
  path: string
  /** Selectors, encoded; empty for none. */
  query: string
  apiVersion: string
  kind: string
  form: 'full' | 'metadata'
  /** One object is enough: only whether the question is answered matters. */
  isPreflight: boolean
}

/** How a list ended. Pages that came before a failure have been given out. */
export interface ListEnd {
  failure: ApiFailure | null
  items: number
  /** Whole pages. */
  pages: number
  oneSnapshot: boolean
  /** Entries that are no objects, and were left out. */
  odd: number
  /** Objects in the smallest page that was asked for because of its size; null: the pages kept their usual size. */
  smallest: number | null
}

export interface PageNews {
  items: number
  bytes: number
}

const METADATA_TYPE = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'

const MEBI = 1024 * 1024
const FIRST_LIMIT = 250
const MOST = 500
/**
 * A page above this is halved the next time; two pages below the other would
 * still fit into one. Measured on 60,000 pods of 9.8 KB: with 2 MB a page the
 * process grew to 168 MB, with one to 134, in the same time.
 */
const LARGE = MEBI
const SMALL = 0.375 * MEBI
/** An answer that passes this is not waited for, but asked for in smaller pieces. */
const GIVE_UP = 32 * MEBI
/** From here down it is the size of the objects, not the usual dance around one megabyte. */
const FEW = 15
const DISORDER: ApiFailure = {kind: 'expired', detail: 'the list had to be started again and came in another order, so some of it may be missing'}
/** Fresh tokens without a page between them. */
const MOST_EXPIRIES = 3

/** Objects of one list, page by page: the next page travels while the current one is looked at. */
export async function* listPages(listing: Listing, client: ApiClient, onPage: (news: PageNews) => void): AsyncGenerator<readonly KubeObject[], ListEnd, void> {
  const state = start(listing, client)
  let pending = ask(state, client)
  try {
    for (;;) {
      const result = await pending.document()
      if (!result.ok) {
        if (!recover(state, result.failure)) return endOf(state, result.failure)
        pending = ask(state, client)
        continue
      }
      const page = pageOf(result.value)
      if (typeof page === 'string') return endOf(state, {kind: 'not-understood', detail: page})
      if (page.token !== '' && page.token === state.token) return endOf(state, {kind: 'not-understood', detail: 'the server continues the list at the same place again'})
      state.pages++
      state.expiries = 0
      state.token = page.token
      if (page.token !== '' && !listing.isPreflight) {
        setLimit(state, nextLimit(state.limit, result.value.bytes))
        pending = ask(state, client)
      }
      const objects = adopt(page.items, state)
      state.items += objects.length
      onPage({items: objects.length, bytes: result.value.bytes})
      if (objects.length > 0) yield objects
      if (page.token === '' || listing.isPreflight) return endOf(state, state.hasRestarted && !state.isSorted ? DISORDER : null)
    }
  } finally {
    pending.drop()
  }
}

interface State extends Omit<ListEnd, 'failure'> {
  listing: Listing
  limit: number
  token: string
  isMetadata: boolean
  expiries: number
  hasRestarted: boolean
  /** The keys came in order so far, as etcd and the server's cache give them. */
  isSorted: boolean
  lastKey: string
  /** After a new start: what stands up to this key has been seen. */
  seenUpTo: string
}

function start(listing: Listing, client: ApiClient): State {
  return {
    listing, limit: listing.isPreflight ? 1 : FIRST_LIMIT, token: '', isMetadata: listing.form === 'metadata' && client.hasAccept, expiries: 0, hasRestarted: false,
    isSorted: true, lastKey: '', seenUpTo: '', items: 0, pages: 0, oneSnapshot: true, odd: 0, smallest: null,
  }
}

function ask({listing, limit, token, isMetadata}: State, client: ApiClient): Pending {
  const query = [listing.query, `limit=${limit}`, token === '' ? '' : `continue=${encodeURIComponent(token)}`].filter(part => part !== '')
  return client.ask({path: `${listing.path}?${query.join('&')}`, accept: isMetadata ? METADATA_TYPE : JSON_TYPE, cap: limit > 1 ? GIVE_UP : STRING_CAP})
}

function nextLimit(limit: number, bytes: number): number {
  if (bytes > LARGE) return Math.max(1, limit >> 1)
  return bytes < SMALL ? Math.min(MOST, limit * 2) : limit
}

function setLimit(state: State, limit: number): void {
  if (limit < state.limit && limit <= FEW) state.smallest = Math.min(limit, state.smallest ?? limit)
  state.limit = limit
}

/** @returns whether it makes sense to ask once more, in the way that the state now says */
function recover(state: State, failure: ApiFailure): boolean {
  if (failure.kind === 'too-large' && state.limit > 1) {
    setLimit(state, Math.max(1, state.limit >> 4))
    return true
  }
  if (failure.kind === 'unacceptable' && state.isMetadata) {
    state.isMetadata = false
    return true
  }
  if (failure.kind !== 'expired' || state.token === '' || ++state.expiries > MOST_EXPIRIES) return false
  state.oneSnapshot = false
  if (failure.freshToken !== undefined) {
    state.token = failure.freshToken
    return true
  }
  return restart(state)
}

/**
 * Once, from the beginning. Servers list in the order of the keys, so what was
 * seen is told by the last key alone and is not given out twice; objects that
 * appeared before that place meanwhile are missed, as with a fresh token. A list
 * that was not in order cannot be taken up again: it stays a part.
 */
function restart(state: State): boolean {
  if (state.hasRestarted || !state.isSorted) return false
  state.hasRestarted = true
  state.seenUpTo = state.lastKey
  state.lastKey = ''
  state.token = ''
  return true
}

/** The page's items, or what is wrong with it. */
function pageOf({value}: Document): {items: readonly unknown[]; token: string} | string {
  const list = value as {kind?: unknown; items?: unknown; metadata?: {continue?: unknown} | null} | null
  if (typeof list !== 'object' || list === null || typeof list.kind !== 'string' || !list.kind.endsWith('List')) return 'the answer is no list'
  const items = list.items ?? []
  const token = list.metadata?.continue ?? ''
  if (!Array.isArray(items) || typeof token !== 'string') return 'the list has items or a continue token of another type'
  return {items, token}
}

/** Typed lists leave out what each item is; managedFields are half of every object, and no check reads them. */
export function adoptObject(item: Record<string, unknown>, apiVersion: string, kind: string): KubeObject {
  item['apiVersion'] = apiVersion
  item['kind'] = kind
  const metadata = item['metadata'] as Record<string, unknown> | null | undefined
  // Not `delete`: that would make a slow object of a fast one.
  if (typeof metadata === 'object' && metadata !== null && metadata['managedFields'] !== undefined) metadata['managedFields'] = undefined
  return item as unknown as KubeObject
}

function adopt(items: readonly unknown[], state: State): KubeObject[] {
  const objects: KubeObject[] = []
  const {apiVersion, kind} = state.listing
  for (const item of items) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      state.odd++
      continue
    }
    const key = keyIn(item as Record<string, unknown>)
    if (key < state.lastKey) state.isSorted = false
    state.lastKey = key
    if (state.seenUpTo !== '' && key <= state.seenUpTo) continue
    objects.push(adoptObject(item as Record<string, unknown>, apiVersion, kind))
  }
  return objects
}

/** As in etcd: `NAMESPACE/NAME`, compared as a whole. */
function keyIn(item: Record<string, unknown>): string {
  const {namespace, name} = (item['metadata'] ?? {}) as {namespace?: unknown; name?: unknown}
  const last = typeof name === 'string' ? name : ''
  return typeof namespace === 'string' && namespace !== '' ? `${namespace}/${last}` : last
}

function endOf({items, pages, oneSnapshot, odd, smallest}: State, failure: ApiFailure | null): ListEnd {
  return {failure, items, pages, oneSnapshot, odd, smallest}
}
