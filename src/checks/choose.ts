import type {Check} from '../audit/check.js'
import type {Topic} from '../audit/severity.js'

export interface Choice {
  topics: readonly Topic[]
  /** Ids or aliases; empty: all. */
  only: readonly string[]
  skip: readonly string[]
  /** Also those that run only where they are named: for a list of what there is. */
  withOnRequest?: boolean
}

export type Chosen = {ok: true; checks: readonly Check[]} | {ok: false; unknown: string; near: string | null}

/**
 * Topics and ids narrow together; a skipped check is not run at all, nor one on
 * request that nobody names. An id that no check has is a mistake, never nothing.
 */
export function chooseChecks(all: readonly Check[], {topics, only, skip, withOnRequest = false}: Choice): Chosen {
  const wanted: Check[] = []
  const unwanted: Check[] = []
  for (const [ids, into] of [[only, wanted], [skip, unwanted]] as const) {
    for (const id of ids) {
      const check = checkNamed(all, id)
      if (check === undefined) return {ok: false, unknown: id, near: nearestId(all, id)}
      into.push(check)
    }
  }
  const isAsked = (check: Check): boolean => (only.length === 0 ? withOnRequest || check.meta.isOnRequest !== true : wanted.includes(check))
  return {ok: true, checks: all.filter(check => (topics.length === 0 || topics.includes(check.meta.topic)) && isAsked(check) && !unwanted.includes(check))}
}

/** By id, or by a name that it had before. */
export function checkNamed(all: readonly Check[], id: string): Check | undefined {
  return all.find(({meta}) => meta.id === id || meta.aliases?.includes(id))
}

/** `CHECK` or `CHECK/VARIANT` as reports name them; null for anything else, a third part included. */
export function ruleNamed(all: readonly Check[], text: string): {check: Check; variant: string | null} | null {
  const [id = '', variant, ...rest] = text.split('/')
  const check = checkNamed(all, id)
  if (check === undefined || rest.length > 0 || (variant !== undefined && !Object.hasOwn(check.meta.variants ?? {}, variant))) return null
  return {check, variant: variant ?? null}
}

export function nearestId(all: readonly Check[], id: string): string | null {
  return nearestWord(all.map(({meta}) => meta.id), id)
}

/** What somebody may have meant, whatever its capitals; null: nothing is near. */
export function nearestWord(words: readonly string[], text: string): string | null {
  const [best] = words.map(word => ({word, distance: distance(text.toLowerCase(), word.toLowerCase())})).toSorted((a, b) => a.distance - b.distance)
  return best !== undefined && best.distance <= Math.max(3, text.length / 3) ? best.word : null
}

/** Levenshtein, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length] ?? 0
}
