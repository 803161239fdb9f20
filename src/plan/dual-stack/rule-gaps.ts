import type {FilterClass} from '../../audit/finding.js'
import type {EndpointPair} from '../../filters/endpoint-pairs.js'
import type {Block} from '../../filters/network-policy/blocks.js'
import type {ReadNetworkPolicy} from '../../filters/network-policy/policies.js'
import type {Atom} from '../../filters/ports.js'
import type {FilterAddressClass} from '../../audit/finding.js'
import type {Direction} from '../../filters/direction.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {unionOf} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {placeOf} from './changes.js'
import type {Judged} from './judge.js'
import {keyOfPolicy} from './judge.js'

/** A gap as one rule of one policy has a part in it, over all groups of pods. */
export interface RuleGap {
  policy: ReadNetworkPolicy
  direction: Direction
  rule: number
  class: FilterClass
  family: Family
  atoms: readonly Atom[]
  /** Of the rule: those to edit, or to put a second one beside. */
  blocks: readonly Block[]
  addressClasses: readonly FilterAddressClass[]
  endpoints: readonly EndpointPair[]
  /** Of S1: what the union of all policies lets through there, a set for each that differs. */
  allowed: readonly IntervalSet[]
}

/** By policy, `namespace/name`. */
export function ruleGapsOf(judged: readonly Judged[]): Map<string, RuleGap[]> {
  const found = new Map<string, Map<string, Draft>>()
  for (const one of judged) for (const gap of one.gaps) for (const {policy, block} of gap.blame) {
    const policyKey = keyOfPolicy(policy)
    const {direction, rule} = placeOf(block.path)
    const family = gap.gap.openFamily ?? gap.gap.blockedFamily ?? 6
    const drafts = found.get(policyKey) ?? new Map<string, Draft>()
    found.set(policyKey, drafts)
    const key = `${direction} ${rule} ${gap.gap.class} ${family}`
    const draft = drafts.get(key) ?? newDraft({policy, direction, rule, class: gap.gap.class, family})
    drafts.set(key, draft)
    addTo(draft, block, gap, one)
  }
  return new Map([...found].map(([key, drafts]) => [key, [...drafts.values()].map(finished)]))
}

interface Draft extends Pick<RuleGap, 'policy' | 'direction' | 'rule' | 'class' | 'family'> {
  atoms: Map<string, Atom>
  blocks: Map<string, Block>
  addressClasses: Set<FilterAddressClass>
  endpoints: Map<string, EndpointPair>
  /** By the blocks that it is made of. */
  allowed: Map<string, IntervalSet>
}

function newDraft(head: Pick<Draft, 'policy' | 'direction' | 'rule' | 'class' | 'family'>): Draft {
  return {...head, atoms: new Map(), blocks: new Map(), addressClasses: new Set(), endpoints: new Map(), allowed: new Map()}
}

function addTo(draft: Draft, block: Block, {gap, atoms}: Judged['gaps'][number], {atoms: verdicts, base}: Judged): void {
  draft.blocks.set(block.path, block)
  for (const atom of atoms) draft.atoms.set(JSON.stringify(atom), atom)
  for (const kind of gap.addressClasses) draft.addressClasses.add(kind)
  for (const endpoint of gap.endpoints) draft.endpoints.set(endpoint.name, endpoint)
  if (gap.class !== 'S1') return
  for (const {atom, own} of verdicts) if (atoms.includes(atom)) {
    const there = [...base, ...own].flatMap(entry => entry.blocks)
    const ids = [...new Set(there.map(({id}) => id))].toSorted((a, b) => a - b).join()
    if (!draft.allowed.has(ids)) draft.allowed.set(ids, unionOf(there.map(({set}) => set)))
  }
}

function finished({atoms, blocks, addressClasses, endpoints, allowed, ...head}: Draft): RuleGap {
  const inOrder = [...blocks.values()].toSorted((a, b) => placeOf(a.path).peer - placeOf(b.path).peer)
  return {...head, atoms: [...atoms.values()], blocks: inOrder, addressClasses: [...addressClasses], endpoints: [...endpoints.values()], allowed: [...allowed.values()]}
}
