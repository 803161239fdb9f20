import {hideSecrets} from '../printable.js'
import type {ApiRoad, RoadReply, RoadRequest} from './api-road.js'
import {RoadError, oneLine} from './api-road.js'
import {limiter} from './limiter.js'

/** Why there is no answer, as a value: what a server refuses is a result. */
export interface ApiFailure {
  kind:
    | 'forbidden' | 'missing' | 'expired' | 'unacceptable' | 'unauthorized' | 'unreachable'
    /** A page that has to be asked for in smaller pieces. */
    | 'too-large'
    | 'not-understood'
  /** One sentence without a full stop; a server's own words are in it as they stand. */
  detail: string
  /** 410: goes on from the same place at the current state. */
  freshToken?: string
  /** 404: the object that is absent; empty where the resource itself is. */
  absent?: string
}

export type ApiResult<T> = {ok: true; value: T} | {ok: false; failure: ApiFailure}

/** Parsed JSON, and how many bytes it had. */
export interface Document {
  value: unknown
  bytes: number
}

export interface ApiClient {
  hasAccept: boolean
  /** Starts at once; the JSON is parsed when the answer is asked for, so that one page waits as bytes only. */
  ask(request: Ask): Pending
  lines(path: string, onLine: (line: string) => void): Promise<ApiResult<null>>
  close(): Promise<void>
}

export interface Ask {
  path: string
  accept?: string
  cap?: number
  timeoutMs?: number
}

export interface Pending {
  document(): Promise<ApiResult<Document>>
  /** Nobody needs it any more. */
  drop(): void
}

export interface ClientOptions {
  /** For tests. */
  pause?: (milliseconds: number) => Promise<void>
}

export const JSON_TYPE = 'application/json'
/** Strings of Node end there. */
export const STRING_CAP = 512 * 1024 * 1024

/** How often one request is sent: refused with 429 or a Retry-After, and for anything else that may pass. */
const MOST_TRIES = 10
const BLIND_TRIES = 5
/** All waiting of one request together. A server that wants more is told apart from one that answers. */
const MOST_WAITING_MS = 120_000

/** GETs over one road: at most two in flight, repeated where repeating helps. */
export function apiClient(road: ApiRoad, {pause = sleep}: ClientOptions = {}): ApiClient {
  const slots = limiter(2)
  const state: State = {road, pause, refused: null, run: slots}
  return {
    hasAccept: road.hasAccept,
    ask: request => pend(request, state),
    async lines(path, onLine) {
      const reply = await persist({path, accept: '*/*', cap: 1024 * 1024, onLine}, state)
      return reply.ok ? {ok: true, value: null} : reply
    },
    close: () => road.close(),
  }
}

interface State {
  road: ApiRoad
  pause(milliseconds: number): Promise<void>
  run<T>(work: () => Promise<T>): Promise<T>
  /** The server took these credentials no longer, twice in a row: helpers are not run for every further request. */
  refused: ApiFailure | null
}

function pend({path, accept = JSON_TYPE, cap = STRING_CAP, timeoutMs}: Ask, state: State): Pending {
  const abort = new AbortController()
  const request: RoadRequest = {path, accept, cap, signal: abort.signal, ...(timeoutMs !== undefined && {timeoutMs})}
  const first = persist(request, state)
  // Whoever drops it never looks at how it ended.
  first.catch(() => undefined)
  return {
    drop: () => abort.abort(),
    async document() {
      let reply = await first
      // A body that is cut off looks whole where a gateway says nothing of its length.
      for (let tries = 1; reply.ok; tries++) {
        const value = parsed(reply.value.body)
        if (value !== undefined) return {ok: true, value: {value, bytes: reply.value.body.length}}
        if (tries === 3) return failed('not-understood', 'the answer is not whole JSON, three times')
        reply = await persist(request, state)
      }
      return reply
    },
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

/** Sends until the answer is final. */
async function persist(request: RoadRequest, state: State): Promise<ApiResult<RoadReply>> {
  let waited = 0
  for (let tries = 1; ; tries++) {
    if (state.refused !== null) return {ok: false, failure: state.refused}
    const attempt = await state.run(() => attemptOf(request, state.road))
    if (attempt.ok) return attempt
    const wait = waitOf(attempt, tries)
    if (wait !== null && waited + wait <= MOST_WAITING_MS) {
      waited += wait
      await state.pause(wait)
      continue
    }
    const {failure} = attempt
    // A single aggregated API may refuse what the server itself accepts.
    if (failure.kind === 'unauthorized' && request.path.startsWith('/api/')) state.refused = failure
    if (wait !== null) return failed(failure.kind, `${failure.detail}; it asks to wait ${Math.ceil(wait / 1000)} s more`)
    return tries === 1 || failure.kind !== 'unreachable' ? {ok: false, failure} : failed('unreachable', `${failure.detail}, ${tries} times`)
  }
}

type Attempt = {ok: true; value: RoadReply} | {ok: false; failure: ApiFailure; retry: 'asked' | 'blind' | 'once' | 'never'; retryAfter: number | null}

async function attemptOf(request: RoadRequest, road: ApiRoad): Promise<Attempt> {
  try {
    const reply = await road.get(request)
    return reply.status === 200 ? {ok: true, value: reply} : refusalOf(reply)
  } catch (error) {
    if (!(error instanceof RoadError)) throw error
    const kind = error.reason === 'too-large' ? 'too-large' : 'unreachable'
    return {ok: false, failure: {kind, detail: error.message}, retry: error.reason === 'broken' ? 'blind' : error.reason === 'timeout' ? 'once' : 'never', retryAfter: null}
  }
}

/** Milliseconds until the next try, never less than the server asked for; null: this answer is final. */
function waitOf({retry, retryAfter}: Extract<Attempt, {ok: false}>, tries: number): number | null {
  if (retry === 'once') return tries === 1 ? 0 : null
  if (retry === 'asked') return tries < MOST_TRIES ? Math.max(retryAfter ?? 1, 1) * 1000 : null
  return retry === 'blind' && tries < BLIND_TRIES ? 200 * 2 ** (tries - 1) : null
}

function refusalOf({status, body, retryAfter}: RoadReply): Attempt {
  const answer = statusOf(body)
  const detail = `HTTP ${status}${answer.message === '' ? '' : `: ${answer.message}`}`
  const final = (kind: ApiFailure['kind'], more: Partial<ApiFailure> = {}): Attempt => ({ok: false, failure: {kind, detail, ...more}, retry: 'never', retryAfter})
  if (status === 401) return {ok: false, failure: {kind: 'unauthorized', detail}, retry: 'once', retryAfter}
  if (status === 403) return final('forbidden')
  if (status === 404) return final('missing', {absent: answer.name})
  if (status === 406) return final('unacceptable')
  if (status === 410) return final('expired', answer.token === '' ? {} : {freshToken: answer.token})
  if (status === 429 || ((status === 503 || status === 504) && retryAfter !== null)) return {ok: false, failure: {kind: 'unreachable', detail}, retry: 'asked', retryAfter}
  if (status < 500) return final('not-understood')
  // kubectl's own words for what no second try mends: its helper failed, or the server is not whom it should be.
  const isLasting = /^the credential plugin failed|x509: |tls: /.test(answer.message)
  return {ok: false, failure: {kind: 'unreachable', detail}, retry: isLasting ? 'never' : 'blind', retryAfter}
}

/** What a Status says; 429 and gateways answer in plain text. */
function statusOf(body: Buffer): {message: string; token: string; name: string} {
  const text = body.subarray(0, 64 * 1024).toString('utf8')
  const json = parsed(body) as {message?: unknown; metadata?: {continue?: unknown}; details?: {name?: unknown}} | null | undefined
  const status = typeof json === 'object' && json !== null ? json : {message: text}
  // kubectl's own words, which would pass for a secret and its value.
  const words = textIn(status.message).replace(/^getting credentials: (exec: )?/, 'the credential plugin failed: ')
  return {message: oneLine(hideSecrets(words)), token: textIn(status.metadata?.continue), name: textIn(status.details?.name)}
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function failed(kind: ApiFailure['kind'], detail: string): {ok: false; failure: ApiFailure} {
  return {ok: false, failure: {kind, detail}}
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
