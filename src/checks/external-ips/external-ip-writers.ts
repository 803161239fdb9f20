import {externalIPRoads} from '../../admission/external-ip-roads.js'
import {externalIPService} from '../../admission/external-ip-service.js'
import {externalIPWriters} from '../../admission/external-ip-writers.js'
import {defineCheck} from '../../audit/check.js'
import {EXTERNAL_IP_REFERENCES} from './claim-report.js'
import {RBAC_READS, WRITER_VARIANTS, reportWriters} from './writer-report.js'

/**
 * Fires on every subject that may write Services while nothing refuses new
 * external IPs. A right in one namespace counts in full: the traffic that a
 * claim takes is the whole cluster's. Quiet where the road is closed; what is
 * in the way, and whether that is known, stands in each message.
 */
export const externalIPWritersCheck = defineCheck({
  meta: {
    id: 'external-ip-writers',
    title: 'Who may claim external IPs',
    topic: 'external-ips',
    severity: 'medium',
    variants: WRITER_VARIANTS,
    reads: RBAC_READS,
    alsoReads: ['flagz', 'control-plane-pods', 'nodes'],
    why: 'Whoever may create, update or patch Services in any namespace may name any address in spec.externalIPs and so receive traffic of the whole cluster. The roles edit and admin carry that right.',
    remediation: 'Close the road for all with `kubectl k121 external-ips fix`; take the right to write Services away from groups that everybody is in.',
    references: [...EXTERNAL_IP_REFERENCES, {title: 'User-facing roles', url: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles'}],
  },
  needs: [externalIPRoads, externalIPService, externalIPWriters],

  create: context => ({
    end() {
      const {isServed, why} = context.fact(externalIPService)
      reportWriters(context, 'spec', isServed ? '' : why)
    },
  }),
})
