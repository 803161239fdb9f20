import type {CheckResult} from '../../audit/audit-report.js'
import type {SkipReason} from '../../audit/outcome.js'
import {shortList} from '../../kube/short-list.js'
import {printable} from '../../printable.js'
import {REASONS} from '../../audit/outcome.js'
import {counted} from './naming.js'

/** Checks that could not look for one and the same reason. */
export interface Unlooked {
  checks: string[]
  reason: SkipReason
  why: string
  unblock: string
  /** `services`, `ingresses.networking.k8s.io`: printable. */
  resources: string[]
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
    checks: ids, reason, unblock: printable(unblock), resources: [...resources].map(printable),
    why: printable([[...resources].join(', '), REASONS[reason], detail].filter(text => text !== '').join(': ')),
  }))
}

/** More kinds that the input lacks than this are told in one row: files rarely hold them all. */
const MOST_LACKING = 2

/** The same, short enough for a screen. */
export function brieflyUnlooked(checks: readonly CheckResult[]): Unlooked[] {
  const groups = unlookedOf(checks)
  const lacking = groups.filter(({reason}) => reason === 'not-in-input')
  const [first] = lacking
  if (first === undefined || lacking.length <= MOST_LACKING) return groups
  const resources = [...new Set(lacking.flatMap(one => one.resources))]
  const together: Unlooked = {
    checks: lacking.flatMap(one => one.checks), reason: first.reason, resources, unblock: 'add what the cluster has of them to the files, or take a snapshot; each with its kinds: --full',
    why: `${REASONS[first.reason]}: ${counted(resources.length, 'resource')}, ${shortList(resources, 3)}`,
  }
  return [...groups.filter(({reason}) => reason !== 'not-in-input'), together]
}

interface Gathering {
  checks: string[]
  reason: SkipReason
  resources: Set<string>
  detail: string
  unblock: string
}
