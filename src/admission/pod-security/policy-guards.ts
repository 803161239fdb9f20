import type {ControlId} from '../../pod-security/control.js'
import type {Refuser} from '../coverage.js'
import {controlsOf} from './policy-controls.js'
import type {Judged, PolicyRules} from './policy-controls.js'
import type {PodGuard, PodOperation} from './pod-guard.js'
import {POD_OPERATIONS} from './pod-guard.js'
import type {GuardContent} from './pod-reach.js'
import {guardsOf} from './pod-reach.js'
import type {PodRequest, PodRequests} from './pod-requests.js'

/** What a policy does in some operations, the same in all of them. */
export interface Content extends Judged {
  operations: readonly PodOperation[]
}

/** Answers about rules that were asked before: policies of namespaces are often copies of each other. */
export type KnownAnswers = Map<string, Judged>

/**
 * What the rules refuse in each operation, by the requests of it that the policy is asked about.
 * @param asAsked what the rules are asked, where an engine rewrites them for other kinds
 */
export function contentsOf(rules: PolicyRules, requests: PodRequests, doesSee: (request: PodRequest) => boolean, {asked, asAsked = request => request}: {asked: KnownAnswers; asAsked?: (request: PodRequest) => PodRequest}): Content[] {
  const byAnswer = new Map<string, Content>()
  for (const operation of POD_OPERATIONS) {
    const seen = requests[operation].filter(doesSee)
    if (seen.length === 0) continue
    const judged = once(rules, seen.map(asAsked), asked)
    if (judged.controls.size === 0 && judged.isWhole) continue
    const key = JSON.stringify([judged.isWhole, ...judged.controls])
    const before = byAnswer.get(key)
    byAnswer.set(key, {...judged, operations: [...(before?.operations ?? []), operation]})
  }
  return [...byAnswer.values()]
}

function once(rules: PolicyRules, requests: readonly PodRequest[], asked: KnownAnswers): Judged {
  const sources = rules.judges.map(({source}) => source)
  const needed = alike(requests, sources.some(source => ABOUT_REQUESTS.test(source)))
  const key = JSON.stringify([rules.isFailOpen, rules.minor, needed, ...sources])
  const known = asked.get(key) ?? controlsOf(rules, needed)
  asked.set(key, known)
  return known
}

const ABOUT_REQUESTS = /request|oldObject/

/** Rules that look at nothing but the object say the same of every request that brings the same. */
function alike(requests: readonly PodRequest[], doAsk: boolean): PodRequest[] {
  const plain = requests.map((request): PodRequest => (doAsk || request.of === 'ephemeralcontainers' ? request : {...request, of: 'create', operation: 'CREATE', subresource: ''}))
  return [...new Map(plain.map(request => [JSON.stringify(request), request])).values()]
}

/** Why an operation that comes to a policy is none that it refuses, where that is not for what it looks at. */
export type Reasons = Readonly<Partial<Record<PodOperation, string>>>

/** One policy as whoever asks the matrix sees it: what is known of it, and that there is more. */
export function contentGuards(contents: readonly Content[], refusers: readonly Refuser<PodRequest>[], about: Omit<GuardContent, 'controls'>, requests: PodRequests, reasons: Reasons = {}): PodGuard[] {
  return contents.flatMap(({operations, controls, isWhole}) => {
    const there = refusers.map((refuser): Refuser<PodRequest> => ({...refuser, sees: request => operations.includes(request.of) && refuser.sees(request)}))
    const blind = blindnessOf(operations, refusers, requests, reasons)
    const guards = (known: ReadonlyMap<ControlId, readonly string[]> | null): PodGuard[] => guardsOf(there, {...about, controls: known}, requests).map(guard => ({...guard, blind}))
    return [...(controls.size > 0 ? guards(controls) : []), ...(isWhole ? [] : guards(null))]
  })
}

/** It is asked about these too, and has nothing against them. */
function blindnessOf(operations: readonly PodOperation[], refusers: readonly Refuser<PodRequest>[], requests: PodRequests, reasons: Reasons): Reasons {
  const others = POD_OPERATIONS.filter(operation => !operations.includes(operation) && requests[operation].length > 0 && refusers.some(({sees}) => requests[operation].every(sees)))
  return Object.fromEntries(others.map(operation => [operation, reasons[operation] ?? (operation === 'ephemeralcontainers' ? 'ephemeral containers are not looked at' : 'its rules let them through')]))
}

/** Every control as not known: nobody can tell whether it acts. */
export function doubtful(contents: readonly Content[]): Content[] {
  return contents.map(content => ({...content, controls: new Map(), isWhole: false}))
}
