import type {CheckMeta, Report} from '../../audit/check.js'
import {isPreview} from '../../audit/check.js'
import type {FilterClass, ObjectRef} from '../../audit/finding.js'
import {FILTER_CLASSES} from '../../audit/finding.js'
import {makeFinding} from '../../audit/make-finding.js'
import {compareText} from '../../audit/order.js'
import type {Scope} from '../../audit/scope.js'
import {homeOf, inScope} from '../../audit/scope.js'
import {groupOf} from '../../kube/object.js'
import type {OtherSum} from './plan.js'

/** Counts what checks say of filters that the plan itself does not look at. */
export interface OtherFilters {
  add(meta: CheckMeta, report: Report): void
  sums(): OtherSum[]
}

/** How a value is written, and that nothing uses it, is no matter of families. */
const NO_GAP: readonly FilterClass[] = ['N', 'D']

export function otherFilters(scope: Scope): OtherFilters {
  const found = new Map<string, OtherSum>()
  return {
    add(meta, report) {
      const {details, object, variant, state} = makeFinding(meta, report, () => null)
      if (details?.type !== 'filter' || NO_GAP.includes(details.class) || isPlanned(object) || !inScope(homeOf(object), scope)) return
      const key = `${meta.id} ${details.class} ${isPreview(meta, variant)}`
      const known = found.get(key) ?? {check: meta.id, class: details.class, findings: 0, latent: 0, isPreview: isPreview(meta, variant)}
      found.set(key, state === 'latent' ? {...known, latent: known.latent + 1} : {...known, findings: known.findings + 1})
    },
    sums: () => [...found.values()].toSorted((a, b) => FILTER_CLASSES.indexOf(a.class) - FILTER_CLASSES.indexOf(b.class) || compareText(a.check, b.check) || Number(a.isPreview) - Number(b.isPreview)),
  }
}

function isPlanned(ref: ObjectRef): boolean {
  return groupOf(ref) === 'networking.k8s.io' && ref.kind === 'NetworkPolicy'
}
