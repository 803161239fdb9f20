import type {Verdict} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import {worstOf} from '../audit/verdict.js'
import {externalIPRoads} from './external-ip-roads.js'
import type {RoadState} from './external-ip-roads.js'
import {externalIPService} from './external-ip-service.js'
import {externalIPWriters} from './external-ip-writers.js'
import type {Writer, WritersInfo} from './external-ip-writers.js'

/**
 * The best that may be said of the topic, whatever its checks found: both
 * halves count, who may write a road and what stands in it. Administrators,
 * parts of Kubernetes and, on the status, load-balancer controllers are no
 * writers here: the road is theirs, and closed where nobody else may write it.
 * Where something besides RBAC decides too, nobody else is not known.
 */
export const externalIPVerdict = defineFact({
  id: 'external-ip-verdict',
  reads: [],
  needs: [externalIPRoads, externalIPService, externalIPWriters],
  create(context) {
    return {
      end(): Verdict {
        const roads = context.fact(externalIPRoads)
        const writers = context.fact(externalIPWriters)
        const spec = verdictOf(roads.spec, writers.roads.spec, writers)
        const {isServed} = context.fact(externalIPService)
        return worstOf([isServed || spec === 'closed' ? spec : 'latent', verdictOf(roads.status, writers.roads.status, writers)])
      },
    }
  },
})

function verdictOf({blocked}: RoadState, writers: readonly Writer[], {unread, others}: WritersInfo): Verdict {
  if (blocked === 'yes') return 'closed'
  const isOpenToSomebody = writers.some(writer => writer.class === 'everyone' || writer.class === 'subject')
  if (!isOpenToSomebody) return unread.length + others.length > 0 ? 'unknown' : 'closed'
  return blocked === 'no' ? 'open' : blocked
}
