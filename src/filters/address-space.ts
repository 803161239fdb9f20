import type {Fact} from '../audit/fact.js'
import {defineFact} from '../audit/fact.js'
import type {FilterAddressClass} from '../audit/finding.js'
import {parseCidr, pointOf} from '../network/cidr.js'
import {clusterRanges} from '../network/families.js'
import type {Ranges} from '../network/family-ranges.js'
import type {IntervalSet} from '../network/interval-set.js'
import {EMPTY, intersect, isEmpty, ofFamily, setOf, subtract, union} from '../network/interval-set.js'
import {platform} from '../network/platform.js'
import {blocksOf} from '../network/well-known.js'
import type {EndpointPair} from './endpoint-pairs.js'
import {endpointsOf} from './endpoint-pairs.js'

/** What addresses mean in one cluster, so that what a filter does to one family can be compared with the other. */
export interface AddressSpace {
  /** They do not overlap: an address is of the first class that holds it, so a pod range inside fc00::/7 is `pod` and not `private`. */
  sets: Readonly<Record<FilterAddressClass, IntervalSet>>
  /** Metadata endpoints that may be here. */
  endpoints: readonly EndpointPair[]
  /** Has anything of this cluster an address out of fc00::/7? */
  isUlaInUse: boolean
  ranges: Ranges
}

const PRIVATE = setOf(blocksOf('private'))
/** Global unicast: nothing outside of it is routed on the Internet, so 2000::/3 alone is all of it. */
const ROUTED = setOf(['0.0.0.0/0', '2000::/3'].map(parseCidr).filter(cidr => cidr !== null))

export const addressSpace: Fact<AddressSpace> = defineFact({
  id: 'address-space',
  reads: [],
  needs: [clusterRanges, platform],
  create: context => ({
    end: () => spaceOf(context.fact(clusterRanges), context.fact(platform)?.provider ?? null),
  }),
})

/** @param provider scheme of Node `spec.providerID`; null: nothing tells the cloud */
export function spaceOf(ranges: Ranges, provider: string | null): AddressSpace {
  const endpoints = endpointsOf(provider)
  const points = endpoints.flatMap(({ipv4, ipv6}) => (ipv6 === null ? [ipv4] : [ipv4, ipv6])).map(pointOf)
  const inOrder: [FilterAddressClass, IntervalSet][] = [
    ['metadata', setOf(points)],
    ['pod', ranges.pods.set], ['service', ranges.services.set], ['node', ranges.nodes.set],
    ['loopback', setOf(blocksOf('loopback'))], ['link-local', setOf(blocksOf('link-local'))], ['multicast', setOf(blocksOf('multicast'))],
    ['private', PRIVATE], ['shared', setOf(blocksOf('shared'))], ['special', setOf(blocksOf('unspecified', 'documentation', 'reserved'))],
    ['public', ROUTED],
  ]
  let taken = EMPTY
  const sets = inOrder.map(([name, set]): [FilterAddressClass, IntervalSet] => {
    const own = subtract(set, taken)
    taken = union(taken, set)
    return [name, own]
  })
  return {sets: Object.fromEntries(sets) as AddressSpace['sets'], endpoints, isUlaInUse: isUlaIn(ranges), ranges}
}

function isUlaIn({pods, services, nodes}: Ranges): boolean {
  return [pods, services, nodes].some(({set}) => !isEmpty(intersect(ofFamily(set, 6), PRIVATE)))
}
