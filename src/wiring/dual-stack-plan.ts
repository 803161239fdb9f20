import {progressOn} from '../adapters/progress.js'
import {chooseChecks} from '../checks/choose.js'
import {CHECKS} from '../checks/registry.js'
import {planDualStack} from '../flows/plan-dual-stack.js'
import {NOTHING_ASSUMED} from '../network/assumed-families.js'
import type {DualStackPlan} from '../plan/dual-stack/plan.js'
import {planJson} from '../report/dual-stack-plan/document.js'
import {planFiles} from '../report/dual-stack-plan/files.js'
import {planScreen} from '../report/dual-stack-plan/screen.js'
import {planWide} from '../report/dual-stack-plan/wide.js'
import type {AssumedFlags} from './assumed-flags.js'
import {assumedIn} from './assumed-flags.js'
import type {DeliveryFlags} from './deliver-plan.js'
import {deliverPlan} from './deliver-plan.js'
import type {ClusterFlags} from './open-cluster.js'
import {openCluster} from './open-cluster.js'
import {shownReads} from './shown-reads.js'

export interface DualStackPlanFlags extends ClusterFlags, DeliveryFlags, Pick<AssumedFlags, 'range'> {
  'exclude-namespace'?: readonly string[] | undefined
}

export async function runDualStackPlan(flags: DualStackPlanFlags, version: string): Promise<void> {
  await deliverPlan(flags, version, () => readAndPlan(flags, version), {files: planFiles, json: planJson, wide: planWide, screen: planScreen})
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
