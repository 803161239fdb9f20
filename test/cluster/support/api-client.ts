import type {IncomingHttpHeaders} from 'node:http'
import {Agent, request as httpsRequest} from 'node:https'

export interface ApiResponse {
  status: number
  headers: IncomingHttpHeaders
  /** As it came. */
  text: string
  /** Parsed when the answer is JSON, else undefined. Tests know the shape they ask for. */
  // oxlint-disable-next-line typescript/no-explicit-any
  json: any
}

export interface RequestOptions {
  token?: string | undefined
  contentType?: string
  accept?: string
}

export interface ApiClient {
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<ApiResponse>
  close(): void
}

/** A keep-alive client that answers with whatever the server said; only a broken connection throws. */
export function apiClient(url: string, ca: Buffer | string, connections = 32): ApiClient {
  const agent = new Agent({keepAlive: true, maxSockets: connections, ca})
  return {
    request: (method, path, body, options = {}) => send(agent, new URL(path, url), {...options, method, body}),
    close: () => agent.destroy(),
  }
}

function send(agent: Agent, url: URL, {method, body, token, contentType, accept}: RequestOptions & {method: string; body: unknown}): Promise<ApiResponse> {
  const payload = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const headers: Record<string, string | number> = {accept: accept ?? 'application/json'}
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  if (payload !== undefined) Object.assign(headers, {'content-type': contentType ?? 'application/json', 'content-length': payload.length})
  return new Promise((resolve, reject) => {
    const call = httpsRequest(url, {agent, method, headers}, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const isJson = (response.headers['content-type'] ?? '').includes('json')
        resolve({status: response.statusCode ?? 0, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined})
      })
    })
    call.on('error', reject)
    call.end(payload)
  })
}

/** Throws with the server's own words unless the answer is a success. */
export function orThrow(what: string, answer: ApiResponse): ApiResponse {
  if (answer.status >= 200 && answer.status < 300) return answer
  throw new Error(`${what}: ${answer.status} ${String((answer.json as {message?: unknown} | undefined)?.message ?? answer.text).slice(0, 600)}`)
}
