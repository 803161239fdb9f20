import type {NamespaceInfo} from '../audit/audit-report.js'
import type {Fact} from '../audit/fact.js'
import {defineFact} from '../audit/fact.js'
import type {Level} from './labels.js'
import {minorOfVersion} from './labels.js'
import type {LabelledNamespace} from './namespace-levels.js'
import {namespaceLevels} from './namespace-levels.js'
import type {PodSecurityState} from './psa-config-fact.js'
import {podSecurityState} from './psa-config-fact.js'
import type {Policy} from './workload-fits.js'
import {fitsOf, leastOf} from './workload-fits.js'
import type {WorkloadLevel} from './workload-gather.js'
import type {WorkloadLevels} from './workload-levels.js'
import {workloadLevels} from './workload-levels.js'

/** What is in force in a namespace, as workloads are held to it. Null: nothing that refuses. */
export function policyOf({enforce}: Pick<LabelledNamespace, 'enforce'>, {exemptions}: Pick<PodSecurityState, 'exemptions'>): Policy | null {
  return enforce.level === 'privileged' ? null : {level: enforce.level, minor: minorOfVersion(enforce.version), exemptRuntimeClasses: exemptions.runtimeClasses}
}

export function byNamespace(workloads: readonly WorkloadLevel[]): ReadonlyMap<string, readonly WorkloadLevel[]> {
  const found = new Map<string, WorkloadLevel[]>()
  for (const workload of workloads) {
    const known = found.get(workload.owner.namespace)
    if (known === undefined) found.set(workload.owner.namespace, [workload])
    else known.push(workload)
  }
  return found
}

/**
 * The strictest level that everything in a namespace passes on a server of that
 * minor. Null where not all of it was seen and understood: what is left may pass
 * less. Privileged is the least that there is, whatever else is found.
 */
export function namespaceFits(minor: number, workloads: readonly WorkloadLevel[], {unread}: Pick<WorkloadLevels, 'unread'>): Level | null {
  const level = leastOf(workloads.map(workload => fitsOf(workload, {minor, server: minor})))
  return unread.length === 0 || level === 'privileged' ? level : null
}

/** The namespaces of the report, with what fits there today. */
export const fittedNamespaces: Fact<readonly NamespaceInfo[]> = defineFact<never, readonly NamespaceInfo[]>({
  id: 'fitted-namespaces',
  reads: [],
  needs: [namespaceLevels, workloadLevels],
  create: context => ({
    end() {
      const levels = context.fact(workloadLevels)
      const known = byNamespace(levels.workloads)
      return context.fact(namespaceLevels).map(({name, enforce, audit, warn, exempt, pods}) => ({
        name, enforce, audit, warn, exempt, fits: namespaceFits(levels.server, known.get(name) ?? [], levels), pods,
      }))
    },
  }),
})

/** The policies of all namespaces, by name; those in which nothing is refused are left out. */
export const namespacePolicies: Fact<ReadonlyMap<string, Policy>> = defineFact<never, ReadonlyMap<string, Policy>>({
  id: 'namespace-policies',
  reads: [],
  needs: [namespaceLevels, podSecurityState],
  create: context => ({
    end: () => new Map(context.fact(namespaceLevels).flatMap((namespace): [string, Policy][] => {
      const policy = policyOf(namespace, context.fact(podSecurityState))
      return policy === null ? [] : [[namespace.name, policy]]
    })),
  }),
})
