import {podCoverage} from '../admission/pod-security/pod-coverage.js'
import {askedNamespaces} from '../audit/absent-namespaces.js'
import {clusterId} from '../audit/cluster-id.js'
import type {Evaluation} from '../audit/engine.js'
import {evaluate} from '../audit/engine.js'
import type {Fact} from '../audit/fact.js'
import type {Outcome} from '../audit/outcome.js'
import {isIncomplete} from '../audit/outcome.js'
import type {Scope} from '../audit/scope.js'
import type {ServerVersion} from '../audit/server-version.js'
import {effectiveMinor} from '../audit/server-version.js'
import type {ClusterSource} from '../audit/source.js'
import {readName} from '../audit/summary.js'
import type {CrdKey} from '../kube/included-crd.js'
import type {ReadKey} from '../kube/resources.js'
import {isEndpoint, resourceName, rowOf} from '../kube/resources.js'
import {platform} from '../network/platform.js'
import {clusterUid} from '../plan/cluster-uid.js'
import {podSecurityPlan} from '../plan/pod-security/make-plan.js'
import type {AllNamespaceStrings} from '../plan/pod-security/namespace-strings.js'
import {namespaceStrings} from '../plan/pod-security/namespace-strings.js'
import type {PodSecurityPlan} from '../plan/pod-security/plan.js'
import {workloadFixesAt} from '../plan/pod-security/workload-fixes.js'
import {namespaceLevels} from '../pod-security/namespace-levels.js'
import {podSecurityState} from '../pod-security/psa-config-fact.js'
import type {WorkloadLevels} from '../pod-security/workload-levels.js'
import {TEMPLATE_ROWS, workloadLevelsOf} from '../pod-security/workload-levels.js'

export interface PlanOptions {
  clusterName: string
  version: Fact<ServerVersion>
  target: number
  included: readonly CrdKey[]
  scope: Scope
}

export interface PlanPorts {
  source: ClusterSource
  onRead(key: ReadKey): void
}

/** The server's own minor before anything else is read: a target that it is past is told at once. Null: nothing tells it. */
export async function serverMinor(version: Fact<ServerVersion>, source: ClusterSource): Promise<number | null> {
  const {fact} = await evaluate({checks: [], facts: [], version, source, onReport: () => undefined, mayReadSecrets: false})
  return effectiveMinor(fact(version))
}

/** Reads the cluster as an audit does and answers what to do there, in which order. Nothing is applied. */
export async function planPodSecurity({clusterName, version, target, included, scope}: PlanOptions, {source, onRead}: PlanPorts): Promise<PodSecurityPlan> {
  const levels = workloadLevelsOf({included, target})
  const fixes = workloadFixesAt(target, included)
  const asked = askedNamespaces(source, scope.namespaces)
  const evaluation = await evaluate({
    checks: [], facts: [clusterId, clusterUid, version, levels, fixes, namespaceLevels, namespaceStrings, podSecurityState, podCoverage, platform, asked.fact], version,
    source: asked.source, onRead, onReport: () => undefined, mayReadSecrets: false,
  })
  const {fact} = evaluation
  const {gitVersion, evidence, ...server} = fact(version)
  return podSecurityPlan({
    clusterId: fact(clusterId), clusterUid: fact(clusterUid), clusterName, server: {gitVersion, minor: effectiveMinor({gitVersion, evidence, ...server}), evidence},
    levels: withNothingUnseen(fact(levels), evaluation), lacking: lackingIn(evaluation), fixes: fact(fixes), namespaces: fact(namespaceLevels), strings: fact(namespaceStrings), state: fact(podSecurityState), coverage: fact(podCoverage),
    isOpenShift: fact(platform)?.name === 'openshift', scope,
    incomplete: [...unreadIn(evaluation, fact(levels), fact(namespaceStrings)), ...asked.absent(evaluation).map(name => ({resource: `namespace ${name}`, outcome: 'not-found', detail: 'there is none of this name'}))],
  })
}

/** What most clusters have, and files may lack. */
const USUAL = ['pods', 'deployment-templates', 'statefulset-templates', 'daemonset-templates', 'cronjob-templates', 'job-templates'] as const

function lackingIn({outcomes}: Evaluation): string[] {
  return USUAL.filter(key => outcomes.get(key)?.outcome === 'not-in-input').map(key => resourceName(rowOf(key)))
}

/** Namespaces alone say nothing of what is in them. */
function withNothingUnseen(levels: WorkloadLevels, {outcomes}: Evaluation): WorkloadLevels {
  const isAnySeen = [...TEMPLATE_ROWS, 'pods' as const].some(key => outcomes.get(key)?.outcome !== 'not-in-input')
  return isAnySeen ? levels : {...levels, unread: [{key: 'pods', outcome: 'not-in-input', detail: ''}, ...levels.unread]}
}

/** Rows that were not read whole, and those of which this plan did not understand something. Flags and metrics are one of several roads, and managed control planes hide them for good. */
function unreadIn({outcomes, notUnderstood}: Evaluation, levels: WorkloadLevels, strings: AllNamespaceStrings): PodSecurityPlan['incomplete'] {
  const rows = new Map<ReadKey, {outcome: Outcome; detail: string}>([...outcomes].filter(([key]) => !isEndpoint(key)))
  for (const [key, detail] of notUnderstood) if (rows.get(key)?.outcome === 'complete' || isEndpoint(key)) rows.set(key, {outcome: 'not-understood', detail})
  for (const {key, outcome, detail} of [...levels.unread, {key: 'namespaces' as const, ...strings.outcome}]) if (isIncomplete(outcome)) rows.set(key, {outcome, detail})
  return [...rows].filter(([, {outcome}]) => isIncomplete(outcome)).map(([key, {outcome, detail}]) => ({resource: readName(key), outcome, detail}))
}
