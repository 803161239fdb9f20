import {spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import type {ReadOutcome} from '../../audit/outcome.js'
import {unread} from '../../audit/outcome.js'
import type {JsonObject, KubeObject} from '../../kube/json.js'
import {hideSecrets} from '../../printable.js'
import {oneLine} from '../api-road.js'
import {atExit} from '../exit-hooks.js'
import type {Launch} from './launch.js'

/** From a documentation range. Not 203.0.113.0: Gatekeeper's library has that one in the allow-list of its example. */
const ADDRESS = '192.0.2.10'

/**
 * A request of an audit that is no GET: a creation that the server is told not
 * to carry out. It goes through a kubectl of its own, because the proxy refuses
 * every method that writes.
 */
export function probeArguments(namespace: string): string[] {
  return ['create', '--raw', `/api/v1/namespaces/${encodeURIComponent(namespace)}/services?dryRun=All`, '-f', '-']
}

export interface ProbeAnswer {
  object: KubeObject | null
  outcome: ReadOutcome
}

export async function externalIPProbe(launch: Launch, namespace: string): Promise<ProbeAnswer> {
  return probeService(launch, {kind: 'ExternalIPProbe', namespace, spec: {externalIPs: [ADDRESS]}})
}

interface ServiceProbe {
  kind: string
  namespace: string
  spec: JsonObject
  /** What the answer holds beside its status, where the Service would have been made. */
  made?(stdout: string): JsonObject
}

/** What became of the dry-run creation of a Service, as an object of ours. */
export async function probeService(launch: Launch, {kind, namespace, spec, made}: ServiceProbe): Promise<ProbeAnswer> {
  const {code, stdout, stderr} = await runToEnd(launch, {input: serviceText(namespace, spec)})
  const isMade = code === 0 && stdout.trim() !== ''
  const answer = isMade ? {status: 201, message: '', ...made?.(stdout)} : answerOf(stderr)
  if (answer === null) return {object: null, outcome: unread('unreachable', `kubectl create --raw failed: ${oneLine(hideSecrets(stderr))}`)}
  return {
    object: {apiVersion: 'k121.dev/v1', kind, namespace, ...answer, warnings: warningsIn(stderr)},
    outcome: {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: 1, detail: ''},
  }
}

/** A ClusterIP Service without endpoints; its name is new each time, so that no Service of that name is in the way. */
function serviceText(namespace: string, spec: JsonObject): string {
  const name = `k121-probe-${randomBytes(4).toString('hex')}`
  return JSON.stringify({apiVersion: 'v1', kind: 'Service', metadata: {name, namespace}, spec: {ports: [{port: 80}], ...spec}})
}

/** What an API server says beside its answer: kubectl prints each header on a line of its own. */
export function warningsIn(stderr: string): string[] {
  return stderr.split('\n').filter(line => line.startsWith('Warning: ')).map(line => hideSecrets(line.slice('Warning: '.length).trimEnd()))
}

/** @returns `code` is null where it could not be started, or was ended after `timeoutMs`; of what it says the last `cap` characters are kept */
export function runToEnd(launch: Launch, {input, cap = 64 * 1024, timeoutMs}: {input: string; cap?: number; timeoutMs?: number}): Promise<{code: number | null; stdout: string; stderr: string}> {
  return new Promise(resolve => {
    const child = spawn(launch.program, launch.args, {stdio: 'pipe', env: launch.environment as NodeJS.ProcessEnv, argv0: launch.name, ...(timeoutMs === undefined ? {} : {timeout: timeoutMs})})
    const forget = atExit(() => void child.kill('SIGKILL'))
    const text = {stdout: '', stderr: ''}
    for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (chunk: Buffer) => void (text[stream] = (text[stream] + chunk.toString('utf8')).slice(-cap)))
    const end = (code: number | null): void => {
      forget()
      launch.afterwards?.()
      resolve({code, ...text})
    }
    child.on('error', error => {
      text.stderr += String(error.message)
      end(null)
    })
    child.on('close', end)
    // kubectl may refuse before it reads.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

/** kubectl prints the reason of a Status, not its code. */
const CODES: ReadonlyMap<string, number> = new Map(Object.entries({
  Forbidden: 403, NotFound: 404, BadRequest: 400, InternalError: 500, Invalid: 422, AlreadyExists: 409, RequestEntityTooLarge: 413, ServiceUnavailable: 503, Timeout: 504, Unauthorized: 401, TooManyRequests: 429,
}))

/** Null: kubectl has not reached a server. */
export function answerOf(stderr: string): {status: number; message: string} | null {
  const text = stderr.split('\n').filter(line => !line.startsWith('Warning: ')).join('\n')
  const [, reason = '', message] = /^Error from server(?: \((\w+)\))?: ([^]*)$/m.exec(text) ?? []
  if (message !== undefined) return {status: CODES.get(reason) ?? 500, message: oneLine(hideSecrets(message), 2000)}
  // What validation says is set in lines of its own.
  const [invalid] = /^The \S+ "[^"]*" is invalid[^]*$/m.exec(text) ?? []
  if (invalid !== undefined) return {status: 422, message: oneLine(hideSecrets(invalid), 2000)}
  return /You must be logged in to the server/.test(text) ? {status: 401, message: oneLine(hideSecrets(text))} : null
}
