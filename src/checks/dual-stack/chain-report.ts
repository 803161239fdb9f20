import type {Report, Variant} from '../../audit/check.js'
import type {Confidence} from '../../audit/finding.js'
import type {AddressSpace} from '../../filters/address-space.js'
import type {ChainRule} from '../../filters/chain/chain.js'
import type {SettledGap} from '../../filters/chain/chain-gaps.js'
import {policyKey} from '../../filters/chain/chain-gaps.js'
import {twinBlocks} from '../../filters/chain/twins.js'
import type {Direction} from '../../filters/direction.js'
import type {PodGroup} from '../../filters/pod-groups.js'
import {portsText} from '../../filters/ports.js'
import {shortList} from '../../kube/short-list.js'
import {covers} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {chainSentence, entriesFor} from './chain-words.js'
import {seenText} from './network-policy-fix.js'

/** The gaps of one chain, and the pods that it holds for. */
export interface ChainCase {
  direction: Direction
  gaps: readonly SettledGap[]
  group: Pick<PodGroup<unknown>, 'namespace' | 'families' | 'pods' | 'names'>
  /** A clause that holds for this chain alone: an order that is not defined. */
  note?: string
}

export interface ChainWords {
  /** Where the twin of a block is to be written, as a clause: `in the same list`, `in a rule of its own, as Calico refuses both families in one`. */
  whereToAdd(rule: ChainRule, family: Family): string
}

/** Each class of addresses has one severity, or a variant for each. */
export function chainVariants(isPreview = false): Record<string, Variant> {
  const preview = isPreview ? {isPreview} : {}
  return {
    'public-open': {severity: 'high', title: 'IPv6 is open by and large where IPv4 is not', ...preview},
    metadata: {severity: 'high', title: 'A metadata endpoint is closed in one family and open in the other', ...preview},
    'metadata-hint': {severity: 'info', title: 'An endpoint that may be there is closed in one family and open in the other', ...preview},
    pod: {severity: 'medium', title: 'Pods are out of reach in one family and in reach in the other', ...preview},
    node: {severity: 'medium', title: 'Nodes are out of reach in one family and in reach in the other', ...preview},
    private: {severity: 'medium', title: 'Private networks are closed in one family and open in the other', ...preview},
    'private-unused': {severity: 'low', title: 'Private networks are closed in one family and open in the other, in which the cluster uses none', ...preview},
    service: {severity: 'low', title: 'Services are out of reach in one family and in reach in the other', ...preview},
    'public-list': {severity: 'low', title: 'A list of denied public addresses that IPv6 lacks', ...preview},
    'link-local': {severity: 'info', title: 'Link-local addresses are closed in one family and open in the other', ...preview},
    blocked: {severity: 'low', title: 'What is let through in one family is refused in the other', ...preview},
  }
}

function variantOf({gap, isWide}: SettledGap): string {
  const [kind = 'public'] = gap.addressClasses
  if (gap.class === 'A3') return 'blocked'
  if (kind === 'public') return isWide ? 'public-open' : 'public-list'
  if (kind === 'metadata') return gap.severity === 'info' ? 'metadata-hint' : 'metadata'
  return kind === 'private' && gap.severity === 'low' ? 'private-unused' : kind
}

/** Gaps that are one finding: of the same rules, whichever pods they are about. */
interface Bundle {
  variant: string
  key: string
  rules: ChainRule[]
  parts: {one: SettledGap; of: ChainCase}[]
}

/** One report per object, class, direction and blocks; pods are summed. */
export function chainReports(cases: readonly ChainCase[], words: ChainWords, space: AddressSpace): Report[] {
  const bundles = new Map<string, Bundle>()
  for (const of of cases) {
    for (const one of of.gaps) {
      const [first] = one.rules
      if (first === undefined) throw new Error('a gap of a chain is to be blamed on a rule')
      const variant = variantOf(one)
      const key = keyOf(one, of.direction)
      const identity = JSON.stringify([variant, policyKey(first.policy), key])
      const bundle = bundles.get(identity) ?? {variant, key, rules: [], parts: []}
      bundles.set(identity, bundle)
      bundle.rules.push(...one.rules.filter(rule => !bundle.rules.includes(rule)))
      bundle.parts.push({one, of})
    }
  }
  return [...bundles.values()].map(bundle => reportOf(bundle, words, space))
}

function keyOf(one: SettledGap, direction: Direction): string {
  const blocks = one.rules.flatMap(rule => entriesFor(rule, one)).map(({text}) => text)
  return [direction, one.gap.class, `IPv${one.gap.openFamily ?? one.gap.blockedFamily}`, ...[...new Set(blocks)].toSorted()].join(' ')
}

/** Where it is live for some pods, it is told of those. */
function reportOf({variant, key, rules, parts}: Bundle, words: ChainWords, space: AddressSpace): Report {
  const live = parts.filter(({one}) => !one.isLatent)
  const told = live.length > 0 ? live : parts
  const [{one: first, of}, ...others] = told as [Bundle['parts'][number], ...Bundle['parts']]
  const one: SettledGap = {...first, rules, atoms: [...new Set([first, ...others.map(other => other.one)].flatMap(({atoms}) => atoms))]}
  const [rule] = rules as [ChainRule]
  const {gap, isLatent} = one
  const pods = told.reduce((sum, part) => sum + part.of.group.pods, 0)
  return {
    object: rule.policy, variant, path: entriesFor(rule, one)[0]?.path ?? '', key, isLatent, count: pods,
    confidence: confidenceOf(one, space),
    message: `${chainSentence({direction: of.direction, one, pods: podsText(pods, told)})}${othersText(rules)}${latentText(one, pods)}${of.note === undefined ? '' : `; ${of.note}`}.`,
    details: {type: 'filter', class: gap.class, direction: of.direction, ports: portsText(one.atoms), openFamily: gap.openFamily, blockedFamily: gap.blockedFamily, addressClass: gap.addressClasses[0] ?? null},
    fix: {text: fixText(one, rule, words, space)},
  }
}

function podsText(pods: number, parts: Bundle['parts']): string {
  const namespaces = [...new Set(parts.map(({of}) => of.group.namespace))]
  const where = namespaces.length === 1 ? namespaces[0] : `${namespaces.length} namespaces`
  return `${pods} ${pods === 1 ? 'pod' : 'pods'} in ${where}`
}

/** Policies beside the one that the finding is about. */
function othersText([first, ...rest]: readonly ChainRule[]): string {
  const names = rest.map(({policy}) => policy).filter(policy => first !== undefined && policyKey(policy) !== policyKey(first.policy))
  const texts = [...new Set(names.map(({kind, namespace, name}) => `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`))]
  return texts.length === 0 ? '' : ` (also by ${shortList(texts, 3)})`
}

function latentText({gap, isLatent}: SettledGap, pods: number): string {
  if (!isLatent) return ''
  return `; ${pods === 1 ? 'this pod has no' : 'none of these pods has'} IPv${gap.openFamily ?? gap.blockedFamily} now, and it becomes ${gap.severity} when that is enabled`
}

/** What hangs on ranges that were only seen, or on addresses from third parties, is not certain. */
function confidenceOf({gap}: SettledGap, {ranges}: AddressSpace): Confidence {
  const [kind] = gap.addressClasses
  if (kind === 'metadata') return gap.endpoints.some(({confidence}) => confidence === 'certain') ? 'certain' : 'weak'
  // Plugins differ on whether a policy sees the address of the Service or that of the pod behind it.
  if (kind === 'service') return 'weak'
  const range = kind === 'pod' ? ranges.pods : kind === 'node' ? ranges.nodes : null
  return range === null || covers(range.told, range.set) ? 'certain' : 'derived'
}

function fixText(one: SettledGap, rule: ChainRule, words: ChainWords, space: AddressSpace): string {
  const {gap} = one
  const isDenial = rule.action === 'deny'
  if (gap.class === 'A3') {
    const closed = gap.blockedFamily ?? 6
    if (isDenial) return `Nothing to do where IPv${closed} is to stay closed; else take the denial back for what these pods need.`
    return `Where these pods are to use IPv${closed}, add the IPv${closed} addresses of what they reach ${words.whereToAdd(rule, closed)}; which these are the cluster does not show.`
  }
  const open = gap.openFamily ?? 6
  if (!isDenial) return `Narrow ${shortList(entriesFor(rule, one).map(({text}) => text), 2)} to what is meant to be open over IPv${open}.`
  const twins = twinBlocks(one, open, space)
  const example = twins.length === 0 ? `the IPv${open} addresses of the same, which the cluster does not show,` : shortList(twins.map(text => `- ${text}`), 3)
  return `Deny the same over IPv${open}: add ${example} ${words.whereToAdd(rule, open)}. Each block is of one family, so each family needs items of its own.${one.isWide ? '' : seenText(gap.addressClasses, open, space)}`
}
