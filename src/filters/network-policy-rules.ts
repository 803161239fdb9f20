import type {IntervalSet} from '../network/interval-set.js'
import {EMPTY, FAMILIES, union} from '../network/interval-set.js'
import type {ChainRule} from './chain/chain.js'
import type {Direction} from './direction.js'
import type {ReadNetworkPolicy} from './network-policy/policies.js'

/** A NetworkPolicy among the rules of an engine: each of its rules lets something through. Null: it has a block that nobody can read. */
export function networkPolicyRules(policy: ReadNetworkPolicy, direction: Direction): ChainRule[] | null {
  const rules: ChainRule[] = []
  for (const {ports, peers} of policy[direction] ?? []) {
    if (peers === 'all') {
      rules.push({action: 'allow', addresses: 'any', families: FAMILIES, ports, policy: policy.ref, entries: []})
      continue
    }
    if (peers.some(({kind}) => kind === 'unread')) return null
    const blocks = peers.filter(peer => peer.kind === 'block')
    if (blocks.length === 0) continue
    const addresses = blocks.reduce<IntervalSet>((sum, {set}) => union(sum, set), EMPTY)
    rules.push({action: 'allow', addresses, families: FAMILIES, ports, policy: policy.ref, entries: blocks.map(({path, text}) => ({path, text}))})
  }
  return rules
}
