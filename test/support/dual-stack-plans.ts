import type {KubeObject} from '../../src/kube/json.js'
import {object} from './declared-facts.js'
import type {DeclaredCluster} from './declared-source.js'
import {declaredSource} from './declared-source.js'
import type {DualStackPlanOptions} from '../../src/flows/plan-dual-stack.js'
import {planDualStack} from '../../src/flows/plan-dual-stack.js'
import type {DualStackPlan, PolicyPlan} from '../../src/plan/dual-stack/plan.js'
import {assumedIn} from '../../src/wiring/assumed-flags.js'
import {NOTHING_ASSUMED} from '../../src/network/assumed-families.js'
import {applyListPatch} from './list-patch.js'

/** The plan of a cluster that a test writes down; ranges as the flag has them. */
export function dualPlanOf(cluster: DeclaredCluster, {range = [], ...options}: Partial<DualStackPlanOptions> & {range?: readonly string[]} = {}): Promise<DualStackPlan> {
  const {ranges} = assumedIn({range}) ?? NOTHING_ASSUMED
  return planDualStack({clusterName: 'test', checks: [], ranges, scope: {namespaces: [], excluded: []}, ...options}, {source: declaredSource(cluster), onRead: () => undefined})
}

/** The same objects with every patch of the plan. */
export function patched(objects: readonly KubeObject[], plan: DualStackPlan): KubeObject[] {
  return objects.map(one => {
    const patch = patchOf(one, plan)
    return patch === null ? one : applyListPatch(one, patch.apply)
  })
}

export function undone(objects: readonly KubeObject[], plan: DualStackPlan): KubeObject[] {
  return objects.map(one => {
    const patch = patchOf(one, plan)
    return patch === null ? one : applyListPatch(one, patch.undo)
  })
}

function patchOf({kind, metadata}: KubeObject, {policies}: DualStackPlan): PolicyPlan['patch'] {
  const {namespace, name} = metadata as {namespace?: string; name: string}
  return kind === 'NetworkPolicy' ? (policies.find(({policy}) => policy.namespace === namespace && policy.name === name)?.patch ?? null) : null
}

/** A node of that cloud, with IPv4 alone. */
export function nodeOf(provider: string | null, ...addresses: string[]): KubeObject {
  return object('v1', 'Node', 'n1', {spec: provider === null ? {} : {providerID: `${provider}:///zone/i-1`}, status: {addresses: addresses.map(address => ({type: 'InternalIP', address}))}})
}
