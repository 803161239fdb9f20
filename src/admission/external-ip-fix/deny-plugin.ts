import type {DenyPluginInfo} from '../../audit/audit-report.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {shortList} from '../../kube/short-list.js'
import type {AdmissionFlags, AdmissionFlagsInfo} from '../../audit/admission-flags.js'
import {DENY_PLUGIN} from '../deny-plugin.js'
import {releaseText, whenOf} from '../external-ip-timeline.js'
import {SPELLING, claimsText, claimsWarnings} from './described.js'
import type {Fix, FixDocument} from './fix.js'
import {placeOf} from './flag-places.js'
import type {PresentClaims} from './present-claims.js'

export interface DenyPluginWorld {
  minor: number | null
  platform: string | null
  flags: AdmissionFlagsInfo
  /** How the API server's pods were answered. */
  pods: ReadOutcome
  state: DenyPluginInfo
  claims: PresentClaims
}

const SINCE = 21
const ENABLE = '--enable-admission-plugins='
const DISABLE = '--disable-admission-plugins='
/** What kubeadm, k3s and RKE2 set: it must not fall out of the list. */
const USUAL = 'NodeRestriction'
/** In the place of a list that nobody sees: a guess would take plugins away from whoever copies the line. */
const PRESENT = '<the plugins that stand there>'

/** The flag line of each API server with the plugin added. Defaults of Kubernetes are on besides, whatever the list says. */
export function denyPluginFix(world: DenyPluginWorld): Fix {
  const {minor, state, claims} = world
  const place = placeOf(world.platform)
  if (minor !== null && minor < SINCE) return nothing([`1.${minor} has no ${DENY_PLUGIN} (it came with 1.${SINCE}), and does not start with an unknown plugin: what is possible here is --to gatekeeper or kyverno`])
  if (place.cannot !== null) return nothing([place.cannot])
  const instances = seen(world.flags)
  if (isOnEverywhere(world, instances)) {
    const how = `${state.road}${world.flags.pods.length === 0 ? ', which speaks for one instance' : ''}`
    return {documents: [], warnings: claimsWarnings(claims), notes: [`${DENY_PLUGIN} is on already (${how}): nothing to do on this road; services/status stays open, which --to vap closes`]}
  }
  const removal = whenOf('plugin-gone')
  return {
    documents: documentsFor(world, instances, place.advice),
    warnings: [...unreadWarnings(world, instances), ...(minor !== null && minor >= removal.minor ? [`${removal.text}; this server is 1.${minor}`] : []), ...claimsWarnings(claims)],
    notes: [`before an upgrade to ${releaseText(removal)}: ${removal.text}`],
  }
}

function nothing(warnings: readonly string[]): Fix {
  return {documents: [], warnings, notes: []}
}

/** Pods speak for each instance, `/flagz` for the one that answered. */
function seen({pods, flagz}: AdmissionFlagsInfo): readonly AdmissionFlags[] {
  return pods.length > 0 ? pods : flagz === null ? [] : [flagz]
}

function isOnEverywhere({state, flags, pods}: DenyPluginWorld, instances: readonly AdmissionFlags[]): boolean {
  const isWhole = flags.unreadPods.length === 0 && pods.outcome === 'complete'
  return state.state === 'on' && (instances.length === 0 || (isWhole && instances.every(({enabled, disabled}) => enabled.includes(DENY_PLUGIN) && !disabled.includes(DENY_PLUGIN))))
}

function unreadWarnings({flags, pods}: DenyPluginWorld, instances: readonly AdmissionFlags[]): string[] {
  const keep = `keep every name that stands in ${ENABLE} there, and add ${DENY_PLUGIN}`
  const isHalf = pods.outcome !== 'complete' && pods.outcome !== 'not-served'
  return [
    ...(instances.length === 0 ? [`the present list of admission plugins could not be read (${reasonOf(pods)}): put it in the place of ${PRESENT} below; where ${ENABLE.slice(0, -1)} does not stand at all, ${USUAL} is usual`] : []),
    ...(flags.unreadPods.length > 0 ? [`the flags of ${shortList(flags.unreadPods)} cannot be told: ${keep}`] : []),
    ...(instances.length > 0 && (isHalf || flags.pods.length === 0) ? [`only ${shortList(instances.map(({instance}) => instance))} could be seen; there may be more API servers: ${keep}`] : []),
    ...instances.filter(({replacesDefaults}) => replacesDefaults).map(({instance}) => `${instance} uses the older flag --admission-control, which names all plugins in order and cannot stand beside ${ENABLE.slice(0, -1)}: add ${DENY_PLUGIN} to that list instead`),
  ]
}

function reasonOf({outcome, detail}: ReadOutcome): string {
  return outcome === 'complete' ? 'no API server pods' : detail === '' ? outcome : `${outcome}: ${detail}`
}

/** Instances with the same flags share a document. */
function documentsFor(world: DenyPluginWorld, instances: readonly AdmissionFlags[], advice: readonly string[]): FixDocument[] {
  // `--admission-control` cannot stand beside the newer flags.
  const usable = instances.filter(({replacesDefaults}) => !replacesDefaults)
  if (instances.length === 0) return [documentFor(world, {lines: [flagLine([PRESENT])], where: '', number: 1, advice: [...advice]})]
  const groups = new Map<string, {lines: string[]; names: string[]; advice: string[]}>()
  for (const flags of usable) {
    const lines = linesFor(flags)
    const group = groups.get(lines.join('\n')) ?? {lines, names: [], advice: disabledAdvice(flags)}
    group.names.push(flags.instance)
    groups.set(lines.join('\n'), group)
  }
  return [...groups.values()].map(({lines, names, advice: own}, index) => documentFor(world, {lines, where: ` of ${shortList(names, 5)}`, number: index + 1, advice: [...own, ...advice]}))
}

function linesFor({enabled, disabled}: AdmissionFlags): string[] {
  const left = disabled.filter(name => name !== DENY_PLUGIN)
  return [flagLine(enabled), ...(left.length < disabled.length && left.length > 0 ? [`${DISABLE}${left.join(',')}`] : [])]
}

function flagLine(enabled: readonly string[]): string {
  return `${ENABLE}${[...new Set([...enabled, DENY_PLUGIN])].join(',')}`
}

function disabledAdvice({disabled}: AdmissionFlags): string[] {
  if (!disabled.includes(DENY_PLUGIN)) return []
  const rest = disabled.length === 1 ? `take ${DISABLE}${DENY_PLUGIN} away` : `${DISABLE.slice(0, -1)} without it stands below`
  return [`${DENY_PLUGIN} is in ${DISABLE.slice(0, -1)} now, and kube-apiserver does not start with a name in both lists: ${rest}.`]
}

function documentFor({claims}: DenyPluginWorld, {lines, where, number, advice}: {lines: readonly string[]; where: string; number: number; advice: readonly string[]}): FixDocument {
  return {
    file: `kube-apiserver-flags${number === 1 ? '' : `-${number}`}.txt`,
    does: `Flags for kube-apiserver${where}: the plugins that stand there, and ${DENY_PLUGIN}, which refuses new spec.externalIPs of Services to everybody. Each API server needs them; it acts after the restart.`,
    leavesOpen: [
      ...claimsText(claims), SPELLING,
      'services/status: load-balancer addresses are not looked at by this plugin; `kubectl k121 external-ips fix --to vap` closes that road too.',
    ],
    advice, undo: `take ${DENY_PLUGIN} out of the list again, and restart`,
    body: lines.join('\n'),
  }
}
