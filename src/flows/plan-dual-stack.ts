import {askedNamespaces} from '../audit/absent-namespaces.js'
import type {Check} from '../audit/check.js'
import {clusterId} from '../audit/cluster-id.js'
import type {Evaluation} from '../audit/engine.js'
import {evaluate} from '../audit/engine.js'
import type {Outcome, ReadOutcome} from '../audit/outcome.js'
import {isIncomplete} from '../audit/outcome.js'
import type {Scope} from '../audit/scope.js'
import {serverVersion} from '../audit/server-version.js'
import type {ClusterSource} from '../audit/source.js'
import {readName} from '../audit/summary.js'
import {addressSpace} from '../filters/address-space.js'
import {cidrMatch} from '../filters/network-policy/cidr-match.js'
import {networkPolicies} from '../filters/network-policy/policies.js'
import {twinlessAddresses} from '../filters/network-policy/twinless.js'
import type {ReadKey} from '../kube/resources.js'
import {isEndpoint} from '../kube/resources.js'
import type {AssumedFamilies} from '../network/assumed-families.js'
import {assume} from '../network/assumed-families.js'
import {families} from '../network/families.js'
import {clusterUid} from '../plan/cluster-uid.js'
import {dualStackPlan} from '../plan/dual-stack/make-plan.js'
import {otherFilters} from '../plan/dual-stack/other-filters.js'
import type {DualStackPlan} from '../plan/dual-stack/plan.js'
import {policyGroups} from '../plan/dual-stack/policy-groups.js'
import {policySources} from '../plan/dual-stack/policy-sources.js'

export interface DualStackPlanOptions {
  clusterName: string
  /** Of the topic: what they say of other filters is counted. */
  checks: readonly Check[]
  /** `--range` */
  ranges: AssumedFamilies['ranges']
  scope: Scope
}

export interface DualStackPlanPorts {
  source: ClusterSource
  onRead(key: ReadKey): void
}

/** Reads the cluster as an audit does, judges it as if it had both families, and answers what its filters lack. Nothing is applied. */
export async function planDualStack({clusterName, checks, ranges, scope}: DualStackPlanOptions, {source, onRead}: DualStackPlanPorts): Promise<DualStackPlan> {
  const others = otherFilters(scope)
  const asked = askedNamespaces(source, scope.namespaces)
  const evaluation = await evaluate({
    checks, facts: [assume({isDual: true, ranges}), clusterId, clusterUid, families, addressSpace, cidrMatch, twinlessAddresses, networkPolicies, policySources, policyGroups, asked.fact], version: serverVersion,
    source: asked.source, onRead, onReport: (check, report) => others.add(check.meta, report), mayReadSecrets: false,
  })
  const {fact} = evaluation
  return dualStackPlan({
    cluster: {id: fact(clusterId), name: clusterName, uid: fact(clusterUid)}, families: fact(families), space: fact(addressSpace), engine: fact(cidrMatch), twinless: fact(twinlessAddresses),
    policies: fact(networkPolicies), sources: fact(policySources), groups: fact(policyGroups), others: others.sums(), scope,
    isWithoutPolicies: evaluation.outcomes.get('networkpolicies')?.outcome === 'not-in-input',
    incomplete: [...unreadIn(evaluation), ...asked.absent(evaluation).map(name => ({resource: `namespace ${name}`, outcome: 'not-found', detail: 'there is none of this name'}))],
  })
}

/** Rows that were not read whole, and those of which something was not understood. Flags and probes are one of several roads. */
function unreadIn({outcomes, notUnderstood}: Evaluation): DualStackPlan['incomplete'] {
  const rows = new Map<ReadKey, Pick<ReadOutcome, 'detail'> & {outcome: Outcome}>([...outcomes].filter(([key]) => !isEndpoint(key)))
  for (const [key, detail] of notUnderstood) if (rows.get(key)?.outcome === 'complete' || isEndpoint(key)) rows.set(key, {outcome: 'not-understood', detail})
  return [...rows].filter(([, {outcome}]) => isIncomplete(outcome)).map(([key, {outcome, detail}]) => ({resource: readName(key), outcome, detail}))
}
