import type {FamiliesInfo} from '../audit/audit-report.js'
import type {CniFamilies} from './cni-families.js'
import type {ConfiguredRanges, Named} from './configured-ranges.js'
import type {DualStackProbe} from './dual-stack-probe.js'
import type {IntervalSet} from './interval-set.js'
import {EMPTY, FAMILIES, cidrsOf, familiesOf, isEmpty, setOf, subtract, union} from './interval-set.js'
import type {Family} from './ip.js'
import type {NodeFamilies} from './node-families.js'
import type {Observed} from './observed.js'
import type {PodFamilies} from './pod-families.js'
import type {ServiceFamilies} from './service-families.js'

export interface Gathered {
  pods: PodFamilies
  nodes: NodeFamilies
  services: ServiceFamilies
  configured: ConfiguredRanges
  cni: CniFamilies
}

export interface Range {
  set: IntervalSet
  /** The part of it that somebody configured; observed addresses, which are rounded up, are not in it. */
  told: IntervalSet
  /** `Node spec.podCIDRs, flags`; what is observed says so. Empty: nothing is known. */
  from: string
}

export interface Ranges {
  pods: Range
  services: Range
  nodes: Range
}

const UNKNOWN: Range = {set: EMPTY, told: EMPTY, from: ''}

/** Ranges in the report: canonical blocks, IPv4 first. */
export function reportedRanges({pods, services, nodes}: Ranges): Pick<FamiliesInfo, 'ranges' | 'rangesFrom'> {
  const texts = ({set}: Range): string[] => cidrsOf(set).map(({text}) => text)
  return {
    ranges: {pods: texts(pods), services: texts(services), nodes: texts(nodes)},
    rangesFrom: {pods: pods.from, services: services.from, nodes: nodes.from},
  }
}

export function rangesOf(gathered: Gathered): Ranges {
  return {pods: podRange(gathered), services: serviceRange(gathered), nodes: nodeRange(gathered)}
}

/**
 * All that was configured, from whatever source: which of them the CNI follows
 * is not seen (kubeadm writes a podSubnet that Cilium's own pool ignores). So
 * observed addresses outside are added, and a cluster that configures nothing
 * has observed ones alone.
 */
function podRange({pods, nodes, configured, cni}: Gathered): Range {
  const sources = [
    {set: nodes.podRanges, from: 'Node spec.podCIDRs'},
    {set: setOf(configured.flags.pods.cidrs), from: '--cluster-cidr'},
    {set: setOf(configured.files.pods.cidrs), from: 'kubeadm-config or kube-proxy'},
    {set: setOf(cni.podRanges.cidrs), from: 'IPPools'},
  ].filter(({set}) => !isEmpty(set))
  const known = sources.reduce((sum, {set}) => union(sum, set), EMPTY)
  return withObserved({set: known, told: known, from: sources.map(({from}) => from).join(', ')}, 'pod addresses', pods.addresses)
}

/**
 * The first that answers, in order of trust: a stale file must not widen what
 * the API server says. Cluster IPs outside of it exist all the same: out of
 * other ServiceCIDRs, or given before or after the file was written.
 */
function serviceRange({services, configured}: Gathered): Range {
  const sources = [
    {cidrs: configured.serviceCidr.cidrs, from: 'ServiceCIDR kubernetes'},
    {cidrs: configured.flags.services.cidrs, from: '--service-cluster-ip-range'},
    {cidrs: configured.files.services.cidrs, from: 'kubeadm-config'},
  ]
  const found = sources.find(({cidrs}) => cidrs.length > 0)
  const told = setOf(found?.cidrs ?? [])
  return withObserved({set: told, told, from: found?.from ?? ''}, 'cluster IPs', services.addresses)
}

/** The addresses themselves: the network between nodes is nobody's to know from here. */
function nodeRange({nodes, pods}: Gathered): Range {
  const own = withObserved(UNKNOWN, 'node addresses', nodes.addresses)
  return isEmpty(own.set) ? withObserved(UNKNOWN, 'host addresses of pods', pods.hosts.addresses) : own
}

/** What was seen outside of the known range belongs to it too. */
function withObserved(known: Range, what: string, addresses: Observed): Range {
  const outside = subtract(addresses.set(), known.set)
  if (isEmpty(outside)) return known
  const rounded = addresses.roundedTo()
  const words = `observed ${what}${rounded.length === 0 ? '' : `, rounded up to ${rounded.join(' and ')}`}`
  return {set: union(known.set, outside), told: known.told, from: known.from === '' ? words : `${known.from}; outside of it ${words}`}
}

/**
 * Families that the API server allocates from. A Service that has both proves
 * both; one that has a single family proves nothing, because that is the
 * default on a dual-stack cluster too. The probe, where somebody asked for it,
 * has the server's own answer, which flags and files may contradict. So where
 * pods have both, single Services tell the range only if one of them would have
 * taken both.
 */
export function serviceFamiliesOf({pods, services, configured}: Gathered, probe: DualStackProbe | null): readonly Family[] {
  if (isNamed(configured.serviceCidr)) return toldBy(configured.serviceCidr)
  const seen = familiesOf(services.addresses.set())
  if (seen.length === 2 || probe?.families === 2) return FAMILIES
  // It does not say which, but no Service can have another.
  if (probe?.families === 1 && seen.length === 1) return seen
  const told = [configured.flags.services, configured.files.services].find(isNamed)
  if (told !== undefined) return toldBy(told)
  if (services.outcome.outcome !== 'complete') return []
  return (pods.counts?.dual ?? 0) > 0 && services.wantedBoth === 0 ? [] : seen
}

function isNamed({cidrs, odd}: Named): boolean {
  return cidrs.length + odd.length > 0
}

/** A value that is not understood may be of the other family. */
function toldBy({cidrs, odd}: Named): readonly Family[] {
  const found = familiesOf(setOf(cidrs))
  return odd.length > 0 && found.length < 2 ? [] : found
}
