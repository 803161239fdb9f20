import type {NamespacePlan, PodSecurityPlan, WorkloadPlan} from '../../plan/pod-security/plan.js'
import {printableJson} from '../../printable.js'
import {applyCommand, undoCommand} from './label-commands.js'

/** `-o json`. Schema: docs/schemas/pod-security-plan.json. The same input gives the same bytes: nothing in it is of the moment. */
export function planJson(plan: PodSecurityPlan, tool: {version: string; factsAsOf: string}): string {
  return `${printableJson(planDocument(plan, tool))}\n`
}

export function planDocument(plan: PodSecurityPlan, tool: {version: string; factsAsOf: string}): object {
  const {cluster, server, target, remarks, namespaces, workloads, inTheWay, enforcers, upgrade, incomplete} = plan
  return {
    apiVersion: 'k121.dev/v1', kind: 'PodSecurityPlan', tool: {name: 'kubectl-k121', ...tool},
    cluster: {id: cluster.id, name: cluster.name}, server, target: `v1.${target}`, completeness: {complete: incomplete.length === 0, missing: incomplete}, remarks,
    namespaces: namespaces.map(namespaceEntry), workloads: workloads.map(workloadEntry), inTheWay, enforcers,
    upgrade: upgrade.map(({release, text}) => ({release, text})),
  }
}

function namespaceEntry({steps, ...namespace}: NamespacePlan): object {
  return {...namespace, steps: steps.map(step => ({...step, apply: applyCommand(namespace.name, step), undo: undoCommand(namespace.name, step)}))}
}

function workloadEntry({owner: {apiVersion, kind, namespace, name}, forecast, fix, ...rest}: WorkloadPlan): object {
  const {from, to, reached, how, changes, blocked, risks, patches} = fix ?? {}
  return {
    namespace, apiVersion, kind, name, ...rest,
    fix: fix === null ? null : {from, to, reached, how, changes, blocked, risks, patches: {merge: patches?.merge ?? null, json: patches?.json ?? []}},
    forecast: forecast.map(({minor, level, controls, pods, isEnforced}) => ({release: `v1.${minor}`, level, controls, pods, isEnforced})),
  }
}
