import type {DenyPluginInfo} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import {isIncomplete} from '../audit/outcome.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {API_SERVER_SERVICE, serviceOfSlice} from '../kube/endpoint-slice.js'
import {listAt, textAt, textsAt} from '../kube/field.js'
import {platform} from '../network/platform.js'
import {admissionFlags} from '../audit/admission-flags.js'
import type {AdmissionFlags, AdmissionFlagsInfo} from '../audit/admission-flags.js'
import {externalIPProbe} from './probe.js'
import type {ProbeInfo} from './probe.js'

export const DENY_PLUGIN = 'DenyServiceExternalIPs'

type Road = Exclude<DenyPluginInfo['road'], 'none'>
type Strength = DenyPluginInfo['strength']

/** What one road says; `null` where it does not answer. */
interface Answer {
  road: Road
  state: DenyPluginInfo['state'] | null
  strength: Strength
  result: string
  /** It sees instances that it cannot tell about. */
  hasUntold?: boolean
  /** Instances that it tells about; one where it is left out. */
  instances?: number
}

/**
 * Published lists of plugins: they say what new clusters get, not what this one
 * has. A Map, for names come from nodes, and `constructor` is one too.
 */
const PROVIDERS: ReadonlyMap<string, {state: 'likely-on' | 'likely-off'; words: string}> = new Map([
  ['gke', {state: 'likely-on' as const, words: 'GKE turns it on for clusters created at 1.21 or later, unless told otherwise'}],
  ['eks', {state: 'likely-off' as const, words: 'EKS does not list it among its admission plugins'}],
  ['aks', {state: 'likely-off' as const, words: 'AKS does not list it among its admission plugins'}],
])

/**
 * Does the API server refuse new `spec.externalIPs` by its own plugin? Every
 * road is tried and reported; the first that answers gives the state, and roads
 * that contradict each other mean instances that disagree. One instance that
 * has it on says nothing about others that are there. No answer is unknown,
 * never off.
 */
export const denyServiceExternalIPs = defineFact({
  id: 'deny-service-external-ips',
  reads: ['flagz', 'control-plane-pods', 'metrics', 'external-ip-probe', 'endpointslices'],
  needs: [admissionFlags, externalIPProbe, platform],
  create(context) {
    let plugins: readonly string[] | null = null
    const addresses = new Map<string, Set<string>>()
    return {
      metrics(object) {
        plugins = textsAt(object, 'plugins')
      },
      endpointslices(slice) {
        if (serviceOfSlice(slice) !== API_SERVER_SERVICE) return
        const type = textAt(slice, 'addressType') ?? ''
        const known = addresses.get(type) ?? new Set()
        addresses.set(type, known)
        for (const endpoint of listAt(slice, 'endpoints')) for (const address of textsAt(endpoint, 'addresses')) known.add(address)
      },
      end(): DenyPluginInfo {
        // Each has one address of a family; 0: nothing tells. Where endpoints may not be read, nobody knows that one is all.
        const isCounted = !isIncomplete(context.outcome('endpointslices').outcome)
        const servers = isCounted ? Math.max(0, ...[...addresses.values()].map(({size}) => size)) : null
        const flags = context.fact(admissionFlags)
        return decide(servers, [
          fromFlagz(flags.flagz, context.outcome('flagz')),
          fromPods(flags, context.outcome('control-plane-pods')),
          fromMetrics(plugins, context.outcome('metrics')),
          fromProbe(context.fact(externalIPProbe), context.outcome('external-ip-probe')),
          fromProvider(context.fact(platform)),
        ])
      },
    }
  },
})

/** `servers`: how many there are, as far as their endpoints tell; null: they could not be read. */
function decide(servers: number | null, answers: readonly Answer[]): DenyPluginInfo {
  const tried = answers.map(({road, result}) => ({road, result}))
  const sure = answers.filter(({state}) => state === 'on' || state === 'off' || state === 'partly')
  const [first] = sure.length > 0 ? sure : answers.filter(({state}) => state !== null)
  if (first === undefined || first.state === null) return {state: 'unknown', road: 'none', strength: 'none', tried}
  const told = Math.max(...sure.map(({instances = 1}) => instances))
  // Pods that were listed whole are all that run in the cluster.
  const mayBeMore = servers === null ? !sure.some(({road}) => road === 'pods') : told < servers
  const isUntold = first.state === 'on' && (answers.some(({hasUntold}) => hasUntold) || mayBeMore)
  const doAgree = !isUntold && sure.every(({state}) => state === first.state)
  return {state: doAgree ? first.state : 'partly', road: first.road, strength: first.strength, tried}
}

function fromFlagz(flags: AdmissionFlags | null, outcome: ReadOutcome): Answer {
  if (flags === null) return {road: 'flagz', state: null, strength: 'none', result: unanswered(outcome)}
  const isOn = isEnabled(flags)
  return {road: 'flagz', state: isOn ? 'on' : 'off', strength: 'proof', result: `${onOff(isOn)}; speaks for one instance only`}
}

function fromPods({pods, unreadPods}: AdmissionFlagsInfo, outcome: ReadOutcome): Answer {
  const road = 'pods'
  const total = pods.length + unreadPods.length
  if (total === 0) return {road, state: null, strength: 'none', result: outcome.outcome === 'complete' ? 'no API server pods' : unanswered(outcome)}
  const on = pods.filter(isEnabled).length
  const named = `${on} of ${total} ${total === 1 ? 'instance names' : 'instances name'} the plugin`
  const unread = unreadPods.length === 0 ? '' : `; the flags of ${unreadPods.join(', ')} cannot be told`
  const isWhole = unreadPods.length === 0 && outcome.outcome === 'complete'
  if (on > 0 && on < pods.length) return {road, state: 'partly', strength: 'strong', result: named + unread}
  if (!isWhole) return {road, state: null, strength: 'none', result: named + (unread || `; ${unanswered(outcome)}`), hasUntold: true}
  return {road, state: on > 0 ? 'on' : 'off', strength: 'strong', result: named, instances: pods.length}
}

function isEnabled({enabled}: AdmissionFlags): boolean {
  return enabled.includes(DENY_PLUGIN)
}

/** Every plugin that is on has a line seconds after start: it is asked on every write of anything, leases included. */
function fromMetrics(plugins: readonly string[] | null, outcome: ReadOutcome): Answer {
  const road = 'metrics'
  if (plugins === null) return {road, state: null, strength: 'none', result: unanswered(outcome)}
  if (plugins.includes(DENY_PLUGIN)) return {road, state: 'on', strength: 'strong', result: 'on; speaks for one instance only'}
  // Half a page of metrics proves nothing about a line that is not in it.
  if (plugins.length === 0 || outcome.outcome !== 'complete') return {road, state: null, strength: 'none', result: 'no lines about admission plugins'}
  return {road, state: 'off', strength: 'strong', result: `off: ${plugins.length} other plugins have lines; speaks for one instance only`}
}

function fromProbe(probe: ProbeInfo | null, outcome: ReadOutcome): Answer {
  const road = 'probe'
  if (probe === null) return {road, state: null, strength: 'none', result: unanswered(outcome)}
  const {meaning, namespace} = probe
  if (meaning.kind === 'plugin') return {road, state: 'on', strength: 'strong', result: `on: it refused a dry run in ${namespace}`}
  if (meaning.kind === 'unknown') return {road, state: null, strength: 'none', result: meaning.why}
  // The plugin answers before ValidatingAdmissionPolicies, but after mutating webhooks; ExternalIPRanger's place is not known.
  if (meaning.kind === 'openshift') return {road, state: null, strength: 'none', result: 'ExternalIPRanger refused first'}
  if (meaning.kind === 'webhook') return {road, state: null, strength: 'none', result: `the webhook ${meaning.webhook} refused first`}
  return {road, state: 'off', strength: 'strong', result: `off: a dry run in ${namespace} got past it; speaks for one instance only`}
}

function fromProvider(known: {name: string} | null): Answer {
  const row = known === null ? undefined : PROVIDERS.get(known.name)
  if (row === undefined) return {road: 'provider', state: null, strength: 'none', result: known === null ? 'not known' : `${known.name} publishes no list`}
  return {road: 'provider', state: row.state, strength: 'weak', result: row.words}
}

function unanswered({outcome, detail}: ReadOutcome): string {
  return detail === '' ? outcome : `${outcome}: ${detail}`
}

function onOff(isOn: boolean): string {
  return isOn ? 'on' : 'off'
}
