import type {Variant} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {PolicyCase} from './network-policy-cases.js'
import {POLICY_NEEDS, isManaged} from './network-policy-cases.js'
import {BESIDE_ROWS, policyVisitor} from './network-policy-visitor.js'
import {blockTexts, blocksOf, onPorts, podsText, subject} from './network-policy-words.js'
import {skipUntoldHidden} from './unread-rows.js'

const VARIANTS = {
  'all-of-ipv6': {severity: 'high', title: 'Few IPv4 addresses or none, and all of IPv6'},
  'managed-all-of-ipv6': {severity: 'medium', title: 'The same in a policy of kube-system that Helm or an operator manages'},
} as const satisfies Record<string, Variant>

/** S2. A policy keeps pods to a few IPv4 addresses, or to none, and lets all of IPv6 through. */
export const networkPolicyIPv6Wider = defineCheck({
  meta: {
    id: 'network-policy-ipv6-wider',
    title: 'A network policy lets little of IPv4 through and all of IPv6',
    topic: 'dual-stack', severity: 'high', variants: VARIANTS,
    reads: ['networkpolicies', 'pods'],
    alsoReads: ['aws-node', ...BESIDE_ROWS],
    why: 'A policy that names a few IPv4 blocks is a list of who may be talked to. An `::/0` beside it, on the same ports, undoes it: what cannot leave, or come in, over IPv4 does so over IPv6. It is latent while no selected pod has IPv6.',
    remediation: 'Name the IPv6 addresses of the same peers in the place of ::/0, or take that block away.',
    references: [
      {title: 'Network policies: ipBlock', url: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors'},
      {title: 'IPv4/IPv6 dual-stack', url: 'https://kubernetes.io/docs/concepts/services-networking/dual-stack/'},
    ],
  },
  needs: [...POLICY_NEEDS],

  create: context => policyVisitor(context, {
    variantOf: found => (found.gap.class !== 'S2' ? null : isManaged(found) ? 'managed-all-of-ipv6' : 'all-of-ipv6'),
    said: one => ({sentence: sentenceOf(one), fix: fixOf(one), severity: VARIANTS[one.variant as keyof typeof VARIANTS].severity}),
    skipUntold: skipUntoldHidden,
  }),
})

function sentenceOf(one: PolicyCase): string {
  const listed = blocksOf(one, 4)
  const few = listed.length === 0 ? 'no IPv4 block' : `only ${blockTexts(listed)} of IPv4`
  const all = `and all of IPv6 (${blockTexts(blocksOf(one, 6), 1)})`
  return one.direction === 'egress'
    ? `${subject(one, ['allows', 'allow'])} ${few} ${all}${onPorts(one)}: ${podsText(one)} can send data to any address over IPv6`
    : `${subject(one, ['lets in', 'let in'])} ${few} ${all}${onPorts(one)}: anybody who has a route reaches ${podsText(one)} over IPv6`
}

function fixOf({blame: [first]}: PolicyCase): string {
  const where = first === undefined ? 'the IPv6 block' : `${first.block.path} (${first.block.cidr.text})`
  return `Put the IPv6 addresses of the same peers in the place of ${where}, such as - ipBlock: {cidr: "2001:db8:1::/48"}, or take it away; the two families need an ipBlock item each.`
}
