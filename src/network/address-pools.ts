import {defineFact} from '../audit/fact.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {isIncomplete} from '../audit/outcome.js'
import {flagAt, listAt, textAt, textsAt} from '../kube/field.js'
import {parseCidr} from './cidr.js'
import type {Evidence} from './evidence.js'
import {evidenceOf, familiesText} from './evidence.js'
import {FAMILIES} from './interval-set.js'
import type {Family} from './ip.js'
import {parseIp} from './ip.js'

export interface AddressPools {
  /** Families out of which load balancers may get addresses. None has one for that. */
  families: readonly Family[]
  /** Empty where nobody has a pool. */
  evidence: readonly Evidence[]
}

/**
 * Pools that MetalLB and Cilium give addresses of load balancers from. A pool is
 * no address: it tells what the edge may get, and is no family of it.
 */
export const addressPools = defineFact({
  id: 'address-pools',
  reads: ['ipaddresspools', 'ciliumloadbalancerippools'],
  create(context) {
    const metallb = poolsSeen()
    const cilium = poolsSeen()
    return {
      ipaddresspools: pool => metallb.add(textsAt(pool, 'spec', 'addresses')),
      ciliumloadbalancerippools(pool) {
        if (flagAt(pool, 'spec', 'disabled') === true) return
        // Before v2 the blocks were called cidrs.
        const blocks = [...listAt(pool, 'spec', 'blocks'), ...listAt(pool, 'spec', 'cidrs')]
        cilium.add(blocks.map(block => textAt(block, 'cidr') ?? textAt(block, 'start') ?? ''))
      },
      end: (): AddressPools => ({
        families: FAMILIES.filter(family => metallb.families.has(family) || cilium.families.has(family)),
        evidence: [...metallb.evidence('IPAddressPools of MetalLB', context.outcome('ipaddresspools')), ...cilium.evidence('CiliumLoadBalancerIPPools', context.outcome('ciliumloadbalancerippools'))],
      }),
    }
  },
})

interface Seen {
  add(texts: readonly string[]): void
  families: ReadonlySet<Family>
  evidence(what: string, outcome: ReadOutcome): Evidence[]
}

function poolsSeen(): Seen {
  const families = new Set<Family>()
  let pools = 0
  return {
    families,
    add(texts) {
      pools++
      for (const text of texts) {
        const family = familyOf(text)
        if (family !== null) families.add(family)
      }
    },
    evidence(what, outcome) {
      if (pools === 0 && !isIncomplete(outcome.outcome)) return []
      const found = FAMILIES.filter(family => families.has(family))
      return [evidenceOf(9, outcome, `${what}: ${familiesText(found) || 'no range'}, which load balancers may get and which are no addresses of them`)]
    },
  }
}

/** `10.0.0.0/24`, `10.0.0.1-10.0.0.9`, or the first address of a range. */
function familyOf(text: string): Family | null {
  const [first = ''] = text.split('-', 1)
  return (parseCidr(first.trim()) ?? parseIp(first.trim()))?.family ?? null
}
