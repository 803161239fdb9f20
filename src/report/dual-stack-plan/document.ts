import type {DualStackPlan, PolicyPlan} from '../../plan/dual-stack/plan.js'
import {printableJson} from '../../printable.js'
import {isAddressable} from '../plan-script.js'
import {patchFile} from './patch-files.js'

/** `-o json`. Schema: docs/schemas/dual-stack-plan.json. The same input gives the same bytes: nothing in it is of the moment. */
export function planJson(plan: DualStackPlan, tool: {version: string; factsAsOf: string}): string {
  return `${printableJson(planDocument(plan, tool))}\n`
}

export function planDocument(plan: DualStackPlan, tool: {version: string; factsAsOf: string}): object {
  const {cluster, families, ranges, remarks, classes, same, policies, others, incomplete} = plan
  return {
    apiVersion: 'k121.dev/v1', kind: 'DualStackPlan', tool: {name: 'kubectl-k121', ...tool},
    cluster: {id: cluster.id, name: cluster.name}, families, ranges, completeness: {complete: incomplete.length === 0, missing: incomplete}, remarks,
    classes, same, policies: policies.map(policyEntry), others,
  }
}

function policyEntry({policy: {namespace, name}, pods, manager, items, unread, patch, left}: PolicyPlan): object {
  const ref = {namespace, name}
  return {...ref, pods, manager, items, unread, patch: patch === null ? null : {file: isAddressable({apiVersion: '', kind: '', ...ref}) ? patchFile('patches', ref) : null, ...patch}, left}
}
