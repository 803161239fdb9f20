import {compareText} from '../../audit/order.js'
import type {ControlId} from '../../pod-security/control.js'
import type {InTheWay, Patchable, WorkloadPlan} from './plan.js'

/** By control, those first that most workloads fail. */
export function inTheWayOf(workloads: readonly WorkloadPlan[]): InTheWay[] {
  const found = new Map<ControlId, Patchable[]>()
  for (const {failing} of workloads)
    for (const {control, patch} of failing) {
      const known = found.get(control)
      if (known === undefined) found.set(control, [patch])
      else known.push(patch)
    }
  const rows = [...found].map(([control, patches]): InTheWay => ({control, workloads: patches.length, patch: togetherOf(patches)}))
  return rows.toSorted((a, b) => b.workloads - a.workloads || compareText(a.control, b.control))
}

function togetherOf(patches: readonly Patchable[]): Patchable {
  const [first = 'no'] = patches
  return patches.every(patch => patch === first) ? first : 'in part'
}
