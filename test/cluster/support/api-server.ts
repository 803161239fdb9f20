import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {ApiClient} from './api-client.js'
import {apiClient} from './api-client.js'
import type {ServerBinaries} from './binaries.js'
import {serverBinaries} from './binaries.js'
import {freePort} from './free-port.js'
import type {Leashed} from './leashed.js'
import {startLeashed} from './leashed.js'
import type {RealApiServer} from './server-handle.js'
import {serverHandle} from './server-handle.js'
import type {ApiServerOptions} from './server-setup.js'
import {controllerFlags, etcdFlags, serverFlags, writeInputs} from './server-setup.js'

export type {ApiServerOptions} from './server-setup.js'
export type {AuditEvent, CallOptions, PolicyRule, RealApiServer} from './server-handle.js'

const START_ATTEMPTS = 3
const READY_SECONDS = 60

/** etcd, kube-apiserver and, where asked for, kube-controller-manager on free ports of 127.0.0.1; all of it gone with `stop()` or with this process. */
export async function startApiServer(options: ApiServerOptions): Promise<RealApiServer> {
  const binaries = await serverBinaries(options.minor)
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryStart(binaries, options)
    if (!(outcome instanceof Error)) return outcome
    // A port that was free when we looked may be taken when the server binds it.
    if (attempt === START_ATTEMPTS || !/address already in use/.test(outcome.message)) throw outcome
  }
}

async function tryStart(binaries: ServerBinaries, options: ApiServerOptions): Promise<RealApiServer | Error> {
  const directory = await mkdtemp(join(tmpdir(), 'k121-cluster-'))
  const started: Leashed[] = []
  const end = async (): Promise<void> => {
    await Promise.all(started.map(one => one.stop()))
    await rm(directory, {recursive: true, force: true, maxRetries: 3})
  }
  try {
    return await start({binaries, options, directory, started, end})
  } catch (error) {
    await end()
    return error as Error
  }
}

interface Start {
  binaries: ServerBinaries
  options: ApiServerOptions
  directory: string
  started: Leashed[]
  end(): Promise<void>
}

async function start({binaries, options, directory, started, end}: Start): Promise<RealApiServer> {
  const [etcdPort, port] = [await freePort(), await freePort()]
  const tokens = await writeInputs(directory, options)
  started.push(startLeashed(binaries.etcd, etcdFlags(directory, etcdPort), directory))
  const server = startLeashed(binaries.apiServer, serverFlags(directory, options, {etcdPort, port}), directory)
  started.push(server)
  const url = `https://127.0.0.1:${port}`
  const client = await readyClient(url, directory, started, tokens['admin'] ?? '')
  const made = serverHandle({version: binaries.version, url, directory, tokens, client, end})
  if (options.controllers !== undefined) {
    const kubeconfig = await made.kubeconfig('admin', join(directory, 'controllers.kubeconfig'))
    started.push(startLeashed(binaries.controllerManager, controllerFlags(directory, kubeconfig, options), directory))
  }
  return made
}

/** Ready is later than /readyz: the first namespaces and default/kubernetes are written by loops that start with the server. */
async function readyClient(url: string, directory: string, started: readonly Leashed[], token: string): Promise<ApiClient> {
  const certificate = join(directory, 'certs', 'apiserver.crt')
  let client: ApiClient | undefined
  for (const deadline = Date.now() + READY_SECONDS * 1000; Date.now() < deadline; await sleep(50)) {
    if (started.some(one => one.hasEnded())) break
    const ca = await readFile(certificate, 'utf8').catch(() => '')
    // The certificate is written before its key: wait until it is whole.
    if (!ca.includes('END CERTIFICATE')) continue
    client ??= apiClient(url, ca)
    if (await isReady(client, token)) return client
  }
  client?.close()
  throw new Error(`the API server did not become ready: ${started.map(one => one.tail().slice(-3000)).join('\n---\n')}`)
}

async function isReady(client: ApiClient, token: string): Promise<boolean> {
  for (const path of ['/readyz', '/api/v1/namespaces/kube-system', '/api/v1/namespaces/default/endpoints/kubernetes']) {
    const status = await client.request('GET', path, undefined, {token}).then(answer => answer.status, () => 0)
    if (status !== 200) return false
  }
  return true
}
