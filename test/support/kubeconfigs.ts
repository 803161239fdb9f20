import type {ApiServer} from './api-server.js'
import type {Authority} from './certificates.js'

/** A piece of every secret in these tests: where it shows, something leaked. */
export const HUSH = 'hush'

export interface Stanza {
  apiVersion: string
  command: string
  args?: string[]
  env?: {name: string; value: string}[]
  interactiveMode?: string
  installHint?: string
  provideClusterInfo?: boolean
}

/** v1beta1 is the one version that every kubectl from 1.20 to 1.36 reads. */
export function exec(command: string, args: string[] = [], rest: Partial<Stanza> = {}): {exec: Stanza} {
  return {exec: {apiVersion: 'client.authentication.k8s.io/v1beta1', command, args, ...rest}}
}


export function cluster({url, ca}: {url: string; ca: Authority}, rest: object = {}): Record<string, unknown> {
  return {server: url, ...(url.startsWith('https') ? {'certificate-authority-data': ca.base64} : {}), ...rest}
}

type Table = Record<string, object>

export interface Parts {
  clusters?: Table
  users?: Table
  /** Name → `[cluster, user]`. */
  contexts?: Record<string, readonly [string, string]>
  current?: string
}

/** A kubeconfig of named parts. */
export function kubeconfig({clusters = {}, users = {}, contexts = {}, current}: Parts): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: named(clusters, 'cluster'),
    users: named(users, 'user'),
    contexts: named(Object.fromEntries(Object.entries(contexts).map(([name, [where, who]]) => [name, {cluster: where, user: who}])), 'context'),
    ...(current === undefined ? {} : {'current-context': current}),
  }
}

function named(table: Table, key: string): object[] {
  return Object.entries(table).map(([name, value]) => ({name, [key]: value}))
}

/** The usual file: one context `main`, one cluster `main`, one user `me`. */
export function simple(server: ApiServer, user: object, clusterRest: object = {}): Record<string, unknown> {
  return kubeconfig({clusters: {main: cluster(server, clusterRest)}, users: {me: user}, contexts: {main: ['main', 'me']}, current: 'main'})
}

/** An entry of trust.yaml that lets a program of the world authenticate to these servers and nowhere else. */
export function trusted(command: string, servers: readonly ApiServer[], rest: object = {}): object {
  return {command, args: 'any', ...rest, servers: servers.map(({url, ca}) => ({url, ca: ca.fingerprint}))}
}
