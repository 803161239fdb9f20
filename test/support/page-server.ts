import {mkdtempSync, rmSync} from 'node:fs'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {createServer} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'

/** What a request is answered with instead of its list. */
export interface Fault {
  status?: number
  headers?: Record<string, string>
  /** Text, or an object that becomes JSON. */
  body?: string | object
  /** Closes the connection in the middle of the answer. */
  reset?: boolean
  /** Ends the JSON early, as if it were whole. */
  truncate?: boolean
  /** Answers only after so long. */
  delayMs?: number
}

export interface SeenGet {
  method: string
  path: string
  /** Without `limit` and `continue`. */
  resource: string
  limit: number
  token: string
  accept: string
  headers: IncomingMessage['headers']
}

export interface PageServer {
  socketPath: string
  requests: SeenGet[]
  /** Lists by path (`/api/v1/pods`): items, or a function of the index with a count. */
  lists: Map<string, PageList>
  /** Other documents by path. */
  documents: Map<string, unknown>
  /** Asked before every answer; undefined: the usual one. */
  fault(decide: (request: SeenGet, count: number) => Fault | undefined): void
  mostInFlight(): number
  url: string
  close(): Promise<void>
}

export interface PageList {
  kind: string
  count: number
  item(index: number): object
}

/** A synthetic API server on a Unix socket (and, with `port`, on loopback): lists in pages, and each fault on demand. */
export async function startPageServer({isZipped = false, port}: {isZipped?: boolean; port?: number} = {}): Promise<PageServer> {
  const directory = mkdtempSync(join(tmpdir(), 'pages-'))
  const state = {requests: [] as SeenGet[], lists: new Map<string, PageList>(), documents: new Map<string, unknown>([['/version', {gitVersion: 'v1.37.2', major: '1', minor: '37'}]])}
  let decide: (request: SeenGet, count: number) => Fault | undefined = () => undefined
  let inFlight = 0
  let most = 0
  const server = createServer((request, response) => {
    most = Math.max(most, ++inFlight)
    response.on('close', () => inFlight--)
    const seen = seenOf(request)
    state.requests.push(seen)
    const count = state.requests.filter(({path}) => path === seen.path).length
    answer(response, seen, {fault: decide(seen, count), ...state, isZipped})
  })
  const socketPath = join(directory, 's')
  await new Promise<void>(resolve => (port === undefined ? server.listen(socketPath, resolve) : server.listen(port, '127.0.0.1', resolve)))
  const address = server.address()
  return {
    socketPath, ...state,
    fault: wanted => {
      decide = wanted
    },
    mostInFlight: () => most,
    url: typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '',
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      rmSync(directory, {recursive: true, force: true})
    },
  }
}

function seenOf({method = '', url = '', headers}: IncomingMessage): SeenGet {
  const {pathname, searchParams} = new URL(url, 'http://localhost')
  return {method, path: url, resource: pathname, limit: Number(searchParams.get('limit') ?? 0), token: searchParams.get('continue') ?? '', accept: headers.accept ?? '', headers}
}

interface Answering {
  fault: Fault | undefined
  lists: Map<string, PageList>
  documents: Map<string, unknown>
  isZipped: boolean
}

function answer(response: ServerResponse, seen: SeenGet, {fault, lists, documents, isZipped}: Answering): void {
  const list = lists.get(seen.resource)
  const {status, body} = fault?.body !== undefined || fault?.status !== undefined ? {status: fault.status ?? 200, body: fault.body ?? ''}
    : list !== undefined ? {status: 200, body: pageOf(list, seen)}
    : documents.has(seen.resource) ? {status: 200, body: documents.get(seen.resource)}
    : {status: 404, body: {kind: 'Status', code: 404, message: 'the server could not find the requested resource', details: {}}}
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const send = (): void => {
    if (fault?.reset === true) {
      response.writeHead(status, {'content-length': text.length})
      response.write(text.slice(0, text.length >> 1), () => response.destroy())
      return
    }
    const whole = Buffer.from(fault?.truncate === true ? text.slice(0, text.length >> 1) : text)
    const bytes = isZipped ? gzipSync(whole) : whole
    response.writeHead(status, {'content-type': typeof body === 'string' ? 'text/plain' : 'application/json', 'content-length': bytes.length, ...(isZipped ? {'content-encoding': 'gzip'} : {}), ...fault?.headers})
    response.end(bytes)
  }
  if (fault?.delayMs === undefined) send()
  else setTimeout(send, fault.delayMs)
}

function pageOf({kind, count, item}: PageList, {limit, token, accept}: SeenGet): object {
  const from = token === '' ? 0 : Number(token.split('-')[0])
  const to = limit === 0 ? count : Math.min(count, from + limit)
  const isPartial = accept.includes('PartialObjectMetadataList')
  const items = Array.from({length: to - from}, (_, index) => item(from + index))
  return {
    kind: isPartial ? 'PartialObjectMetadataList' : `${kind}List`, apiVersion: isPartial ? 'meta.k8s.io/v1' : 'v1',
    metadata: {resourceVersion: '7', ...(to < count ? {continue: String(to)} : {})},
    items: isPartial ? items.map(one => ({kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: (one as {metadata: object}).metadata})) : items,
  }
}

/** Names in the order of the keys; padded to about `bytes`. */
export function podList(count: number, bytes = 0): PageList {
  const filler = 'x'.repeat(Math.max(0, bytes))
  return {
    kind: 'Pod', count,
    item: index => ({
      metadata: {name: `pod-${String(index).padStart(7, '0')}`, namespace: 'default', managedFields: [{manager: 'kubelet'}]},
      spec: {containers: [{name: 'main'}], ...(filler === '' ? {} : {filler})},
    }),
  }
}

export function status(code: number, message: string, more: object = {}): Fault {
  return {status: code, body: {kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message, ...more}}
}
