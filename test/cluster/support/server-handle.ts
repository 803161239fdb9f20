import {randomBytes} from 'node:crypto'
import {appendFile, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {KubeObject} from '../../../src/kube/json.js'
import {nameOf} from '../../../src/kube/object.js'
import type {ApiClient, ApiResponse} from './api-client.js'
import {orThrow} from './api-client.js'
import {objectPaths} from './object-paths.js'

export interface CallOptions {
  /** `admin` unless said otherwise; null: anonymous. */
  user?: string | null
  contentType?: string
  accept?: string
}

export interface PolicyRule {
  apiGroups?: readonly string[]
  resources?: readonly string[]
  nonResourceURLs?: readonly string[]
  resourceNames?: readonly string[]
  verbs: readonly string[]
}

export interface AuditEvent {
  verb: string
  requestURI: string
  user: {username: string; groups?: string[]}
  userAgent?: string
  responseStatus?: {code?: number}
  objectRef?: {resource?: string; subresource?: string; namespace?: string; name?: string; apiGroup?: string}
  annotations?: Record<string, string>
}

export interface RealApiServer {
  version: string
  url: string
  caFile: string
  tokens: Readonly<Record<string, string>>
  /** Writes a kubeconfig (0600) for a user and returns its path. */
  kubeconfig(user: string, path: string): Promise<string>
  request(method: string, path: string, body?: unknown, options?: CallOptions): Promise<ApiResponse>
  /** In the order given, each with its status if it has one; answers what the server made of them, throws at the first refusal. */
  create(...objects: readonly KubeObject[]): Promise<KubeObject[]>
  /** Writes `status` through the subresource, as controllers do. */
  status(object: KubeObject): Promise<KubeObject>
  /** A ClusterRole and its binding for a user; viewer and nobody may do nothing of their own. */
  allow(user: string, rules: readonly PolicyRule[]): Promise<void>
  /** Requests that were answered, oldest first; needs `auditLog`. */
  auditEvents(): Promise<AuditEvent[]>
  stop(): Promise<void>
}

interface Running {
  version: string
  url: string
  directory: string
  tokens: Record<string, string>
  client: ApiClient
  end(): Promise<void>
}

export function serverHandle({version, url, directory, tokens, client, end}: Running): RealApiServer {
  const caFile = join(directory, 'certs', 'apiserver.crt')
  const tokenOf = (user: string | null): string | undefined => {
    if (user === null) return undefined
    const token = tokens[user]
    if (token === undefined) throw new Error(`no user ${user}; start the server with users: {${user}: [groups]}`)
    return token
  }
  const request: RealApiServer['request'] = (method, path, body, {user = 'admin', ...rest} = {}) => client.request(method, path, body, {...rest, token: tokenOf(user)})
  const paths = objectPaths(client, tokens['admin'] ?? '')
  const status: RealApiServer['status'] = async object => {
    const patch = {status: object['status'] ?? {}}
    const answer = await request('PATCH', `${await paths.item(object)}/status`, patch, {contentType: 'application/merge-patch+json'})
    return orThrow(`status of ${object.kind} ${nameOf(object)}`, answer).json as KubeObject
  }
  const createOne = async (object: KubeObject): Promise<KubeObject> => {
    const answer = orThrow(`create ${object.kind} ${nameOf(object)}`, await request('POST', await paths.collection(object), object))
    return object['status'] === undefined ? answer.json as KubeObject : status(object)
  }
  const create: RealApiServer['create'] = async (...objects) => {
    const made: KubeObject[] = []
    for (const object of objects) made.push(await createOne(object))
    return made
  }
  return {
    version, url, caFile, tokens, request, create, status,
    kubeconfig: (user, path) => writeKubeconfig(path, {url, caFile, user, token: tokenOf(user) ?? ''}),
    allow: async (user, rules) => {
      await create(...grant(user, rules))
    },
    auditEvents: () => auditEvents(join(directory, 'audit.log'), mark => request('GET', `/version?mark=${mark}`)),
    stop: () => {
      client.close()
      return end()
    },
  }
}

/** An event is written when its answer is on its way: a request of our own that stands in the log is the sign that those before it do too. */
async function auditEvents(log: string, ask: (mark: string) => Promise<unknown>): Promise<AuditEvent[]> {
  const mark = randomBytes(8).toString('hex')
  await ask(mark)
  for (let attempt = 0; attempt < 100; attempt++) {
    const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1)
    if (lines.some(line => line.includes(mark))) return lines.map(line => JSON.parse(line) as AuditEvent).filter(event => !event.requestURI.includes(mark))
    await sleep(50)
  }
  throw new Error(`${log} does not show the request that was just made`)
}

function grant(user: string, rules: readonly PolicyRule[]): KubeObject[] {
  const name = `test:${user}`
  const group = 'rbac.authorization.k8s.io'
  return [
    {apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: {name}, rules} as unknown as KubeObject,
    {
      apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata: {name},
      roleRef: {apiGroup: group, kind: 'ClusterRole', name}, subjects: [{apiGroup: group, kind: 'User', name: user}],
    },
  ]
}

async function writeKubeconfig(path: string, {url, caFile, user, token}: {url: string; caFile: string; user: string; token: string}): Promise<string> {
  const ca = (await readFile(caFile)).toString('base64')
  const config = {
    apiVersion: 'v1', kind: 'Config', 'current-context': 'test',
    clusters: [{name: 'test', cluster: {server: url, 'certificate-authority-data': ca}}],
    contexts: [{name: 'test', context: {cluster: 'test', user}}],
    users: [{name: user, user: {token}}],
  }
  await rm(path, {force: true})
  await appendFile(path, JSON.stringify(config, null, 2), {mode: 0o600})
  return path
}
