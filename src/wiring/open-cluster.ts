import {existsSync} from 'node:fs'
import {openFiles} from '../adapters/manifests/open-files.js'
import {problemText} from '../adapters/manifests/problem.js'
import {dualStackProbe} from '../adapters/kubectl/dual-stack-probe.js'
import type {ProbeAnswer} from '../adapters/kubectl/external-ip-probe.js'
import {externalIPProbe, probeArguments} from '../adapters/kubectl/external-ip-probe.js'
import type {Launch} from '../adapters/kubectl/launch.js'
import {podSecurityProbe} from '../adapters/kubectl/pod-security-probe.js'
import type {Progress} from '../adapters/progress.js'
import type {Probe} from '../adapters/read-endpoints.js'
import {unread} from '../audit/outcome.js'
import type {ClusterSource} from '../audit/source.js'
import {UsageError} from '../errors.js'
import {durationOf} from '../kube/duration.js'
import {printable, quote} from '../printable.js'
import {connectionFlagsGiven, connectionWords} from './connection-flags.js'
import {guardedLaunch} from './guarded-kubectl.js'
import {includedCrds} from './included-crds.js'
import type {LiveClusterOptions} from './live-cluster.js'
import {openLiveCluster} from './live-cluster.js'

export interface OpenedCluster {
  source: ClusterSource
  /** Of the context, or of the files. */
  name: string
}

export interface ClusterFlags extends Readonly<Record<string, unknown>> {
  filename?: readonly string[] | undefined
  'include-crd'?: readonly string[] | undefined
  namespace?: readonly string[] | undefined
  'include-secrets': boolean
  'request-timeout': string
  'disable-compression': boolean
  kubectl?: string | undefined
  'trust-file'?: string | undefined
  probe?: boolean
  'probe-namespace'?: string
  'server-version'?: string | undefined
}

/** Files with `-f`, else the cluster that kubectl would talk to. */
export async function openCluster(flags: ClusterFlags, progress: Progress, version: string): Promise<OpenedCluster> {
  return flags.filename === undefined ? openLive(flags, progress, version) : openInput(flags, flags.filename)
}

async function openInput(flags: ClusterFlags, files: readonly string[]): Promise<OpenedCluster> {
  proveNamespaces(flags)
  const [stray] = connectionFlagsGiven(flags)
  if (stray !== undefined) throw new UsageError('bad-argument', `--${stray} has no meaning with -f`, 'files are read, and no cluster is contacted: leave one of the two out')
  const {source, name, problems, notes} = await openFiles(files, {stdin: process.stdin, mayReadSecrets: flags['include-secrets'], included: includedCrds(flags['include-crd'])})
  for (const problem of problems) process.stderr.write(`error: ${printable(problemText(problem))}\n  ${printable(problem.hint)}\n`)
  for (const note of notes) process.stderr.write(`note: ${printable(note)}\n`)
  return {source, name}
}

async function openLive(flags: ClusterFlags, progress: Progress, version: string): Promise<OpenedCluster> {
  if (flags['server-version'] !== undefined) throw new UsageError('bad-argument', '--server-version is for files', 'a live server says its own version; leave it out, or name files with -f')
  const live = await openLiveCluster(liveOptions(flags, progress, version))
  return {source: live.source, name: live.contextName}
}

/** A name that no namespace can have (`a,b`, an empty variable) would be a report without findings. */
function proveNamespaces({namespace = []}: ClusterFlags): void {
  const odd = namespace.find(name => !/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
  if (odd !== undefined) throw new UsageError('bad-argument', `-n ${quote(odd)}: no namespace can have this name`, 'one name for each -n, which may be repeated')
}

export function liveOptions(flags: ClusterFlags, progress: Progress, version: string): LiveClusterOptions {
  proveNamespaces(flags)
  // The guard would refuse it too, with the exit code of a plugin that is not trusted.
  if (typeof flags['kubeconfig'] === 'string' && !existsSync(flags['kubeconfig'])) throw new UsageError('not-found', `the kubeconfig ${quote(flags['kubeconfig'], 200)} does not exist`, 'name one that does; nothing was contacted')
  const connection = connectionWords(flags)
  const {kubectl, 'trust-file': trustFile} = flags
  return {
    connection, kubectl, trustFile, namespaces: flags.namespace ?? [], mayReadSecrets: flags['include-secrets'],
    timeoutMs: timeoutOf(flags['request-timeout']), disableCompression: flags['disable-compression'], version,
    ...(flags.probe ? {probe: probeOf(externalIPProbe, connection, flags), podSecurityProbe: podProbeOf(connection, flags), dualStackProbe: probeOf(dualStackProbe, connection, flags)} : {}),
    onProgress: ({items}) => progress.objects(items),
    onJudged: () => progress.reading('/version'),
    say(text) {
      // On a line of its own.
      progress.end()
      process.stderr.write(text)
    },
  }
}

function timeoutOf(text: string): number {
  const parsed = durationOf(text)
  if (parsed === null) throw new UsageError('bad-argument', `--request-timeout ${quote(text)} is no duration`, 'such as 30s, 2m or 1h; 0 waits for ever')
  return parsed
}

/** Both ask for the same thing, a Service that is not made. */
function probeOf(ask: (launch: Launch, namespace: string) => Promise<ProbeAnswer>, connection: readonly string[], {kubectl, 'trust-file': trustFile, 'probe-namespace': namespace = 'default'}: ClusterFlags): Probe {
  return async () => {
    const guarded = guardedLaunch([...probeArguments(namespace), ...connection], {kubectl, trustFile})
    return guarded.ok ? ask(guarded.launch, namespace) : {object: null, outcome: unread('unreachable', guarded.lines.join('; '))}
  }
}

function podProbeOf(connection: readonly string[], {kubectl, 'trust-file': trustFile, 'probe-namespace': namespace = 'default'}: ClusterFlags): Probe {
  return () => podSecurityProbe(words => {
    const guarded = guardedLaunch([...words, ...connection], {kubectl, trustFile})
    return guarded.ok ? {ok: true, launch: guarded.launch} : {ok: false, why: guarded.lines.join('; ')}
  }, namespace)
}
