import type {AdmissionFlagsInfo} from '../../audit/admission-flags.js'
import {admissionFlags, namingFlags, seenFlags} from '../../audit/admission-flags.js'
import {defineFact} from '../../audit/fact.js'
import {serverVersion} from '../../audit/server-version.js'
import {refOf} from '../../audit/make-finding.js'
import {nameOf} from '../../kube/object.js'
import type {ControlId} from '../../pod-security/control.js'
import type {PspPresence} from '../../psp/presence.js'
import {GONE_MINOR, pspPresence} from '../../psp/presence.js'
import {unreadRow} from '../engines/blocker.js'
import {namespaceLabels} from '../namespaces.js'
import {otherAuthorizers} from '../other-authorizers.js'
import type {PodGuard, PodGuards} from './pod-guard.js'
import {guardsOf} from './pod-reach.js'
import type {PodRequest, PodRequests} from './pod-requests.js'
import {podRequests} from './pod-requests.js'
import type {PspControls} from './psp-controls.js'
import {controlsOfPsp} from './psp-controls.js'
import type {Holding, Policy} from './usable-guards.js'
import {usableGuards} from './usable-guards.js'
import {useGrants} from './use-grants.js'

const ENGINE = 'psp'
const PLUGIN = 'PodSecurityPolicy'
const ROLES = ['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings'] as const

/** PodSecurityPolicy, up to 1.24: in each namespace what the weakest policy that its workloads may use holds. */
export const pspPodGuards = defineFact({
  id: 'psp-pod-guards',
  reads: ['podsecuritypolicies', ...ROLES],
  needs: [pspPresence, admissionFlags, serverVersion, otherAuthorizers, namespaceLabels, podRequests],
  create(context) {
    const policies = new Map<string, Policy>()
    const grants = useGrants({groups: ['policy', 'extensions'], resource: 'podsecuritypolicies'})
    return {
      podsecuritypolicies(policy) {
        const holdings = holdingsOf(controlsOfPsp(policy))
        policies.set(nameOf(policy), {object: refOf(policy), holdingsIn: () => holdings})
      },
      clusterroles: grants.clusterRole, roles: grants.role, clusterrolebindings: grants.binding, rolebindings: grants.binding,
      end(): PodGuards {
        const unread = unreadRow('podsecuritypolicies', context.outcome('podsecuritypolicies'))
        const {minor} = context.fact(serverVersion)
        if (minor !== null && minor >= GONE_MINOR) return NONE
        const state = actingState(context.fact(admissionFlags), context.fact(pspPresence))
        if (state === 'off') return {...NONE, inert: [...policies].map(([name, {object}]) => ({engine: ENGINE, name, object, why: 'the admission plugin PodSecurityPolicy is not on', kind: 'other'}))}
        const requests = context.fact(podRequests)
        if (unread.length > 0) return {...NONE, unread}
        if (policies.size === 0 && state === 'unknown') return NONE
        // Without all roles nobody knows which policies are used where.
        const areRolesWhole = ROLES.every(row => context.outcome(row).outcome === 'complete')
        if (state === 'unknown' || !areRolesWhole) return {...NONE, guards: unknownGuards(policies.size, requests)}
        const gaps = [...(state === 'partly' ? ['not every API server has the plugin on'] : []), ...(context.fact(otherAuthorizers).length > 0 ? ['what else than RBAC lets accounts use a policy is not seen'] : []), PEOPLE]
        return {...NONE, guards: usableGuards({
          engine: ENGINE, policies, usable: grants.usable([...policies.keys()]), namespaces: new Map([...context.fact(namespaceLabels).labels.keys()].map(name => [name, ''])),
          without: 'no policy that workloads may use', sees: seesPod, blind: BLIND, gaps, requests,
        })}
      },
    }
  },
})

const NONE: PodGuards = {guards: [], inert: [], unread: []}
const PEOPLE = 'people who may use another policy make pods by that one'

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

function holdingsOf({refused, filled}: PspControls): ReadonlyMap<ControlId, Holding> {
  const holding = (isFilled: boolean): Holding => ({isFilled, holes: []})
  return new Map([...refused.map(id => [id, holding(false)] as const), ...filled.map(id => [id, holding(true)] as const)])
}
