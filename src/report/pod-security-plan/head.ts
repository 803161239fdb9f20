import type {PodSecurityPlan} from '../../plan/pod-security/plan.js'
import {printable} from '../../printable.js'
import {cut} from '../table.js'
import {wrap} from '../wrap.js'
import {roadText} from './words.js'

/** Which cluster and which versions, and above all else what was not seen. */
export function headText(plan: PodSecurityPlan, width: number): string {
  const {cluster, incomplete, remarks} = plan
  const head = ['POD SECURITY PLAN', printable(cluster.name), printable(roadText(plan)), 'nothing applied'].join('   ')
  const missing = missingText(incomplete)
  return [cut(head, width), ...[...(missing === '' ? [] : [missing]), ...remarks].flatMap(text => wrap(printable(text), width).map(line => cut(line, width)))].map(line => `${line}\n`).join('')
}

/** What decides on the plan first. */
const FIRST: readonly string[] = ['namespaces', 'pods', 'deployments.apps']

/** By how it went; a role that is too small lacks dozens of resources. */
function missingText(incomplete: PodSecurityPlan['incomplete']): string {
  if (incomplete.length === 0) return ''
  const rankOf = (resource: string): number => (FIRST.indexOf(resource) + 1 || FIRST.length + 1)
  const sorted = incomplete.toSorted((a, b) => rankOf(a.resource) - rankOf(b.resource))
  const outcomes = [...new Set(sorted.map(({outcome}) => outcome))]
  const texts = outcomes.map(outcome => {
    const own = sorted.filter(one => one.outcome === outcome)
    const names = own.slice(0, MOST_NAMES).map(({resource}) => resource).join(', ')
    const detail = own.length === 1 ? own[0]!.detail : ''
    return `${OUTCOME_WORDS[outcome] ?? outcome}: ${names}${own.length > MOST_NAMES ? ` and ${own.length - MOST_NAMES} more` : ''}${detail === '' ? '' : ` (${detail})`}`
  })
  const wayOut = outcomes.includes('forbidden') ? ' `kubectl k121 rbac --topic pod-security` prints the role that it takes.' : ''
  return `INCOMPLETE: ${texts.join('; ')}. What is there and was not seen may fit less.${wayOut}`
}

const MOST_NAMES = 4
const OUTCOME_WORDS: Readonly<Record<string, string>> = {forbidden: 'not permitted', partial: 'only in part', 'not-understood': 'not understood', 'not-found': 'not there'}
