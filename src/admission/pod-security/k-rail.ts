import {admissionFlags, switchedOff} from '../../audit/admission-flags.js'
import {defineFact} from '../../audit/fact.js'
import {textAt} from '../../kube/field.js'
import {nameOf} from '../../kube/object.js'
import {shortList} from '../../kube/short-list.js'
import type {ControlId} from '../../pod-security/control.js'
import {eachWithEach} from '../coverage.js'
import {isKRails} from '../engine-webhooks.js'
import {configurationOf, unique} from '../engines/blocker.js'
import type {Reach} from '../webhook-reach.js'
import type {Webhook} from '../webhooks.js'
import {webhooks} from '../webhooks.js'
import type {KRailConfig, KRailExemption} from './k-rail-config.js'
import {mayMatch, readKRailConfig, readKRailExemptions} from './k-rail-config.js'
import type {PodGuard, PodGuards} from './pod-guard.js'
import {guardsOf, inertKind, podReachOf} from './pod-reach.js'
import type {PodRequest, PodRequests} from './pod-requests.js'
import {podRequests} from './pod-requests.js'

const ENGINE = 'k-rail'
const NAMESPACE = 'k-rail'

/** What of the Standards each policy judges, with what of it it lets through (policies/pod). It looks at containers and init containers. */
const POLICIES: readonly {name: string; controls: Readonly<Partial<Record<ControlId, readonly string[]>>>}[] = [
  {name: 'pod_no_privileged_container', controls: {privileged: []}},
  {name: 'pod_no_host_pid', controls: {hostNamespaces: ['it looks at hostPID alone']}},
  {name: 'pod_no_host_network', controls: {hostNamespaces: ['it looks at hostNetwork alone']}},
  {name: 'pod_no_bind_mounts', controls: {hostPathVolumes: []}},
  {name: 'pod_no_docker_sock', controls: {hostPathVolumes: ['it looks at the socket of Docker alone']}},
  {name: 'pod_no_new_capabilities', controls: {capabilities_baseline: [], capabilities_restricted: ['it does not ask for drop: ALL']}},
  {name: 'pod_no_root_user', controls: {
    runAsNonRoot: ['a runAsUser other than 0 is enough for it'], runAsUser: ['runAsNonRoot at the pod is enough for it'],
  }},
  {name: 'pod_deny_unconfined_apparmor_policy', controls: {appArmorProfile: ['it looks at annotations of pods alone, not at the field appArmorProfile']}},
]

/** k-rail, which refuses by a mutating webhook, with the policies of its ConfigMap. */
export const kRailPodGuards = defineFact({
  id: 'k-rail-pod-guards',
  reads: ['k-rail-configmaps'],
  needs: [webhooks, admissionFlags, podRequests],
  create(context) {
    const texts = new Map<string, string>()
    return {
      'k-rail-configmaps': map => void texts.set(nameOf(map), textAt(map, 'data', 'config.yml') ?? ''),
      end(): PodGuards {
        const info = context.fact(webhooks)
        const webhook = info.all.find(isKRails)
        if (webhook === undefined) return {guards: [], inert: [], unread: info.unread}
        const requests = context.fact(podRequests)
        const off = switchedOff(context.fact(admissionFlags), 'MutatingAdmissionWebhook')
        const reach = podReachOf({...info, switchedOff: off}, isKRails, requests)
        if (reach.state !== 'calls') return {guards: [], inert: [{engine: ENGINE, name: webhook.name, object: configurationOf(webhook), why: reach.gaps.join('; '), kind: inertKind(reach)}], unread: info.unread}
        const config = readKRailConfig(texts.get('k-rail-config') ?? '')
        const exemptions = readKRailExemptions(texts.get('k-rail-exemptions') ?? '')
        const isKnown = texts.size === 2 && webhook.service === `${NAMESPACE}/k-rail` && config !== null && exemptions !== null
        return {guards: isKnown ? knownGuards({config, exemptions, reach, webhook, requests}) : unknownGuards({reach, webhook, requests}), inert: [], unread: info.unread}
      },
    }
  },
})

interface World {
  reach: Reach<PodRequest>
  webhook: Webhook
  requests: PodRequests
}

/** Its configuration lies elsewhere, was not read or is not understood. */
function unknownGuards({reach, webhook, requests}: World): PodGuard[] {
  return guardsOf(reach.refusers, {engine: ENGINE, name: webhook.name, object: configurationOf(webhook), action: 'refused', controls: null}, requests)
}

const BLIND = {
  ephemeralcontainers: 'it does not look at ephemeral containers', resize: 'it is not asked about resizes',
  workload: 'it does not look at CronJobs of batch/v1',
}

function knownGuards({config, exemptions, reach, webhook, requests}: World & {config: KRailConfig; exemptions: readonly KRailExemption[]}): PodGuard[] {
  return POLICIES.flatMap(({name, controls}) => {
    const action = config.action(name)
    if (action === 'off') return []
    const {isOut, gaps, holes} = exemptedFrom(name, config, exemptions)
    const own = {
      // The API server sends it what its rules ask for; of that it looks at pods, and at kinds of workloads that lack CronJobs as they are today.
      sees: ({of}: PodRequest) => of === 'create' || of === 'update',
      isIn: (namespace: string) => !isOut(namespace), gaps, holes,
    }
    const content = {engine: ENGINE, name, object: configurationOf(webhook), action, controls: new Map(Object.entries(controls) as [ControlId, readonly string[]][])}
    return guardsOf(eachWithEach(reach.refusers, [own]), content, requests).map(guard => ({...guard, blind: BLIND}))
  })
}

interface Exempted {
  isOut(namespace: string): boolean
  gaps: string[]
  holes: string[]
}

/** An exemption for everybody takes a namespace out; one for a user is a way past; one for names is a hole, for whoever writes a pod names it. */
function exemptedFrom(policy: string, {cluster, ignored}: KRailConfig, exemptions: readonly KRailExemption[]): Exempted {
  const own = exemptions.filter(one => mayMatch(one.cluster, cluster) && one.policies.some(pattern => mayMatch(pattern, policy)))
  const isForAll = ({user, group}: KRailExemption): boolean => user === '*' && group === '*'
  const people = own.filter(one => !isForAll(one) && !isForMakers(one))
  const makers = own.filter(one => !isForAll(one) && isForMakers(one))
  const named = own.filter(one => isForAll(one) && one.resource !== '*')
  const whole = own.filter(one => isForAll(one) && one.resource === '*')
  return {
    isOut: namespace => ignored.includes(namespace) || whole.some(one => mayMatch(one.namespace, namespace)),
    gaps: unique(people.map(({user, group, namespace}) => `exempt: ${user === '*' ? `the group ${group}` : user}${namespace === '*' ? '' : ` in ${namespace}`}`)),
    holes: [
      ...(named.length === 0 ? [] : [`exempt: what is called ${shortList(unique(named.map(({resource}) => resource)).toSorted(), 3)}`]),
      ...(makers.length === 0 ? [] : ['exempt: the controllers, which make the pods of workloads']),
    ],
  }
}

const MAKER = 'system:serviceaccount:kube-system:replicaset-controller'
const GROUPS_OF_MAKER: readonly string[] = ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated']

function isForMakers({user, group}: KRailExemption): boolean {
  return mayMatch(user, MAKER) && GROUPS_OF_MAKER.some(one => mayMatch(group, one))
}
