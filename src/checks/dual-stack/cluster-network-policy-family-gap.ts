import type {Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {clusterPolicies, POLICY_API_ROWS} from '../../filters/policy-api/cluster-policies.js'
import type {PolicyApiGaps} from '../../filters/policy-api/policy-api-gaps.js'
import {policyApiGaps} from '../../filters/policy-api/policy-api-gaps.js'
import {shortList} from '../../kube/short-list.js'
import {chainReports, chainVariants} from './chain-report.js'
import {skipTooMuch} from './too-much.js'
import {ADDRESS_ROWS, skipUnreadKinds, skipUntoldAddresses} from './unread-rows.js'

/**
 * Fires where AdminNetworkPolicies, ClusterNetworkPolicies and Baseline policies,
 * with the NetworkPolicies between them, leave something open over one family
 * that they close over the other. Only ways out: ingress rules have no blocks.
 */
export const clusterNetworkPolicyFamilyGap = defineCheck({
  meta: {
    id: 'cluster-network-policy-family-gap',
    title: 'Cluster-wide network policies treat IPv4 and IPv6 differently',
    topic: 'dual-stack',
    severity: 'medium',
    variants: chainVariants(),
    reads: ['pods', 'namespaces'],
    alsoReads: [...POLICY_API_ROWS, 'networkpolicies', ...ADDRESS_ROWS],
    why: 'A rule of policy.networking.k8s.io with IPv4 networks says nothing of IPv6. A Deny of 0.0.0.0/0 or of 169.254.169.254/32 leaves IPv6 to what comes behind it: the NetworkPolicies of the pod if there are any, else the Baseline tier, else everything, which is the default of Kubernetes. So a hole is one only where nothing behind it closes it, and each chain is run as a whole, once per family. It holds for plugins that implement these policies; whether one does is not seen here. Between policies of one tier and one priority there is no order, and where they contradict each other the worse one is told.',
    remediation: 'Add the network of the other family to the networks of the same rule; both families may stand in one list.',
    references: [
      {title: 'Network Policy API: ClusterNetworkPolicy', url: 'https://network-policy-api.sigs.k8s.io/api-overview/'},
      {title: 'Network Policy API: types of v1alpha2', url: 'https://github.com/kubernetes-sigs/network-policy-api/blob/main/apis/v1alpha2/clusternetworkpolicy_types.go'},
      {title: 'Network Policy API: types of v1alpha1 (AdminNetworkPolicy)', url: 'https://github.com/kubernetes-sigs/network-policy-api/blob/main/apis/v1alpha1/adminnetworkpolicy_types.go'},
    ],
  },
  needs: [policyApiGaps, clusterPolicies],

  create: context => ({
    end() {
      const found = context.fact(policyApiGaps)
      skipUnreadKinds(context, POLICY_API_ROWS, 'the API server serves no policies of policy.networking.k8s.io')
      // Without policies of this API those of pods are another check's.
      if (context.fact(clusterPolicies).policies.length > 0) {
        context.skipUnread('networkpolicies', context.outcome('networkpolicies'))
        skipUntoldAddresses(context)
      }
      skipTooMuch(context, found.tooMuch)
      if (found.unread.length > 0) context.skip('not-understood', `pods were not judged for blocks that are not understood: ${shortList(found.unread.map(({policy, path, text}) => `${path} of ${policy.kind} ${policy.name} (${JSON.stringify(text)})`), 2)}`)
      if (found.unseen.length > 0) context.skip('not-in-input', `the labels of ${found.unseen.length === 1 ? 'the namespace' : 'the namespaces'} ${shortList(found.unseen, 3)}, by which policies select`)
      // A policy that was not seen may be the one that closes the gap.
      if (isWhole()) for (const report of reportsOf(found)) context.report(report)

      function isWhole(): boolean {
        return [...POLICY_API_ROWS, 'networkpolicies' as const, 'namespaces' as const].every(key => ['complete', 'not-served', 'not-in-input'].includes(context.outcome(key).outcome))
      }
    },
  }),
})

function reportsOf({cases, space}: PolicyApiGaps): Report[] {
  const told = cases.map(({group, gaps, tied}) => ({
    group, gaps, direction: 'egress' as const,
    ...(tied.length === 0 ? {} : {note: `${shortList(tied, 3)} have one priority and contradict each other, so nothing says which is asked first, and this holds in the worse order`}),
  }))
  return chainReports(told, {whereToAdd: () => 'to the networks of the same rule'}, space)
}
