import {createHash} from 'node:crypto'
import {resolve} from 'node:path'
import type {EffectiveCluster} from '../kubeconfig/effective-cluster.js'
import type {CaBundle} from '../kubeconfig/pem.js'
import {parseCaBundle} from '../kubeconfig/pem.js'
import type {FileSource} from './file-source.js'

/** 1 MiB holds some 500 certificates. */
export const CA_CAP = 1 << 20

/** Who may speak for a server: the CA certificates that kubectl would accept. */
export interface Authority {
  /** Sorted `sha256:…` of each certificate's DER; `['system']` for the system roots; empty when the bundle holds none that we can read. */
  fingerprints: readonly string[]
  /** The bytes that were judged, for the snapshot; null for the system roots. */
  bundle: (CaBundle & {bytes: Uint8Array}) | null
  /** The file that they came from, absolute; null for inline data and system roots. */
  file: string | null
  problem: 'unreadable' | 'no-certificate' | null
}

/** @param dir what a relative path in the file is resolved against; a flag's path is resolved against `cwd` */
export function readAuthority(cluster: EffectiveCluster, dir: string, cwd: string, files: FileSource): Authority {
  if (cluster.ca === null) return {fingerprints: ['system'], bundle: null, file: null, problem: null}
  if ('data' in cluster.ca) return authorityOf(cluster.ca.data, null)
  const file = resolve(cluster.ca.fromFlag ? cwd : dir, cluster.ca.file)
  const bytes = files.read(file, CA_CAP)
  if (bytes === null) return {fingerprints: [], bundle: null, file, problem: 'unreadable'}
  return authorityOf(bytes, file)
}

export function authorityOf(bytes: Uint8Array, file: string | null): Authority {
  const bundle = {...parseCaBundle(bytes), bytes}
  const prints = bundle.certificates.map(der => `sha256:${createHash('sha256').update(der).digest('hex')}`)
  const problem = prints.length === 0 ? 'no-certificate' : null
  return {fingerprints: [...new Set(prints)].sort(), bundle, file, problem}
}
