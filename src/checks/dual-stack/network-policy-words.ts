import type {Report} from '../../audit/check.js'
import type {Confidence, FilterAddressClass, FilterDetails} from '../../audit/finding.js'
import type {Severity} from '../../audit/severity.js'
import type {Block} from '../../filters/network-policy/blocks.js'
import type {NetworkPolicyRule} from '../../filters/network-policy/policies.js'
import {isOn, portsText} from '../../filters/ports.js'
import {counted} from '../../kube/counted.js'
import {shortList} from '../../kube/short-list.js'
import type {Family} from '../../network/ip.js'
import type {BlockPlaces, PolicyCase} from './network-policy-cases.js'

export interface Said {
  /** A sentence without its full stop: what the policy does, and what somebody notices. */
  sentence: string
  fix: string
  /** While it matters. */
  severity: Severity
  /** The gravest; the first of the gap where absent. */
  addressClass?: FilterAddressClass
  confidence?: Confidence
  /** Where the pods have the families that count: ` there`; absent: anywhere. */
  where?: string
}

/** A case in words that all checks of network policies have in common. */
export function policyReport(one: PolicyCase, places: BlockPlaces, {sentence, fix, severity, addressClass, confidence = 'certain', where = ''}: Said): Report {
  const [first] = one.blame
  if (first === undefined) throw new Error('a gap without a block to blame')
  return {
    object: first.policy.ref, variant: one.variant, path: first.block.path, key: one.key, isLatent: one.isLatent, count: one.pods, confidence: one.unsettledBy === '' ? confidence : 'weak', source: places.of(first),
    message: [`${sentence}${latently(one, severity, where)}.`, ...furtherBlocks(one), ...notes(one)].join(' '),
    details: {...detailsOf(one), ...(addressClass !== undefined && {addressClass})}, fix: {text: fix},
  }
}

function detailsOf({direction, gap, atoms}: PolicyCase): FilterDetails {
  const {class: name, openFamily, blockedFamily, addressClasses: [addressClass = null]} = gap
  return {type: 'filter', class: name, direction, ports: portsText(atoms), openFamily, blockedFamily, addressClass}
}

function latently({isLatent, gap}: PolicyCase, severity: Severity, where: string): string {
  return isLatent ? `; no such pod has IPv${gap.openFamily ?? gap.blockedFamily}${where} today, and this becomes ${severity} when IPv${gap.openFamily ?? gap.blockedFamily} is enabled${where}` : ''
}

function furtherBlocks({blame, later, gap}: PolicyCase): string[] {
  const [first, ...others] = blame
  const name = (one: PolicyCase['blame'][number]): string => `${one.policy === first?.policy ? '' : `${one.policy.ref.name} `}${one.block.path}`
  return [
    ...(others.length === 0 ? [] : [`Also ${shortList(others.map(name), 3)}.`]),
    ...(later === 0 ? [] : [`${counted(later, 'further pod')} of one family will join them when IPv${gap.openFamily ?? gap.blockedFamily} is enabled there.`]),
  ]
}

function notes({direction, hasNat64, unsettledBy}: PolicyCase): string[] {
  return [
    ...(unsettledBy === '' ? [] : [`That is without ${unsettledBy}, which decide on these pods too and are not understood here: they may close what is open, and open what is blocked.`]),
    ...(direction === 'ingress' ? ['What a policy sees as the source may have been rewritten before.'] : []),
    ...(hasNat64 && direction === 'egress' ? ['Through NAT64 (64:ff9b::/96), where there is one, IPv6 also reaches what IPv4 leaves out.'] : []),
  ]
}

/** `12 pods (web-1, web-2 and 10 more)`; the name alone of a single one. */
export function podsText({pods, names}: Pick<PolicyCase, 'pods' | 'names'>): string {
  return pods === 1 && names[0] !== undefined ? `the pod ${names[0]}` : `${counted(pods, 'pod')} (${shortList(names, 2, pods)})`
}

/** `The policy allows`; of several it is their sum that does. */
export function subject({group: {policies}}: PolicyCase, [singular, plural]: readonly [string, string]): string {
  return policies.length === 1 ? `The policy ${singular}` : `The ${policies.length} policies of these pods ${plural}`
}

/** `pods, nodes and private networks` */
export function andText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

const LONGEST_PORTS = 60

/** ` on TCP 443`; empty for all ports. */
export function onPorts({atoms}: PolicyCase): string {
  const text = portsText(atoms)
  if (text === 'all') return ''
  return ` on ${text.length <= LONGEST_PORTS ? text : `${text.slice(0, text.lastIndexOf(',', LONGEST_PORTS))} and more`}`
}

/** Rules of all policies that select the pods, as far as they speak of the ports in question. */
function rulesOf({group, direction, atoms}: PolicyCase): NetworkPolicyRule[] {
  return group.policies.flatMap(policy => policy[direction] ?? []).filter(({ports}) => atoms.some(atom => isOn(ports, atom)))
}

/** What they allow of one family, each as it is written and once. */
export function blocksOf(one: PolicyCase, family: Family): Block[] {
  const blocks = rulesOf(one).flatMap(({peers}) => (peers === 'all' ? [] : peers)).filter(peer => peer.kind === 'block')
  const ofFamily = blocks.filter(({cidr}) => cidr.family === family)
  return [...new Map(ofFamily.map(block => [block.text, block])).values()]
}

export function hasSelectors(one: PolicyCase): boolean {
  return rulesOf(one).some(({peers}) => peers !== 'all' && peers.some(({kind}) => kind === 'selector'))
}

const LONGEST_BLOCK = 48

/** `0.0.0.0/0 except 10.0.0.0/8 and 3 more`: a block with many exceptions would be most of a message. */
export function blockText({text, cidr, except}: Block): string {
  return text.length <= LONGEST_BLOCK || except.length < 2 ? text : `${cidr.text} except ${shortList(except.map(one => one.text), 1)}`
}

export function blockTexts(blocks: readonly Block[], most = 2): string {
  return shortList(blocks.map(blockText), most)
}

const CLASS_NAMES: Readonly<Partial<Record<FilterAddressClass, string>>> = {
  pod: 'pods', service: 'Services', node: 'nodes', private: 'private networks', 'link-local': 'link-local addresses',
}

export function className(kind: FilterAddressClass): string {
  return CLASS_NAMES[kind] ?? kind
}
