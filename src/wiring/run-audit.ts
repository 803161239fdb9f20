import {findingSpool} from '../adapters/finding-spool.js'
import type {Progress} from '../adapters/progress.js'
import {progressOn} from '../adapters/progress.js'
import type {AuditResult} from '../audit/audit-report.js'
import type {Check} from '../audit/check.js'
import type {Severity, Topic} from '../audit/severity.js'
import {chooseChecks} from '../checks/choose.js'
import {CHECKS} from '../checks/registry.js'
import {UsageError} from '../errors.js'
import {audit} from '../flows/audit.js'
import type {AssumedFamilies} from '../network/assumed-families.js'
import {printable} from '../printable.js'
import type {GivenAdmissionConfig} from './admission-config.js'
import {loadAdmissionConfig, withAdmissionConfig} from './admission-config.js'
import {loadBaseline, loadExemptions} from './audit-inputs.js'
import type {AssumedFlags} from './assumed-flags.js'
import {assumedIn} from './assumed-flags.js'
import {includedCrds} from './included-crds.js'
import type {OpenedCluster} from './open-cluster.js'
import {reportFacts} from './report-facts.js'
import {shownReads} from './shown-reads.js'

export interface RunFlags extends AssumedFlags {
  topic?: readonly Topic[] | undefined
  check?: readonly string[] | undefined
  skip?: readonly string[] | undefined
  'include-crd'?: readonly string[] | undefined
  namespace?: readonly string[] | undefined
  'exclude-namespace'?: readonly string[] | undefined
  'server-version'?: string | undefined
  'include-secrets': boolean
  'fail-on': Severity
  'min-severity': Severity
  'allow-incomplete': boolean
  exemptions?: string | undefined
  baseline?: string | undefined
  probe?: boolean
  'admission-config'?: string | undefined
}

export function chosenChecks({topic = [], check = [], skip = []}: Pick<RunFlags, 'topic' | 'check' | 'skip'>, {withOnRequest = false} = {}): readonly Check[] {
  const chosen = chooseChecks(CHECKS, {topics: topic, only: check, skip, withOnRequest})
  if (!chosen.ok) throw new UsageError('bad-argument', `there is no check ${printable(chosen.unknown)}`, chosen.near === null ? '`kubectl k121 checks list` has them all' : `did you mean ${chosen.near}? \`kubectl k121 checks list\` has them all`)
  if (chosen.checks.length === 0) throw new UsageError('bad-argument', 'no check is left to run', 'take away a --topic, --check or --skip')
  return chosen.checks
}

export function topicsOf(checks: readonly Check[]): ReadonlySet<Topic> {
  return new Set(checks.map(check => check.meta.topic))
}

/** Runs an audit over an open cluster; `use` gets the result while its findings can still be read. */
export async function runAudit(flags: RunFlags, open: (progress: Progress) => Promise<OpenedCluster>, use: (result: AuditResult) => Promise<void>, version: string): Promise<void> {
  // Mistakes in files are told before a cluster is read.
  const checks = chosenChecks(flags)
  const exemptions = flags.exemptions === undefined ? [] : loadExemptions(flags.exemptions)
  const baseline = flags.baseline === undefined ? null : loadBaseline(flags.baseline)
  const scope = {namespaces: [...new Set(flags.namespace)], excluded: flags['exclude-namespace'] ?? []}
  const topics = topicsOf(checks)
  const config = admissionConfigOf(flags, topics)
  const facts = reportFacts(topics, flags['server-version'], {included: includedCrds(flags['include-crd']), assumed: assumptionOf(flags, topics)})
  const progress = progressOn(process.stderr, Date.now)
  const spool = findingSpool()
  try {
    const cluster = await open(progress)
    const result = await audit({
      checks, facts, topics: [...topics], narrowed: [...topics].filter(topic => CHECKS.some(check => check.meta.topic === topic && check.meta.isOnRequest !== true && !checks.includes(check))), scope,
      failOn: flags['fail-on'], minSeverity: flags['min-severity'], allowIncomplete: flags['allow-incomplete'], includeSecrets: flags['include-secrets'],
      exemptions, baseline, clusterName: cluster.name, toolVersion: version,
    }, {
      source: config === null ? cluster.source : withAdmissionConfig(cluster.source, config), spool, now: Date.now,
      onRead: shownReads(progress, flags),
      onFinding: finding => progress.found(finding),
    }).finally(() => cluster.source.close())
    progress.end()
    await use(result)
  } finally {
    progress.end()
    spool.remove()
  }
}

/** Null: none. */
function assumptionOf(flags: AssumedFlags, topics: ReadonlySet<Topic>): AssumedFamilies | null {
  const assumed = assumedIn(flags)
  if (assumed !== null && !topics.has('dual-stack')) throw new UsageError('bad-argument', `--${flags.assume === undefined ? 'range' : 'assume'} is read for the topic dual-stack only`, 'leave it out, or take that topic in')
  return assumed
}

/** Null: not given. */
function admissionConfigOf({'admission-config': file, 'server-version': version}: RunFlags, topics: ReadonlySet<Topic>): GivenAdmissionConfig | null {
  if (file === undefined) return null
  if (!topics.has('pod-security')) throw new UsageError('bad-argument', '--admission-config is read for the topic pod-security only', 'leave it out, or take that topic in')
  const config = loadAdmissionConfig(file, version)
  for (const note of config.notes) process.stderr.write(`note: ${note}\n`)
  return config
}
