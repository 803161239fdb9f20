import type {ObjectRef} from '../../audit/finding.js'
import type {ControlId} from '../../pod-security/control.js'
import type {Level} from '../../pod-security/labels.js'
import {LEVELS, isStricter} from '../../pod-security/labels.js'
import type {Policy, WorkloadFailure} from '../../pod-security/workload-fits.js'
import {failuresOf, fitsOf, forecast, injectedIn} from '../../pod-security/workload-fits.js'
import type {WorkloadLevel} from '../../pod-security/workload-gather.js'
import type {FixLevel, FoundFix, WorkloadFixes} from './workload-fixes.js'
import {fixKey} from './workload-fixes.js'
import type {Patchable, WorkloadPlan} from './plan.js'

export interface WorkloadSetting {
  server: number
  target: number
  fixes: WorkloadFixes
  /** What its namespace enforces. */
  policy: Policy | undefined
  /** The level that its namespace aims at and that refuses it; null: neither. */
  aim: Level | null
}

export function workloadPlan(workload: WorkloadLevel, {server, target, fixes, policy, aim}: WorkloadSetting): WorkloadPlan {
  const later = {minor: target, server: target}
  const fits = fitsOf(workload, later)
  const to = (aim ?? nextLevel(fits)) as FixLevel | null
  const base = {
    owner: workload.owner, pods: workload.pods, fitsNow: fitsOf(workload, {minor: server, server}), fits, to, isNeeded: aim !== null,
    forecast: forecastOf(workload, {server, target, policy}),
  }
  if (to === null) return {...base, failing: [], patch: 'yes', remarks: [], fix: null}
  const found = fixes.get(fixKey(workload.owner)) ?? []
  const single = found.length === 1 && found[0]!.isOwn ? found[0]! : null
  const fix = single?.fixes[to] ?? null
  const injected = injectedIn(workload, to, later)
  const failures = failuresOf(workload, to, later)
  const isPatched = (control: ControlId): Patchable => patchOf(control, fix, injected.some(one => one.control === control))
  const failing = failures.map(failure => ({control: failure.control, ...placeOf(failure), patch: isPatched(failure.control)}))
  return {...base, failing, fix, patch: wholePatch(fix, to, injected.length > 0), remarks: remarksOf({workload, found, fix, failures, injected})}
}

export function nextLevel(level: Level): Level | null {
  return LEVELS[LEVELS.indexOf(level) + 1] ?? null
}

function patchOf(control: ControlId, fix: WorkloadPlan['fix'], isInjected: boolean): Patchable {
  const isChanged = fix !== null && fix.how === 'patch' && fix.changes.some(change => change.control === control)
  if (!isChanged) return isImplied(control, fix) && !isInjected ? 'yes' : 'no'
  return isInjected || fix.blocked.some(block => block.control === control) ? 'in part' : 'yes'
}

/** One change may do for two controls, and is named after the first. */
function isImplied(control: ControlId, fix: WorkloadPlan['fix']): boolean {
  return fix !== null && fix.how === 'patch' && fix.reached === fix.to && !fix.blocked.some(block => block.control === control)
}

function wholePatch(fix: WorkloadPlan['fix'], to: Level, isInjected: boolean): Patchable {
  if (fix === null || fix.how !== 'patch' || fix.changes.length === 0) return 'no'
  return isStricter(to, fix.reached) || isInjected ? 'in part' : 'yes'
}

function placeOf({inPods, inTemplates}: WorkloadFailure): {path: string; containers: readonly string[]; in: 'pods' | 'templates' | 'both'} {
  const containers = [...new Set([...(inTemplates?.containers ?? []), ...(inPods?.containers ?? [])])]
  // The template is what a person would edit.
  return {path: (inTemplates ?? inPods)?.path ?? '', containers, in: inPods === null ? 'templates' : inTemplates === null ? 'pods' : 'both'}
}

interface Told {
  workload: WorkloadLevel
  found: readonly FoundFix[]
  fix: WorkloadPlan['fix']
  failures: readonly WorkloadFailure[]
  injected: readonly {control: ControlId; containers: readonly string[]}[]
}

function remarksOf({workload, found, fix, failures, injected}: Told): string[] {
  if (failures.length === 0) return []
  const strange = [...new Set(injected.flatMap(({containers}) => containers))]
  const changed = injected.filter(({containers}) => containers.length === 0)
  return [
    ...(fix?.how === 'recreate' ? [`the API lets nobody change this ${workload.owner.kind}: delete it and create it anew from its changed manifest`] : []),
    ...(fix?.how === 'patch' && KEEPS_PODS.includes(workload.owner.kind) ? ['its pods stay as they are until they are deleted'] : []),
    ...(fix?.how === 'node-file' ? [`the file is on ${workload.nodes.length === 1 ? `the node ${workload.nodes[0]}` : 'its nodes'}: change it there`] : []),
    ...(strange.length > 0 ? [`something puts the container ${strange.join(', ')} into its pods, and no template has it`] : []),
    ...(changed.length > 0 ? [`its pods fail ${changed.map(({control}) => control).join(', ')} and its template does not: they are of an older template, or something changes them on the way`] : []),
    ...(found.some(one => !one.isOwn) ? [`${nameOf(workload.owner)} made what has the template: change it there`] : []),
    ...(found.length === 0 && workload.templateContainers === null && workload.nodes.length === 0 ? [`no template of ${nameOf(workload.owner)} was seen: change what makes its pods`] : []),
    ...(found.length === 0 && failures.some(({inTemplates}) => inTemplates !== null) ? ['no patch was made: it has several templates, or a field that is not understood'] : []),
    ...(found.length > 1 ? ['it has several templates: change each'] : []),
  ]
}

/** Only pods that they make later are of the changed template. */
const KEEPS_PODS: readonly string[] = ['ReplicaSet', 'ReplicationController']

function nameOf({kind, name}: ObjectRef): string {
  return `${kind} ${name}`
}

/** At the level that its namespace enforces, and at the level that it fits today. */
function forecastOf(workload: WorkloadLevel, {server, target, policy}: Pick<WorkloadSetting, 'server' | 'target' | 'policy'>): WorkloadPlan['forecast'] {
  const enforced = policy === undefined ? [] : forecast(workload, server, target, policy).map(one => ({...one, isEnforced: true}))
  const others = forecast(workload, server, target).filter(({minor, level}) => !enforced.some(one => one.minor === minor && one.level === level))
  return [...enforced, ...others.map(one => ({...one, isEnforced: false}))].toSorted((a, b) => a.minor - b.minor)
}
