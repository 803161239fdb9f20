import type {ControlId} from './control.js'
import type {Rules} from './evaluate.js'
import type {Pod} from './pod-shape.js'
import type {TemplatePlace} from './workload-templates.js'
import {placeIn} from './workload-templates.js'
import type {Broken} from './workload-verdict.js'
import {failingRules} from './workload-verdict.js'

/** Of a control that a pod or a template fails: enough to find it, small enough to be kept for every workload. */
export interface FailureDetail {
  control: ControlId
  /** The first place, in the object. */
  path: string
  /** Names of the containers that fail it; empty: the pod as a whole, a volume. */
  containers: readonly string[]
}

/** Workloads of one make break the same rules, and fail in the same places: each list is made and kept once. */
export interface DetailStore {
  rules: Map<Broken, ReturnType<typeof failingRules>>
  lists: Map<string, readonly FailureDetail[]>
}

/** Of every control that is failed by any of these rules, at any level. */
export function detailsOf(pod: Pod, broken: Broken, {place, rules, store}: {place: TemplatePlace; rules: readonly Rules[]; store: DetailStore}): readonly FailureDetail[] {
  const failing = store.rules.get(broken) ?? failingRules(broken, rules)
  store.rules.set(broken, failing)
  const details = [...failing].map(([control, rule]): FailureDetail => {
    const {violations} = rule.explain(pod)
    return {control, path: placeIn(place, violations[0]?.path ?? ''), containers: [...new Set(violations.flatMap(({container}) => container ?? []))]}
  })
  const key = details.map(({control, path, containers}) => [control, path, ...containers].join(' ')).join('\n')
  const known = store.lists.get(key) ?? details
  store.lists.set(key, known)
  return known
}
