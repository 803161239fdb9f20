import type {Topic} from '../audit/severity.js'

export interface Missing {
  resource: string
  outcome: string
  detail: string
}

export interface MissingWords {
  /** What decides on the plan first, by the name of its resource. */
  first: readonly string[]
  /** What it means that something was not seen. */
  meaning: string
  topic: Topic
}

const MOST_NAMES = 4
const OUTCOME_WORDS: Readonly<Record<string, string>> = {forbidden: 'not permitted', partial: 'only in part', 'not-understood': 'not understood', 'not-found': 'not there'}

/** By how it went; a role that is too small lacks dozens of resources. Empty: nothing is missing. */
export function missingText(incomplete: readonly Missing[], {first, meaning, topic}: MissingWords): string {
  if (incomplete.length === 0) return ''
  const rankOf = (resource: string): number => (first.indexOf(resource) + 1 || first.length + 1)
  const sorted = incomplete.toSorted((a, b) => rankOf(a.resource) - rankOf(b.resource))
  const outcomes = [...new Set(sorted.map(({outcome}) => outcome))]
  const texts = outcomes.map(outcome => {
    const own = sorted.filter(one => one.outcome === outcome)
    const names = own.slice(0, MOST_NAMES).map(({resource}) => resource).join(', ')
    const detail = own.length === 1 ? own[0]!.detail : ''
    return `${OUTCOME_WORDS[outcome] ?? outcome}: ${names}${own.length > MOST_NAMES ? ` and ${own.length - MOST_NAMES} more` : ''}${detail === '' ? '' : ` (${detail})`}`
  })
  const wayOut = outcomes.includes('forbidden') ? ` \`kubectl k121 rbac --topic ${topic}\` prints the role that it takes.` : ''
  return `INCOMPLETE: ${texts.join('; ')}. ${meaning}${wayOut}`
}
