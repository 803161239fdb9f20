import type {PodSecurityPlan, Stage, WorkloadPlan} from '../../plan/pod-security/plan.js'
import {fileOf} from '../../pod-security/fix/patches.js'
import {counted} from '../audit/naming.js'
import type {PlanFile} from '../plan-script.js'
import {TO_OWN_FOLDER, isAddressable, kubectlResource, program, scriptHead} from '../plan-script.js'
import {shellQuoted} from '../shell-quote.js'
import type {NamespaceStep} from './label-commands.js'
import {labelWords, stepsAt, undone} from './label-commands.js'
import {STAGE_TEXTS, needsText, roadText} from './words.js'

const NUMBERS = {observe: 1, enforce: 3, pin: 4, raise: 5} as const

export function scriptOf(stage: Stage): string {
  return `${NUMBERS[stage]}-${stage}.sh`
}

export function undoScriptOf(stage: Stage): string {
  return `${NUMBERS[stage]}-${stage}.undo.sh`
}

export const FIX_SCRIPT = '2-fix.sh'

/** Two scripts for a stage that has steps: the one that sets labels, the one that puts back those of before. */
export function labelScripts(plan: PodSecurityPlan, stage: Stage): PlanFile[] {
  const steps = stepsAt(plan.namespaces, stage)
  if (steps.length === 0) return []
  const isRefusing = stage !== 'observe'
  const doing = [
    ...head(plan, `${stage}: ${STAGE_TEXTS[stage]}. ${counted(steps.length, 'namespace')}.`, `To undo: sh ${undoScriptOf(stage)}`),
    ...(isRefusing ? [...TRY, ...steps.map(step => `try ${labelWords(step.namespace, step.changes)}`), ''] : []),
    ...LABEL, ...grouped(steps, plan, step => `label ${labelWords(step.namespace, step.changes)}`),
  ]
  const undoing = [
    ...head(plan, `Puts back the labels that were there before ${scriptOf(stage)}.`, 'Stages are undone in the other order: the last one first.'),
    ...LABEL, ...steps.map(step => `label ${labelWords(step.namespace, undone(step.changes))}`),
  ]
  return [program(scriptOf(stage), doing), program(undoScriptOf(stage), undoing)]
}

/** By what must be done before; the order of namespaces stays. */
function grouped(steps: readonly NamespaceStep[], {target}: PodSecurityPlan, line: (step: NamespaceStep) => string): string[] {
  const needs = [...new Set(steps.map(step => needsText(step.needs, target)))]
  return needs.flatMap(need => [...(need === 'now' && needs.length === 1 ? [] : [`# ${need}`]), ...steps.filter(step => needsText(step.needs, target) === need).map(line)])
}

/** Patches that lift their workload; the others are in the folder, and named. */
export function fixScript(plan: PodSecurityPlan): PlanFile[] {
  const needed = plan.workloads.filter(({isNeeded}) => isNeeded)
  const whole = needed.filter(({patch, owner}) => patch === 'yes' && isAddressable(owner))
  if (whole.length === 0) return []
  const rest = needed.length - whole.length
  return [program(FIX_SCRIPT, [
    ...head(plan, `fix: patches ${counted(whole.length, 'workload')}. Deployments, DaemonSets and StatefulSets make their pods anew by it; pods of ReplicaSets and ReplicationControllers stay until they are deleted. What each may break stands at the top of its file. Better: put the patches where the manifests are kept (patches/kustomization.yaml).${rest > 0 ? ` ${counted(rest, 'workload')} more must be changed by hand: README.md.` : ''}`, 'To undo: kubectl rollout undo, or the manifests of before'),
    TO_OWN_FOLDER, '', '# All of them are tried first: the API server checks each, and stores nothing.',
    'try() { $kubectl patch --dry-run=server "$@" >/dev/null; }', ...whole.map(workload => `try ${patchWords(workload)}`), '',
    'patch() { $kubectl patch "$@"; }', ...whole.map(workload => `patch ${patchWords(workload)}`),
  ])]
}

function patchWords({owner, fix}: WorkloadPlan): string {
  const isMerge = fix?.patches.merge !== null && fix?.patches.isSafeInOverlays === true
  return `-n ${shellQuoted(owner.namespace)} ${shellQuoted(kubectlResource(owner))} ${shellQuoted(owner.name)} --type ${isMerge ? 'strategic' : 'json'} --patch-file ${shellQuoted(`patches/${fileOf(owner)}`)}`
}

const TRY = [
  '# Nothing has changed yet. The API server answers a dry run with a warning where a pod that runs',
  '# there would be refused: then this stops, and the plan is out of date.',
  'try() { $kubectl label --dry-run=server --warnings-as-errors --overwrite namespace "$@" >/dev/null; }',
]
const LABEL = ['label() { $kubectl label --overwrite namespace "$@"; }']

function head(plan: PodSecurityPlan, does: string, undo: string): string[] {
  const {cluster: {name, uid}} = plan
  return scriptHead({does, plannedFor: `${name}, ${roadText(plan)}`, undo, uid})
}
