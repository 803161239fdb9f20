import type {CheckContext, Variant} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {Severity} from '../../audit/severity.js'
import type {LinkerdGap, LinkerdVariant} from '../../filters/linkerd/judge.js'
import {judgeClients, judgeDestinations} from '../../filters/linkerd/judge.js'
import type {MeshCount, MeshCounts} from '../../filters/linkerd/mesh.js'
import {GLOBAL_EGRESS_NAMESPACE, hasProxy, meshCounts} from '../../filters/linkerd/mesh.js'
import type {NetworkList} from '../../filters/linkerd/networks.js'
import {egressNetwork, networkAuthentication, serverAuthorization} from '../../filters/linkerd/networks.js'
import {POD_VIEW_NEEDS, podViews} from '../../filters/pods.js'
import {counted} from '../../kube/counted.js'
import {shortList} from '../../kube/short-list.js'
import {platform} from '../../network/platform.js'
import {familyName} from './edge-report.js'
import {skipUnreadKinds, skipUntoldHidden} from './unread-rows.js'

const ROWS = ['networkauthentications', 'serverauthorizations', 'egressnetworks'] as const

const VARIANTS: Readonly<Record<LinkerdVariant, Variant & {severity: Severity}>> = {
  'egress-open': {severity: 'high', title: 'An EgressNetwork denies what leaves over one family, and lets the other out'},
  'egress-list-open': {severity: 'medium', title: 'An EgressNetwork denies destinations of one family'},
  'wider-ipv6': {severity: 'high', title: 'Few clients over IPv4 are authorized, and all over IPv6'},
  blocked: {severity: 'low', title: 'Clients of one family alone are authorized'},
}

/**
 * Fires where networks in Linkerd's policies are of one family. An authorization
 * holds for nobody of the other; a denying EgressNetwork lets the other out,
 * because what no such object holds is forwarded. Quiet where a list, or the
 * objects of a namespace together, name both, as Linkerd's own do.
 */
export const linkerdPolicyFamilyGap = defineCheck({
  meta: {
    id: 'linkerd-policy-family-gap',
    title: 'Linkerd policy whose networks are of one IP family',
    topic: 'dual-stack',
    severity: 'medium',
    variants: {
      ...VARIANTS,
      'ipv6-not-seen': {severity: 'info', title: 'Proxies of pods with both families, which may take IPv4 alone'},
    },
    reads: ['pods'],
    alsoReads: [...ROWS, 'aws-node'],
    why: 'A proxy compares an address with networks of its own family only. Clients from no network of a NetworkAuthentication or ServerAuthorization are not authorized by it, while a destination that no EgressNetwork holds leaves the cluster untouched, so `trafficPolicy: Deny` with IPv4 networks is open over IPv6. Linkerd is installed with disableIPv6: true unless told otherwise: then IPv6 goes around the proxies both ways and no policy is asked. A ServerAuthorization without networks holds for the clusterNetworks that Linkerd was installed with, and is not judged.',
    remediation: 'Name networks of both families; leave `networks` of an EgressNetwork out where it is to hold for all that is outside.',
    references: [
      {title: 'Linkerd: authorization policy', url: 'https://linkerd.io/2/reference/authorization-policy/'},
      {title: 'Linkerd: EgressNetwork', url: 'https://linkerd.io/2/reference/egress-network/'},
      {title: 'Linkerd: IPv6', url: 'https://linkerd.io/2/features/ipv6/'},
    ],
  },
  needs: [...POD_VIEW_NEEDS, platform],

  create(context) {
    const viewOf = podViews(context)
    const mesh = meshCounts()
    const lists: NetworkList[] = []
    return {
      networkauthentications: object => void lists.push(networkAuthentication(object)),
      serverauthorizations(object) {
        const list = serverAuthorization(object)
        if (list !== null) lists.push(list)
      },
      egressnetworks: object => void lists.push(egressNetwork(object)),
      pods(pod) {
        const view = hasProxy(pod) ? viewOf(pod) : null
        if (view !== null) mesh.add(view.namespace, view.families)
      },
      end() {
        for (const list of lists) reportList(context, list, lists, mesh)
        if (lists.length > 0) reportDual(context, mesh.of(null))
        skipUnreadKinds(context, ROWS, 'the API server serves no policies of Linkerd')
        if (lists.length > 0) skipUntoldHidden(context)
      },
    }
  },
})

function reportList(context: CheckContext, list: NetworkList, all: readonly NetworkList[], mesh: MeshCounts): void {
  const {object, what, path, texts} = list
  const isGlobal = what === 'destinations' && object.namespace === GLOBAL_EGRESS_NAMESPACE
  const count = mesh.of(isGlobal ? null : object.namespace)
  const gap = what === 'clients' ? judgeClients(list) : judgeDestinations(list, all.filter(one => one !== list && one.what === what && one.object.namespace === object.namespace))
  if (gap === null || count.pods === 0) return
  const family = gap.openFamily ?? gap.blockedFamily ?? 6
  const isLatent = count.having[family] === 0
  // Nobody waits for IPv4 where only IPv6 is.
  if (isLatent && family === 4) return
  const later = isLatent ? `; none of ${counted(count.pods, 'pod')} with a proxy has ${familyName(family)} now, and it becomes ${VARIANTS[gap.variant].severity} when that is enabled` : ''
  context.report({
    object, variant: gap.variant, path, isLatent, count: isLatent ? count.pods : count.having[family],
    confidence: what === 'clients' ? 'derived' : 'certain',
    key: `${what === 'clients' ? 'ingress' : 'egress'} ${gap.class} IPv${family} ${texts.toSorted().join(' ')}`,
    message: `${sentence(list, gap)}${later}.`,
    details: {type: 'filter', class: gap.class, direction: what === 'clients' ? 'ingress' : 'egress', ports: 'all', openFamily: gap.openFamily, blockedFamily: gap.blockedFamily, addressClass: null},
    fix: {text: fixText(list, gap)},
  })
}

function sentence({object, texts}: NetworkList, {variant, openFamily, blockedFamily}: LinkerdGap): string {
  const other = familyName(openFamily ?? blockedFamily ?? 6)
  const listed = shortList(texts, 3)
  switch (variant) {
    case 'egress-open': return `It denies what leaves the cluster, and its networks name no ${other} (${listed}): over ${other} everything leaves`
    case 'egress-list-open': return `It denies destinations of one family (${listed}): the same hosts are reached over ${other}`
    case 'wider-ipv6': return `It keeps to a few clients over IPv4 and takes all of IPv6 (${listed}): who is shut out comes back over IPv6`
    // Which of the two it is stands in variables of the proxy.
    case 'blocked': return `The ${object.kind} names no ${other} (${listed}): no client over ${other} is authorized by it${blockedFamily === 6 ? ', where Linkerd takes IPv6; where it does not, IPv6 goes around the proxy and nothing is asked' : ''}`
  }
}

function fixText({path}: NetworkList, {variant, openFamily, blockedFamily}: LinkerdGap): string {
  const other = openFamily ?? blockedFamily ?? 6
  if (variant === 'egress-open') return `Add an entry \`cidr: ${other === 6 ? '::/0' : '0.0.0.0/0'}\` to ${path}, with the cluster's ranges of that family in its except.`
  if (variant === 'wider-ipv6') return `Put the IPv6 ranges of the same clients into ${path} in the place of ::/0, for example \`cidr: 2001:db8:1::/48\`.`
  return `Add the ${familyName(other)} networks of the same ${variant === 'blocked' ? 'clients' : 'hosts'} to ${path} as entries of their own, for example \`cidr: ${other === 6 ? '2001:db8:1::/48' : '203.0.113.0/24'}\`.`
}

function reportDual(context: CheckContext, {dual}: MeshCount): void {
  if (dual === 0) return
  context.report({
    object: {apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'linkerd'}, variant: 'ipv6-not-seen', key: 'IPv6', count: dual, confidence: 'weak',
    message: `${counted(dual, 'pod')} with a proxy ${dual === 1 ? 'has' : 'have'} both families: unless Linkerd was installed with disableIPv6: false, which is not looked at and not the default, IPv6 goes around the proxies and no policy of Linkerd is asked.`,
    fix: {text: 'See whether Linkerd was installed with disableIPv6: false, its CNI plugin too; where it was not, set it and restart the pods, or close IPv6 for them by other means.'},
  })
}
