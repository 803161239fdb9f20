import type {PathStep, YamlNode} from './node.js'

/**
 * A kubeconfig as client-go's `clientcmd/api/v1` decodes it, reduced to what a
 * verdict or a snapshot needs. Every entry remembers its file and its node, so
 * that a finding can name line and column.
 */
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

/** `users[].user.auth-provider`, the legacy door. Config values may be secrets. */
export interface AuthProvider {
  name: string
  config: ReadonlyMap<string, string>
}
