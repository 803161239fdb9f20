import {chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {stringify} from 'yaml'
import type {ApiServer, ApiServerOptions, ConnectProxy, SeenRequest} from './api-server.js'
import {startApiServer, startConnectProxy} from './api-server.js'
import type {CanaryOptions, CanaryRun} from './canary.js'
import {readCanaryLog, writeCanary, writeNativeCanary, writeScript} from './canary.js'
import {userCache} from './kubectl-binaries.js'
import type {ProcessOptions} from './run-process.js'
import {runProcess} from './run-process.js'

const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
/** `K121_GUARD` puts another build to the proof: an installed one, or a broken one that must fail. */
export const GUARD = process.env['K121_GUARD'] ?? join(REPOSITORY, 'bin/run.js')

export interface Outcome {
  status: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** Names of the canaries that ran, each once, sorted. */
  ranCanaries: string[]
  runs: CanaryRun[]
  /** Of all servers, in the order of arrival per server. */
  requests: SeenRequest[]
}

export interface RunOptions extends Omit<ProcessOptions, 'env' | 'cwd'> {
  /** Added to the world's environment; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>
  cwd?: string
  /** Flags of the guard itself, before `--`. */
  guardFlags?: string[]
  /** In place of the world's kubectl. */
  kubectl?: string
  /** Sent to the started process (kubectl or the guard) as soon as a server has seen a request. */
  signalOnRequest?: NodeJS.Signals
}

/** A throw-away machine: its own home, directories, PATH, servers and nothing inherited. */
export interface World {
  kubectl: string
  root: string
  home: string
  /** The one directory on PATH. */
  bin: string
  cwd: string
  log: string
  xdg: {config: string; state: string; runtime: string}
  env: Record<string, string>
  servers: readonly ApiServer[]
  proxies: readonly ConnectProxy[]
  /** Paths are relative to the root, or absolute below it. */
  directory(path: string): string
  /** An object becomes block YAML. Mode 0600. */
  file(path: string, content: Content): string
  kubeconfig(content: Content, path?: string): string
  trust(plugins: readonly object[], rest?: object): string
  canary(name: string, options?: Partial<CanaryOptions> & {directory?: string}): string
  nativeCanary(name: string): string | null
  script(name: string, body: string, directory?: string): string
  server(name: string, options?: ApiServerOptions): Promise<ApiServer>
  proxy(): Promise<ConnectProxy>
  /** The real kubectl, as if we did not exist. */
  bare(argv: readonly string[], options?: RunOptions): Promise<Outcome>
  /** The same command line behind the guard. */
  guarded(argv: readonly string[], options?: RunOptions): Promise<Outcome>
  /** Any other command of ours. */
  k121(argv: readonly string[], options?: RunOptions): Promise<Outcome>
  close(): Promise<void>
}

export type Content = object | string | Uint8Array

export function createWorld(kubectl: string): World {
  const places = layOut()
  const {root, bin, log, xdg} = places
  const servers: ApiServer[] = []
  const proxies: ConnectProxy[] = []
  const run: Run = (program, argv, options = {}) => observe({...places, servers}, {program, argv, options})
  const file = (path: string, content: Content): string => writePrivate(resolve(root, path), content)
  return {
    kubectl,
    ...places,
    servers,
    proxies,
    directory: path => makeDirectory(resolve(root, path)),
    file,
    kubeconfig: (content, path = 'home/.kube/config') => file(path, content),
    trust: (plugins, rest) => file(join(xdg.config, 'k121/trust.yaml'), {apiVersion: 'k121.dev/v1', kind: 'TrustPolicy', credentialPluginPolicy: 'Allowlist', ...rest, plugins}),
    canary: (name, {directory = bin, ...options} = {}) => writeCanary(join(directory, name), name, {log, ...options}),
    nativeCanary: name => writeNativeCanary(join(bin, name), name, {log}),
    script: (name, body, directory = bin) => writeScript(join(directory, name), body),
    server: async (name, options) => kept(servers, await startApiServer(name, options)),
    proxy: async () => kept(proxies, await startConnectProxy()),
    bare: (argv, options) => run(options?.kubectl ?? kubectl, argv, options),
    guarded: (argv, options) => run(process.execPath, [GUARD, 'guard', '--kubectl', options?.kubectl ?? kubectl, ...(options?.guardFlags ?? []), '--', ...argv], options),
    k121: (argv, options) => run(process.execPath, [GUARD, ...argv], options),
    async close() {
      await Promise.all([...servers, ...proxies].map(server => server.close()))
      rmSync(root, {recursive: true, force: true})
    },
  }
}

type Run = (program: string, argv: readonly string[], options?: RunOptions) => Promise<Outcome>
type Places = Pick<World, 'root' | 'home' | 'bin' | 'cwd' | 'log' | 'xdg' | 'env'>

function layOut(): Places {
  // Not in shared temp: a home directory is nobody else's, and a program in /tmp is suspect by its place alone.
  const root = realpathSync(mkdtempSync(join(makeDirectory(join(userCache(), 'worlds')), 'w-')))
  const at = (path: string): string => makeDirectory(join(root, path))
  const [home, bin, cwd] = [at('home'), at('home/bin'), at('home/work')]
  const xdg = {config: at('home/.config'), state: at('home/.local/state'), runtime: at('run')}
  const env = {
    HOME: home,
    PATH: bin,
    TMPDIR: at('tmp'),
    XDG_CONFIG_HOME: xdg.config,
    XDG_STATE_HOME: xdg.state,
    XDG_RUNTIME_DIR: xdg.runtime,
  }
  return {root, home, bin, cwd, log: join(root, 'canary.log'), xdg, env}
}

function makeDirectory(path: string): string {
  mkdirSync(path, {recursive: true, mode: 0o700})
  return path
}

function writePrivate(path: string, content: Content): string {
  makeDirectory(dirname(path))
  writeFileSync(path, typeof content === 'string' || content instanceof Uint8Array ? content : stringify(content))
  chmodSync(path, 0o600)
  return path
}

function kept<T>(list: T[], one: T): T {
  list.push(one)
  return one
}

interface Call {
  program: string
  argv: readonly string[]
  options: RunOptions
}

/** Runs, and reports what became visible meanwhile: canaries in the log, requests at the servers. */
async function observe({home, log, env, cwd, servers}: Places & {servers: readonly ApiServer[]}, {program, argv, options}: Call): Promise<Outcome> {
  // kubectl keeps discovery answers below HOME: with them a second run would ask the server less.
  rmSync(join(home, '.kube/cache'), {recursive: true, force: true})
  const runsBefore = readCanaryLog(log).length
  const before = servers.map(server => server.requests.length)
  const {signalOnRequest: name, ...rest} = options
  const asked = (): boolean => servers.some((server, index) => server.requests.length > (before[index] ?? 0))
  const result = await runProcess(program, argv, {
    ...rest,
    env: declared({...env, ...options.env}),
    cwd: options.cwd ?? cwd,
    ...(name === undefined ? {} : {signal: {name, when: asked}}),
  })
  const runs = readCanaryLog(log).slice(runsBefore)
  const requests = servers.flatMap((server, index) => server.requests.slice(before[index]))
  return {...result, runs, ranCanaries: [...new Set(runs.map(run => run.name))].sort(), requests}
}

function declared(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
