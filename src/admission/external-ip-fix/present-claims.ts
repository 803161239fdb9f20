import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {at, listAt, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
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
  /** Programs that wrote those, as they called themselves: a hint, no proof. At most twenty, sorted. */
  managers: readonly string[]
  outcome: ReadOutcome
}

const MOST = 20

export const presentClaims = defineFact({
  id: 'present-external-ip-claims',
  reads: ['services'],
  create(context) {
    const first: {service: string; addresses: readonly string[]}[] = []
    const managers = new Set<string>()
    let [services, balanced] = [0, 0]
    return {
      services(service) {
        const claims = claimsOf(service)
        const addresses = claims.filter(({road}) => road === 'spec').map(({text}) => text)
        if (claims.some(({road, isStray}) => road === 'status' && !isStray)) {
          balanced++
          for (const manager of managersOf(service)) if (managers.size < MOST) managers.add(manager)
        }
        if (addresses.length === 0) return
        services++
        if (first.length < MOST) first.push({service: keyOf(service), addresses})
      },
      end: (): PresentClaims => ({services, first, balanced, managers: [...managers].toSorted(), outcome: context.outcome('services')}),
    }
  },
})

/** Who owns the load balancer's part of the status. `kubectl get -o json` leaves that out of files. */
function managersOf(service: KubeObject): string[] {
  return listAt(service, 'metadata', 'managedFields').flatMap(entry => {
    const isOfStatus = textAt(entry, 'subresource') === 'status' && at(entry, 'fieldsV1', 'f:status', 'f:loadBalancer') !== undefined
    return isOfStatus ? [textAt(entry, 'manager') ?? ''] : []
  })
}
