import {readFile} from 'node:fs/promises'
import {parseArgs} from 'node:util'
import {pathToFileURL} from 'node:url'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {keyOf} from '../../src/kube/object.js'
import {minorOf} from '../../src/kube/version.js'
import type {Size, Surroundings, Write} from './populate/model.js'
import {namespaces} from './populate/namespaces.js'
import {MOST_NODES, nodes} from './populate/nodes.js'
import {rbac} from './populate/rbac.js'
import {dnsService, services} from './populate/services.js'
import type {Workload} from './populate/workloads.js'
import {workloads} from './populate/workloads.js'
import type {ApiClient} from './support/api-client.js'
import {apiClient, orThrow} from './support/api-client.js'
import type {ObjectPaths} from './support/object-paths.js'
import {objectPaths} from './support/object-paths.js'

export interface Target {
  url: string
  /** PEM. */
  ca: string | Buffer
  token: string
}

export interface Populated {
  /** By kind. */
  created: Readonly<Record<string, number>>
  /** What admission or validation did not let in: on a server that blocks externalIPs, these are the claims. */
  refused: readonly string[]
  requests: number
  seconds: number
}

const IN_FLIGHT = 16
const PODS_PER_NODE = 60

interface Writing {
  client: ApiClient
  token: string
  paths: ObjectPaths
  created: Record<string, number>
  refused: string[]
  requests: number
}

/** Fills an empty API server with a cluster that is the same for the same size and seed, but for what the server itself chooses. */
export async function populate({url, ca, token}: Target, size: Size, progress: (line: string) => void = () => undefined): Promise<Populated> {
  const client = apiClient(url, ca, IN_FLIGHT)
  const writing: Writing = {client, token, paths: objectPaths(client, token), created: {}, refused: [], requests: 0}
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  const tick = setInterval(() => progress(`${writing.created['Pod'] ?? 0} of ${size.pods} pods, ${Math.round(writing.requests / seconds())} requests/s`), 5000)
  try {
    await writeAll(writing, size)
    return {created: writing.created, refused: writing.refused, requests: writing.requests, seconds: seconds()}
  } finally {
    clearInterval(tick)
    client.close()
  }
}

async function writeAll(writing: Writing, size: Size): Promise<void> {
  const around = await lookAround(writing, size)
  const writeOne = (write: Write): Promise<unknown> => post(writing, write)
  await inParallel(nodes(size.seed, around), writeOne)
  await inParallel(namespaces(size.seed, size.namespaces, around), writeOne)
  await inParallel(rbac(size), writeOne)
  await inParallel(services(size, around, await addressOf(writing, 'kubernetes')), writeOne)
  await inParallel(workloads(size, around), one => writeWorkload(writing, one))
}

/** The addresses that claims are made of are the server's own. */
async function lookAround(writing: Writing, {pods}: Size): Promise<Surroundings> {
  const {gitVersion} = (await get(writing, '/version')) as {gitVersion: string}
  const endpoints = await get(writing, '/api/v1/namespaces/default/endpoints/kubernetes')
  const servicePrefix = (await addressOf(writing, 'kubernetes')).split('.').slice(0, 2).join('.')
  const dnsAddress = `${servicePrefix}.0.10`
  const dns = await post(writing, dnsService(dnsAddress))
  return {
    minor: minorOf(gitVersion) ?? 0, gitVersion, servicePrefix, dnsAddress, apiServerAddress: endpoints.subsets[0].addresses[0].ip,
    isDualStack: ((dns?.['spec'] as JsonObject | undefined)?.['clusterIPs'] as readonly string[] | undefined)?.length === 2,
    nodeCount: Math.min(MOST_NODES, Math.max(3, Math.ceil(pods / PODS_PER_NODE))),
  }
}

async function addressOf(writing: Writing, service: string): Promise<string> {
  return (await get(writing, `/api/v1/namespaces/default/services/${service}`)).spec.clusterIP
}

// oxlint-disable-next-line typescript/no-explicit-any
async function get({client, token}: Writing, path: string): Promise<any> {
  return orThrow(`GET ${path}`, await client.request('GET', path, undefined, {token})).json
}

/** Answers null for what the server refused; anything else that is not a success is an error: the server was not empty, or is not well. */
async function post(writing: Writing, {object, managers: [creator, statusWriter] = ['kubectl-client-side-apply', ''], fallback}: Write): Promise<KubeObject | null> {
  const {client, token, paths, created, refused} = writing
  const answer = await client.request('POST', `${await paths.collection(object)}?fieldManager=${creator}`, object, {token})
  writing.requests++
  if (answer.status === 403 || answer.status === 422) {
    if (fallback !== undefined) return post(writing, {object: fallback, managers: [creator, statusWriter]})
    refused.push(`${object.kind} ${keyOf(object)}: ${String(answer.json?.message).slice(0, 300)}`)
    return null
  }
  orThrow(`create ${object.kind} ${keyOf(object)}`, answer)
  created[object.kind] = (created[object.kind] ?? 0) + 1
  if (object['status'] !== undefined) await patchStatus(writing, object, statusWriter)
  return answer.json as KubeObject
}

async function patchStatus(writing: Writing, object: KubeObject, manager: string): Promise<void> {
  const {client, token, paths} = writing
  const path = `${await paths.item(object)}/status?fieldManager=${manager}`
  orThrow(`status of ${object.kind} ${keyOf(object)}`, await client.request('PATCH', path, {status: object['status']}, {token, contentType: 'application/merge-patch+json'}))
  writing.requests++
}

async function writeWorkload(writing: Writing, {owners, pods}: Workload): Promise<void> {
  let owner: KubeObject | null = null
  for (const write of owners) {
    owner = await post(writing, owned(write, owner))
    if (owner === null) return
  }
  for (const pod of pods) await post(writing, owned(pod, owner))
}

function owned(write: Write, owner: KubeObject | null): Write {
  if (owner === null) return write
  const {name, uid} = owner['metadata'] as {name: string; uid: string}
  const reference = {apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true}
  return {...write, object: {...write.object, metadata: {...write.object['metadata'] as JsonObject, ownerReferences: [reference]}}}
}

/** Workers that draw from one generator: nothing is built before somebody has a hand free for it. */
async function inParallel<T>(items: Generator<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let next = items.next(); next.done !== true; next = items.next()) await work(next.value)
  }
  await Promise.all(Array.from({length: IN_FLIGHT}, worker))
}

const USAGE = 'usage: populate.ts --server URL --token TOKEN --ca FILE [--namespaces 50] [--pods 5000] [--services 500] [--seed 1]'

async function main(): Promise<void> {
  const text = {type: 'string'} as const
  const {values} = parseArgs({options: {server: text, token: text, ca: text, namespaces: text, pods: text, services: text, seed: text}})
  const {server, token, ca} = values
  if (server === undefined || token === undefined || ca === undefined) throw new Error(USAGE)
  const count = (name: 'namespaces' | 'pods' | 'services' | 'seed', otherwise: number): number => {
    const value = Number(values[name] ?? otherwise)
    if (!Number.isSafeInteger(value) || value < (name === 'namespaces' ? 1 : 0)) throw new Error(`--${name} ${values[name]} is no count; ${USAGE}`)
    return value
  }
  const size = {namespaces: count('namespaces', 50), pods: count('pods', 5000), services: count('services', 500), seed: count('seed', 1)}
  const {created, refused, requests, seconds} = await populate({url: server, token, ca: await readFile(ca)}, size, line => console.error(line))
  console.log(Object.entries(created).map(([kind, number]) => `${number} ${kind}`).join(', '))
  console.log(`${requests} requests in ${seconds.toFixed(1)} s, ${Math.round(requests / seconds)}/s`)
  for (const line of refused.slice(0, 20)) console.error(`refused: ${line}`)
  if (refused.length > 0) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
