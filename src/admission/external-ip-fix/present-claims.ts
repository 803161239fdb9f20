import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {keyOf} from '../../kube/object.js'
import {claimsOf} from '../service-claims.js'

/** What Services claim now: it goes on, and people must know that it does. */
export interface PresentClaims {
  /** Services with `spec.externalIPs`. */
  services: number
  /** At most twenty of them. */
  first: readonly {service: string; addresses: readonly string[]}[]
  /** Services of type LoadBalancer with an address in their status: somebody writes them. */
  balanced: number
  outcome: ReadOutcome
}

const MOST = 20

export const presentClaims = defineFact({
  id: 'present-external-ip-claims',
  reads: ['services'],
  create(context) {
    const first: {service: string; addresses: readonly string[]}[] = []
    let [services, balanced] = [0, 0]
    return {
      services(service) {
        const claims = claimsOf(service)
        const addresses = claims.filter(({road}) => road === 'spec').map(({text}) => text)
        if (claims.some(({road, isStray}) => road === 'status' && !isStray)) balanced++
        if (addresses.length === 0) return
        services++
        if (first.length < MOST) first.push({service: keyOf(service), addresses})
      },
      end: (): PresentClaims => ({services, first, balanced, outcome: context.outcome('services')}),
    }
  },
})
