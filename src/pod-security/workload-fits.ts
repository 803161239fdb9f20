import type {ControlId} from './control.js'
import type {Rules} from './evaluate.js'
import type {Level} from './labels.js'
import {LEVELS} from './labels.js'
import type {FailureDetail} from './workload-details.js'
import type {WorkloadLevel, WorkloadVerdict} from './workload-gather.js'
import {SERVER_CHANGES, failedAt, fitsAt} from './workload-verdict.js'

/** The strictest level that all of it passes. */
export function fitsOf({verdicts}: Pick<WorkloadLevel, 'verdicts'>, rules: Rules): Level {
  return leastOf(verdicts.map(({broken}) => fitsAt(broken, rules)))
}

/** Nothing at all passes everything. */
export function leastOf(levels: readonly Level[]): Level {
  return LEVELS[levels.reduce((least, level) => Math.min(least, LEVELS.indexOf(level)), LEVELS.length - 1)] ?? 'privileged'
}

export interface WorkloadFailure {
  control: ControlId
  /** Where in its pods, and in its templates; null: they pass. */
  inPods: FailureDetail | null
  inTemplates: FailureDetail | null
  /** Pods that fail it. */
  pods: number
}

/** In the order in which the server names them; empty: the level lets all of it in. */
export function failuresOf({verdicts}: Pick<WorkloadLevel, 'verdicts'>, level: Level, rules: Rules): WorkloadFailure[] {
  const failures = new Map<ControlId, WorkloadFailure>()
  for (const verdict of verdicts)
    for (const control of failedAt(verdict.broken, level, rules)) {
      const known = failures.get(control) ?? {control, inPods: null, inTemplates: null, pods: 0}
      failures.set(control, merged(known, detailIn(verdict, control), verdict))
    }
  return [...failures.values()]
}

function detailIn({details}: WorkloadVerdict, control: ControlId): FailureDetail {
  return details.find(one => one.control === control) ?? {control, path: '', containers: []}
}

function merged(known: WorkloadFailure, detail: FailureDetail, {of, pods}: WorkloadVerdict): WorkloadFailure {
  const joined = (before: FailureDetail | null): FailureDetail => (before === null ? detail : {...before, containers: [...new Set([...before.containers, ...detail.containers])]})
  return {...known, pods: known.pods + pods, ...(of === 'pod' ? {inPods: joined(known.inPods)} : {inTemplates: joined(known.inTemplates)})}
}

/** A control that only the pods fail. */
export interface Injected {
  control: ControlId
  path: string
  /** Containers that fail it and are in no template; empty: something in a pod was changed after the template, or the pod is of an older one. */
  containers: readonly string[]
}

/** What stands between the template and its pods: an injector's, not the workload's own. Nothing where no template was seen. */
export function injectedIn(workload: WorkloadLevel, level: Level, rules: Rules): Injected[] {
  const {templateContainers} = workload
  if (templateContainers === null) return []
  return failuresOf(workload, level, rules).flatMap(({control, inPods, inTemplates}) => {
    if (inPods === null) return []
    const strange = inPods.containers.filter(name => !templateContainers.includes(name))
    return inTemplates === null || strange.length > 0 ? [{control, path: inPods.path, containers: strange}] : []
  })
}

export interface Policy {
  level: Level
  /** The version that it pins; null: the server's newest. */
  minor: number | null
  /** Pods and templates of these runtime classes are not judged. */
  exemptRuntimeClasses?: readonly string[]
}

export interface Refused {
  /** Running pods that would not come back. */
  pods: number
  /** A template of which every pod would be refused. */
  isTemplate: boolean
  controls: readonly ControlId[]
}

/** What the policy would refuse if everything were created anew on a server of that minor; null: nothing. */
export function refusedOf({verdicts}: Pick<WorkloadLevel, 'verdicts'>, policy: Policy, server: number): Refused | null {
  const refused = verdicts.flatMap(verdict => {
    const {broken, runtimeClass} = verdict
    if (runtimeClass !== null && policy.exemptRuntimeClasses?.includes(runtimeClass)) return []
    const controls = failedAt(broken, policy.level, rulesOf(policy, server))
    return controls.length === 0 ? [] : [{verdict, controls}]
  })
  if (refused.length === 0) return null
  return {
    pods: refused.reduce((sum, {verdict}) => sum + verdict.pods, 0),
    isTemplate: refused.some(({verdict}) => verdict.of === 'template'),
    controls: [...new Set(refused.flatMap(({controls}) => controls))],
  }
}

function rulesOf({minor}: Policy, server: number): Rules {
  return {minor: minor ?? server, server}
}

export interface Forecast {
  /** The first server that refuses it. */
  minor: number
  /** The level at which it does. */
  level: Level
  /** Why. */
  controls: readonly ControlId[]
  pods: number
}

/**
 * What servers after `from`, up to `to`, newly refuse of a workload that the one
 * before lets in: at `policy`, or, without one, at each level. A label that pins
 * a version keeps its rules; the server's build still changes some.
 */
export function forecast(workload: Pick<WorkloadLevel, 'verdicts'>, from: number, to: number, policy?: Policy): Forecast[] {
  const policies: readonly Policy[] = policy === undefined ? LEVELS.slice(1).map(level => ({level, minor: null})) : [policy]
  const steps = new Map<string, Forecast>()
  for (const one of policies)
    for (const verdict of workload.verdicts)
      for (const step of stepsOf(verdict, {from, to, policy: one})) {
        const key = `${step.minor} ${step.level}`
        const known = steps.get(key)
        steps.set(key, known === undefined ? step : {...step, pods: known.pods + step.pods, controls: [...new Set([...known.controls, ...step.controls])]})
      }
  return [...steps.values()].toSorted((a, b) => a.minor - b.minor || LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
}

/** A pod that the server before refused anyway is nothing new. */
function stepsOf(verdict: WorkloadVerdict, {from, to, policy}: {from: number; to: number; policy: Policy}): Forecast[] {
  if (verdict.broken === 0) return []
  let isRefused = refusedOf({verdicts: [verdict]}, policy, from) !== null
  return SERVER_CHANGES.filter(minor => minor > from && minor <= to).flatMap(minor => {
    const now = refusedOf({verdicts: [verdict]}, policy, minor)
    const isNew = now !== null && !isRefused
    isRefused = now !== null
    return isNew ? [{minor, level: policy.level, controls: now.controls, pods: now.pods}] : []
  })
}
