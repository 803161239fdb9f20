import type {Direction, NetworkPolicyRule, ReadNetworkPolicy} from './policies.js'

/** What a policy says of one direction. */
export interface Side {
  /** Equal numbers are the same policy and direction. */
  id: number
  policy: ReadNetworkPolicy
  direction: Direction
  rules: readonly NetworkPolicyRule[]
  /** `TCP/web`: names whose number the selected pods tell. */
  portNames: readonly string[]
}

/** Both directions of a policy; null where it says nothing that changes what is found: no rule, or selectors alone. */
export type Sides = Readonly<Record<Direction, Side | null>>

/** Null: neither direction says anything. */
export function sidesMaker(): (policy: ReadNetworkPolicy) => Sides | null {
  let last = 0
  const sideOf = (policy: ReadNetworkPolicy, direction: Direction): Side | null => {
    const rules = policy[direction] ?? []
    return rules.some(isTelling) ? {id: ++last, policy, direction, rules, portNames: portNamesIn(rules, direction)} : null
  }
  return policy => {
    const sides = {ingress: sideOf(policy, 'ingress'), egress: sideOf(policy, 'egress')}
    return sides.ingress === null && sides.egress === null ? null : sides
  }
}

/** Blocks speak of families; everything and every pod say that there is nothing to find. */
function isTelling({peers}: NetworkPolicyRule): boolean {
  return peers === 'all' || peers.some(peer => peer.kind !== 'selector' || peer.isEveryPod)
}

/**
 * A name of an egress rule is one of the pod at the other end, and a block has
 * no pods: engines resolve it for pods alone, or not at all
 * (https://github.com/kubernetes/kubernetes/issues/99256). So it stays a name.
 */
function portNamesIn(rules: readonly NetworkPolicyRule[], direction: Direction): string[] {
  if (direction === 'egress') return []
  return rules.flatMap(({ports}) => (ports === 'all' ? [] : ports.flatMap(port => ('name' in port ? [`${port.protocol}/${port.name}`] : []))))
}

/** Does any of them name a block? Without one there is no family to forget. */
export function hasBlock(sides: readonly Side[]): boolean {
  return sides.some(({rules}) => rules.some(({peers}) => peers !== 'all' && peers.some(({kind}) => kind !== 'selector')))
}
