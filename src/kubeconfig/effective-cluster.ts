import type {Cluster} from './model.js'
import type {ServerUrl} from './server-url.js'
import {parseServerUrl} from './server-url.js'

/** The connection flags of kubectl that change a cluster. Undefined or '' means not given. */
export interface ClusterFlags {
  server?: string | undefined
  certificateAuthority?: string | undefined
  tlsServerName?: string | undefined
  insecureSkipTlsVerify?: string | undefined
}

/** The cluster after kubectl's flags, as client-go merges them (client_config.go getCluster). */
export interface EffectiveCluster {
  entry: Cluster | null
  /** '' when neither file nor flag names one: http://localhost:8080. */
  server: string
  serverFromFlag: boolean
  /** null where the server is absent or does not fit the strict grammar. */
  url: ServerUrl | null
  tlsServerName: string
  insecure: boolean
  proxyUrl: string
  /** The CA as it is in force: inline data wins over a file. */
  ca: {data: Uint8Array} | {file: string; fromFlag: boolean} | null
}

export function effectiveCluster(entry: Cluster | null, flags: ClusterFlags): EffectiveCluster {
  const server = flags.server || entry?.server || ''
  const insecureFlag = /^(1|t|true)$/i.test(flags.insecureSkipTlsVerify ?? '')
  // Either TLS flag replaces the file's whole TLS choice; an explicit --tls-server-name or --server replaces its name.
  const replaced = insecureFlag || Boolean(flags.certificateAuthority)
  return {
    entry,
    server,
    serverFromFlag: Boolean(flags.server),
    url: server === '' ? null : parseServerUrl(server),
    tlsServerName: flags.tlsServerName || flags.server ? (flags.tlsServerName ?? '') : (entry?.tlsServerName ?? ''),
    insecure: replaced ? insecureFlag : (entry?.insecureSkipTlsVerify ?? false),
    proxyUrl: entry?.proxyUrl ?? '',
    ca: flags.certificateAuthority
      ? {file: flags.certificateAuthority, fromFlag: true}
      : replaced ? null : caOf(entry),
  }
}

function caOf(entry: Cluster | null): EffectiveCluster['ca'] {
  if (entry === null) return null
  if (entry.certificateAuthorityData !== null) return {data: entry.certificateAuthorityData}
  return entry.certificateAuthority === '' ? null : {file: entry.certificateAuthority, fromFlag: false}
}
