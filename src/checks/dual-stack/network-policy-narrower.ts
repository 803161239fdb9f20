import type {Variant} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {PolicyCase} from './network-policy-cases.js'
import {POLICY_NEEDS, isManaged} from './network-policy-cases.js'
import {BESIDE_ROWS, policyVisitor} from './network-policy-visitor.js'
import {blockTexts, blocksOf, onPorts, podsText, subject} from './network-policy-words.js'
import {skipUntoldHidden} from './unread-rows.js'

const VARIANTS = {
  'part-of-ipv6': {severity: 'low', title: 'All of IPv4 is let through, part of IPv6'},
  'managed-part-of-ipv6': {severity: 'info', title: 'The same in a policy of kube-system that Helm or an operator manages'},
} as const satisfies Record<string, Variant>

/** A2. A policy lets the Internet at large through over IPv4, and a part of it over IPv6. */
export const networkPolicyNarrower = defineCheck({
  meta: {
    id: 'network-policy-narrower',
    title: 'A network policy lets all of IPv4 through and part of IPv6',
    topic: 'dual-stack', severity: 'low', variants: VARIANTS,
    reads: ['networkpolicies', 'pods'],
    alsoReads: ['aws-node', ...BESIDE_ROWS],
    why: 'It may be meant: a few IPv6 addresses are easier to know than all of IPv4. Where it is not, hosts are reached over IPv4 and refused over IPv6, which looks like a fault of theirs. Nothing is open that should be closed.',
    remediation: 'Allow the same over IPv6, or close IPv4 to what is meant; where the difference is meant, accept the finding.',
    references: [
      {title: 'Network policies: ipBlock', url: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors'},
      {title: 'IPv4/IPv6 dual-stack', url: 'https://kubernetes.io/docs/concepts/services-networking/dual-stack/'},
    ],
  },
  needs: [...POLICY_NEEDS],

  create: context => policyVisitor(context, {
    variantOf: found => (found.gap.class !== 'A2' ? null : isManaged(found) ? 'managed-part-of-ipv6' : 'part-of-ipv6'),
    said: one => ({sentence: sentenceOf(one), fix: fixOf(one), severity: VARIANTS[one.variant as keyof typeof VARIANTS].severity}),
    skipUntold: skipUntoldHidden,
  }),
})

function sentenceOf(one: PolicyCase): string {
  const lists = `${blockTexts(blocksOf(one, 4), 1)} of IPv4 and only ${blockTexts(blocksOf(one, 6))} of IPv6${onPorts(one)}`
  return one.direction === 'egress'
    ? `${subject(one, ['allows', 'allow'])} ${lists}: from ${podsText(one)} other hosts with an IPv6 address are reached over IPv4 or not at all`
    : `${subject(one, ['lets in', 'let in'])} ${lists}: other clients reach ${podsText(one)} over IPv4 or not at all`
}

function fixOf({blame: [first]}: PolicyCase): string {
  return `Where the difference is not meant, add - ipBlock: {cidr: "::/0"} with the exceptions of the IPv4 block${first === undefined ? '' : ` beside ${first.block.path}`}; the two families need an ipBlock item each.`
}
