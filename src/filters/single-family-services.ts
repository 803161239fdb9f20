import {defineFact} from '../audit/fact.js'
import type {Fact} from '../audit/fact.js'
import type {Cidr} from '../network/cidr.js'
import {pointOf} from '../network/cidr.js'
import type {IntervalSet} from '../network/interval-set.js'
import {setOf} from '../network/interval-set.js'
import {singleFamilyAddress} from '../network/service-families.js'

/** Cluster IPs of Services that have one family because they want one: who lets them through by address needs no twin of it. */
export const singleFamilyServices: Fact<IntervalSet> = defineFact({
  id: 'single-family-services',
  reads: ['services'],
  create() {
    const points: Cidr[] = []
    return {
      services(service) {
        const ip = singleFamilyAddress(service)
        if (ip !== null) points.push(pointOf(ip))
      },
      end: () => setOf(points),
    }
  },
})
