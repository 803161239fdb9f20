import {defineFact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import {refOf} from '../../audit/make-finding.js'
import {serverVersion} from '../../audit/server-version.js'
import {textAt, textsAt} from '../../kube/field.js'
import {nameOf} from '../../kube/object.js'
import type {Subject} from '../../kube/rbac.js'
import {accountOf} from '../../kube/rbac.js'
import {optOutGap} from '../coverage.js'
import {unreadRow} from '../engines/blocker.js'
import {namespaceLabels} from '../namespaces.js'
import {openShift} from '../open-shift.js'
import {otherAuthorizers} from '../other-authorizers.js'
import type {PodGuards} from './pod-guard.js'
import {guardsOf} from './pod-reach.js'
import type {PodRequest} from './pod-requests.js'
import {podRequests} from './pod-requests.js'
import type {Scc, SccPlace} from './scc-controls.js'
import {WINDOWS_IN_VAIN, controlsOfScc, sccOf} from './scc-controls.js'
import {usableGuards} from './usable-guards.js'
import {useGrants} from './use-grants.js'

const ENGINE = 'openshift-scc'
const ROLES = ['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings'] as const

/** Namespaces that start before anything else do: the plugin leaves them alone (openshift/kubernetes namespaceconditions/decorator.go). */
const RUN_LEVEL = 'openshift.io/run-level'
const UNCHECKED: readonly string[] = ['0', '1']
const UNCHECKED_NAMES: readonly string[] = ['default', 'kube-system', 'kube-public', 'openshift', 'openshift-infra', 'openshift-node']

/**
 * OpenShift's constraints: in each namespace what the weakest of those holds
 * that its workloads may use. A pod gets in by the first that fits, and what it
 * leaves unset is filled in then; a change of it, a resize and an ephemeral
 * container are judged with the whole pod as it is (sccadmission/admission.go).
 */
export const sccPodGuards = defineFact({
  id: 'scc-pod-guards',
  reads: ['securitycontextconstraints', ...ROLES, 'nodes'],
  needs: [openShift, serverVersion, otherAuthorizers, namespaceLabels, podRequests],
  create(context) {
    const constraints = new Map<string, {object: ObjectRef; scc: Scc}>()
    const grants = useGrants({groups: ['security.openshift.io'], resource: 'securitycontextconstraints'})
    const systems = new Set<string>()
    return {
      securitycontextconstraints(scc) {
        constraints.set(nameOf(scc), {object: refOf(scc), scc: sccOf(scc)})
        grants.named(nameOf(scc), [...textsAt(scc, 'users').map(name => accountOf('User', name)), ...textsAt(scc, 'groups').map((name): Subject => ({kind: 'Group', name}))])
      },
      clusterroles: grants.clusterRole, roles: grants.role, clusterrolebindings: grants.binding, rolebindings: grants.binding,
      nodes: node => void systems.add(textAt(node, 'status', 'nodeInfo', 'operatingSystem') ?? ''),
      end(): PodGuards {
        const info = context.fact(openShift)
        const unread = unreadRow('securitycontextconstraints', context.outcome('securitycontextconstraints'))
        const absent = unread.filter(({outcome}) => outcome !== 'not-in-input' || info.state !== 'no')
        if (constraints.size === 0) return {guards: [], inert: [], unread: absent}
        if (info.state === 'no') return {guards: [], inert: [{engine: ENGINE, name: 'SecurityContextConstraints', object: null, why: 'the API server is not OpenShift\'s, and no other judges by them', kind: 'other'}], unread: []}
        const requests = context.fact(podRequests)
        const areRolesWhole = ROLES.every(row => context.outcome(row).outcome === 'complete')
        if (info.state === 'unknown' || unread.length > 0 || !areRolesWhole) {
          const content = {engine: ENGINE, name: 'SecurityContextConstraints', object: null, action: 'refused' as const, controls: null}
          return {guards: guardsOf([{sees: seesPod, isIn: isJudged, gaps: []}], content, requests), inert: [], unread}
        }
        const hasWindows = context.outcome('nodes').outcome !== 'complete' || systems.size === 0 || [...systems].some(system => system !== 'linux')
        const {minor: build} = context.fact(serverVersion)
        const place = (state: string): SccPlace => ({firstUser: state === '' ? null : Number(state), hasWindows, build})
        const judged = [...context.fact(namespaceLabels).labels].filter(([name, labels]) => isJudged(name, labels))
        return {guards: usableGuards({
          engine: ENGINE, usable: grants.usable([...constraints.keys()]),
          policies: new Map([...constraints].map(([name, {object, scc}]) => [name, {object, holdingsIn: (state: string) => controlsOfScc(scc, place(state))}])),
          namespaces: new Map(judged.map(([name]) => [name, usersOf(info.ranges.get(name))])),
          without: 'no constraint that workloads may use', sees: seesPod, blind: BLIND, requests,
          gaps: [...(hasWindows ? [] : [WINDOWS_IN_VAIN]), ...(context.fact(otherAuthorizers).length > 0 ? [OTHERS] : []), PEOPLE, optOutGap(RUN_LEVEL)],
        }), inert: [], unread: []}
      },
    }
  },
})

const PEOPLE = 'people who may use another constraint make pods, and ephemeral containers, by that one'
const OTHERS = 'what else than RBAC lets accounts use a constraint is not seen'
const BLIND = {workload: 'by design: it judges pods, not what makes them'}

function seesPod({of}: PodRequest): boolean {
  return of !== 'workload'
}

function isJudged(name: string, labels: Readonly<Record<string, string>>): boolean {
  return !UNCHECKED_NAMES.includes(name) && !UNCHECKED.includes(labels[RUN_LEVEL] ?? '')
}

/** `1000680000/10000` or `1000680000-1000689999`: whether root is among them, as one of many namespaces that are alike. Empty: nothing tells it. */
function usersOf(range = ''): '' | '0' | '1' {
  const [, start] = /^(\d+)[/-]\d+$/.exec(range) ?? []
  return start === undefined ? '' : Number(start) === 0 ? '0' : '1'
}
