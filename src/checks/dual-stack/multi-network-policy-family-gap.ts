import type {Variant} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {Confidence, FilterAddressClass} from '../../audit/finding.js'
import {SEVERITIES} from '../../audit/severity.js'
import type {AddressSpace} from '../../filters/address-space.js'
import {addressOf} from '../../filters/endpoint-pairs.js'
import type {Gap} from '../../filters/gap.js'
import {gravest} from '../../filters/gap.js'
import {multiNetworkPolicyGaps} from '../../filters/multi-network-policy/multi-network-policy-gaps.js'
import {shortList} from '../../kube/short-list.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import type {PolicyCase} from './network-policy-cases.js'
import {blockPlaces, casesIn, unreadText} from './network-policy-cases.js'
import {exceptText, isObserved, twinText} from './network-policy-fix.js'
import {andText, blockTexts, blocksOf, className, hasSelectors, onPorts, podsText, policyReport} from './network-policy-words.js'

const VARIANTS = {
  'all-of-ipv6': {severity: 'high', title: 'Few IPv4 addresses or none, and all of IPv6'},
  metadata: {severity: 'high', title: 'A metadata endpoint that one family leaves out is open over the other'},
  'metadata-hint': {severity: 'info', title: 'An endpoint that may be there is left out in one family and open in the other'},
  node: {severity: 'medium', title: 'Nodes that one family leaves out are open over the other'},
  private: {severity: 'medium', title: 'Private networks that one family leaves out are open over the other'},
  'private-not-in-use': {severity: 'low', title: 'Private IPv4 networks are left out; private IPv6, which nothing here has, is open'},
  public: {severity: 'low', title: 'Public addresses are left out over IPv4, none over IPv6'},
  'link-local': {severity: 'info', title: 'Link-local addresses that one family leaves out are open over the other'},
  'blocked-broad': {severity: 'medium', title: 'All of one family is let through, nothing of the other'},
  'blocked-narrow': {severity: 'low', title: 'Some addresses of one family are let through, none of the other'},
  'part-of-ipv6': {severity: 'low', title: 'All of IPv4 is let through, part of IPv6'},
} as const satisfies Record<string, Variant>
type Name = keyof typeof VARIANTS

/**
 * S1, S2, A1 and A2 of MultiNetworkPolicies: what NetworkPolicies are for the
 * first network of a pod, these are for the others, and the families are those
 * that the pod has there.
 */
export const multiNetworkPolicyFamilyGap = defineCheck({
  meta: {
    id: 'multi-network-policy-family-gap',
    title: 'A policy for a second network treats IPv4 and IPv6 differently',
    topic: 'dual-stack',
    severity: 'high',
    variants: VARIANTS,
    reads: ['pods'],
    alsoReads: ['multinetworkpolicies', 'nodes'],
    why: 'A MultiNetworkPolicy isolates the interfaces of a pod that its annotation k8s.v1.cni.cncf.io/policy-for names, in both families; its blocks allow only their own. So a family that no block names is closed, which is an outage, and an ::/0 without the exceptions of its IPv4 neighbour opens what was left out. Which families a pod has on such a network is in its annotation k8s.v1.cni.cncf.io/network-status; no Service and no status of the pod shows them. It holds where an agent enforces these policies for that kind of network; whether one does is not seen here.',
    remediation: 'Write a block of the other family beside each, with exceptions of its own; the two families need an ipBlock item each.',
    references: [
      {title: 'MultiNetworkPolicy', url: 'https://github.com/k8snetworkplumbingwg/multi-networkpolicy'},
      {title: 'multi-networkpolicy-iptables: rules of each policy and family', url: 'https://github.com/k8snetworkplumbingwg/multi-networkpolicy-iptables/blob/master/pkg/server/policyrules.go'},
      {title: 'Network policies: ipBlock', url: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors'},
    ],
  },
  needs: [multiNetworkPolicyGaps],

  create(context) {
    const places = blockPlaces(context)
    return {
      multinetworkpolicies: policy => places.add(policy),
      end() {
        const policies = context.outcome('multinetworkpolicies')
        if (policies.outcome === 'not-served') return context.notApplicable('the API server serves no MultiNetworkPolicies')
        const found = context.fact(multiNetworkPolicyGaps)
        for (const one of casesIn(found, ({gap}, {space}) => variantOf(gap, space))) {
          const severity = VARIANTS[one.variant as Name].severity
          context.report(policyReport(one, places, {sentence: sentenceOf(one), fix: fixOf(one, found.space), severity, where: ' there', addressClass: chiefOf(one.gap, found.space) ?? 'public', confidence: confidenceOf(one.gap, found.space)}))
        }
        context.skipUnread('multinetworkpolicies', policies)
        // Which cloud it is, and whose addresses are nodes'.
        if (found.looked > 0) context.skipUnread('nodes', context.outcome('nodes'))
        const [unread] = found.groups.flatMap(group => group.unread)
        if (unread !== undefined) context.skip('not-understood', unreadText('MultiNetworkPolicy', unread))
      },
    }
  },
})

function variantOf(gap: Gap, space: AddressSpace): Name {
  if (gap.class === 'S2') return 'all-of-ipv6'
  if (gap.class === 'A1') return gap.severity === 'medium' ? 'blocked-broad' : 'blocked-narrow'
  if (gap.class === 'A2') return 'part-of-ipv6'
  return nameOf(chiefOf(gap, space) ?? 'public', gap, space)
}

/** The class of addresses that makes it as grave as it is. */
function chiefOf(gap: Gap, space: AddressSpace): FilterAddressClass | null {
  const rank = (kind: FilterAddressClass): number => SEVERITIES.indexOf(VARIANTS[nameOf(kind, gap, space)].severity)
  return gap.addressClasses.toSorted((a, b) => rank(a) - rank(b))[0] ?? null
}

function nameOf(kind: FilterAddressClass, {openFamily, endpoints}: Gap, {isUlaInUse}: AddressSpace): Name {
  if (kind === 'metadata') return gravest(endpoints.map(({severity}) => severity)) === 'high' ? 'metadata' : 'metadata-hint'
  if (kind === 'private') return openFamily === 6 && !isUlaInUse ? 'private-not-in-use' : 'private'
  return kind === 'node' || kind === 'link-local' ? kind : 'public'
}

function sentenceOf(one: PolicyCase): string {
  const {gap, direction} = one
  const isEgress = direction === 'egress'
  const pods = podsText(one)
  if (gap.openFamily === null) {
    const blocked = gap.blockedFamily ?? 6
    const named = otherFamilyOf(blocked)
    const but = gap.class === 'A2' ? ' else' : hasSelectors(one) ? ' but pods that a selector matches' : ''
    const little = gap.class === 'A2' ? `only ${blockTexts(blocksOf(one, blocked))} of IPv${blocked}` : `nothing of IPv${blocked}`
    return `On its networks the policy ${isEgress ? 'allows' : 'lets in'} ${blockTexts(blocksOf(one, named))} and ${little}${onPorts(one)}: over IPv${blocked} ${isEgress ? `${pods} ${one.pods === 1 ? 'gets' : 'get'} to nothing${but} there` : `nobody${but} gets in to ${pods} there`}`
  }
  const open = gap.openFamily
  const few = blocksOf(one, otherFamilyOf(open))
  const what = gap.class === 'S2' ? `${few.length === 0 ? 'no IPv4 block' : `only ${blockTexts(few)}`} and all of IPv6` : `${blockTexts(few, 1)}, and over IPv${open} also ${andText(gap.addressClasses.map(kind => wordOf(kind, one, open)))}`
  return `On its networks the policy ${isEgress ? 'allows' : 'lets in'} ${what}${onPorts(one)}: ${isEgress ? `${pods} may send data there over IPv${open}` : `who is shut out comes back to ${pods} over IPv${open}`}`
}

function wordOf(kind: FilterAddressClass, {gap}: PolicyCase, open: Family): string {
  if (kind !== 'metadata') return kind === 'public' ? 'what that leaves out' : className(kind)
  return shortList(gap.endpoints.map(pair => `${pair.name} (${addressOf(pair, open)?.text ?? ''}${pair.onlyIf === '' || open === 4 ? '' : `, ${pair.onlyIf}`})`), 2)
}

function fixOf(one: PolicyCase, space: AddressSpace): string {
  if (one.gap.class === 'S1') return exceptText(one, space)
  if (one.gap.class === 'A1') return twinText(one, space, false)
  const [first] = one.blame
  const where = first === undefined ? 'there' : first.block.path
  if (one.gap.class === 'S2') return `Put the IPv6 addresses of the same peers in the place of the block at ${where}, such as - ipBlock: {cidr: "2001:db8:1::/48"}; the two families need an ipBlock item each.`
  return `Where the difference is not meant, add - ipBlock: {cidr: "::/0"} with the exceptions of the IPv4 block beside ${where}; the two families need an ipBlock item each.`
}

function confidenceOf(gap: Gap, space: AddressSpace): Confidence {
  const kind = chiefOf(gap, space)
  if (kind === 'metadata') return gap.endpoints.every(({confidence}) => confidence === 'weak') ? 'weak' : 'certain'
  return isObserved(kind ?? undefined, gap.openFamily ?? 6, space) ? 'derived' : 'certain'
}
