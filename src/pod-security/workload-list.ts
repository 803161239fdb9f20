import type {WorkloadFailing, WorkloadInfo} from '../audit/audit-report.js'
import type {Fact} from '../audit/fact.js'
import {defineFact} from '../audit/fact.js'
import type {ControlId} from './control.js'
import {BASELINE_CONTROLS} from './control.js'
import type {Policy, WorkloadFailure} from './workload-fits.js'
import {failuresOf, fitsOf, refusedOf} from './workload-fits.js'
import type {WorkloadLevel} from './workload-gather.js'
import {workloadLevels} from './workload-levels.js'
import {namespacePolicies} from './workload-namespaces.js'

/** The report's workloads, made one by one when somebody writes them. */
export const workloadList: Fact<() => Iterable<WorkloadInfo>> = defineFact<never, () => Iterable<WorkloadInfo>>({
  id: 'workload-list',
  reads: [],
  needs: [workloadLevels, namespacePolicies],
  create: context => ({
    end() {
      const {workloads, server, target} = context.fact(workloadLevels)
      const policies = context.fact(namespacePolicies)
      return function* () {
        for (const workload of workloads) yield infoOf(workload, {server, target, policy: policies.get(workload.owner.namespace)})
      }
    },
  }),
})

interface Setting {
  server: number
  target: number
  policy: Policy | undefined
}

export function infoOf(workload: WorkloadLevel, {server, target, policy}: Setting): WorkloadInfo {
  const {owner: {namespace, apiVersion, kind, name}, pods} = workload
  const later = {minor: target, server: target}
  const failures = new Map<ControlId, WorkloadFailure>()
  for (const level of ['baseline', 'restricted'] as const) for (const failure of failuresOf(workload, level, later)) failures.set(failure.control, failure)
  return {
    namespace, apiVersion, kind, name, pods,
    fits: fitsOf(workload, {minor: server, server}), fitsAt: {minor: target, fits: fitsOf(workload, later)},
    refusedPods: policy === undefined ? 0 : (refusedOf(workload, policy, server)?.pods ?? 0),
    failing: [...failures.values()].map(failing),
  }
}

function failing({control, inPods, inTemplates}: WorkloadFailure): WorkloadFailing {
  // The template is what a person would edit.
  const shown = inTemplates ?? inPods
  const containers = [...new Set([...(inTemplates?.containers ?? []), ...(inPods?.containers ?? [])])]
  const isBaseline = (BASELINE_CONTROLS as readonly string[]).includes(control)
  return {control, level: isBaseline ? 'baseline' : 'restricted', path: shown?.path ?? '', containers, in: inPods === null ? 'templates' : inTemplates === null ? 'pods' : 'both'}
}
