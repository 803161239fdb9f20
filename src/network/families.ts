import type {FamiliesInfo} from '../audit/audit-report.js'
import type {Fact} from '../audit/fact.js'
import {defineFact} from '../audit/fact.js'
import {assumedFamilies, withAssumed} from './assumed-families.js'
import {cniFamilies} from './cni-families.js'
import {configuredRanges} from './configured-ranges.js'
import {dualStackProbe} from './dual-stack-probe.js'
import {edgeFamilies} from './edge-families.js'
import type {Evidence} from './evidence.js'
import {familiesIn} from './evidence.js'
import type {Gathered, Ranges} from './family-ranges.js'
import {rangesOf, reportedRanges, serviceFamiliesOf} from './family-ranges.js'
import {familyState} from './family-state.js'
import {nodeFamilies} from './node-families.js'
import {podFamilies} from './pod-families.js'
import {serviceFamilies} from './service-families.js'

const GATHERERS = [podFamilies, nodeFamilies, serviceFamilies, configuredRanges, cniFamilies] as const

/** The ranges of the cluster, as sets: for whoever asks whether an address is a pod's, a Service's or a node's. */
export const clusterRanges: Fact<Ranges> = defineFact({
  id: 'cluster-ranges',
  reads: [],
  needs: [...GATHERERS, assumedFamilies],
  create: context => ({
    end: () => withAssumed(rangesOf(gathered(fact => context.fact(fact))), context.fact(assumedFamilies)),
  }),
})

/**
 * Which IP families this cluster has, and what says so. A signal that could
 * not be read is unknown in the evidence and never taken for absent; pods that
 * could not be read leave the state unknown.
 */
export const families: Fact<FamiliesInfo> = defineFact({
  id: 'families',
  reads: [],
  needs: [...GATHERERS, edgeFamilies, clusterRanges, dualStackProbe],
  create: context => ({
    end(): FamiliesInfo {
      const all = gathered(fact => context.fact(fact))
      const edge = context.fact(edgeFamilies)
      const ranges = context.fact(clusterRanges)
      const {pods, nodes, services, cni} = all
      const probe = context.fact(dualStackProbe)
      const serviceRange = serviceFamiliesOf(all, probe)
      const hidden = cni.hidden?.family ?? null
      return {
        state: familyState({pods: pods.counts, isEveryPodSeen: pods.outcome.outcome === 'complete', hidden, services: serviceRange, edge: edge.families}),
        primary: services.primary, edge: edge.families, hidden, services: serviceRange,
        nodes: nodes.counts === null ? pods.hosts.families : familiesIn(nodes.counts),
        counts: {pods: pods.counts, services: services.counts, nodes: nodes.counts},
        evidence: evidenceOfAll(all, [...edge.evidence, ...(probe === null ? [] : [probe.evidence])]),
        ...reportedRanges(ranges),
      }
    },
  }),
})

function gathered(fact: <T>(fact: Fact<T>) => T): Gathered {
  return {pods: fact(podFamilies), nodes: fact(nodeFamilies), services: fact(serviceFamilies), configured: fact(configuredRanges), cni: fact(cniFamilies)}
}

/** In order of trust. Pods speak of nodes only where nodes themselves do not. */
function evidenceOfAll({pods, nodes, services, configured, cni}: Gathered, others: readonly Evidence[]): Evidence[] {
  const hosts = nodes.counts === null ? [pods.hosts.evidence] : []
  const list = [pods.evidence, services.evidence, ...nodes.evidence, ...hosts, ...configured.evidence, ...cni.evidence, ...others]
  return list.toSorted((a, b) => a.signal - b.signal)
}
