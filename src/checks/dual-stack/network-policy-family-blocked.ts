import type {Variant} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import type {PolicyCase, VariantOf} from './network-policy-cases.js'
import {POLICY_NEEDS, isManaged} from './network-policy-cases.js'
import {twinText} from './network-policy-fix.js'
import {BESIDE_ROWS, policyVisitor} from './network-policy-visitor.js'
import {blockTexts, blocksOf, hasSelectors, onPorts, podsText, subject} from './network-policy-words.js'
import {skipRefused, skipUntoldHidden} from './unread-rows.js'

const VARIANTS = {
  broad: {severity: 'medium', title: 'All of one family is let through, nothing of the other'},
  narrow: {severity: 'low', title: 'Some addresses of one family are let through, none of the other'},
  'managed-broad': {severity: 'low', title: 'As broad, in a policy of kube-system that Helm or an operator manages'},
  'managed-narrow': {severity: 'info', title: 'As narrow, in a policy of kube-system that Helm or an operator manages'},
} as const satisfies Record<string, Variant>

/** A1. A policy names blocks of one family only: over the other its pods are cut off. An outage, never a hole. */
export const networkPolicyFamilyBlocked = defineCheck({
  meta: {
    id: 'network-policy-family-blocked',
    title: 'A network policy names one IP family and blocks the other',
    topic: 'dual-stack', severity: 'medium', variants: VARIANTS,
    reads: ['networkpolicies', 'pods'],
    alsoReads: ['services', 'node-local-dns', 'aws-node', ...BESIDE_ROWS],
    why: 'A network policy isolates a pod in both families, and its blocks allow only their own: a policy that names IPv4 blocks closes IPv6. Nothing is open that should be closed; but once pods have both families, connections to names with an IPv6 address fail or wait for a time-out, clients over IPv6 are shut out, and nothing says why. On an IPv4 cluster it is latent, and the first thing to mend before IPv6 is enabled: `kubectl k121 dual-stack plan` has the lines.',
    remediation: 'Add an ipBlock of the other family beside each that is named; the two families need an item each.',
    references: [
      {title: 'Network policies: ipBlock', url: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors'},
      {title: 'IPv4/IPv6 dual-stack', url: 'https://kubernetes.io/docs/concepts/services-networking/dual-stack/'},
    ],
  },
  needs: [...POLICY_NEEDS],

  create: context => policyVisitor(context, {
    variantOf,
    said: (one, space) => ({sentence: sentenceOf(one), fix: twinText(one, space), severity: VARIANTS[one.variant as keyof typeof VARIANTS].severity}),
    skipUntold() {
      // Addresses of Services, and of DNS on the nodes, have no twin: without them a block may be blamed that is right.
      context.skipUnread('services', context.outcome('services'))
      skipRefused(context, ['node-local-dns'])
      skipUntoldHidden(context)
    },
  }),
})

const variantOf: VariantOf = found => {
  if (found.gap.class !== 'A1') return null
  const extent = found.gap.severity === 'medium' ? 'broad' : 'narrow'
  return isManaged(found) ? `managed-${extent}` : extent
}

function sentenceOf(one: PolicyCase): string {
  const blocked = one.gap.blockedFamily ?? 6
  const named = otherFamilyOf(blocked)
  const blocks = blockTexts(blocksOf(one, named))
  const but = hasSelectors(one) ? ' but pods that a selector matches' : ''
  const alone = one.families.length === 1 && one.families[0] === blocked ? `, and these pods have IPv${blocked} alone` : ''
  return one.direction === 'egress'
    ? `${subject(one, ['allows', 'allow'])} IPv${named} blocks only (${blocks})${onPorts(one)}: over IPv${blocked} ${podsText(one)} ${reach(one)} nothing${but}${alone}, so ${fails(blocked)}`
    : `${subject(one, ['lets in', 'let in'])} IPv${named} blocks only (${blocks})${onPorts(one)}: over IPv${blocked} nobody${but} gets in to ${podsText(one)}${alone}, so clients that come over IPv${blocked} are shut out`
}

function reach({pods}: PolicyCase): string {
  return pods === 1 ? 'reaches' : 'reach'
}

function fails(family: Family): string {
  return `connections to hosts with an IPv${family} address fail, or wait until IPv${otherFamilyOf(family)} is tried`
}
