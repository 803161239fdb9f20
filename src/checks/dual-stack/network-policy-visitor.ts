import type {CheckContext, Visitor} from '../../audit/check.js'
import type {AddressSpace} from '../../filters/address-space.js'
import {networkPolicyGaps} from '../../filters/network-policy/network-policy-gaps.js'
import type {PolicyCase, VariantOf} from './network-policy-cases.js'
import {blockPlaces, policyCases, skipUnreadBlocks, skipUnseenBeside} from './network-policy-cases.js'
import type {Said} from './network-policy-words.js'
import {policyReport} from './network-policy-words.js'

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
