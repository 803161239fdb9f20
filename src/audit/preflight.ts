import type {ReadKey} from '../kube/resources.js'
import {isEndpoint} from '../kube/resources.js'
import type {Check} from './check.js'
import {readsOf} from './reads.js'
import type {Outcome, ReadOutcome} from './outcome.js'
import {isIncomplete} from './outcome.js'

/** Whether these credentials could answer a check, told by one small request per row. */
export interface Answerable {
  check: string
  topic: string
  /** `partly`: it would run, and say what it does not know. */
  answer: 'yes' | 'partly' | 'no'
  missing: readonly {key: ReadKey; outcome: Outcome; detail: string}[]
}

export function answerables(checks: readonly Check[], outcomes: ReadonlyMap<ReadKey, ReadOutcome>): Answerable[] {
  return checks.map(check => {
    const {meta} = check
    const missing = readsOf([check], []).flatMap(key => {
      const outcome = outcomes.get(key)
      return outcome === undefined || outcome.outcome === 'complete' ? [] : [{key, outcome: outcome.outcome, detail: outcome.detail}]
    })
    const isBarred = missing.some(({key}) => meta.reads.includes(key))
    // An API that is not there answers the question; what is hidden for good cannot be changed by asking.
    const isShort = missing.some(isChangeable)
    return {check: meta.id, topic: meta.topic, missing, answer: isBarred ? 'no' : isShort ? 'partly' : 'yes'}
  })
}

/** False: something is missing that more rights would bring; opt-ins and APIs that are not there do not count. */
export function isAllPermitted(answers: readonly Answerable[]): boolean {
  return !answers.some(({missing}) => missing.some(isChangeable))
}

function isChangeable({key, outcome}: Answerable['missing'][number]): boolean {
  return isIncomplete(outcome) && !isEndpoint(key)
}
