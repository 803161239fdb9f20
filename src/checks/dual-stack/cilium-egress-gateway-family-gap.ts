import type {Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {EgressGatewayGap} from '../../filters/cilium/egress-gateways.js'
import {egressGatewayGaps} from '../../filters/cilium/egress-gateways.js'
import {counted} from '../../kube/counted.js'
import {shortList} from '../../kube/short-list.js'
import {platform} from '../../network/platform.js'
import {familyName} from './edge-report.js'
import {skipUntoldHidden} from './unread-rows.js'

/**
 * Fires where a CiliumEgressGatewayPolicy names destinations of one family:
 * selected pods that have the other leave the cluster by their own node. Quiet
 * where it names both, and where it selects no pod.
 */
export const ciliumEgressGatewayFamilyGap = defineCheck({
  meta: {
    id: 'cilium-egress-gateway-family-gap',
    title: 'Cilium egress gateway that one IP family goes around',
    topic: 'dual-stack',
    severity: 'low',
    isPreview: true,
    reads: ['pods'],
    alsoReads: ['ciliumegressgatewaypolicies', 'namespaces', 'aws-node'],
    why: 'A destination that no policy names leaves by the node of the pod, with the address of that node or of the pod. So what stands behind the gateway, an address that partners allow or a firewall that logs, does not see traffic of the family that is not named. That is graded low: the gateway is a road and not a filter. Cilium routes IPv6 by egress gateways from 1.18 on.',
    remediation: 'Name the destinations of the other family in destinationCIDRs too, with their own exclusions.',
    references: [{title: 'Cilium: egress gateway', url: 'https://docs.cilium.io/en/stable/network/egress-gateway/egress-gateway/'}],
  },
  needs: [egressGatewayGaps, platform],

  create: context => ({
    end() {
      const row = context.outcome('ciliumegressgatewaypolicies')
      if (row.outcome === 'not-served') return context.notApplicable('the API server serves no egress gateway policies of Cilium')
      for (const gap of context.fact(egressGatewayGaps)) for (const report of reportOf(gap)) context.report(report)
      context.skipUnread('ciliumegressgatewaypolicies', row)
      context.skipUnread('namespaces', context.outcome('namespaces'))
      if (row.items > 0) skipUntoldHidden(context)
    },
  }),
})

function reportOf({policy, routed, missing, pods, having}: EgressGatewayGap): Report[] {
  const isLatent = having[missing] === 0
  if (isLatent && missing === 4) return []
  const [have, lack] = [familyName(missing), familyName(routed)]
  const destinations = policy.destinations.map(({text}) => text)
  const who = isLatent ? `none of ${counted(pods, 'selected pod')} has ${have} now, and it becomes low when that is enabled` : `${having[missing]} of ${counted(pods, 'selected pod')} ${having[missing] === 1 ? 'has' : 'have'} ${have}`
  const example = missing === 6 ? '::/0, with the IPv6 ranges of the cluster in excludedCIDRs; Cilium takes it from 1.18 on' : '0.0.0.0/0, with the IPv4 ranges of the cluster in excludedCIDRs'
  return [{
    object: policy.ref, path: 'spec.destinationCIDRs', isLatent, count: isLatent ? pods : having[missing], confidence: 'derived',
    key: `egress S4 ${destinations.toSorted().join(' ')}`,
    message: `The gateway is the way out for ${lack} alone (${shortList(destinations)}): over ${have} the same pods leave by their own node, with another source address and past what stands behind the gateway; ${who}.`,
    details: {type: 'filter', class: 'S4', direction: 'egress', ports: 'all', openFamily: missing, blockedFamily: null, addressClass: null},
    fix: {text: `Add destinations of ${have} to spec.destinationCIDRs, for example ${example}${policy.hasEgressIP && missing === 6 ? '; an egressIP is IPv4, so name the interface in its place' : ''}.`},
  }]
}
