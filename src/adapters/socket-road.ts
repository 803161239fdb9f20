import {Agent, request as httpRequest} from 'node:http'
import type {IncomingMessage} from 'node:http'
import {promisify} from 'node:util'
import {createGunzip, gunzip} from 'node:zlib'
import type {ApiRoad, RoadReply, RoadRequest} from './api-road.js'
import {RoadError, lineSplitter} from './api-road.js'
import {codeOf} from './error-code.js'

export interface SocketRoadOptions {
  socketPath: string
  /** `kubectl-k121/VERSION` */
  userAgent: string
  /** 0: none. */
  timeoutMs: number
  /** The answers should cross the network as they are: a loopback server, or somebody said so. */
  isPlain: boolean
  /** Why nothing answers any more; null while kubectl runs. */
  whyGone(): string | null
  close(): Promise<void>
}

/**
 * Plain HTTP over the Unix socket of `kubectl proxy`. Without an
 * `Accept-Encoding` of ours kubectl itself asks the server for gzip and unpacks
 * it on another core, unless its kubeconfig forbids that (measured, 1.32);
 * `identity` keeps it from asking.
 */
export function socketRoad(options: SocketRoadOptions): ApiRoad {
  const agent = new Agent({keepAlive: true, maxSockets: 2})
  return {
    hasAccept: true,
    get: request => send(request, agent, options),
    async close() {
      agent.destroy()
      await options.close()
    },
  }
}

function send(asked: RoadRequest, agent: Agent, options: SocketRoadOptions): Promise<RoadReply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      agent, socketPath: options.socketPath, path: asked.path, method: 'GET',
      headers: {Host: 'localhost', 'User-Agent': options.userAgent, Accept: asked.accept, ...(options.isPlain ? {'Accept-Encoding': 'identity'} : {})},
    })
    const timeoutMs = asked.timeoutMs ?? options.timeoutMs
    const timer = timeoutMs === 0 ? undefined : setTimeout(() => request.destroy(new RoadError('timeout', `no whole answer within ${timeoutMs / 1000} s`)), timeoutMs)
    const abort = (): void => void request.destroy(new RoadError('aborted', 'no longer wanted'))
    const settle = (): void => {
      clearTimeout(timer)
      asked.signal?.removeEventListener('abort', abort)
    }
    const fail = (error: unknown): void => {
      settle()
      request.destroy()
      reject(meaningOf(error, options))
    }
    if (asked.signal?.aborted) return fail(new RoadError('aborted', 'no longer wanted'))
    asked.signal?.addEventListener('abort', abort)
    request.on('error', fail)
    request.on('response', response => {
      receive(response, asked).then(reply => {
        settle()
        resolve(reply)
      }, fail)
    })
    request.end()
  })
}

function meaningOf(error: unknown, {whyGone}: SocketRoadOptions): RoadError {
  if (error instanceof RoadError) return error
  const gone = whyGone()
  if (gone !== null) return new RoadError('gone', gone)
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return new RoadError('gone', `kubectl proxy no longer answers (${code})`)
  return new RoadError('broken', `the connection broke (${code})`)
}

async function receive(response: IncomingMessage, asked: RoadRequest): Promise<RoadReply> {
  const status = response.statusCode ?? 0
  const isZipped = response.headers['content-encoding'] === 'gzip'
  const retryAfter = secondsOf(response.headers['retry-after'])
  if (asked.onLine !== undefined && status === 200) {
    await readLines(response, isZipped, asked.onLine)
    return {status, body: Buffer.alloc(0), retryAfter}
  }
  const body = await readBody(response, asked.cap)
  return {status, body: isZipped ? await unpack(body, asked.cap) : body, retryAfter}
}

/** A list of buffers that is joined once: appended strings would be copied again and again. */
function readBody(response: IncomingMessage, cap: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let total = 0
    response.on('data', (part: Buffer) => {
      total += part.length
      if (total > cap) reject(tooLarge(cap))
      else parts.push(part)
    })
    response.on('error', reject)
    // Without a length an early end looks like an end; Node tells them apart.
    response.on('close', () => (response.complete ? resolve(Buffer.concat(parts, total)) : reject(new RoadError('broken', 'the answer broke off'))))
  })
}

function readLines(response: IncomingMessage, isZipped: boolean, onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const lines = lineSplitter(onLine)
    const text = isZipped ? response.pipe(createGunzip()) : response
    text.setEncoding('utf8')
    text.on('data', (part: string) => lines.push(part))
    text.on('error', reject)
    response.on('error', reject)
    text.on('end', () => {
      lines.end()
      if (response.complete) resolve()
      else reject(new RoadError('broken', 'the answer broke off'))
    })
    response.on('close', () => void (response.complete || reject(new RoadError('broken', 'the answer broke off'))))
  })
}

const inflate = promisify(gunzip) as (body: Buffer, options: {maxOutputLength: number}) => Promise<Buffer>

async function unpack(body: Buffer, cap: number): Promise<Buffer> {
  try {
    return await inflate(body, {maxOutputLength: cap})
  } catch (error) {
    throw codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(cap) : new RoadError('broken', 'the compressed answer is damaged')
  }
}

function tooLarge(cap: number): RoadError {
  return new RoadError('too-large', `one answer is larger than ${Math.round(cap / 1024 / 1024)} MB`)
}

/** Seconds or an HTTP date; servers of Kubernetes send seconds. */
function secondsOf(header: string | undefined): number | null {
  if (header === undefined) return null
  if (/^\d+$/.test(header.trim())) return Number(header)
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000))
}
