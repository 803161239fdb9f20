import type {PathStep, YamlNode} from './node.js'
import type {Secret} from './secret.js'

/**
 * A kubeconfig as client-go's `clientcmd/api/v1` decodes it, reduced to what a
 * verdict or a snapshot needs. Every entry remembers its file and its node, so
 * that a finding can name line and column.
 */

/** Where an entry stands. */
export interface Origin {
  /** The file as kubectl would open it: absolute, symlinks unresolved. */
  file: string
  /** `dirname(file)`: what relative paths in the entry are resolved against (client-go loader.go). */
  dir: string
  root: YamlNode
  /** From `root` to the entry's own mapping, e.g. `['users', 0, 'user']`. */
  path: readonly PathStep[]
}

export interface EnvVar {
  name: string
  value: string
}

/** `users[].user.exec`. */
export interface CredentialPlugin {
  apiVersion: string
  /** As written; resolution (LookPath, rebasing) is the program lookup's. */
  command: string
  args: readonly string[]
  /** In file order, duplicates kept: the last one wins in client-go. */
  env: readonly EnvVar[]
  /** `''` when absent. */
  interactiveMode: string
  provideClusterInfo: boolean
  installHint: string
  origin: Origin
}

/** `users[].user.auth-provider`, the legacy door. */
export interface AuthProvider {
  name: string
  /** Only the keys that name programs or hosts; the others may be secrets and are kept by name. */
  config: ReadonlyMap<string, string>
  keys: readonly string[]
}

/** JSON as it stands in an extension, ready to be serialised again. */
export type Json = null | boolean | number | string | Json[] | {[key: string]: Json}

export interface Cluster {
  name: string
  /** `''` when absent: kubectl falls back to http://localhost:8080. */
  server: string
  tlsServerName: string
  insecureSkipTlsVerify: boolean
  /** As written. */
  certificateAuthority: string
  /** Decoded from base64; null when absent or empty. It wins over the file. */
  certificateAuthorityData: Uint8Array | null
  proxyUrl: string
  disableCompression: boolean
  /** The extension that `provideClusterInfo` hands to the plugin (`client.authentication.k8s.io/exec`). */
  execExtension?: Json
  origin: Origin
}

export interface User {
  name: string
  token: Secret | null
  tokenFile: string
  username: string
  password: Secret | null
  clientCertificate: string
  /** Base64 as written: not a secret, but needed whole. */
  clientCertificateData: string
  clientKey: string
  clientKeyData: Secret | null
  impersonate: {as: string; uid: string; groups: readonly string[]; extra: ReadonlyMap<string, readonly string[]>}
  exec: CredentialPlugin | null
  authProvider: AuthProvider | null
  origin: Origin
}

export interface Context {
  name: string
  cluster: string
  user: string
  namespace: string
  origin: Origin
}

/** Something worth a word that does not change what the file means to kubectl. */
export interface Remark {
  id: 'ignored-field' | 'unknown-field'
  path: readonly PathStep[]
  message: string
}

export interface Kubeconfig {
  file: string
  dir: string
  root: YamlNode
  currentContext: string
  contexts: ReadonlyMap<string, Context>
  clusters: ReadonlyMap<string, Cluster>
  users: ReadonlyMap<string, User>
  remarks: readonly Remark[]
  /** No context, cluster or user at all. */
  empty: boolean
}
