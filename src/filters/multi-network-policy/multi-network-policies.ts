import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import {networkPolicyReader} from '../network-policy/policies.js'
import {networksOf} from './networks.js'

export interface MultiNetworkPolicy {
  policy: ReadNetworkPolicy
  /** `shop/storage` */
  networks: ReadonlySet<string>
}

export interface MultiNetworkPolicies {
  byNamespace: ReadonlyMap<string, readonly MultiNetworkPolicy[]>
  outcome: ReadOutcome
}

/** NetworkPolicies for networks that pods have beside their first: https://github.com/k8snetworkplumbingwg/multi-networkpolicy */
export const multiNetworkPolicies = defineFact({
  id: 'multi-network-policies',
  reads: ['multinetworkpolicies'],
  create(context) {
    const byNamespace = new Map<string, MultiNetworkPolicy[]>()
    const read = networkPolicyReader()
    return {
      multinetworkpolicies(object) {
        const {policy} = read(object)
        const {namespace} = policy.ref
        byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), {policy, networks: new Set(networksOf(object))}])
      },
      end: (): MultiNetworkPolicies => ({byNamespace, outcome: context.outcome('multinetworkpolicies')}),
    }
  },
})
