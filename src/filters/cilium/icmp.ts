import type {ObjectRef} from '../../audit/finding.js'
import type {Family} from '../../network/ip.js'
import type {Direction} from '../direction.js'
import {DIRECTIONS} from '../direction.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import type {PodGroup} from '../pod-groups.js'
import type {CiliumPolicy} from './policies.js'
import type {IcmpRule} from './rules.js'

/** Rules of a policy that name types of ICMP of one family alone, and the pods that have the other. */
export interface IcmpGap {
  policy: ObjectRef
  direction: Direction
  action: 'allow' | 'deny'
  /** The family of which no type is named. */
  missing: Family
  types: readonly string[]
  /** `spec.egress[0]` */
  path: string
  families: readonly Family[]
  pods: number
}

/** Types of ICMP are one family's each: 8 asks for an echo over IPv4, 128 over IPv6. So they are no ports of a chain. */
export function icmpGaps(groups: readonly PodGroup<CiliumPolicy | ReadNetworkPolicy>[]): IcmpGap[] {
  const gaps = new Map<string, IcmpGap>()
  for (const {policies, families, pods} of groups) for (const policy of policies) for (const gap of 'rules' in policy ? gapsIn(policy) : []) {
    const key = JSON.stringify([gap.policy, gap.path, gap.action])
    const known = gaps.get(key)
    gaps.set(key, {...gap, pods: (known?.pods ?? 0) + pods, families: [...new Set([...(known?.families ?? []), ...families])].toSorted()})
  }
  return [...gaps.values()]
}

function gapsIn({ref, rules}: CiliumPolicy): Omit<IcmpGap, 'pods' | 'families'>[] {
  if (rules === null) return []
  return DIRECTIONS.flatMap(direction => (['allow', 'deny'] as const).flatMap(action => {
    const {icmps, rules: others} = rules[direction][action]
    // A rule for all ports of everybody is for ICMP too.
    if (others.some(({ports, peers}) => ports === 'all' && peers === 'all')) return []
    return oneFamily(icmps).map(({missing, types, path}) => ({policy: ref, direction, action, missing, types, path}))
  }))
}

function oneFamily(icmps: readonly IcmpRule[]): {missing: Family; types: string[]; path: string}[] {
  const of = (family: Family): string[] => icmps.flatMap(({types}) => types[family])
  const [first] = icmps
  if (first === undefined || (of(4).length > 0) === (of(6).length > 0)) return []
  return [of(6).length === 0 ? {missing: 6, types: of(4), path: first.path} : {missing: 4, types: of(6), path: first.path}]
}
