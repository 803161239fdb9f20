import type {AdmissionFlagsInfo} from '../../audit/admission-flags.js'
import {admissionFlags, namingFlags, seenFlags} from '../../audit/admission-flags.js'
import {defineFact} from '../../audit/fact.js'
import {serverVersion} from '../../audit/server-version.js'
import {refOf} from '../../audit/make-finding.js'
import type {ObjectRef} from '../../audit/finding.js'
import {nameOf} from '../../kube/object.js'
import {shortList} from '../../kube/short-list.js'
import type {ControlId} from '../../pod-security/control.js'
import {CONTROLS} from '../../pod-security/control.js'
import type {PspPresence} from '../../psp/presence.js'
import {GONE_MINOR, pspPresence} from '../../psp/presence.js'
import type {Refuser} from '../coverage.js'
import {unreadRow} from '../engines/blocker.js'
import {namespaceLabels} from '../namespaces.js'
import {otherAuthorizers} from '../other-authorizers.js'
import type {PodGuard, PodGuards} from './pod-guard.js'
import {guardsOf} from './pod-reach.js'
import type {PodRequest, PodRequests} from './pod-requests.js'
import {podRequests} from './pod-requests.js'
import type {PspControls} from './psp-controls.js'
import {controlsOfPsp} from './psp-controls.js'
import {useGrants} from './psp-usable.js'

const ENGINE = 'psp'
const PLUGIN = 'PodSecurityPolicy'
const ROLES = ['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings'] as const

/** PodSecurityPolicy, up to 1.24: in each namespace what the weakest policy that its workloads may use holds. */
export const pspPodGuards = defineFact({
  id: 'psp-pod-guards',
  reads: ['podsecuritypolicies', ...ROLES],
  needs: [pspPresence, admissionFlags, serverVersion, otherAuthorizers, namespaceLabels, podRequests],
  create(context) {
    const policies = new Map<string, {object: ObjectRef; controls: PspControls}>()
    const grants = useGrants()
    return {
      podsecuritypolicies: policy => void policies.set(nameOf(policy), {object: refOf(policy), controls: controlsOfPsp(policy)}),
      clusterroles: grants.clusterRole, roles: grants.role, clusterrolebindings: grants.binding, rolebindings: grants.binding,
      end(): PodGuards {
        const unread = unreadRow('podsecuritypolicies', context.outcome('podsecuritypolicies'))
        const {minor} = context.fact(serverVersion)
        if (minor !== null && minor >= GONE_MINOR) return NONE
        const state = actingState(context.fact(admissionFlags), context.fact(pspPresence))
        if (state === 'off') return {...NONE, inert: [...policies].map(([name, {object}]) => ({engine: ENGINE, name, object, why: 'the admission plugin PodSecurityPolicy is not on'}))}
        const requests = context.fact(podRequests)
        if (unread.length > 0) return {...NONE, unread}
        if (policies.size === 0 && state === 'unknown') return NONE
        // Without all roles nobody knows which policies are used where.
        const areRolesWhole = ROLES.every(row => context.outcome(row).outcome === 'complete')
        if (state === 'unknown' || !areRolesWhole) return {...NONE, guards: unknownGuards(policies.size, requests)}
        const usable = grants.usable([...policies.keys()])
        const names = [...context.fact(namespaceLabels).labels.keys()]
        const gaps = [...(state === 'partly' ? ['not every API server has the plugin on'] : []), ...(context.fact(otherAuthorizers).length > 0 ? ['what else than RBAC lets accounts use a policy is not seen'] : []), PEOPLE]
        return {...NONE, guards: groupsOf(names, usable).flatMap(group => guardsFor(group, {policies, gaps, requests}))}
      },
    }
  },
})

const NONE: PodGuards = {guards: [], inert: [], unread: []}
const PEOPLE = 'people who may use another policy make pods by that one'
const FILLED = 'what a pod leaves unset is filled in, not refused'

/** `partly`: some API servers name the plugin. */
function actingState(flags: AdmissionFlagsInfo, {uses, isYoungestWithout}: PspPresence): 'on' | 'partly' | 'off' | 'unknown' {
  const seen = seenFlags(flags).length
  const on = namingFlags(flags, PLUGIN).length
  if (seen > 0 && flags.unreadPods.length === 0) return on === seen ? 'on' : on === 0 ? 'off' : 'partly'
  return uses.length > 0 && !isYoungestWithout ? 'on' : 'unknown'
}

function seesPod({of}: PodRequest): boolean {
  // The plugin ignores every subresource (shouldIgnore, read at 1.24.17).
  return of === 'create' || of === 'update'
}

const BLIND: NonNullable<PodGuard['blind']> = {ephemeralcontainers: 'it ignores subresources', workload: 'by design: it judges pods, not what makes them'}

function unknownGuards(policies: number, requests: PodRequests): PodGuard[] {
  return guardsOf([{sees: seesPod, isIn: null, gaps: []}], {engine: ENGINE, name: `${policies} PodSecurityPolicies`, object: null, action: 'refused', controls: null}, requests)
}

interface Group {
  policies: readonly string[]
  namespaces: ReadonlySet<string>
}

function groupsOf(names: readonly string[], usable: ReadonlyMap<string, readonly string[]>): Group[] {
  const groups = new Map<string, {policies: readonly string[]; namespaces: Set<string>}>()
  for (const name of names) {
    const policies = usable.get(name) ?? usable.get('') ?? []
    const key = policies.join('\n')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, {policies, namespaces: new Set([name])})
    else known.namespaces.add(name)
  }
  return [...groups.values()]
}

interface World {
  policies: ReadonlyMap<string, {object: ObjectRef; controls: PspControls}>
  gaps: readonly string[]
  requests: PodRequests
}

/** A pod gets in by any of them, so only what all of them hold is held. Without one, every pod is refused. */
function guardsFor({policies, namespaces}: Group, {policies: all, gaps, requests}: World): PodGuard[] {
  const usable = policies.flatMap(name => all.get(name) ?? [])
  const holds = (id: ControlId, how: (controls: PspControls) => readonly ControlId[]): boolean => usable.every(({controls}) => how(controls).includes(id))
  const refused = CONTROLS.filter(id => holds(id, controls => controls.refused))
  const filled = CONTROLS.filter(id => !refused.includes(id) && holds(id, controls => [...controls.refused, ...controls.filled]))
  const name = policies.length === 0 ? 'no policy that workloads may use' : shortList(policies, 3)
  const object = usable.length === 1 ? usable[0]!.object : null
  const guard = (ids: readonly ControlId[], more: readonly string[]): PodGuard[] => {
    const refuser: Refuser<PodRequest> = {sees: seesPod, isIn: namespace => namespaces.has(namespace), gaps: [...gaps, ...more]}
    const content = {engine: ENGINE, name, object, action: 'refused' as const, controls: new Map(ids.map(id => [id, []] as const))}
    return ids.length === 0 ? [] : guardsOf([refuser], content, requests).map(one => ({...one, blind: BLIND}))
  }
  return [...guard(refused, []), ...guard(filled, [FILLED])]
}
