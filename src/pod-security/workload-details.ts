import type {ControlId} from './control.js'
import type {Rules} from './evaluate.js'
import {evaluate} from './evaluate.js'
import type {Judged} from './pod-shape.js'
import type {TemplatePlace} from './workload-templates.js'
import {placeIn} from './workload-templates.js'

/** Of a control that a pod or a template fails: enough to find it, small enough to be kept for every workload. */
export interface FailureDetail {
  control: ControlId
  /** The first place, in the object. */
  path: string
  /** Names of the containers that fail it; empty: the pod as a whole, a volume. */
  containers: readonly string[]
}

/** Workloads of one make fail in the same places: each list is kept once. */
export type DetailStore = Map<string, readonly FailureDetail[]>

/** Of every control that is failed by any of these rules, at any level; the later rules' places win. */
export function detailsOf(judged: Judged, place: TemplatePlace, rules: readonly Rules[], store: DetailStore): readonly FailureDetail[] {
  const byControl = new Map<ControlId, FailureDetail>()
  for (const one of rules)
    for (const level of ['baseline', 'restricted'] as const)
      for (const {id, violations} of evaluate(level, one, judged)) {
        const containers = [...new Set(violations.flatMap(({container}) => container ?? []))]
        byControl.set(id, {control: id, path: placeIn(place, violations[0]?.path ?? ''), containers})
      }
  const details = [...byControl.values()]
  const key = JSON.stringify(details)
  const known = store.get(key) ?? details
  store.set(key, known)
  return known
}
