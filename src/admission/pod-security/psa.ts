import {defineFact} from '../../audit/fact.js'
import {effectiveMinor, serverVersion} from '../../audit/server-version.js'
import {shortList} from '../../kube/short-list.js'
import type {Mode} from '../../pod-security/labels.js'
import type {LabelledNamespace} from '../../pod-security/namespace-levels.js'
import {namespaceLevels} from '../../pod-security/namespace-levels.js'
import {freedWorkloads} from '../../pod-security/psa-config-users.js'
import type {PodSecurityState} from '../../pod-security/psa-config-fact.js'
import {podSecurityState} from '../../pod-security/psa-config-fact.js'
import type {PsaExemptions} from '../../pod-security/psa-config.js'
import {unique} from '../engines/blocker.js'
import {namespaceLabels} from '../namespaces.js'
import {labelSyncOf, openShift} from '../open-shift.js'
import type {PodGuard, PodGuards, PodOperation} from './pod-guard.js'
import {guardsOf, refuserFor} from './pod-reach.js'
import type {PodRequests} from './pod-requests.js'
import {podRequests} from './pod-requests.js'
import {psaGuards} from './psa-guards.js'

const ENGINE = 'pod-security-admission'

/** Pod Security admission of the API server itself. */
export const psaPodGuards = defineFact({
  id: 'psa-pod-guards',
  reads: [],
  needs: [namespaceLevels, namespaceLabels, openShift, podSecurityState, serverVersion, podRequests],
  create(context) {
    return {
      end(): PodGuards {
        const state = context.fact(podSecurityState)
        if (state.off === 'all') return {guards: [], inert: [{engine: ENGINE, name: 'PodSecurity', object: null, why: 'no API server has it on', kind: 'other'}], unread: []}
        const version = context.fact(serverVersion)
        const requests = context.fact(podRequests)
        const namespaces = context.fact(namespaceLevels)
        const isOpenShift = context.fact(openShift).state === 'yes'
        const {labels} = context.fact(namespaceLabels)
        const {gaps, holes} = exemptionsText(state.exemptions)
        const guards = psaGuards({
          engine: ENGINE, minor: effectiveMinor(version), build: version.minor, requests, reach: [refuserFor(() => true)], gaps,
          holes: [...holes, ...(state.off === 'some' ? ['an API server has PodSecurity switched off'] : [])],
          namespaces: namespaces.map(namespace => ({...namespace, isExemptionKnown: namespace.exempt !== null, writtenBy: isOpenShift ? SYNCED[labelSyncOf(namespace.name, labels.get(namespace.name) ?? {})] : ''})),
        })
        return {guards: [...guards, ...unseenDefaults(state, namespaces, requests)], inert: [], unread: []}
      },
    }
  },
})

/** Whoever lets an account use another constraint raises the level with it. */
const SYNCED = {
  no: '', does: 'OpenShift writes the labels by what accounts of the namespace may use',
  may: 'OpenShift may write the labels, by what accounts of the namespace may use',
} as const

/** Ways past by who asks, and by what any pod may say of itself. The controllers make the pods of whoever writes a workload. */
export function exemptionsText({usernames, runtimeClasses, namespaces}: PsaExemptions): {gaps: string[]; holes: string[]} {
  const freed = freedWorkloads({usernames, runtimeClasses, namespaces})
  const people = usernames.filter(user => !freed.some(one => one.user === user))
  return {
    gaps: people.length === 0 ? [] : [`exempt: ${people.length === 1 ? 'the user' : 'the users'} ${shortList(people.toSorted(), 3)}`],
    holes: [
      ...(freed.length === 0 ? [] : [`exempt: the pods of ${unique(freed.map(({kinds}) => kinds)).join(', ')}`]),
      ...(runtimeClasses.length === 0 ? [] : [`exempt: pods with the runtimeClassName ${shortList(runtimeClasses.toSorted(), 3)}`]),
    ],
  }
}

const UNSEEN = 'the configuration of the API server was not seen'

/** With the way to see it that was not tried. */
function unseenText(mode: Mode, {probe}: PodSecurityState, namespaces: readonly LabelledNamespace[]): string {
  if (probe === null) return `${UNSEEN} (--admission-config gives it, --probe asks)`
  const {meaning, namespace} = probe
  const from = namespaces.find(({name}) => name === namespace)?.enforce.from
  const hasNoLabel = from?.level === 'default' && from.version === 'default'
  const told = mode !== 'enforce' ? '' : meaning.kind === 'unknown' ? `; the probe told nothing: ${meaning.why}`
    : !hasNoLabel ? `; the probe asked ${namespace}, which is held to a label`
    : meaning.kind === 'let-in' ? `; the probe was let in: no default refuses it, or who asked is exempt` : ''
  return `${UNSEEN} (--admission-config gives it)${told}`
}

/**
 * A namespace without a label has the level of a configuration that no API
 * shows: without it, and without a probe, nobody knows that nothing is enforced.
 * What a probe was answered speaks of enforce alone.
 */
function unseenDefaults(state: PodSecurityState, namespaces: readonly LabelledNamespace[], requests: PodRequests): PodGuard[] {
  const modes: readonly Mode[] = state.config === 'unseen' ? ['enforce', 'warn'] : state.config === 'probe' ? ['warn'] : []
  return modes.flatMap(mode => {
    const names = new Set(namespaces.filter(one => one[mode].from.level === 'default' && one.exempt !== true).map(({name}) => name))
    const seen: readonly PodOperation[] = mode === 'enforce' ? ['create', 'update', 'ephemeralcontainers'] : ['create', 'update', 'ephemeralcontainers', 'workload']
    const content = {engine: ENGINE, name: `default of ${mode}`, object: null, action: mode === 'enforce' ? 'refused' as const : 'warned' as const, controls: null}
    return names.size === 0 ? [] : guardsOf([refuserFor(({of}) => seen.includes(of), name => names.has(name))], content, requests).map(guard => ({...guard, gaps: [unseenText(mode, state, namespaces)]}))
  })
}
