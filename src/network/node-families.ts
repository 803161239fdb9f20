import type {FamilyCounts} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import {OddField, listAt, textAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import type {Cidr} from './cidr.js'
import {parseCidr} from './cidr.js'
import type {Evidence} from './evidence.js'
import {addressAt, count, countsText, evidenceOf, isSomeSeen, noCounts} from './evidence.js'
import type {IntervalSet} from './interval-set.js'
import {cidrsOf, setOf} from './interval-set.js'
import type {Ip} from './ip.js'
import type {Observed} from './observed.js'
import {observe} from './observed.js'
import {shortList} from '../kube/short-list.js'

export interface NodeFamilies {
  evidence: readonly Evidence[]
  /** Null: nodes are not readable. */
  counts: FamilyCounts | null
  /** Exact for some thousand nodes. */
  addresses: Observed
  podRanges: IntervalSet
}

const MOST_ADDRESSES = 8192

/** Signals 4 and 5: the nodes' own addresses, which are not the pods', and the pod ranges that they were given. */
export const nodeFamilies = defineFact({
  id: 'node-families',
  reads: ['nodes'],
  create(context) {
    const counts = noCounts()
    const addresses = observe(MOST_ADDRESSES)
    const podCidrs: Cidr[] = []
    return {
      nodes(node) {
        const ips = nodeAddresses(node)
        ips.forEach(ip => addresses.add(ip))
        count(counts, ips.map(({family}) => family))
        podCidrs.push(...podCidrsOf(node))
      },
      end(): NodeFamilies {
        const outcome = context.outcome('nodes')
        const podRanges = setOf(podCidrs)
        const ranges = shortList(cidrsOf(podRanges).map(({text}) => text))
        return {
          counts: isSomeSeen(outcome.outcome) ? counts : null, addresses, podRanges,
          evidence: [
            evidenceOf(4, outcome, `nodes: ${countsText(counts) || 'none has an address'}`),
            evidenceOf(5, outcome, ranges === '' ? 'nodes carry no podCIDRs: the CNI gives addresses itself' : `Node spec.podCIDRs: ${ranges}`),
          ],
        }
      },
    }
  },
})

/** InternalIP and ExternalIP; host names are no addresses. */
export function nodeAddresses(node: KubeObject): Ip[] {
  return listAt(node, 'status', 'addresses').flatMap((entry, index) => {
    const isAddress = ['InternalIP', 'ExternalIP'].includes(textAt(entry, 'type') ?? '')
    return isAddress ? [addressAt(textAt(entry, 'address') ?? '', `status.addresses[${index}].address`)] : []
  })
}

function podCidrsOf(node: KubeObject): Cidr[] {
  const many = textsAt(node, 'spec', 'podCIDRs')
  const one = textAt(node, 'spec', 'podCIDR') ?? ''
  return (many.length > 0 ? many : [one]).filter(text => text !== '').map((text, index) => {
    const cidr = parseCidr(text)
    if (cidr === null) throw new OddField(`spec.podCIDRs[${index}]`, 'a CIDR')
    return cidr
  })
}
