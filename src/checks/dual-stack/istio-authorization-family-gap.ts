import type {Report, Variant} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {AuthorizationCase} from '../../filters/istio/authorization-gaps.js'
import {authorizationCases} from '../../filters/istio/authorization-gaps.js'
import type {AuthorizationGap, AuthorizationVariant} from '../../filters/istio/judge.js'
import type {Severity} from '../../audit/severity.js'
import {counted} from '../../kube/counted.js'
import {shortList} from '../../kube/short-list.js'
import type {Family} from '../../network/ip.js'
import {platform} from '../../network/platform.js'
import {familyName} from './edge-report.js'
import {skipRefused, skipUnreadKinds, skipUntoldHidden} from './unread-rows.js'

const VARIANTS: Readonly<Record<AuthorizationVariant, Variant & {severity: Severity}>> = {
  'deny-all': {severity: 'high', title: 'DENY names all of one family, and nobody of the other'},
  'deny-list': {severity: 'medium', title: 'DENY names addresses of one family, and nobody of the other'},
  exclusion: {severity: 'medium', title: 'ALLOW leaves out addresses of one family, and nobody of the other'},
  'wider-ipv6': {severity: 'high', title: 'ALLOW names few IPv4 addresses, and all of IPv6'},
  'not-asked': {severity: 'medium', title: 'CUSTOM asks its provider about one family alone'},
  'blocked-by-allow': {severity: 'low', title: 'ALLOW names addresses of one family alone'},
  'blocked-by-deny': {severity: 'low', title: 'DENY spares addresses of one family, and denies all of the other'},
}

/**
 * Fires where a list of addresses in an AuthorizationPolicy is of one family. A
 * proxy finds an address of the other in none of the blocks: so it matches no
 * `ipBlocks`, and every `notIpBlocks`. Lists that ask for the same beside
 * addresses are read together.
 */
export const istioAuthorizationFamilyGap = defineCheck({
  meta: {
    id: 'istio-authorization-family-gap',
    title: 'Istio AuthorizationPolicy whose addresses are of one IP family',
    topic: 'dual-stack',
    severity: 'medium',
    variants: VARIANTS,
    isPreview: true,
    reads: ['pods'],
    alsoReads: ['authorizationpolicies', 'namespaces', 'services', 'ingresses', 'aws-node'],
    why: 'Envoy and ztunnel compare an address with the blocks of its own family only. A DENY with `ipBlocks` of IPv4 denies nobody over IPv6, and an ALLOW with `notIpBlocks` of IPv4 lets everybody in over IPv6; the other two combinations shut the other family out. CUSTOM asks its provider only about what it matches. Judged are the pods with a sidecar, gateways, and pods of ambient namespaces; policies of istio-system are taken for those of the whole mesh, which a mesh may configure otherwise. Dry runs and AUDIT change nothing.',
    remediation: 'Name the blocks of the other family in the same list; for a DENY that means nobody add both 0.0.0.0/0 and ::/0.',
    references: [
      {title: 'Istio: AuthorizationPolicy', url: 'https://istio.io/latest/docs/reference/config/security/authorization-policy/'},
      {title: 'Istio: security policy conditions', url: 'https://istio.io/latest/docs/reference/config/security/conditions/'},
    ],
  },
  needs: [authorizationCases, platform],

  create: context => ({
    end() {
      for (const report of merged(context.fact(authorizationCases))) context.report(report)
      skipUnreadKinds(context, ['authorizationpolicies'], 'the API server serves no authorization policies of Istio')
      context.skipUnread('namespaces', context.outcome('namespaces'))
      const cases = context.fact(authorizationCases)
      // The address of a client behind proxies is of a family by which the edge is reached.
      if (cases.some(({gap}) => gap.kind === 'remote.ip')) skipRefused(context, ['services', 'ingresses'])
      if (cases.length > 0) skipUntoldHidden(context)
    },
  }),
})

/** One line per policy, class and list, whichever pods it is about; where it is live for some, it is told of those. */
function merged(cases: readonly AuthorizationCase[]): Report[] {
  const bundles = new Map<string, AuthorizationCase[]>()
  for (const one of cases) {
    const key = JSON.stringify([one.gap.policies[0]?.ref, keyOf(one.gap)])
    bundles.set(key, [...(bundles.get(key) ?? []), one])
  }
  return [...bundles.values()].flatMap(bundle => {
    const live = bundle.filter(isLive)
    const told = live.length > 0 ? live : bundle.filter(({families}) => !(families.length === 1 && families[0] === 6))
    const [first] = told
    return first === undefined ? [] : [reportOf(first.gap, told, live.length === 0)]
  })
}

function isLive({gap, families}: AuthorizationCase): boolean {
  return families.includes(familyOf(gap))
}

/** The family that the lists forget. */
function familyOf({openFamily, blockedFamily}: AuthorizationGap): Family {
  return openFamily ?? blockedFamily ?? 6
}

function keyOf(gap: AuthorizationGap): string {
  const texts = [...new Set(gap.lists.flatMap(list => list.texts))].toSorted()
  return `ingress ${gap.class} ${gap.action} ${gap.kind} IPv${familyOf(gap)} ${texts.join(' ')}`
}

function reportOf(gap: AuthorizationGap, told: readonly AuthorizationCase[], isLatent: boolean): Report {
  const [policy, ...others] = gap.policies
  if (policy === undefined) throw new Error('a gap of authorization policies is to be blamed on one')
  const pods = told.some(({pods: some}) => some === null) ? null : told.reduce((sum, one) => sum + (one.pods ?? 0), 0)
  const also = others.length === 0 ? '' : ` (also ${shortList(others.map(({ref}) => `${ref.namespace}/${ref.name}`), 3)})`
  const later = isLatent ? `; nothing is seen to come over ${familyName(familyOf(gap))} now, and it becomes ${VARIANTS[gap.variant].severity} when that is enabled` : ''
  return {
    object: policy.ref, variant: gap.variant, path: listOf(gap).path, key: keyOf(gap), isLatent, count: pods ?? 1, confidence: 'derived',
    message: `${sentence(gap)}${also}${gap.kind === 'source.ip' ? '; the address that a proxy sees may have been rewritten before' : ''}; this is about ${pods === null ? shortList(policy.targets) : counted(pods, 'pod')}${later}.`,
    details: {type: 'filter', class: gap.class, direction: 'ingress', ports: 'all', openFamily: gap.openFamily, blockedFamily: gap.blockedFamily, addressClass: null},
    fix: {text: fixText(gap)},
  }
}

/** The list that a person would edit: the negative one where it is what went wrong. */
function listOf({lists, variant}: AuthorizationGap): AuthorizationGap['lists'][number] {
  const wanted = variant === 'exclusion' || variant === 'blocked-by-deny'
  const found = lists.find(({isNegative}) => isNegative === wanted) ?? lists[0]
  if (found === undefined) throw new Error('a gap of addresses has a list')
  return found
}

function sentence(gap: AuthorizationGap): string {
  const other = familyName(familyOf(gap))
  const list = listOf(gap)
  const field = list.path.slice(list.path.lastIndexOf('.') + 1)
  const named = `${gap.action} with ${field} (${shortList(list.texts, 3)})`
  switch (gap.variant) {
    case 'deny-all': return `${named} means everybody and names no ${other}: over ${other} nobody is denied`
    case 'deny-list': return `${named} names no ${other}: who is denied comes back over ${other}`
    case 'exclusion': return `${named} leaves out nobody of ${other}: over ${other} everybody matches and is let in`
    case 'wider-ipv6': return `${named} keeps to a few addresses over IPv4 and lets all of IPv6 in: who is shut out comes back over IPv6`
    case 'not-asked': return `${named} names no ${other}: over ${other} the provider is never asked`
    case 'blocked-by-allow': return `${named} names no ${other}: over ${other} this rule lets nobody in`
    case 'blocked-by-deny': return `${named} spares nobody of ${other}: over ${other} everybody is denied`
  }
}

function fixText(gap: AuthorizationGap): string {
  const {path} = listOf(gap)
  const other = familyOf(gap)
  const example = other === 6 ? '2001:db8:1::/48' : '203.0.113.0/24'
  if (gap.variant === 'deny-all') return `Add ${other === 6 ? '::/0' : '0.0.0.0/0'} to ${path}.`
  if (gap.variant === 'wider-ipv6') return `Put the IPv6 ranges of the same clients into ${path} in the place of ::/0, for example ${example}.`
  return `Add the ${familyName(other)} ranges of the same clients to ${path}, for example ${example}.`
}
