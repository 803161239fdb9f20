import {proveEmpty, writeNewDirectory} from '../adapters/new-directory.js'
import {progressOn} from '../adapters/progress.js'
import {chooseChecks} from '../checks/choose.js'
import {CHECKS} from '../checks/registry.js'
import {EXIT} from '../exit-codes.js'
import {FACTS_AS_OF} from '../flows/audit.js'
import {planDualStack} from '../flows/plan-dual-stack.js'
import {NOTHING_ASSUMED} from '../network/assumed-families.js'
import type {DualStackPlan} from '../plan/dual-stack/plan.js'
import {printable} from '../printable.js'
import {planJson} from '../report/dual-stack-plan/document.js'
import {planFiles} from '../report/dual-stack-plan/files.js'
import {planScreen} from '../report/dual-stack-plan/screen.js'
import {planWide} from '../report/dual-stack-plan/wide.js'
import type {AssumedFlags} from './assumed-flags.js'
import {assumedIn} from './assumed-flags.js'
import type {ClusterFlags} from './open-cluster.js'
import {openCluster} from './open-cluster.js'
import {shownReads} from './shown-reads.js'

export interface DualStackPlanFlags extends ClusterFlags, Pick<AssumedFlags, 'range'> {
  output: 'table' | 'wide' | 'json'
  out?: string | undefined
  'exclude-namespace'?: readonly string[] | undefined
  'allow-incomplete': boolean
}

/** The plan on standard output, or in files with the screen beside; what was not read is said in each of them. */
export async function runDualStackPlan(flags: DualStackPlanFlags, version: string): Promise<void> {
  if (flags.out !== undefined) proveEmpty(flags.out)
  const plan = await readAndPlan(flags, version)
  const tool = {version, factsAsOf: FACTS_AS_OF}
  if (flags.out !== undefined) {
    const files = planFiles(plan, tool)
    writeNewDirectory(flags.out, files)
    process.stderr.write(`wrote ${files.length} files to ${printable(flags.out)}: begin with its README.md\n`)
  }
  const width = process.stdout.columns ?? 80
  const out = flags.out === undefined ? null : printable(flags.out)
  if (flags.output === 'json') process.stdout.write(planJson(plan, tool))
  else if (flags.output === 'wide') for (const chunk of planWide(plan, width, out)) process.stdout.write(chunk)
  else process.stdout.write(planScreen(plan, {width, out}))
  process.exitCode = plan.incomplete.length === 0 || flags['allow-incomplete'] ? EXIT.ok : EXIT.incomplete
}

async function readAndPlan(flags: DualStackPlanFlags, toolVersion: string): Promise<DualStackPlan> {
  // Mistakes in flags are told before a cluster is read.
  const {ranges} = assumedIn({range: flags.range}) ?? NOTHING_ASSUMED
  const scope = {namespaces: [...new Set(flags.namespace)], excluded: flags['exclude-namespace'] ?? []}
  const progress = progressOn(process.stderr, Date.now)
  try {
    const cluster = await openCluster(flags, progress, toolVersion)
    try {
      return await planDualStack({clusterName: cluster.name, checks: topicChecks(), ranges, scope}, {source: cluster.source, onRead: shownReads(progress, flags)})
    } finally {
      await cluster.source.close()
    }
  } finally {
    progress.end()
  }
}

function topicChecks(): Parameters<typeof planDualStack>[0]['checks'] {
  const chosen = chooseChecks(CHECKS, {topics: ['dual-stack'], only: [], skip: []})
  if (!chosen.ok) throw new Error('the topic dual-stack has no checks')
  return chosen.checks
}
