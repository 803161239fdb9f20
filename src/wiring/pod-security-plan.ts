import {progressOn} from '../adapters/progress.js'
import {UsageError} from '../errors.js'
import {planPodSecurity, serverMinor} from '../flows/plan-pod-security.js'
import {minorOf} from '../kube/version.js'
import type {PodSecurityPlan} from '../plan/pod-security/plan.js'
import {NEWEST_MINOR} from '../pod-security/control.js'
import {quote} from '../printable.js'
import {planJson} from '../report/pod-security-plan/document.js'
import {planFiles} from '../report/pod-security-plan/files.js'
import {planScreen} from '../report/pod-security-plan/screen.js'
import {planWide} from '../report/pod-security-plan/wide.js'
import {loadAdmissionConfig, withAdmissionConfig} from './admission-config.js'
import {includedCrds} from './included-crds.js'
import type {DeliveryFlags} from './deliver-plan.js'
import {deliverPlan} from './deliver-plan.js'
import type {ClusterFlags} from './open-cluster.js'
import {openCluster} from './open-cluster.js'
import {versionFrom} from './server-version-flag.js'
import {shownReads} from './shown-reads.js'

export interface PlanFlags extends ClusterFlags, DeliveryFlags {
  target?: string | undefined
  'exclude-namespace'?: readonly string[] | undefined
  'admission-config'?: string | undefined
}

export async function runPodSecurityPlan(flags: PlanFlags, version: string): Promise<void> {
  await deliverPlan(flags, version, () => readAndPlan(flags, version), {files: planFiles, json: planJson, wide: planWide, screen: (plan, {width, out}) => planScreen(plan, {width, isWritten: out !== null})})
}

async function readAndPlan(flags: PlanFlags, toolVersion: string): Promise<PodSecurityPlan> {
  // Mistakes in flags and files are told before a cluster is read.
  const version = versionFrom(flags['server-version'])
  const wanted = targetIn(flags.target)
  const included = includedCrds(flags['include-crd'])
  const scope = {namespaces: [...new Set(flags.namespace)], excluded: flags['exclude-namespace'] ?? []}
  const config = flags['admission-config'] === undefined ? null : loadAdmissionConfig(flags['admission-config'], flags['server-version'])
  for (const note of config?.notes ?? []) process.stderr.write(`note: ${note}\n`)
  const progress = progressOn(process.stderr, Date.now)
  try {
    const cluster = await openCluster(flags, progress, toolVersion)
    try {
      const source = config === null ? cluster.source : withAdmissionConfig(cluster.source, config)
      // Every server that is known is within the default: only a target that somebody named is worth asking for the version first.
      if (wanted < NEWEST_MINOR) proveTarget(wanted, await serverMinor(version, source))
      const plan = await planPodSecurity({clusterName: cluster.name, version, target: wanted, included, scope}, {source, onRead: shownReads(progress, flags)})
      proveTarget(wanted, plan.server.minor)
      return plan
    } finally {
      await cluster.source.close()
    }
  } finally {
    progress.end()
  }
}

const KNOWN = `rules are known up to v1.${NEWEST_MINOR}`

function targetIn(text: string | undefined): number {
  if (text === undefined) return NEWEST_MINOR
  const minor = minorOf(text)
  if (minor === null) throw new UsageError('bad-argument', `--target ${quote(text)} is no version of Kubernetes`, 'such as 1.34 or v1.34')
  if (minor > NEWEST_MINOR) throw new UsageError('bad-argument', `--target ${quote(text)} is newer than what is known: ${KNOWN}`, 'name an older one, or get a newer kubectl-k121')
  return minor
}

/** Nobody goes back a version, and its rules would say nothing of what is to come. */
function proveTarget(target: number, server: number | null): void {
  if (server === null || server <= target) return
  if (server > NEWEST_MINOR) throw new UsageError('bad-argument', `the server is v1.${server}, and ${KNOWN}`, 'get a newer kubectl-k121')
  throw new UsageError('bad-argument', `--target 1.${target} is older than the server, v1.${server}`, `name one from 1.${server} to 1.${NEWEST_MINOR}`)
}
