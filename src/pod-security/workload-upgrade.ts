import type {UpgradeNote} from '../audit/audit-report.js'
import type {Fact} from '../audit/fact.js'
import {defineFact} from '../audit/fact.js'
import {counted} from '../kube/counted.js'
import type {ControlId} from './control.js'
import type {Forecast, Policy} from './workload-fits.js'
import {fitsOf, forecast} from './workload-fits.js'
import type {WorkloadLevel} from './workload-gather.js'
import type {WorkloadLevels} from './workload-levels.js'
import {workloadLevels} from './workload-levels.js'
import {namespacePolicies} from './workload-namespaces.js'

/** What one server version changes, counted. */
interface Step {
  minor: number
  /** By the level that their namespace enforces. */
  refused: Count
  /** Nothing refuses them; they lose the level that they fit today. */
  losing: Count
}

interface Count {
  pods: number
  workloads: number
  controls: Set<ControlId>
}

/** A note for each server version from which on something is refused that is let in today, or loses the level that it fits. */
export const podUpgrade: Fact<UpgradeNote[]> = defineFact<never, UpgradeNote[]>({
  id: 'pod-upgrade',
  reads: [],
  needs: [workloadLevels, namespacePolicies],
  create: context => ({
    end: () => upgradeNotes(context.fact(workloadLevels), context.fact(namespacePolicies)),
  }),
})

export function upgradeNotes(levels: Pick<WorkloadLevels, 'workloads' | 'server' | 'isServerKnown' | 'target' | 'unread'>, policies: ReadonlyMap<string, Policy>): UpgradeNote[] {
  // Without a version to start from nothing is new.
  if (!levels.isServerKnown) return []
  const steps = new Map<number, Step>()
  for (const workload of levels.workloads)
    for (const {isEnforced, ...one} of changesOf(workload, levels, policies.get(workload.owner.namespace))) {
      const step = steps.get(one.minor) ?? {minor: one.minor, refused: nothing(), losing: nothing()}
      steps.set(one.minor, step)
      countIn(isEnforced ? step.refused : step.losing, one)
    }
  return [...steps.values()].toSorted((a, b) => a.minor - b.minor).map(step => ({release: `v1.${step.minor}`, isTentative: false, text: `${levels.unread.length > 0 ? 'at least ' : ''}${textOf(step)}`}))
}

function changesOf(workload: WorkloadLevel, {server, target}: Pick<WorkloadLevels, 'server' | 'target'>, policy: Policy | undefined): (Forecast & {isEnforced: boolean})[] {
  const enforced = policy === undefined ? [] : forecast(workload, server, target, policy).map(one => ({...one, isEnforced: true}))
  const level = fitsOf(workload, {minor: server, server})
  if (level === 'privileged') return enforced
  const losing = forecast(workload, server, target, {level, minor: null}).filter(({minor}) => !enforced.some(one => one.minor === minor))
  return [...enforced, ...losing.map(one => ({...one, isEnforced: false}))]
}

function nothing(): Count {
  return {pods: 0, workloads: 0, controls: new Set()}
}

function countIn(count: Count, {pods, controls}: Forecast): void {
  count.pods += pods
  count.workloads++
  for (const control of controls) count.controls.add(control)
}

function textOf({refused, losing}: Step): string {
  const parts = [
    ...(refused.workloads === 0 ? [] : [`${refused.pods === 0 ? 'pods' : counted(refused.pods, 'pod')} of ${counted(refused.workloads, 'workload')}${refused.pods === 0 ? ' (none seen)' : ''} newly refused by the level of their namespace (${[...refused.controls].join(', ')})`]),
    ...(losing.workloads === 0 ? [] : [`${counted(losing.workloads, 'workload')}${losing.pods > 0 ? ` with ${counted(losing.pods, 'pod')}` : ''} no longer ${losing.workloads === 1 ? 'fits' : 'fit'} the level of today (${[...losing.controls].join(', ')})`]),
  ]
  return parts.join('; ')
}
