import {spawn} from 'node:child_process'
import type {ChildProcess} from 'node:child_process'
import {rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {isAbsolute, join} from 'node:path'
import {EnvironmentError} from '../../errors.js'
import {atExit} from '../exit-hooks.js'
import {temporaryDirectory} from '../temporary.js'
import type {ChildMessages} from './child-messages.js'
import {childMessages} from './child-messages.js'
import type {Launch} from './launch.js'
import {STDIO} from './launch.js'

/** An authenticated door to the cluster for as long as it runs: for us alone, and for reading only. */
export interface Proxy {
  socketPath: string
  /** Why it no longer answers; null while it runs. */
  whyGone(): string | null
  close(): Promise<void>
}

/** Kernels take 104 bytes (macOS, BSD) or 108 (Linux), with the closing zero. */
const LONGEST_PATH = 100
const NAME = 'api.sock'

/** A fresh directory of mode 0700; below /tmp where the usual place has too long a name for a socket. */
export function makeSocketDirectory(temp = tmpdir()): string {
  const length = Buffer.byteLength(join(temp, 'k121-XXXXXX', NAME))
  const place = isAbsolute(temp) && length <= LONGEST_PATH ? temp : '/tmp'
  return temporaryDirectory(place)
}

export function socketPathIn(directory: string): string {
  return join(directory, NAME)
}

/** kubectl's words for the proxy; the connection flags follow. Methods that write are answered 403 by kubectl itself. */
export function proxyArguments(directory: string): string[] {
  return ['proxy', `--unix-socket=${socketPathIn(directory)}`, '--reject-methods=^(POST|PUT|PATCH|DELETE)$']
}

/** Starts it and waits until it serves. However we end, the child and the directory go with us. */
export async function startProxy(launch: Launch, directory: string, say: (text: string) => void): Promise<Proxy> {
  const child = spawn(launch.program, launch.args, {stdio: [...STDIO], env: launch.environment as NodeJS.ProcessEnv, argv0: launch.name})
  const messages = childMessages(say)
  child.stderr?.on('data', (chunk: Buffer) => messages.push(chunk))
  const state = {gone: null as string | null, isClosing: false}
  const ended = endOf(child, messages)
  const forget = atExit(() => {
    child.kill('SIGKILL')
    clear(launch, directory)
  })
  void ended.then(why => {
    state.gone = why
  })
  const proxy: Proxy = {
    socketPath: socketPathIn(directory),
    whyGone: () => state.gone,
    async close() {
      if (state.isClosing) return
      state.isClosing = true
      await endWithin(child, ended, 2000)
      clear(launch, directory)
      forget()
    },
  }
  const failure = await Promise.race([serving(child), ended])
  if (failure === null) return proxy
  await proxy.close()
  throw new EnvironmentError('kubectl-failed', failure, 'the same happens with: kubectl get --raw /version')
}

/** Its first line says that it serves. */
function serving(child: ChildProcess): Promise<null> {
  return new Promise(resolve => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      if (text.length < 1000) text += chunk.toString('utf8')
      if (text.includes('Starting to serve')) resolve(null)
    })
  })
}

function endOf(child: ChildProcess, messages: ChildMessages): Promise<string> {
  return new Promise(resolve => {
    const tail = (): string => (messages.tail() === '' ? '' : `: ${messages.tail()}`)
    child.on('error', error => resolve(`kubectl could not be started (${'code' in error ? String(error.code) : 'unknown'})`))
    // Not 'close': a helper that kubectl started may hold its stderr open for long. What was said last may still be on its way.
    child.on('exit', (code, signal) => void setTimeout(() => resolve(`kubectl proxy ended (${signal ?? `exit ${code ?? '?'}`})${tail()}`), 20))
  })
}

async function endWithin(child: ChildProcess, ended: Promise<string>, milliseconds: number): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds)
  await ended
  clearTimeout(timer)
}

function clear(launch: Launch, directory: string): void {
  rmSync(directory, {recursive: true, force: true})
  launch.afterwards?.()
}
