import type {PodCoverage} from '../../admission/pod-security/pod-coverage.js'
import type {UpgradeNote} from '../../audit/audit-report.js'
import {compareText} from '../../audit/order.js'
import type {Scope} from '../../audit/scope.js'
import {inScope} from '../../audit/scope.js'
import {minorOf} from '../../kube/version.js'
import type {LabelledNamespace} from '../../pod-security/namespace-levels.js'
import {policyOf, byNamespace} from '../../pod-security/workload-namespaces.js'
import {upgradeNotes} from '../../pod-security/workload-upgrade.js'
import {GONE_MINOR} from '../../psp/presence.js'
import {enforcerSums, enforcersByNamespace, unknownNamespaces} from './enforcers.js'
import {inTheWayOf} from './in-the-way.js'
import type {AllNamespaceStrings} from './namespace-strings.js'
import type {Setting} from './plan-namespace.js'
import {planNamespace} from './plan-namespace.js'
import type {NamespacePlan, PodSecurityPlan} from './plan.js'

export interface PlanInput extends Setting, Pick<PodSecurityPlan, 'server' | 'incomplete'> {
  /** Resources that files may lack, and these do. */
  lacking: readonly string[]
  clusterId: string
  clusterUid: string | null
  clusterName: string
  namespaces: readonly LabelledNamespace[]
  strings: AllNamespaceStrings
  coverage: PodCoverage
  scope: Scope
}

export function podSecurityPlan(input: PlanInput): PodSecurityPlan {
  const {levels, namespaces, strings, coverage, scope} = input
  const workloads = byNamespace(levels.workloads)
  const enforcers = enforcersByNamespace(coverage)
  const unknown = unknownNamespaces(coverage)
  const seen = new Map(namespaces.map(namespace => [namespace.name, namespace]))
  const names = [...new Set([...seen.keys(), ...workloads.keys()])].filter(name => name === '' ? scope.namespaces.length === 0 : inScope(name, scope)).toSorted(compareText)
  const plans = names.map(name => planNamespace({
    name, seen: seen.get(name) ?? null, strings: strings.byName.get(name) ?? null, workloads: workloads.get(name) ?? [], enforcers: enforcers.get(name) ?? [],
    // What was not in the input as a namespace was asked about by nobody.
    isEnforcementKnown: seen.has(name) && !unknown.has(name),
  }, input))
  const planned = plans.map(({namespace}) => namespace)
  const all = plans.flatMap(plan => plan.workloads)
  return {
    cluster: {id: input.clusterId, name: input.clusterName, uid: input.clusterUid}, server: input.server, target: levels.target,
    remarks: [...remarksOf(input), ...goneWithPsp(planned, levels)], namespaces: planned, workloads: all,
    inTheWay: inTheWayOf(all.filter(({isNeeded}) => isNeeded)),
    enforcers: enforcerSums(planned, coverage.inert),
    upgrade: upgradeOf(input, new Set(names)), incomplete: input.incomplete,
  }
}

function upgradeOf({levels, namespaces, state}: PlanInput, names: ReadonlySet<string>): UpgradeNote[] {
  const policies = new Map(namespaces.flatMap(namespace => {
    const policy = policyOf(namespace, state)
    return policy === null ? [] : [[namespace.name, policy] as const]
  }))
  return upgradeNotes({...levels, workloads: levels.workloads.filter(({owner}) => names.has(owner.namespace))}, policies)
}

/** The forecast tells only what is newly refused. */
function goneWithPsp(namespaces: readonly NamespacePlan[], {server, target}: Pick<Setting['levels'], 'server' | 'target'>): string[] {
  const held = namespaces.filter(({enforcers}) => enforcers.some(({engine}) => engine === 'psp')).length
  if (held === 0 || server >= GONE_MINOR || target < GONE_MINOR) return []
  return [`PodSecurityPolicy, which refuses pods in ${held} ${held === 1 ? 'namespace' : 'namespaces'}, is gone from v1.${GONE_MINOR}: from then on it refuses nothing and sets nothing in pods.`]
}

function remarksOf({levels, state, server, lacking}: PlanInput): string[] {
  return [
    ...(lacking.length === 0 ? [] : [`Not in the input: ${lacking.join(', ')}. What there is of them in the cluster was not looked at.`]),
    ...(levels.isServerKnown ? [] : ['Nothing tells the version of the server, so no label that enforces is planned: --server-version 1.NN.']),
    // The heading has the version that answered; with several servers, or an emulated version, another one is planned for.
    ...(levels.isServerKnown && server.gitVersion !== null && minorOf(server.gitVersion) !== levels.server ? [`Planned as for v1.${levels.server}, the oldest that is served: ${server.evidence}.`] : []),
    ...(state.off === 'all' ? [`Pod Security admission does nothing on this server (v1.${server.minor ?? levels.server}): no label is planned, only what must be fixed.`] : []),
    ...(state.off === 'some' ? ['Pod Security admission is switched off on some of the API servers: there the labels do nothing.'] : []),
    ...state.freed.map(({user, kinds}) => `${user} is exempt: no level holds the pods of ${kinds}.`),
    ...(state.config === 'unseen' ? ['The defaults and exemptions of the API server are not seen; the built-in ones are assumed (--admission-config gives them, --probe asks).'] : []),
    ...(state.mismatch === null ? [] : [`The admission configuration that was given is not what this server runs with: ${state.mismatch}.`]),
  ]
}
