import type {CheckContext, Visitor} from '../../audit/check.js'
import type {AddressSpace} from '../../filters/address-space.js'
import {ANTREA_ROWS} from '../../filters/antrea/objects.js'
import {ALL_CALICO_ROWS, CALICO_ROWS} from '../../filters/calico/objects.js'
import {networkPolicyGaps} from '../../filters/network-policy/network-policy-gaps.js'
import {POLICY_API_ROWS} from '../../filters/policy-api/cluster-policies.js'
import type {ReadKey} from '../../kube/resources.js'
import type {PolicyCase, VariantOf} from './network-policy-cases.js'
import {blockPlaces, policyCases, skipUnreadBlocks} from './network-policy-cases.js'
import type {Said} from './network-policy-words.js'
import {policyReport} from './network-policy-words.js'
import {skipRefused} from './unread-rows.js'

/** Policies of other kinds, which may close what is open here and let through what is blocked: a check of NetworkPolicies names them in `alsoReads`. */
export const BESIDE_ROWS = ['ciliumnetworkpolicies', 'ciliumclusterwidenetworkpolicies', 'ciliumcidrgroups', ...ALL_CALICO_ROWS, ...ANTREA_ROWS, ...POLICY_API_ROWS, 'egressfirewalls', 'namespaces'] as const

/** What a check of NetworkPolicies says of its own; all else these checks have in common. */
export interface PolicyCheck {
  variantOf: VariantOf
  said(one: PolicyCase, space: AddressSpace): Said
  /** Rows of its own without which it may be wrong. */
  skipUntold(context: CheckContext): void
}

export function policyVisitor(context: CheckContext, {variantOf, said, skipUntold}: PolicyCheck): Visitor<'networkpolicies'> {
  const places = blockPlaces(context)
  return {
    networkpolicies: policy => places.add(policy),
    end() {
      const {space} = context.fact(networkPolicyGaps)
      for (const one of policyCases(context, variantOf)) context.report(policyReport(one, places, said(one, space)))
      skipUnreadBlocks(context)
      skipUntold(context)
      skipUnseenBeside(context)
    },
  }
}

/** Of a kind that Calico keeps in two places one is enough, as long as it is not the empty one of a store that is no longer used. */
function skipUnseenBeside(context: CheckContext): void {
  if (context.fact(networkPolicyGaps).looked === 0) return
  const isWhole = (key: ReadKey): boolean => context.outcome(key).outcome === 'complete'
  const isStoreFilled = Object.values(CALICO_ROWS).some(([own]) => context.outcome(own).items > 0)
  const isCalico = (key: ReadKey): boolean => (ALL_CALICO_ROWS as readonly ReadKey[]).includes(key)
  skipRefused(context, BESIDE_ROWS.filter(key => !isCalico(key)))
  for (const [own, api] of Object.values(CALICO_ROWS)) if (!isWhole(api) && !(isWhole(own) && isStoreFilled)) skipRefused(context, [own, api])
}
