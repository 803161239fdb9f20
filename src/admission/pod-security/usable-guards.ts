import type {ObjectRef} from '../../audit/finding.js'
import {shortList} from '../../kube/short-list.js'
import type {ControlId} from '../../pod-security/control.js'
import {CONTROLS} from '../../pod-security/control.js'
import type {Refuser} from '../coverage.js'
import {unique} from '../engines/blocker.js'
import type {PodGuard} from './pod-guard.js'
import {guardsOf} from './pod-reach.js'
import type {PodRequest, PodRequests} from './pod-requests.js'

/** What a policy does to pods that break a control. */
export interface Holding {
  /** Where a pod says nothing, it is made to comply; where it says the wrong thing, it is refused. */
  isFilled: boolean
  /** What of the control it lets through. */
  holes: readonly string[]
}

export interface Policy {
  object: ObjectRef
  /** The controls that it holds, in namespaces of this state. */
  holdingsIn(state: string): ReadonlyMap<ControlId, Holding>
}

/** An engine of which a pod needs one policy that lets it in, among those that somebody may use for it. */
export interface UsableWorld {
  engine: string
  policies: ReadonlyMap<string, Policy>
  /** Names of policies by namespace; those that are not here have what is under the empty name. */
  usable: ReadonlyMap<string, readonly string[]>
  /** What of a namespace changes what its policies hold. */
  namespaces: ReadonlyMap<string, string>
  /** The name of what refuses where nobody may use any. */
  without: string
  sees(request: PodRequest): boolean
  blind: NonNullable<PodGuard['blind']>
  gaps: readonly string[]
  requests: PodRequests
}

export function usableGuards(world: UsableWorld): PodGuard[] {
  return groupsOf(world).flatMap(group => guardsFor(group, world))
}

interface Group {
  policies: readonly string[]
  state: string
  namespaces: ReadonlySet<string>
}

function groupsOf({namespaces, usable}: UsableWorld): Group[] {
  const groups = new Map<string, {policies: readonly string[]; state: string; namespaces: Set<string>}>()
  for (const [name, state] of namespaces) {
    const policies = usable.get(name) ?? usable.get('') ?? []
    const key = [state, ...policies].join('\n')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, {policies, state, namespaces: new Set([name])})
    else known.namespaces.add(name)
  }
  return [...groups.values()]
}

const FILLED = 'what a pod leaves unset is filled in, not refused'

/** A pod gets in by any of them, so only what all of them hold is held. Without one, every pod is refused. */
function guardsFor({policies, state, namespaces}: Group, {engine, policies: all, without, sees, blind, gaps, requests}: UsableWorld): PodGuard[] {
  const usable = policies.flatMap(name => all.get(name) ?? [])
  const holdings = usable.map(policy => policy.holdingsIn(state))
  const held = CONTROLS.filter(id => holdings.every(own => own.has(id))).map(id => ({
    id, isFilled: holdings.some(own => own.get(id)!.isFilled), holes: unique(holdings.flatMap(own => own.get(id)!.holes)),
  }))
  const content = {engine, name: policies.length === 0 ? without : shortList(policies, 3), object: usable.length === 1 ? usable[0]!.object : null, action: 'refused' as const}
  return [false, true].flatMap(isFilled => {
    const own = held.filter(one => one.isFilled === isFilled)
    const refuser: Refuser<PodRequest> = {sees, isIn: namespace => namespaces.has(namespace), gaps: [...gaps, ...(isFilled ? [FILLED] : [])]}
    return own.length === 0 ? [] : guardsOf([refuser], {...content, controls: new Map(own.map(({id, holes}) => [id, holes]))}, requests).map(guard => ({...guard, blind}))
  })
}
