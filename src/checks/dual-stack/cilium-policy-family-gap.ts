import type {CheckContext, Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {addressSpace} from '../../filters/address-space.js'
import type {SettledGap} from '../../filters/chain/chain-gaps.js'
import type {CiliumGaps} from '../../filters/cilium/gaps.js'
import {ciliumGaps} from '../../filters/cilium/gaps.js'
import type {IcmpGap} from '../../filters/cilium/icmp.js'
import {shortList} from '../../kube/short-list.js'
import {chainReports, chainVariants} from './chain-report.js'
import {skipTooMuch} from './too-much.js'
import {ADDRESS_ROWS, skipUntoldAddresses} from './unread-rows.js'

const POLICY_ROWS = ['ciliumnetworkpolicies', 'ciliumclusterwidenetworkpolicies'] as const

/**
 * Fires where Cilium's policies leave an endpoint open in one family and closed
 * in the other: deny rules that name IPv4 alone in front of something that lets
 * IPv6 through, and allow rules whose exceptions have no twin. Quiet where a
 * default deny closes what a deny rule forgot.
 */
export const ciliumPolicyFamilyGap = defineCheck({
  meta: {
    id: 'cilium-policy-family-gap',
    title: 'Cilium policy treats IPv4 and IPv6 differently',
    topic: 'dual-stack',
    severity: 'medium',
    variants: {
      ...chainVariants(),
      'icmp-denied-in-one-family': {severity: 'low', title: 'A deny rule names types of ICMP of one family alone'},
      'icmp-allowed-in-one-family': {severity: 'low', title: 'An allow rule names types of ICMP of one family alone'},
    },
    reads: ['pods'],
    alsoReads: [...POLICY_ROWS, 'ciliumcidrgroups', 'namespaces', 'networkpolicies', ...ADDRESS_ROWS],
    why: 'A deny rule of Cilium wins over every allow rule, but only for the family that its blocks are of: `egressDeny` with 0.0.0.0/0 leaves all of IPv6 to whatever allows it, `toEntities: world` or the absence of a default deny. Since Cilium 1.15 a block of one family is of that family alone; before, 0.0.0.0/0 and ::/0 without exceptions each meant the world of both, and the image of the agents tells which holds. Blocks match neither pods nor nodes, nor the address of a Service, which is translated before. Policies for hosts (`nodeSelector`) are not judged here.',
    remediation: 'Write the block of the other family as an item of its own beside the one that is there, in the same toCIDRSet or fromCIDRSet.',
    references: [
      {title: 'Cilium: IP/CIDR based policies', url: 'https://docs.cilium.io/en/stable/security/policy/language/#ip-cidr-based'},
      {title: 'Cilium: deny policies', url: 'https://docs.cilium.io/en/stable/security/policy/language/#deny-policies'},
      {title: 'Cilium: policy enforcement modes and default deny', url: 'https://docs.cilium.io/en/stable/security/policy/intro/'},
    ],
  },
  needs: [ciliumGaps, addressSpace],

  create: context => ({
    end() {
      if (POLICY_ROWS.every(key => context.outcome(key).outcome === 'not-served')) return context.notApplicable('the API server serves no policies of Cilium')
      const found = context.fact(ciliumGaps)
      if (found.isOff) return context.notApplicable('cilium-config says enable-policy: never, so no policy is enforced')
      for (const report of reportsOf(context, found)) context.report(report)
      for (const key of [...POLICY_ROWS, 'namespaces', 'networkpolicies'] as const) context.skipUnread(key, context.outcome(key))
      if (found.usesGroups) context.skipUnread('ciliumcidrgroups', context.outcome('ciliumcidrgroups'))
      if (found.looked > 0) skipUntoldAddresses(context)
      skipTooMuch(context, found.tooMuch)
      if (found.unknown.length > 0) context.skip('not-understood', `policies that select the same pods, one of which holds a block that is not understood: ${shortList(found.unknown.map(({namespace, name}) => `${namespace}/${name}`))}`)
    },
  }),
})

function reportsOf(context: CheckContext, {cases, icmps}: CiliumGaps): Report[] {
  const told = cases.flatMap(({minor, gaps, ...one}) => gaps.map(gap => ({...one, gaps: [gap], ...noted(minor === null && isOfWorld(gap))})))
  const words = {whereToAdd: () => 'as an item of its own in the same list, or in the CiliumCIDRGroup where the list names one'}
  return [...chainReports(told, words, context.fact(addressSpace)), ...icmps.flatMap(icmpReport)]
}

function noted(hangsOnVersion: boolean): {note?: string} {
  return hangsOnVersion ? {note: 'the version of Cilium was not seen, and this holds from 1.15 on'} : {}
}

/** Older versions took these for both families. */
function isOfWorld({rules}: SettledGap): boolean {
  return rules.some(({entries}) => entries.some(({text}) => text === '0.0.0.0/0' || text === '::/0'))
}

/** Nothing of IPv4 where pods have IPv6 alone: nobody waits for that. */
function icmpReport({policy, direction, action, missing, types, path, families, pods}: IcmpGap): Report[] {
  const isLatent = !families.includes(missing)
  if (isLatent && missing === 4) return []
  const named = missing === 6 ? 4 : 6
  const isDenial = action === 'deny'
  const what = isDenial ? `the same over IPv${missing} is not denied` : `over IPv${missing} none is let through by it, a ping among them`
  const later = isLatent ? `; none of these pods has IPv${missing} now, and it becomes low when that is enabled` : ''
  return [{
    object: policy, variant: isDenial ? 'icmp-denied-in-one-family' : 'icmp-allowed-in-one-family', path: `${path}.icmps`, isLatent, count: pods,
    key: `${direction} ICMP ${action} IPv${named} ${types.toSorted().join(' ')}`,
    message: `The ${direction} rule names types of ICMP for IPv${named} alone (${shortList(types)}), which is also what a type without a family means: ${what}${later}.`,
    details: {type: 'filter', class: isDenial ? 'S3' : 'A3', direction, ports: 'ICMP', openFamily: isDenial ? missing : null, blockedFamily: isDenial ? null : missing, addressClass: null},
    fix: {text: missing === 6 ? 'Add a field with family: IPv6 and the type of ICMPv6: an echo request is 8 over IPv4 and 128 over IPv6.' : 'Add a field with family: IPv4 and the type of ICMP: an echo request is 128 over IPv6 and 8 over IPv4.'},
  }]
}
