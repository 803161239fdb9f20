import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import {labelIndex} from '../../filters/label-index.js'
import type {NetworkPolicies, ReadNetworkPolicy} from '../../filters/network-policy/policies.js'
import {networkPolicies} from '../../filters/network-policy/policies.js'
import type {PodGroup, PodGroups} from '../../filters/pod-groups.js'
import {groupPods} from '../../filters/pod-groups.js'
import {POD_VIEW_NEEDS, podViews} from '../../filters/pods.js'
import type {ReadOutcome} from '../../audit/outcome.js'

export interface PolicyGroups {
  /** By all policies that select them, such as name no block included; pods that none selects are in no group. */
  groups: readonly PodGroup<ReadNetworkPolicy>[]
  outcome: ReadOutcome
}

/** Which policies select which pods: an audit may pass over those that name no block, a plan counts them. */
export const policyGroups: Fact<PolicyGroups> = defineFact({
  id: 'policy-groups',
  reads: ['pods'],
  needs: [networkPolicies, ...POD_VIEW_NEEDS],
  create(context) {
    const view = podViews(context)
    let pods: PodGroups<ReadNetworkPolicy> | null = null
    return {
      pods(pod) {
        pods ??= grouping(context.fact(networkPolicies))
        const seen = view(pod)
        if (seen !== null) pods.add(seen)
      },
      end: () => ({groups: (pods?.groups() ?? []).filter(({policies}) => policies.length > 0), outcome: context.outcome('pods')}),
    }
  },
})

function grouping({byNamespace}: NetworkPolicies): PodGroups<ReadNetworkPolicy> {
  const indexes = new Map([...byNamespace].map(([namespace, policies]) => [namespace, labelIndex(policies, ({selector}) => selector)] as const))
  return groupPods(({namespace, labels}) => indexes.get(namespace)?.(labels) ?? NONE, portNames)
}

const NONE: readonly ReadNetworkPolicy[] = []

/** `TCP/web`: what a rule for incoming connections calls by name is numbered by the pod. */
function portNames({ingress}: ReadNetworkPolicy): string[] {
  return (ingress ?? []).flatMap(({ports}) => (ports === 'all' ? [] : ports.flatMap(port => ('name' in port ? [`${port.protocol}/${port.name}`] : []))))
}
