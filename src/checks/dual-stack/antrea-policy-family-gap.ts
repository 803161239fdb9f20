import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {isIncomplete} from '../../audit/outcome.js'
import {addressSpace} from '../../filters/address-space.js'
import {antreaGaps} from '../../filters/antrea/antrea-gaps.js'
import {ANTREA_ROWS} from '../../filters/antrea/objects.js'
import type {ChainRule} from '../../filters/chain/chain.js'
import {POLICY_API_ROWS} from '../../filters/policy-api/cluster-policies.js'
import {shortList} from '../../kube/short-list.js'
import type {ChainCase} from './chain-report.js'
import {chainReports, chainVariants} from './chain-report.js'
import {skipTooMuch} from './too-much.js'
import {ADDRESS_ROWS, skipRefused, skipUntoldAddresses} from './unread-rows.js'

const POLICY_ROWS = ['antrea-clusternetworkpolicies', 'antrea-networkpolicies'] as const

/**
 * Fires where policies of Antrea, with the NetworkPolicies between its tiers,
 * leave pods open in one family and closed in the other. Its rules decide what
 * they match and isolate nobody, so a Drop of IPv4 blocks leaves IPv6 to what
 * comes behind, and to the default, which allows it.
 */
export const antreaPolicyFamilyGap = defineCheck({
  meta: {
    id: 'antrea-policy-family-gap',
    title: 'Antrea policies treat IPv4 and IPv6 differently',
    topic: 'dual-stack',
    severity: 'medium',
    variants: chainVariants(),
    reads: ['pods'],
    alsoReads: [...ANTREA_ROWS, 'namespaces', 'networkpolicies', ...ADDRESS_ROWS, ...POLICY_API_ROWS],
    why: 'A block of Antrea is of one family, and a rule matches nothing of the other. Antrea\'s policies do not isolate the pods that they apply to: what no rule matches goes on to NetworkPolicies, to the baseline tier, and is allowed if nothing there speaks of it. So Drop or Reject of 0.0.0.0/0 alone lets everything out over IPv6, while a rule without peers holds for both families. Rules for ICMP and IGMP are not compared, nor are those for Services, nodes and machines outside of the cluster.',
    remediation: 'Write the block of the other family as an ipBlock of its own in the same from or to list, or in the same group.',
    references: [
      {title: 'Antrea-native policies', url: 'https://github.com/antrea-io/antrea/blob/main/docs/antrea-network-policy.md'},
      {title: 'Antrea: blocks of a rule as flows (ipBlocksToOFAddresses)', url: 'https://github.com/antrea-io/antrea/blob/main/pkg/agent/controller/networkpolicy/pod_reconciler.go'},
    ],
  },
  needs: [antreaGaps, addressSpace],

  create: context => ({
    end() {
      if (POLICY_ROWS.every(key => context.outcome(key).outcome === 'not-served')) return context.notApplicable('the API server serves no policies of Antrea')
      const {cases, unknown, tooMuch} = context.fact(antreaGaps)
      const admin = adminNote(context)
      for (const report of chainReports(cases.map(({note, ...one}) => withNote(one, [note ?? '', admin])), {whereToAdd}, context.fact(addressSpace))) context.report(report)
      skipUnread(context)
      skipTooMuch(context, tooMuch)
      if (unknown.length > 0) context.skip('not-observable', `pods whose policies were not compared: ${shortList(unknown, 2)}`)
    },
  }),
})

function withNote(one: ChainCase, notes: readonly string[]): ChainCase {
  const note = notes.filter(text => text !== '').join('; ')
  return note === '' ? one : {...one, note}
}

function adminNote(context: CheckContext): string {
  return POLICY_API_ROWS.some(key => context.outcome(key).items > 0) ? 'policies of policy.networking.k8s.io, which Antrea asks after its own tiers, are not in this' : ''
}

function whereToAdd({entries: [entry]}: ChainRule): string {
  return entry?.path.endsWith('.group') === true ? 'as an item of its own in the ipBlocks of that group' : 'as an ipBlock of its own in the same list'
}

function skipUnread(context: CheckContext): void {
  const isSomeRead = ANTREA_ROWS.some(key => context.outcome(key).outcome === 'complete')
  for (const key of ANTREA_ROWS) if (isIncomplete(context.outcome(key).outcome) || !isSomeRead) context.skipUnread(key, context.outcome(key))
  skipRefused(context, ['namespaces', 'networkpolicies', 'services', ...POLICY_API_ROWS])
  if (POLICY_ROWS.some(key => context.outcome(key).items > 0)) skipUntoldAddresses(context)
}
