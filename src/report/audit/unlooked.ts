import type {CheckResult} from '../../audit/audit-report.js'
import type {SkipReason} from '../../audit/outcome.js'
import {printable} from '../../printable.js'
import {REASONS} from './heading.js'

/** Checks that could not look for one and the same reason. */
export interface Unlooked {
  checks: string[]
  reason: SkipReason
  why: string
  unblock: string
}

/** By reason and way out, in the order of the checks. Printable. */
export function unlookedOf(checks: readonly CheckResult[]): Unlooked[] {
  const groups = new Map<string, Unlooked>()
  for (const {id, skip} of checks) {
    if (skip === null) continue
    const why = printable(`${skip.resource === '' ? '' : `${skip.resource}: `}${REASONS[skip.reason]}${skip.detail === '' ? '' : `: ${skip.detail}`}`)
    const key = `${why}\n${skip.unblock}`
    const group = groups.get(key) ?? {checks: [], reason: skip.reason, why, unblock: printable(skip.unblock)}
    group.checks.push(id)
    groups.set(key, group)
  }
  return [...groups.values()]
}
