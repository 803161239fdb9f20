import {readFileSync, rmSync} from 'node:fs'
import type {ApiClient, ApiFailure} from '../adapters/api-client.js'
import {apiClient} from '../adapters/api-client.js'
import type {ApiRoad} from '../adapters/api-road.js'
import type {Launch} from '../adapters/kubectl/launch.js'
import {makeSocketDirectory, proxyArguments, startProxy} from '../adapters/kubectl/proxy.js'
import {RAW_ARGUMENTS, rawRoad} from '../adapters/kubectl/raw.js'
import type {Progress} from '../adapters/live-source.js'
import {liveSource} from '../adapters/live-source.js'
import type {Probe} from '../adapters/read-endpoints.js'
import {socketRoad} from '../adapters/socket-road.js'
import type {ClusterSource} from '../audit/source.js'
import {EnvironmentError, RefusedError} from '../errors.js'
import {GUARD_EXIT} from '../exit-codes.js'
import {readKubectlArgs} from '../guard/kubectl-args.js'
import {quote} from '../printable.js'
import {guardedLaunch} from './guarded-kubectl.js'
import {podKubeconfig} from './pod-kubeconfig.js'

export interface LiveClusterOptions {
  /** kubectl's own connection flags as typed: `--context=x --as=y`. Neither `-n` nor `-A`; the timeout is ours. */
  connection: readonly string[]
  kubectl?: string | undefined
  trustFile?: string | undefined
  namespaces: readonly string[]
  mayReadSecrets: boolean
  /** Of each request; 0: none. */
  timeoutMs: number
  disableCompression: boolean
  /** Ours, for `User-Agent`. */
  version: string
  probe?: Probe
  podSecurityProbe?: Probe
  dualStackProbe?: Probe
  isPreflight?: boolean
  onProgress?: (progress: Progress) => void
  /** The guard has let kubectl through: from now on it is the server that we wait for. */
  onJudged?: () => void
  /** What a credential helper tells the person, and the guard's notices. Line ends included. */
  say(text: string): void
}

export interface LiveCluster {
  source: ClusterSource
  contextName: string
}

/**
 * A cluster to read, behind a kubectl that the guard has judged. A refusal of
 * the guard is thrown as `RefusedError`: nothing was started and nothing
 * contacted. What is missing on this machine, and a server that cannot be
 * reached at all, is thrown as `EnvironmentError`.
 */
export async function openLiveCluster(options: LiveClusterOptions): Promise<LiveCluster> {
  const {env: environment} = process
  const read = readKubectlArgs([...RAW_ARGUMENTS, ...options.connection])
  const flags: {kubeconfig?: string; server?: string} = read.ok ? read.reading.connection : {}
  const pod = podKubeconfig({environment, flag: flags.kubeconfig, cwd: process.cwd()})
  try {
    const connection = pod === null ? options.connection : [...options.connection, `--kubeconfig=${pod.file}`]
    const isRaw = process.platform === 'win32' || Boolean(environment['K121_NO_SOCKET'])
    const {road, target} = isRaw ? openRaw(options, connection, flags.server) : await openProxy(options, connection, flags.server)
    return await firstAnswer(options, apiClient(road), target)
  } finally {
    // The guard's snapshot stands for it from here on.
    pod?.remove()
  }
}

interface Target {
  contextName: string
  server: string
  isLoopback: boolean
  mayCompress: boolean
  /** A credential plugin, which may have to wait for a person. */
  hasPlugin: boolean
}

interface Opened {
  road: ApiRoad
  target: Target
}

async function openProxy(options: LiveClusterOptions, connection: readonly string[], server: string | undefined): Promise<Opened> {
  const directory = makeSocketDirectory()
  try {
    const {launch, target} = judge(options, [...proxyArguments(directory), ...connection], server)
    const proxy = await startProxy(launch, directory, options.say)
    const road = socketRoad({
      socketPath: proxy.socketPath, userAgent: `kubectl-k121/${options.version}`, timeoutMs: options.timeoutMs,
      isPlain: options.disableCompression || target.isLoopback || !target.mayCompress,
      whyGone: proxy.whyGone, close: proxy.close,
    })
    return {road, target}
  } catch (error) {
    rmSync(directory, {recursive: true, force: true})
    throw error
  }
}

function openRaw(options: LiveClusterOptions, connection: readonly string[], server: string | undefined): Opened {
  const timeout = options.timeoutMs === 0 ? [] : [`--request-timeout=${options.timeoutMs}ms`]
  const {launch, target} = judge(options, [...RAW_ARGUMENTS, ...timeout, ...connection], server)
  return {road: rawRoad(launch, options.say), target}
}

function judge({kubectl, trustFile, say, onJudged}: LiveClusterOptions, argv: readonly string[], server: string | undefined): {launch: Launch; target: Target} {
  const guarded = guardedLaunch(argv, {kubectl, trustFile})
  if (!guarded.ok) {
    if (guarded.code === GUARD_EXIT.notFound) throw new EnvironmentError('kubectl-missing', 'kubectl was not found', 'install it, or name it with --kubectl PATH; files can be audited without it: audit -f FILE')
    throw new RefusedError(guarded.lines, guarded.isDenial)
  }
  for (const line of guarded.lines) say(`${line}\n`)
  const target = targetOf(guarded.launch, server)
  if (target.server !== '') {
    onJudged?.()
    return {launch: guarded.launch, target}
  }
  guarded.launch.afterwards?.()
  // kubectl would send its requests to http://localhost:8080.
  const why = target.contextName === '' ? 'no context is chosen: the kubeconfig has no current-context, or there is none' : `there is no cluster for the context ${quote(target.contextName)}`
  throw new EnvironmentError('no-cluster', why, 'name one with --context (kubectl config get-contexts lists them), a file with --kubeconfig, or audit files with -f FILE')
}

interface Snapshot {
  'current-context'?: string
  clusters?: {cluster?: {server?: string; 'disable-compression'?: boolean}}[]
  users?: {user?: {exec?: unknown}}[]
}

/** Of the snapshot only what says where it leads; its secrets are kubectl's. */
function targetOf({environment}: Launch, server: string | undefined): Target {
  const snapshot = JSON.parse(readFileSync(environment['KUBECONFIG'] ?? '', 'utf8')) as Snapshot
  const cluster = snapshot.clusters?.[0]?.cluster
  const address = server || cluster?.server || ''
  return {
    contextName: snapshot['current-context'] ?? '', server: address, isLoopback: isLoopback(address),
    mayCompress: cluster?.['disable-compression'] !== true, hasPlugin: snapshot.users?.[0]?.user?.exec != null,
  }
}

function isLoopback(server: string): boolean {
  return /^(?:https?:\/\/)?(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?:[:/]|$)/i.test(server)
}

/** As long as a person may take to log in through a browser. */
const LOGIN_MS = 300_000

/** One question before anything else: a server that nobody can reach is no audit with nothing found. */
async function firstAnswer(options: LiveClusterOptions, client: ApiClient, {contextName, server, hasPlugin}: Target): Promise<LiveCluster> {
  const first = await client.ask({path: '/version', ...(hasPlugin && options.timeoutMs > 0 && {timeoutMs: Math.max(options.timeoutMs, LOGIN_MS)})}).document()
  if (first.ok || !isFatal(first.failure)) {
    const {namespaces, mayReadSecrets, isPreflight = false, probe, podSecurityProbe, dualStackProbe, onProgress} = options
    return {contextName, source: liveSource({client, serverUrl: server, namespaces, mayReadSecrets, isPreflight, ...(probe && {probe}), ...(podSecurityProbe && {podSecurityProbe}), ...(dualStackProbe && {dualStackProbe}), ...(onProgress && {onProgress})})}
  }
  await client.close()
  const {kind, detail} = first.failure
  if (kind === 'unauthorized') throw new EnvironmentError('server-unreachable', `${quote(server)} does not take these credentials: ${detail}`, 'log in again, or check with: kubectl get --raw /version')
  throw new EnvironmentError('server-unreachable', `${quote(server)} gave no answer: ${detail}`, 'check with: kubectl get --raw /version')
}

function isFatal({kind}: ApiFailure): boolean {
  return kind === 'unreachable' || kind === 'unauthorized'
}
