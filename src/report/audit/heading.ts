import type {AuditReport, FamiliesInfo} from '../../audit/audit-report.js'
import type {SkipReason} from '../../audit/outcome.js'
import {OUTCOMES, REASONS} from '../../audit/outcome.js'
import {printable} from '../../printable.js'
import {counted} from './naming.js'

/** A Map: names come from nodes, and `constructor` is one too. */
const PLATFORMS: ReadonlyMap<string, string> = new Map(Object.entries({eks: 'EKS', aks: 'AKS', gke: 'GKE', openshift: 'OpenShift', rke2: 'RKE2', oke: 'OKE', iks: 'IKS', doks: 'DOKS'}))

/** Which cluster this is: name, platform and version, sizes, and address families where somebody asked. Printable. */
export function headingParts({cluster: {name, facts}}: AuditReport): string[] {
  const {server, platform, counts} = facts
  const platformName = platform === null ? '' : (PLATFORMS.get(platform.name.toLowerCase()) ?? platform.name)
  const version = server.gitVersion ?? (server.minor === null ? 'version unknown' : `v1.${server.minor}`)
  return [
    name, [platformName, version].filter(text => text !== '').join(' '),
    ...(counts.namespaces === null ? [] : [counted(counts.namespaces, 'namespace')]),
    ...(counts.pods === null ? [] : [counted(counts.pods, 'pod')]),
    ...(facts.families === null ? [] : [familiesText(facts.families)]),
  ].map(printable)
}

const FAMILIES: Record<FamiliesInfo['state'], string> = {
  v4: 'IPv4', v6: 'IPv6', dual: 'dual-stack', 'dual-pods': 'pods dual-stack, Services not', 'dual-services': 'Services dual-stack, pods not', mixed: 'dual-stack in parts',
  'hidden-second-family': 'second family hidden', 'edge-dual': 'edge dual', unknown: 'families unknown',
}

/** `pods IPv4, edge dual` */
export function familiesText({state, primary}: Pick<FamiliesInfo, 'state' | 'primary'>): string {
  if (state === 'v4' || state === 'v6' || state === 'unknown' || primary === null) return FAMILIES[state]
  return state.startsWith('dual') ? `${FAMILIES[state]}, IPv${primary} first` : `pods IPv${primary}, ${FAMILIES[state]}`
}

/** `INCOMPLETE: 31 of 34 checks ran, 2 not permitted, 1 not observable.` */
export function completenessText({checks, completeness}: AuditReport): string {
  const ran = checks.filter(({skip}) => skip === null).length
  const reasons = new Map<SkipReason, number>()
  for (const {skip} of checks) if (skip !== null) reasons.set(skip.reason, (reasons.get(skip.reason) ?? 0) + 1)
  // Those first that somebody can change.
  const ordered = OUTCOMES.filter((outcome): outcome is SkipReason => outcome !== 'complete' && reasons.has(outcome))
  const parts = [`${ran} of ${counted(checks.length, 'check')} ran`, ...ordered.map(reason => `${reasons.get(reason) ?? 0} ${REASONS[reason]}`)]
  return `${completeness.complete ? '' : 'INCOMPLETE: '}${parts.join(', ')}.`
}

/** For those who see no report; empty when nothing is missing. */
export function incompleteText(report: AuditReport): string {
  if (report.completeness.complete) return ''
  const said = [completenessText(report), scopeText(report)].filter(text => text !== '').join(' ')
  return `${said}\n  what was not looked at, and why: -o table\n`
}

/** What filters are judged by beside what was seen; empty: nothing. The families in the heading stay those of the cluster. */
export function assumedText({cluster: {facts: {families}}}: AuditReport): string {
  const {isDual, ranges} = families?.assumed ?? {isDual: false, ranges: {pods: [], services: [], nodes: []}}
  const given = ([['pod', ranges.pods], ['service', ranges.services], ['node', ranges.nodes]] as const).flatMap(([whose, texts]) => (texts.length === 0 ? [] : [`${whose}=${texts.join(',')}`]))
  const dual = isDual ? 'Assumed dual-stack: filters of pods, Services and load balancers are judged as if each had both families.' : ''
  return [dual, given.length === 0 ? '' : `Ranges given: ${given.map(printable).join(' ')}.`].filter(text => text !== '').join(' ')
}

/** What was asked for, where that is less than everything. */
export function scopeText({run: {scope, source}}: AuditReport): string {
  const parts = [
    ...(scope.namespaces === 'all' ? [] : [`Only ${scope.namespaces.length === 1 ? 'namespace' : 'namespaces'} ${scope.namespaces.map(printable).join(', ')} ${scope.namespaces.length === 1 ? 'is' : 'are'} reported.`]),
    ...(scope.absent === undefined ? [] : [absentText(scope.absent, source)]),
    ...(scope.narrowed.length === 0 ? [] : [`Only some checks of ${scope.narrowed.join(', ')} were chosen.`]),
    ...(scope.excluded.length === 0 ? [] : [`Left out: ${scope.excluded.map(printable).join(', ')}.`]),
  ]
  return parts.join(' ')
}

/** Files may be a part of a cluster. */
function absentText(absent: readonly string[], source: AuditReport['run']['source']): string {
  const isOne = absent.length === 1
  const start = source === 'files' ? `Nothing that was read is in ${isOne ? 'namespace' : 'namespaces'}` : `There ${isOne ? 'is no namespace' : 'are no namespaces'}`
  return `${start} ${absent.map(printable).join(', ')}.`
}

/** How lists were read: what a person should know before trusting a count. */
export function snapshotText({completeness: {resources}}: AuditReport): string {
  const moving = resources.filter(({oneSnapshot}) => !oneSnapshot).map(({resource}) => printable(resource))
  const unusual = resources.filter(({outcome, detail}) => outcome === 'complete' && detail !== '').map(({resource, detail}) => `${printable(resource)}: ${printable(detail)}.`)
  return [...(moving.length === 0 ? [] : [`Changed while they were read, so items may be missing or counted twice: ${moving.join(', ')}.`]), ...unusual].join(' ')
}

export function exemptionText({exemptions, summary}: AuditReport): string {
  const count = (status: string): number => exemptions.filter(use => use.status === status).length
  const parts = [
    ...(summary.exempted === 0 ? [] : [`${counted(summary.exempted, 'finding')} accepted by ${counted(count('active'), 'exemption')}`]),
    ...(count('expired') === 0 ? [] : [`${counted(count('expired'), 'exemption')} expired: ${idsOf('expired', exemptions)}`]),
    ...(count('unused') === 0 ? [] : [`${counted(count('unused'), 'exemption')} matched nothing: ${idsOf('unused', exemptions)}`]),
  ]
  return parts.length === 0 ? '' : `${parts.join('; ')}.`
}

function idsOf(status: string, exemptions: AuditReport['exemptions']): string {
  return exemptions.filter(use => use.status === status).map(({id, until}) => `${printable(id)}${status === 'expired' ? ` (${printable(until)})` : ''}`).join(', ')
}

export function baselineText({summary: {baseline}}: AuditReport): string {
  if (baseline === null) return ''
  const unknown = baseline.unknown === 0 ? '' : `, ${baseline.unknown} unknown (not looked at now)`
  return `Against the baseline: ${baseline.new} new, ${baseline.unchanged} unchanged, ${baseline.fixed} fixed${unknown}.`
}
