import {unread} from '../audit/outcome.js'
import type {ClusterSource, Pages, ReadRequest} from '../audit/source.js'
import {mapPages} from '../audit/source.js'
import type {ReadKey} from '../kube/resources.js'
import {isEndpoint, rowOf} from '../kube/resources.js'
import type {ApiClient} from './api-client.js'
import {discovery} from './discovery.js'
import {helmReleaseSummary} from './helm-release.js'
import type {Probe} from './read-endpoints.js'
import {readEndpoint} from './read-endpoints.js'
import {readRow} from './read-rows.js'

export interface LiveSourceOptions {
  client: ApiClient
  /** `-n`: listed one by one where listing the whole is forbidden. */
  namespaces: readonly string[]
  /** `--include-secrets`; without it no Secret is asked for, whatever names the row. */
  mayReadSecrets: boolean
  probe?: Probe
  podSecurityProbe?: Probe
  dualStackProbe?: Probe
  /** URL of the server, as the kubeconfig has it. */
  serverUrl?: string
  /** Every list is asked for one object: `audit --preflight`. */
  isPreflight?: boolean
  onProgress?: (progress: Progress) => void
}

/** After each page. */
export interface Progress {
  key: ReadKey
  items: number
  pagesDone: number
  bytes: number
  /** Items per second, since this row was begun. */
  rate: number
}

/** A live cluster, read once. What a server refuses is an outcome; nothing is thrown for it. */
export function liveSource(options: LiveSourceOptions): ClusterSource {
  const {client} = options
  const offered = discovery(client)
  return {
    kind: 'live',
    placeOf: () => null,
    close: () => client.close(),
    read(request) {
      const {key} = request
      if (isEndpoint(key)) return readEndpoint(key, client, options)
      const row = rowOf(key)
      if (row.optIn !== undefined && !options.mayReadSecrets) return notRequested()
      const pages = readRow({row, client, discovery: offered, refs: request.refs, namespaces: options.namespaces, isPreflight: options.isPreflight ?? false, onPage: counter(request, options)})
      // What is in a Helm release is nobody's to see but its summary's.
      return key === 'helm-secrets' ? mapPages(pages, page => page.map(helmReleaseSummary)) : pages
    },
  }
}

// oxlint-disable-next-line require-yield
async function* notRequested(): Pages {
  return unread('not-requested', 'Secrets are read only with --include-secrets')
}

function counter({key}: ReadRequest, {onProgress}: LiveSourceOptions): (news: {items: number; bytes: number}) => void {
  const began = performance.now()
  const sum = {items: 0, bytes: 0, pagesDone: 0}
  return ({items, bytes}) => {
    sum.items += items
    sum.bytes += bytes
    sum.pagesDone++
    onProgress?.({key, ...sum, rate: Math.round((sum.items * 1000) / Math.max(1, performance.now() - began))})
  }
}
