import {serviceProxies} from '../../admission/service-proxies.js'
import type {Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {Reach} from '../../filters/edge/door.js'
import type {EdgeGap} from '../../filters/edge/judge-list.js'
import {judgeList} from '../../filters/edge/judge-list.js'
import {hasProxyConfig, nodePortAddressLists} from '../../filters/edge/node-port-addresses.js'
import {edgeReach} from '../../filters/edge/reach.js'
import type {SourceList} from '../../filters/edge/source-list.js'
import {shortList} from '../../kube/short-list.js'
import {otherFamilyOf} from '../../network/ip.js'
import {EDGE_LIST_VARIANTS, edgeReport, familyName} from './edge-report.js'

const {'open-allow-list': open, unreadable} = EDGE_LIST_VARIANTS

/**
 * Fires where kube-proxy is told on which addresses of a node it serves node
 * ports, in one family: for the other it takes all of them. Active once a Service
 * with a node port has that family. Quiet where a word (`primary`) stands for
 * both families, where all addresses of a family are named, and where Cilium does
 * kube-proxy's work.
 */
export const nodePortAddresses = defineCheck({
  meta: {
    id: 'node-port-addresses',
    title: 'nodePortAddresses of kube-proxy forget an IP family',
    topic: 'dual-stack',
    severity: 'high',
    variants: {
      'open-allow-list': {...open, title: 'Node ports on every address of the family that the list forgets'},
      unreadable,
    },
    reads: ['network-configmaps', 'services'],
    alsoReads: ['daemonsets'],
    why: 'nodePortAddresses keeps node ports on the addresses that are meant for them, mostly those of an internal network. kube-proxy looks at each family by itself and takes all addresses where the list has no block of it: node ports that were internal are open on the global IPv6 addresses of the nodes.',
    remediation: 'Name blocks of both families, or write nodePortAddresses: ["primary"].',
    references: [
      {title: 'kube-proxy: --nodeport-addresses', url: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/'},
      {title: 'kube-proxy: NewNodePortAddresses', url: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/util/nodeport_addresses.go'},
    ],
  },
  needs: [edgeReach, serviceProxies],

  create(context) {
    const lists: SourceList[] = []
    let isSeen = false
    return {
      'network-configmaps'(map) {
        isSeen ||= hasProxyConfig(map)
        lists.push(...nodePortAddressLists(map, context))
      },
      end() {
        const {isReplaced, hasKubeProxy, areWhole} = context.fact(serviceProxies)
        if (isReplaced && !hasKubeProxy && areWhole) return context.notApplicable('Cilium does the work of kube-proxy')
        const reach = context.fact(edgeReach).of({by: 'node-ports'})
        // Flags on the nodes may say what no object shows; with node ports of one family there is nothing to forget.
        if (!isSeen && reach.families.length === 2) context.skip('not-observable', 'no ConfigMap holds the configuration of kube-proxy, and there are node ports of both families')
        // A DaemonSet that was not seen may be Cilium's, or kube-proxy beside Cilium.
        if (lists.length > 0) context.skipUnread('daemonsets', context.outcome('daemonsets'))
        if (isReplaced && !hasKubeProxy) return
        for (const list of lists) {
          const gap = judgeList(list, reach)
          // A list of both families says what it means, however wide.
          if (gap?.variant === 'open-allow-list') context.report(openReport(list, gap, reach))
          if (gap?.variant === 'unreadable') context.report(edgeReport(list, gap, reach))
        }
      },
    }
  },
})

function openReport(list: SourceList, gap: EdgeGap, reach: Reach): Report {
  const other = gap.openFamily ?? 6
  const name = familyName(other)
  const seen = reach.seenAt[other]
  const when = gap.isLatent
    ? `; no Service has a node port over ${name} now`
    : reach.because[other] === undefined ? '' : `; ${reach.because[other]}${seen === undefined ? '' : ` (${seen.namespace}/${seen.name})`}`
  return {
    ...edgeReport(list, gap, reach),
    message: `nodePortAddresses names ${familyName(otherFamilyOf(other))} blocks only (${shortList(list.items.map(({text}) => text), 3)}): over ${name} kube-proxy serves node ports on every address of a node, those on the Internet too${when}.`,
    fix: {text: `Add the ${name} block of the network that node ports are meant for to nodePortAddresses in the ConfigMap kube-system/${list.object.name}, for example ${other === 6 ? '2001:db8:1::/48' : '203.0.113.0/24'}, or write ["primary"] for the address of each node that Kubernetes goes by; then restart kube-proxy.`},
  }
}
