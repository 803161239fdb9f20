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

/** More rows than this for one reason, with one way out of all of them, are told as one: files rarely hold every kind, and a role that is too small lacks dozens. */
const MOST_ROWS = 2

/** The same, short enough for a screen: first what somebody can change by asking again. */
export function brieflyUnlooked(checks: readonly CheckResult[]): Unlooked[] {
  const groups = unlookedOf(checks)
  const [lacking, others] = split(groups, ({reason}) => reason === 'not-in-input')
  const ways = [...new Set(others.filter(({reason}) => reason === 'forbidden').map(({unblock}) => unblock))]
  const refused = ways.map(way => others.filter(({reason, unblock}) => reason === 'forbidden' && unblock === way)).filter(own => own.length > MOST_ROWS)
  return [
    ...refused.map(own => together(own, own[0]?.unblock ?? '')),
    ...others.filter(one => !refused.some(own => own.includes(one))),
    ...(lacking.length <= MOST_ROWS ? lacking : [together(lacking, 'add what the cluster has of them to the files, or take a snapshot; each with its kinds: --full')]),
  ]
}

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter(item => !isFirst(item))]
}

function together(own: readonly Unlooked[], unblock: string): Unlooked {
  const resources = [...new Set(own.flatMap(one => one.resources))]
  const {reason} = own[0]!
  return {checks: own.flatMap(one => one.checks), reason, resources, unblock, why: `${REASONS[reason]}: ${counted(resources.length, 'resource')}, ${shortList(resources, 3)}${reason === 'forbidden' ? '; each with the answer of the server: --full' : ''}`}
}

interface Gathering {
  checks: string[]
  reason: SkipReason
  resources: Set<string>
  detail: string
  unblock: string
}
