import type {CheckResult} from '../../audit/audit-report.js'
import type {SkipReason} from '../../audit/outcome.js'
import {printable} from '../../printable.js'
import {REASONS} from '../../audit/outcome.js'

/** Checks that could not look for one and the same reason. */
export interface Unlooked {
  checks: string[]
  reason: SkipReason
  why: string
  unblock: string
}

/** By reason and way out, in the order of the checks. Printable. */
export function unlookedOf(checks: readonly CheckResult[]): Unlooked[] {
  const groups = new Map<string, Gathering>()
  for (const {id, skip} of checks) {
    if (skip === null) continue
    const key = [skip.reason, skip.detail, skip.unblock].join('\n')
    const group = groups.get(key) ?? {...skip, checks: [], resources: new Set<string>()}
    group.checks.push(id)
    if (skip.resource !== '') group.resources.add(skip.resource)
    groups.set(key, group)
  }
  return [...groups.values()].map(({checks: ids, reason, resources, detail, unblock}) => ({
    checks: ids, reason, unblock: printable(unblock),
    why: printable([[...resources].join(', '), REASONS[reason], detail].filter(text => text !== '').join(': ')),
  }))
}

interface Gathering {
  checks: string[]
  reason: SkipReason
  resources: Set<string>
  detail: string
  unblock: string
}
