// An API server that costs as little as one can: lists of a seeded cluster in
// pages over loopback HTTP, each pod some 9.8 KB of which managedFields are
// nearly half, as on real servers. A process of its own, so that its memory
// and its garbage are not the client's: `page-server.ts PODS` prints its URL.
import {createServer} from 'node:http'
import type {ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {RESOURCES} from '../../src/kube/resources.js'
import type {Resource} from '../../src/kube/resources.js'
import {namespaces} from '../../test/cluster/populate/namespaces.js'
import {nodes} from '../../test/cluster/populate/nodes.js'
import {rbac} from '../../test/cluster/populate/rbac.js'
import {services} from '../../test/cluster/populate/services.js'
import {workloads} from '../../test/cluster/populate/workloads.js'
import {sizeOf} from './sizes.js'

/** Pods differ in this many ways; beyond that only names, addresses and uids do. */
const SHAPES = 400
const POD_BYTES = 9800
const OWNERS = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'])
/** Of the ten that a Deployment keeps by itself. */
const REVISIONS = 3
/** What the server has; other groups are not there. */
const GROUPS = new Set(['', 'apps', 'batch', 'rbac.authorization.k8s.io', 'networking.k8s.io', 'discovery.k8s.io', 'admissionregistration.k8s.io'])

const pods = Number(process.argv[2] ?? 5000)
const size = sizeOf(pods)
const around = {minor: 37, gitVersion: 'v1.37.2', isDualStack: false, nodeCount: Math.max(3, Math.ceil(pods / 60)), servicePrefix: '10.96', apiServerAddress: '10.0.0.10', dnsAddress: '10.96.0.10'}

interface List {
  kind: string
  count: number
  item(index: number, isMetadata: boolean): string
}

const lists = new Map<string, List>()
const documents = new Map<string, unknown>([['/version', {gitVersion: around.gitVersion, major: '1', minor: '37'}]])
fill()
const server = createServer((request, response) => {
  const {pathname, searchParams} = new URL(request.url ?? '', 'http://localhost')
  const list = lists.get(pathname)
  if (list !== undefined) return send(response, pageOf(list, Number(searchParams.get('limit') ?? 0), Number(searchParams.get('continue') ?? 0), request.headers.accept?.includes('PartialObjectMetadataList') ?? false))
  const document = documents.get(pathname)
  const name = pathname.split('/').at(-1)
  send(response, JSON.stringify(document ?? {kind: 'Status', code: 404, message: 'not found', details: pathname.includes('/namespaces/') ? {name} : {}}), document === undefined ? 404 : 200)
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
// Whoever started us went away.
process.stdin.on('end', () => process.exit()).resume()

function fill(): void {
  const made = [...nodes(size.seed, around), ...namespaces(size.seed, size.namespaces, around), ...rbac(size), ...services(size, around, '10.96.0.1')].map(write => write.object)
  const shapes: KubeObject[] = []
  for (const {owners, pods: own} of workloads({...size, pods: SHAPES}, around)) {
    made.push(...owners.map(write => write.object))
    shapes.push(...own.map(write => write.object))
  }
  made.push({apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'kube-system', uid: 'kube-system'}}, {apiVersion: 'v1', kind: 'Service', metadata: {namespace: 'default', name: 'kubernetes'}, spec: {clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ports: [{port: 443}]}})
  for (const row of Object.values(RESOURCES) as Resource[]) {
    if (!GROUPS.has(row.group)) continue
    const root = row.group === '' ? '/api/v1' : `/apis/${row.group}/v1`
    if (row.group !== '') documents.set(`/apis/${row.group}`, {versions: [{version: 'v1'}]})
    if (row.plural === 'pods') continue
    const own = made.filter(({kind}) => kind === row.kind)
    lists.set(`${root}/${row.plural}`, OWNERS.has(row.kind) ? ownerList(row.kind, own) : listOf(row.kind, own))
  }
  lists.set('/api/v1/pods', podList(shapes, made.filter(({kind}) => kind === 'ReplicaSet')))
  lists.set('/api/v1/namespaces/kube-system/pods', listOf('Pod', []))
}

function listOf(kind: string, objects: readonly KubeObject[]): List {
  const texts = objects.map(object => [JSON.stringify({...object, metadata: {...object['metadata'] as JsonObject, managedFields: managed(object, 0)}}), JSON.stringify({metadata: object['metadata']})] as const)
  return {kind, count: texts.length, item: (index, isMetadata) => texts[index]?.[isMetadata ? 1 : 0] ?? '{}'}
}

/** As many owners as the pods would have; of ReplicaSets also those of earlier revisions, as Deployments keep them. */
function ownerList(kind: string, owners: readonly KubeObject[]): List {
  const times = Math.max(1, Math.round(pods / SHAPES)) * (kind === 'ReplicaSet' ? REVISIONS : 1)
  const texts = owners.map(owner => {
    const {name, ...metadata} = owner['metadata'] as JsonObject
    const controlled = kind === 'ReplicaSet' ? {ownerReferences: [{apiVersion: 'apps/v1', kind: 'Deployment', name: String(name), uid: 'NNNNNNN', controller: true}]} : {}
    const short = {metadata: {...metadata, ...controlled, name: `${String(name)}-NNNNNNN`, uid: `${String(name)}-NNNNNNN`}}
    return [{...owner, metadata: {...short.metadata, managedFields: managed(owner, 0)}}, short].map(one => JSON.stringify(one).split('NNNNNNN')) as [string[], string[]]
  })
  return {kind, count: texts.length * times, item: (index, isMetadata) => (texts[index % texts.length]?.[isMetadata ? 1 : 0] ?? []).join(String(index).padStart(7, '0'))}
}

/** Of so many pods each has the same ReplicaSet above it. */
const REPLICAS = 5

function podList(shapes: readonly KubeObject[], sets: readonly KubeObject[]): List {
  const ownerOf = (index: number): string => {
    const at = Math.floor(index / REPLICAS)
    const {name} = sets[at % sets.length]!['metadata'] as JsonObject
    return `${String(name)}-${String(at).padStart(7, '0')}`
  }
  const texts = shapes.map(shape => {
    const object = {...shape, metadata: {...shape['metadata'] as JsonObject, name: 'pod-NNNNNNN', uid: '00000000-0000-4000-8000-0000NNNNNNN0', resourceVersion: 'NNNNNNN', ownerReferences: [{apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'OOOOOOO', uid: 'OOOOOOO', controller: true}]}}
    const text = JSON.stringify({...object, metadata: {...object.metadata, managedFields: managed(object, POD_BYTES - JSON.stringify(object).length)}})
    return text.split('NNNNNNN')
  })
  return {kind: 'Pod', count: pods, item: index => (texts[Math.floor(index / REPLICAS) % texts.length] ?? []).join(String(index).padStart(7, '0')).replaceAll('OOOOOOO', ownerOf(index))}
}

/** As server-side bookkeeping looks: a tree of the fields of the object, as often as it takes. */
function managed(object: KubeObject, bytes: number): JsonObject[] {
  const fields = (value: unknown): JsonObject => (typeof value !== 'object' || value === null ? {} : Object.fromEntries(Object.entries(value).map(([key, child]) => [Array.isArray(value) ? `k:{"index":${key}}` : `f:${key}`, fields(child)])))
  const one = {manager: 'kube-controller-manager', operation: 'Update', apiVersion: 'v1', time: '2026-11-01T10:00:00Z', fieldsType: 'FieldsV1', fieldsV1: fields({metadata: object['metadata'], spec: object['spec'], status: object['status']})}
  return Array.from({length: Math.max(1, Math.round(bytes / JSON.stringify(one).length))}, () => one)
}

function pageOf({kind, count, item}: List, limit: number, from: number, isMetadata: boolean): string {
  const to = limit === 0 ? count : Math.min(count, from + limit)
  const items = Array.from({length: to - from}, (_, offset) => item(from + offset, isMetadata))
  const metadata = JSON.stringify({resourceVersion: '7', ...(to < count ? {continue: String(to)} : {})})
  return `{"kind":"${isMetadata ? 'PartialObjectMetadataList' : `${kind}List`}","apiVersion":"${isMetadata ? 'meta.k8s.io/v1' : 'v1'}","metadata":${metadata},"items":[${items.join(',')}]}`
}

function send(response: ServerResponse, text: string, code = 200): void {
  const bytes = Buffer.from(text)
  response.writeHead(code, {'content-type': 'application/json', 'content-length': bytes.length})
  response.end(bytes)
}
