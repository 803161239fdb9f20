import type {FactContext} from '../audit/fact.js'
import {subtract, union} from '../network/interval-set.js'
import type {AddressSpace} from './address-space.js'
import {addressSpace} from './address-space.js'
import {portNames as antreaPortNames} from './antrea/antrea-gaps.js'
import {policiesOf as antreaPoliciesOf} from './antrea/applied.js'
import {antreaObjects} from './antrea/objects.js'
import {stagesOf as antreaStages} from './antrea/stages.js'
import {policiesOf as calicoPoliciesOf} from './calico/applied.js'
import {portNames as calicoPortNames} from './calico/calico-gaps.js'
import {calicoObjects} from './calico/objects.js'
import {stagesOf as calicoStages} from './calico/stages.js'
import type {ChainRule, ChainStage} from './chain/chain.js'
import {READING_NEEDS, isCilium, portNames as ciliumPortNames, readingOf, selectingBy as ciliumSelecting} from './cilium/gaps.js'
import {ciliumPolicies} from './cilium/policies.js'
import {stagesOf as ciliumStages} from './cilium/stages.js'
import type {Direction} from './direction.js'
import {networkPolicies} from './network-policy/policies.js'
import {clusterPolicies, isClusterPolicy, isNetworkPolicy, selectingBy as clusterSelecting} from './policy-api/cluster-policies.js'
import {chainsOf} from './policy-api/stages.js'
import {firewallOf, firewallStages, guardsOf} from './ovn/egress-gaps.js'
import {firewalls} from './ovn/firewalls.js'
import type {PodView} from './pods.js'

/**
 * Policies of another kind that decide on a pod together with its NetworkPolicies:
 * an engine asks both, so neither alone says what is let through.
 */
export interface Beside {
  /** Equal numbers are the same policies. */
  id: number
  /** `policies of Cilium` */
  words: string
  /** Ports that these call by name. */
  portNames: readonly string[]
  /**
   * One for each order in which all of them may be asked, NetworkPolicies among
   * them. Null: it is not known what they do; none: nothing in this direction.
   */
  chains(direction: Direction, named: ReadonlyMap<string, number>): readonly (readonly ChainStage[])[] | null
}

/** Facts that whoever calls `besideOf` must name in `needs`; the last two are asked when all pods were seen. */
export const BESIDE_NEEDS = [networkPolicies, calicoObjects, antreaObjects, clusterPolicies, firewalls, ...READING_NEEDS, addressSpace] as const

type Asking = Pick<FactContext, 'fact'>

type Finder = (pod: PodView) => readonly Beside[]

export function isBeside(one: object): one is Beside {
  return 'chains' in one
}

/** What else decides on a pod; one list for all pods that are alike in that. */
export function besideOf(context: Asking): Finder {
  let made = 0
  const finders = [cilium, calico, antrea, policyApi, egressFirewall].flatMap(make => make(context, () => ++made) ?? [])
  if (finders.length === 0) return () => NONE
  const known = new Map<string, readonly Beside[]>()
  return pod => {
    const found = finders.flatMap(find => find(pod))
    const key = found.map(({id}) => id).join()
    const list = known.get(key) ?? found
    known.set(key, list)
    return list
  }
}

const NONE: readonly Beside[] = []

/** Each list of policies is asked about by one object; null: by none. */
function once<P>(number: () => number, make: (policies: readonly P[]) => Omit<Beside, 'id'> | null): (policies: readonly P[]) => readonly Beside[] {
  const known = new WeakMap<readonly P[], readonly Beside[]>()
  return policies => {
    const found = known.get(policies) ?? [make(policies)].filter(one => one !== null).map(one => ({...one, id: number()}))
    known.set(policies, found)
    return found
  }
}

function cilium(context: Asking, number: () => number): Finder | null {
  const read = context.fact(ciliumPolicies)
  if (read.policies.length === 0 || read.config.enablePolicy === 'never') return null
  const select = ciliumSelecting(read, context.fact(networkPolicies).byNamespace)
  const of = once<ReturnType<typeof select>[number]>(number, policies => (policies.some(isCilium) ? {
    words: 'policies of Cilium', portNames: policies.flatMap(ciliumPortNames),
    chains(direction, named) {
      const stages = ciliumStages({cilium: policies.filter(isCilium), kubernetes: policies.flatMap(policy => (isCilium(policy) ? [] : [policy]))}, direction, readingOf(context), named)
      return stages === null ? null : [stages]
    },
  } : null))
  return pod => of(select(pod))
}

function calico(context: Asking, number: () => number): Finder | null {
  const objects = context.fact(calicoObjects)
  if (objects.policies.length === 0 && objects.unknownIn.size === 0) return null
  const select = calicoPoliciesOf(objects, context.fact(networkPolicies).byNamespace)
  const of = once<ReturnType<typeof select>[number]>(number, policies => (policies.length === 0 ? null : {
    words: 'policies of Calico', portNames: policies.flatMap(calicoPortNames),
    chains(direction) {
      if (policies.some(({kind}) => kind === 'unknown')) return null
      const {stages, unknown, uncompared} = calicoStages(policies, direction, {...objects, pods: context.fact(addressSpace).ranges.pods.set})
      return unknown !== '' || uncompared.length > 0 ? null : stages.length === 0 ? [] : [stages]
    },
  }))
  return pod => of(select(pod))
}

function antrea(context: Asking, number: () => number): Finder | null {
  const objects = context.fact(antreaObjects)
  if (objects.policies.length === 0 && objects.unknownIn.size === 0) return null
  const select = antreaPoliciesOf(objects, context.fact(networkPolicies).byNamespace)
  const of = once<ReturnType<typeof select>[number]>(number, policies => (policies.length === 0 ? null : {
    words: 'policies of Antrea', portNames: policies.flatMap(antreaPortNames),
    chains(direction) {
      if (policies.some(({kind}) => kind === 'unknown')) return null
      const {stages, unknown} = antreaStages(policies, direction, objects)
      return unknown.length > 0 ? null : stages.length === 0 ? [] : [stages]
    },
  }))
  return pod => of(select(pod))
}

function policyApi(context: Asking, number: () => number): Finder | null {
  const read = context.fact(clusterPolicies)
  if (read.policies.length === 0) return null
  const selecting = clusterSelecting(read, context.fact(networkPolicies).byNamespace)
  const of = once<ReturnType<typeof selecting.of>[number]>(number, policies => (policies.some(isClusterPolicy) ? {
    words: 'policies of policy.networking.k8s.io', portNames: [],
    chains(direction) {
      // Their rules for what comes in name no addresses.
      if (direction === 'ingress') return []
      const [cluster, network] = [policies.filter(isClusterPolicy), policies.filter(isNetworkPolicy)]
      if (cluster.some(({egress}) => egress.some(({networks}) => networks.some(({cidr}) => cidr === null)))) return null
      return chainsOf({cluster, network}, context.fact(addressSpace))?.map(({stages}) => stages) ?? null
    },
  } : null))
  return pod => of(selecting.of(pod))
}

/** What NetworkPolicies let out of the cluster a firewall may stop; of what comes in it knows nothing. */
function egressFirewall(context: Asking, number: () => number): Finder | null {
  const read = context.fact(firewalls)
  if (read.byNamespace.size + read.unknownIn.size === 0) return null
  const unread: readonly Beside[] = [{id: number(), words: 'an egress firewall', portNames: [], chains: direction => (direction === 'ingress' ? [] : null)}]
  const select = guardsOf(read, context.fact(networkPolicies).byNamespace)
  const of = once<ReturnType<typeof select>[number]>(number, guards => {
    const firewall = firewallOf(guards)
    return firewall === null || firewall.engine === 'sdn' ? null : {
      words: `the ${firewall.ref.kind} of the namespace`, portNames: [],
      chains(direction) {
        const space = context.fact(addressSpace)
        const chain = direction === 'ingress' ? {stages: []} : firewallStages(firewall, guards, read, space, new Set())
        return chain === null ? null : chain.stages.length === 0 ? [] : [chain.stages.map(stage => ({...stage, rules: stage.rules.map(rule => outside(rule, space))}))]
      },
    }
  })
  return pod => (read.unknownIn.has(pod.namespace) ? unread : of(select(pod)))
}

/** It stops nothing on its way to a pod or a Service. */
function outside(rule: ChainRule, {sets}: AddressSpace): ChainRule {
  return rule.action !== 'deny' || rule.addresses === 'any' ? rule : {...rule, addresses: subtract(rule.addresses, union(sets.pod, sets.service))}
}
