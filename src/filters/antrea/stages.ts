import type {IntervalSet} from '../../network/interval-set.js'
import {FAMILIES, isEmpty, unionOf} from '../../network/interval-set.js'
import type {ChainRule, ChainStage} from '../chain/chain.js'
import type {Direction} from '../direction.js'
import {groupBy} from '../group-by.js'
import {networkPolicyRules} from '../network-policy-rules.js'
import {once, oncePer} from '../once.js'
import type {Applied, AppliedNetworkPolicy, AppliedPolicy} from './applied.js'
import type {Groups} from './groups.js'
import {blocksOf} from './groups.js'
import type {AntreaObjects} from './objects.js'
import {BUILT_IN_TIERS} from './objects.js'
import type {AntreaRule} from './read-policy.js'
import {DEFAULT_TIER} from './read-policy.js'

export interface AntreaChain {
  stages: ChainStage[]
  /** Rules of NetworkPolicies: another check's. */
  exempt: ReadonlySet<ChainRule>
  /** What could not be compared, in words; empty: nothing. */
  unknown: readonly string[]
  /** Policies whose order among each other is not defined. */
  tied: readonly string[]
}

/** Tiers from here on are asked after NetworkPolicies, and not at all where those isolate the pod. */
const BASELINE = BUILT_IN_TIERS['baseline'] ?? 253

interface Placed {
  one: AppliedPolicy
  rule: AntreaRule
  tier: number
}

/**
 * Rules of Antrea decide only what they match. Before NetworkPolicies stand all
 * tiers but the baseline, as one list: Pass skips the rest of it. Policies
 * isolate nobody, NetworkPolicies do; then nothing is left for the baseline.
 */
export function stagesOf(applied: readonly Applied[], direction: Direction, objects: AntreaObjects): AntreaChain {
  const placed = applied.flatMap((one): Placed[] => (one.kind === 'antrea' ? one[direction].map(rule => ({one, rule, tier: objects.tiers.get(one.policy.tier) ?? BUILT_IN_TIERS[DEFAULT_TIER] ?? 250})) : []))
  const network = applied.filter((one): one is AppliedNetworkPolicy => one.kind === 'kubernetes' && one.policy[direction] !== null)
  const chain = {exempt: new Set<ChainRule>(), unknown: [] as string[]}
  const isBaseline = ({tier}: Placed): boolean => tier >= BASELINE
  const stages: ChainStage[] = [{name: 'policies of Antrea', rules: rulesOf(placed.filter(one => !isBaseline(one)), objects, chain), otherwise: 'next'}]
  if (network.length > 0) stages.push({name: 'NetworkPolicies', rules: network.flatMap(one => kubernetesRules(one, direction, chain)), otherwise: 'deny'})
  stages.push({name: 'tier baseline', rules: rulesOf(placed.filter(isBaseline), objects, chain), otherwise: 'next'})
  return {...chain, stages: placed.length === 0 ? [] : stages, tied: tiedPolicies(placed)}
}

/** By tier, policy, and position in the policy: equal ones of two policies have no order, by name here. */
function rulesOf(placed: readonly Placed[], objects: AntreaObjects, chain: {unknown: string[]}): ChainRule[] {
  const sorted = placed.toSorted((a, b) => a.tier - b.tier || a.one.policy.priority - b.one.policy.priority || a.rule.index - b.rule.index || (nameOf(a) < nameOf(b) ? -1 : 1))
  return sorted.flatMap(({one, rule}) => ruleOf(one, rule, objects, chain))
}

function nameOf({one: {policy: {ref: {kind, namespace, name}}}}: Placed): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

function ruleOf({policy: {ref, namespace}}: AppliedPolicy, rule: AntreaRule, {groups, areGroupsKnown}: AntreaObjects, chain: {unknown: string[]}): ChainRule[] {
  const {peers, action, ports, path, onlyIf} = rule
  const words = `${path} of ${ref.kind} ${namespace === '' ? '' : `${namespace}/`}${ref.name}`
  if (onlyIf !== '') {
    // Without an address it treats both families alike, for as much as it is about.
    if (peers !== 'any') chain.unknown.push(`${words} also looks at ${onlyIf}`)
    return []
  }
  if (peers === 'any') return [{action, addresses: 'any', families: FAMILIES, ports, policy: ref, entries: []}]
  if (peers.groups.length > 0 && !areGroupsKnown) chain.unknown.push(`${words} names a group, and groups were not read`)
  const ofGroups = peers.groups.map(({name, path: place}) => ({place, members: membersOf(groups)(namespace, name)}))
  const addresses = unionOf([...peers.blocks.map(({set}) => set), ...ofGroups.map(({members}) => members.set)])
  const entries = once(() => [...peers.blocks.map(({path: place, text}) => ({path: place, text})), ...ofGroups.flatMap(({place, members}) => members.texts().map(text => ({path: place, text})))])
  return isEmpty(addresses) ? [] : [{
    action, addresses, families: FAMILIES, ports, policy: ref,
    get entries() {
      return entries()
    },
  }]
}

interface Members {
  set: IntervalSet
  texts(): readonly string[]
}

/** Hundreds of rules may name one group of thousands of blocks. */
const membersOf = oncePer((groups: Groups) => {
  const known = new Map<string, Members>()
  return (namespace: string, name: string): Members => {
    const key = `${namespace}/${name}`
    const before = known.get(key)
    if (before !== undefined) return before
    const found = blocksOf(groups, namespace, name)
    const members = {set: unionOf(found.map(({block}) => block.set)), texts: once(() => found.map(({block, group}) => `${block.text} of ${group.words}`))}
    known.set(key, members)
    return members
  }
})

function kubernetesRules({policy}: AppliedNetworkPolicy, direction: Direction, chain: {exempt: Set<ChainRule>; unknown: string[]}): ChainRule[] {
  const rules = networkPolicyRules(policy, direction)
  if (rules === null) chain.unknown.push(`NetworkPolicy ${policy.ref.namespace}/${policy.ref.name} has a block that cannot be read`)
  for (const rule of rules ?? []) chain.exempt.add(rule)
  return rules ?? []
}

/** Rules of two policies that stand at one place and do different things. */
function tiedPolicies(placed: readonly Placed[]): string[] {
  const places = groupBy(placed, ({one, rule, tier}) => `${tier} ${one.policy.priority} ${rule.index}`)
  const tied = [...places.values()].filter(here => here.some(({rule}) => rule.action !== here[0]?.rule.action))
  return [...new Set(tied.flat().map(nameOf))].toSorted()
}
