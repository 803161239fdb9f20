import type {CheckContext, Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {isIncomplete} from '../../audit/outcome.js'
import {addressSpace} from '../../filters/address-space.js'
import type {EgressGaps} from '../../filters/ovn/egress-gaps.js'
import {egressGaps} from '../../filters/ovn/egress-gaps.js'
import {FIREWALL_ROWS, firewalls} from '../../filters/ovn/firewalls.js'
import {POLICY_API_ROWS} from '../../filters/policy-api/cluster-policies.js'
import {shortList} from '../../kube/short-list.js'
import {chainReports, chainVariants} from './chain-report.js'
import {skipTooMuch} from './too-much.js'
import {ADDRESS_ROWS, skipRefused, skipUntoldAddresses} from './unread-rows.js'

/**
 * Fires where the egress firewall of a namespace lets out over one family what
 * it keeps in over the other: what no rule holds is let out, so a closing
 * `Deny 0.0.0.0/0` says nothing of IPv6. Quiet where NetworkPolicies keep it in.
 */
export const egressFirewallFamilyGap = defineCheck({
  meta: {
    id: 'egress-firewall-family-gap',
    title: 'Egress firewall closes one IP family and leaves the other open',
    topic: 'dual-stack',
    severity: 'high',
    variants: {
      ...chainVariants(),
      unenforced: {severity: 'high', title: 'An EgressNetworkPolicy for pods with IPv6, which what enforces it does not have'},
    },
    reads: ['pods'],
    alsoReads: [...FIREWALL_ROWS, 'networkpolicies', ...ADDRESS_ROWS, ...POLICY_API_ROWS],
    why: 'An EgressFirewall of OVN-Kubernetes is a list of which the first match wins, and what nothing matches is let out. Each block is of one family: after Allow of some blocks and Deny of 0.0.0.0/0, everything is open over IPv6, and whoever runs code in a pod of that namespace may send data anywhere. Rules speak of what is outside of the cluster; pods and Services are not compared. An EgressNetworkPolicy is enforced by OpenShift SDN alone, which has no IPv6: where pods have it, nothing does.',
    remediation: 'Close the list for both families: Deny of 0.0.0.0/0 and Deny of ::/0, with an Allow before them for each IPv6 block that is needed.',
    references: [
      {title: 'OVN-Kubernetes: EgressFirewall', url: 'https://ovn-kubernetes.io/features/network-security-controls/egress-firewall/'},
      {title: 'OVN-Kubernetes: matches of a rule by family (toExpr)', url: 'https://github.com/ovn-kubernetes/ovn-kubernetes/blob/master/go-controller/pkg/ovn/controller/egressfirewall/egressfirewall.go'},
      {title: 'OpenShift API: EgressNetworkPolicy is no longer used', url: 'https://github.com/openshift/api/blob/master/network/v1/types.go'},
    ],
  },
  needs: [egressGaps, firewalls, addressSpace],

  create: context => ({
    end() {
      if (FIREWALL_ROWS.every(key => context.outcome(key).outcome === 'not-served')) return context.notApplicable('the API server serves no egress firewalls')
      const found = context.fact(egressGaps)
      for (const report of [...gapReports(context, found), ...found.unenforced.map(unenforcedReport)]) context.report(report)
      skipUnread(context)
      skipTooMuch(context, found.tooMuch)
      if (found.unknown.length > 0) context.skip('not-observable', `firewalls that were not compared: ${shortList(found.unknown, 2)}`)
    },
  }),
})

function gapReports(context: CheckContext, {cases}: EgressGaps): Report[] {
  const isAdmin = POLICY_API_ROWS.some(key => context.outcome(key).items > 0)
  const told = cases.map(({firewall, gaps, group}) => {
    const notes = [
      firewall.engine === 'sdn' ? 'OpenShift SDN, which enforces it, has no IPv6, so this is about the EgressFirewall that a migration to OVN-Kubernetes makes of it' : '',
      isAdmin ? 'policies of policy.networking.k8s.io are not in this' : '',
    ].filter(text => text !== '')
    return {direction: 'egress' as const, gaps, group, ...(notes.length === 0 ? {} : {note: notes.join('; ')})}
  })
  return chainReports(told, {whereToAdd: () => 'as a rule of its own at the same place of the list'}, context.fact(addressSpace))
}

function unenforcedReport({firewall: {ref}, pods}: EgressGaps['unenforced'][number]): Report {
  return {
    object: ref, variant: 'unenforced', path: 'spec.egress', key: 'egress IPv6', count: pods,
    message: `${pods} ${pods === 1 ? 'pod' : 'pods'} in ${ref.namespace} ${pods === 1 ? 'has' : 'have'} IPv6, which OpenShift SDN does not have, and nothing else enforces an EgressNetworkPolicy: what it denies is open to code in these pods.`,
    details: {type: 'filter', class: 'S5', direction: 'egress', ports: 'all', openFamily: 6, blockedFamily: null, addressClass: null},
    fix: {text: 'Write the same rules as an EgressFirewall named default, with a Deny of ::/0 beside the Deny of 0.0.0.0/0, and take the EgressNetworkPolicy away.'},
  }
}

function skipUnread(context: CheckContext): void {
  const isSomeRead = FIREWALL_ROWS.some(key => context.outcome(key).outcome === 'complete')
  for (const key of FIREWALL_ROWS) if (isIncomplete(context.outcome(key).outcome) || !isSomeRead) context.skipUnread(key, context.outcome(key))
  // Which addresses are whose, and what else keeps pods from leaving.
  skipRefused(context, ['nodes', 'networkpolicies', ...POLICY_API_ROWS])
  if (FIREWALL_ROWS.some(key => context.outcome(key).items > 0)) skipUntoldAddresses(context)
}
