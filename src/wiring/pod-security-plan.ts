import {proveEmpty, writeNewDirectory} from '../adapters/new-directory.js'
import {progressOn} from '../adapters/progress.js'
import {UsageError} from '../errors.js'
import {EXIT} from '../exit-codes.js'
import {FACTS_AS_OF} from '../flows/audit.js'
import {planPodSecurity, serverMinor} from '../flows/plan-pod-security.js'
import {minorOf} from '../kube/version.js'
import type {PodSecurityPlan} from '../plan/pod-security/plan.js'
import {NEWEST_MINOR} from '../pod-security/control.js'
import {printable, quote} from '../printable.js'
import {planJson} from '../report/pod-security-plan/document.js'
import {planFiles} from '../report/pod-security-plan/files.js'
import {planScreen} from '../report/pod-security-plan/screen.js'
import {planWide} from '../report/pod-security-plan/wide.js'
import {loadAdmissionConfig, withAdmissionConfig} from './admission-config.js'
import {includedCrds} from './included-crds.js'
import type {ClusterFlags} from './open-cluster.js'
import {openCluster} from './open-cluster.js'
import {versionFrom} from './server-version-flag.js'
import {shownReads} from './shown-reads.js'

export interface PlanFlags extends ClusterFlags {
  target?: string | undefined
  output: 'table' | 'wide' | 'json'
  out?: string | undefined
  'exclude-namespace'?: readonly string[] | undefined
  'admission-config'?: string | undefined
  'allow-incomplete': boolean
}

/** The plan on standard output, or in files with the screen beside; what was not read is said in each of them. */
export async function runPodSecurityPlan(flags: PlanFlags, version: string): Promise<void> {
  if (flags.out !== undefined) proveEmpty(flags.out)
  const plan = await readAndPlan(flags, version)
  const tool = {version, factsAsOf: FACTS_AS_OF}
  if (flags.out !== undefined) {
    const files = planFiles(plan, tool)
    writeNewDirectory(flags.out, files)
    process.stderr.write(`wrote ${files.length} files to ${printable(flags.out)}: begin with its README.md\n`)
  }
  const width = process.stdout.columns ?? 80
  if (flags.output === 'json') process.stdout.write(planJson(plan, tool))
  else if (flags.output === 'wide') for (const chunk of planWide(plan, width)) process.stdout.write(chunk)
  else process.stdout.write(planScreen(plan, {width, isWritten: flags.out !== undefined}))
  process.exitCode = plan.incomplete.length === 0 || flags['allow-incomplete'] ? EXIT.ok : EXIT.incomplete
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
