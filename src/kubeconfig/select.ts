import type {Cluster, Context, Kubeconfig, User} from './model.js'

/** Every file of a KUBECONFIG list as one configuration. */
export interface Merged {
  currentContext: string
  contexts: ReadonlyMap<string, Context>
  clusters: ReadonlyMap<string, Cluster>
  users: ReadonlyMap<string, User>
}

/** Per entry the first file wins completely, scalars take the first non-empty one (client-go loader.go, merge.go). */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): Merged {
  return {
    currentContext: files.find(file => file.currentContext !== '')?.currentContext ?? '',
    contexts: firstWins(files.map(file => file.contexts)),
    clusters: firstWins(files.map(file => file.clusters)),
    users: firstWins(files.map(file => file.users)),
  }
}

function firstWins<T>(maps: readonly ReadonlyMap<string, T>[]): Map<string, T> {
  const merged = new Map<string, T>()
  for (const map of maps) for (const [name, entry] of map) if (!merged.has(name)) merged.set(name, entry)
  return merged
}

/** The overrides that choose, as kubectl's flags give them; undefined or '' means not given (client-go tests len > 0). */
export interface Choice {
  context?: string | undefined
  cluster?: string | undefined
  user?: string | undefined
}

export interface Selection {
  contextName: string
  context: Context | null
  clusterName: string
  cluster: Cluster | null
  userName: string
  user: User | null
  /** What was named but is not there. A missing user of a context is no error for kubectl: it asks for a password. */
  missing: 'context' | 'cluster' | 'user' | null
}

/**
 * The one context, cluster and user that kubectl would use (client-go
 * client_config.go). Empty names are names: without a current context, the
 * context, cluster and user called `''` are used if they exist.
 */
export function select(merged: Merged, choice: Choice): Selection {
  const contextName = choice.context || merged.currentContext
  const context = merged.contexts.get(contextName) ?? null
  const clusterName = choice.cluster || context?.cluster || ''
  const userName = choice.user || context?.user || ''
  const cluster = merged.clusters.get(clusterName) ?? null
  const user = merged.users.get(userName) ?? null
  let missing: Selection['missing'] = null
  if (contextName !== '' && context === null) missing = 'context'
  else if (choice.cluster && cluster === null) missing = 'cluster'
  else if (choice.user && user === null) missing = 'user'
  return {contextName, context, clusterName, cluster, userName, user, missing}
}
