import {parse, resolve} from 'node:path'
import type {Json, User} from '../kubeconfig/model.js'
import type {Merged} from '../kubeconfig/select.js'
import {renderCaBundle} from '../kubeconfig/pem.js'
import type {Secret} from '../kubeconfig/secret.js'
import {openSecret} from '../kubeconfig/secret.js'
import {escapeUnit, hasUnprintable} from '../printable.js'
import type {ContextJudgement} from '../trust/judge-context.js'

/** Where the guard put private copies of files that could change after the verdict. */
export interface PrivateCopies {
  /** Of the token file, or the pod's own, which is rotated in place; null: none. */
  tokenFile: string | null
  /** Of a shell script that was judged by its content, and the shell that runs it. */
  script: ScriptCopy | null
}

export interface ScriptCopy {
  /** Absolute, as the first line of the script or PATH gave it. */
  shell: string
  /** The option on the first line (`-e`), if any. */
  options: readonly string[]
  path: string
}

type Tree = {[key: string]: Json}

/**
 * What kubectl gets instead of the files that somebody can still change: one
 * context, one cluster, one user, original names, absolute paths, the program
 * by kubectl's own lookup, the CA as it was judged. Field by field from the
 * model, so nothing that was not judged can slip through.
 */
export function renderSnapshot(judgement: ContextJudgement, copies: PrivateCopies): string {
  const {selection} = judgement
  const {contextName, clusterName, userName, context, cluster, user} = selection
  const contexts = context === null ? [] : [{name: contextName, context: compact({cluster: clusterName, user: userName, namespace: context.namespace})}]
  return asciiJson({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    contexts,
    clusters: cluster === null ? [] : [{name: clusterName, cluster: clusterTree(judgement)}],
    users: user === null ? [] : [{name: userName, user: userTree(user, judgement, copies)}],
  })
}

/**
 * For commands that need no server, and where no configuration exists: nothing
 * to find in it. A named context that does not exist makes kubectl say so.
 */
export function renderEmptySnapshot(contextName = ''): string {
  return asciiJson({apiVersion: 'v1', kind: 'Config', 'current-context': contextName, contexts: [], clusters: [], users: []})
}

/** For the completion of names: all of them, and nothing else. */
export function renderNamesSnapshot({contexts, clusters, users, currentContext}: Merged): string {
  const named = (names: Iterable<string>, key: string): Json[] => [...names].filter(name => !hasUnprintable(name)).map(name => ({name, [key]: {}}))
  return asciiJson({
    apiVersion: 'v1', kind: 'Config', 'current-context': hasUnprintable(currentContext) ? '' : currentContext,
    contexts: named(contexts.keys(), 'context'), clusters: named(clusters.keys(), 'cluster'), users: named(users.keys(), 'user'),
  })
}

function clusterTree({cluster, authority, plugin}: ContextJudgement): Tree {
  const {entry} = cluster
  const execExtension = plugin !== null && entry?.execExtension !== undefined
    ? [{name: 'client.authentication.k8s.io/exec', extension: entry.execExtension}] : []
  // The file's own values: flags stay on the command line and override them there, as without us.
  const fromFile = cluster.ca !== null && 'file' in cluster.ca && cluster.ca.fromFlag ? null : authority.bundle
  return compact({
    server: cluster.serverFromFlag ? entry?.server : cluster.url?.canonical ?? entry?.server,
    'tls-server-name': entry?.tlsServerName,
    'insecure-skip-tls-verify': entry?.insecureSkipTlsVerify ?? false,
    'certificate-authority-data': fromFile === null ? '' : base64(plugin === null || fromFile.plain ? fromFile.bytes : Buffer.from(renderCaBundle(fromFile))),
    'proxy-url': entry?.proxyUrl,
    'disable-compression': entry?.disableCompression ?? false,
    extensions: execExtension,
  })
}

function userTree(user: User, judgement: ContextJudgement, copies: PrivateCopies): Tree {
  const {files} = judgement
  return compact({
    token: open(user.token),
    tokenFile: copies.tokenFile ?? '',
    username: user.username,
    password: open(user.password),
    'client-certificate': files?.clientCertificate?.real ?? absolute(user, user.clientCertificate),
    'client-certificate-data': user.clientCertificateData,
    'client-key': files?.clientKey?.real ?? absolute(user, user.clientKey),
    'client-key-data': open(user.clientKeyData),
    as: user.impersonate.as,
    'as-uid': user.impersonate.uid,
    'as-groups': [...user.impersonate.groups],
    'as-user-extra': Object.fromEntries([...user.impersonate.extra].map(([key, values]) => [key, [...values]])),
    exec: execTree(user, judgement, copies),
  })
}

function execTree(user: User, {plugin}: ContextJudgement, copies: PrivateCopies): Json {
  if (user.exec === null) return null
  if (plugin === null || plugin.judgement.run === null) throw new Error('a plugin that was not found cannot be handed over')
  const {run} = plugin.judgement
  return {
    ...compact({apiVersion: user.exec.apiVersion, interactiveMode: user.exec.interactiveMode, provideClusterInfo: user.exec.provideClusterInfo}),
    ...(copies.script === null ? {command: run.path, args: [...run.args]} : sourced(copies.script, run)),
    env: user.exec.env.map(({name, value}) => ({name, value})),
  }
}

/**
 * The shell reads the private copy while `$0` stays the script's own path, so
 * that what was read is what runs and a script that looks around itself still
 * finds its neighbours. The script's text never stands on a command line.
 */
function sourced({shell, options, path}: ScriptCopy, run: {path: string; args: string[]}): Tree {
  return {command: shell, args: [...options, '-c', `. '${path.replaceAll("'", String.raw`'\''`)}'`, run.path, ...run.args]}
}

function absolute(user: User, path: string): string {
  return path === '' ? '' : resolve(user.origin.dir, path)
}

function open(secret: Secret | null): string {
  return secret === null ? '' : openSecret(secret)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/** Without zero values: absent and empty mean the same to kubectl. */
function compact(tree: Record<string, Json | undefined>): Tree {
  const kept: Tree = {}
  for (const [key, value] of Object.entries(tree)) if (!isZero(value)) kept[key] = value as Json
  return kept
}

function isZero(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/**
 * JSON that go-yaml v2 reads back unchanged: escapes for everything outside
 * printable ASCII, except characters beyond the BMP, which stand raw because
 * go-yaml has no surrogate escapes. Keys stay below its limit of 1024 characters.
 */
export function asciiJson(value: Json): string {
  const text = JSON.stringify(value, (key, item: Json) => {
    if (key.length > 1000) throw new Error('a key is longer than go-yaml reads')
    return item
  })
  return text.replace(/[\u007f-\ud7ff\ue000-\uffff]/g, escapeUnit)
}

/** `/run/user/1000/k121/snapshots/x.json` → the same directory and stem with another suffix. */
export function besideSnapshot(path: string, suffix: string): string {
  const {dir, name} = parse(path)
  return `${dir}/${name}${suffix}`
}
