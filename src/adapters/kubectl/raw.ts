import {spawn} from 'node:child_process'
import type {ChildProcess} from 'node:child_process'
import type {ApiRoad, RoadReply, RoadRequest} from '../api-road.js'
import {RoadError, lineSplitter, oneLine} from '../api-road.js'
import {atExit} from '../exit-hooks.js'
import {childMessages} from './child-messages.js'
import type {Launch} from './launch.js'
import {STDIO} from './launch.js'

/** Stands in a launch where each request's path comes. */
export const PATH_WORD = '/version'

/** kubectl's words for one request; the connection flags follow. */
export const RAW_ARGUMENTS = ['get', '--raw', PATH_WORD] as const

/**
 * `kubectl get --raw PATH` for every page: for machines where Node cannot open
 * the proxy's socket. Never a port on loopback, which every user of the machine
 * could reach. One judgement holds for the whole run, as it does for the proxy;
 * a credential helper runs for every page.
 */
export function rawRoad(launch: Launch, say: (text: string) => void): ApiRoad {
  const running = new Set<ChildProcess>()
  const forget = atExit(() => {
    for (const child of running) child.kill('SIGKILL')
    launch.afterwards?.()
  })
  return {
    // kubectl sends one of its own.
    hasAccept: false,
    get: request => run(request, launch, {say, running}),
    async close() {
      for (const child of running) child.kill('SIGTERM')
      launch.afterwards?.()
      forget()
    },
  }
}

interface Around {
  say(text: string): void
  running: Set<ChildProcess>
}

function run(request: RoadRequest, launch: Launch, {say, running}: Around): Promise<RoadReply> {
  return new Promise((resolve, reject) => {
    const args = launch.args.map((arg, index) => (index === RAW_ARGUMENTS.indexOf(PATH_WORD) ? request.path : arg))
    const child = spawn(launch.program, args, {stdio: [...STDIO], env: launch.environment as NodeJS.ProcessEnv, argv0: launch.name})
    running.add(child)
    const abort = (): void => void child.kill('SIGTERM')
    request.signal?.addEventListener('abort', abort)
    const output = collect(child, request)
    const messages = childMessages(say)
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      messages.push(chunk)
      said = (said + chunk.toString('utf8')).slice(-64 * 1024)
    })
    const settle = (): void => {
      running.delete(child)
      request.signal?.removeEventListener('abort', abort)
    }
    child.on('error', error => {
      settle()
      reject(new RoadError('gone', `kubectl could not be started (${'code' in error ? String(error.code) : 'unknown'})`))
    })
    child.on('close', code => {
      settle()
      if (request.signal?.aborted) reject(new RoadError('aborted', 'no longer wanted'))
      else if (output.isTooLarge()) reject(new RoadError('too-large', `one answer is larger than ${Math.round(request.cap / 1024 / 1024)} MB`))
      else if (code === 0) resolve({status: 200, body: output.end(), retryAfter: null})
      else answerOf(said, resolve, reject)
    })
  })
}

function collect(child: ChildProcess, {cap, onLine}: RoadRequest): {end(): Buffer; isTooLarge(): boolean} {
  const parts: Buffer[] = []
  let total = 0
  const lines = onLine === undefined ? null : lineSplitter(onLine)
  child.stdout?.on('data', (part: Buffer) => {
    if (lines !== null) return lines.push(part.toString('utf8'))
    total += part.length
    if (total <= cap) parts.push(part)
    else child.kill('SIGTERM')
  })
  return {
    isTooLarge: () => total > cap,
    end() {
      lines?.end()
      return Buffer.concat(parts)
    },
  }
}

/** The reason that stands in `Error from server (REASON): …`. kubectl has waited and repeated itself after a 429. */
const CODES: ReadonlyMap<string, number> = new Map(Object.entries({
  Forbidden: 403, NotFound: 404, NotAcceptable: 406, Expired: 410, Gone: 410, InternalError: 500, ServiceUnavailable: 503, Timeout: 504, Unauthorized: 401,
}))

function answerOf(stderr: string, resolve: (reply: RoadReply) => void, reject: (error: RoadError) => void): void {
  const lines = stderr.split('\n').filter(line => line.trim() !== '')
  const answer = lines.map(line => /^Error from server(?: \((\w+)\))?: (.*)$/.exec(line)).findLast(match => match !== null)
  const isLoggedOut = /You must be logged in to the server/.test(stderr)
  const message = oneLine(answer?.[2] ?? lines.at(-1) ?? 'kubectl gave no reason')
  const status = isLoggedOut ? 401 : CODES.get(answer?.[1] ?? '')
  if (status === undefined) return reject(new RoadError(/\b(reset|refused|EOF|timeout)\b/i.test(message) && answer === undefined ? 'broken' : 'gone', message))
  const name = /"([^"]+)" not found/.exec(message)?.[1] ?? ''
  resolve({status, body: Buffer.from(JSON.stringify({kind: 'Status', message, details: {name}})), retryAfter: null})
}
