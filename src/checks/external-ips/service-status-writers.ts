import {externalIPRoads} from '../../admission/external-ip-roads.js'
import {externalIPWriters} from '../../admission/external-ip-writers.js'
import {defineCheck} from '../../audit/check.js'
import {EXTERNAL_IP_REFERENCES} from './claim-report.js'
import {RBAC_READS, WRITER_VARIANTS, reportWriters} from './writer-report.js'

/**
 * Fires on every subject but load-balancer controllers that may write
 * `services/status`. That road has the same effect as external IPs, and nothing
 * that comes with Kubernetes or with the policy libraries looks at it.
 */
export const serviceStatusWriters = defineCheck({
  meta: {
    id: 'service-status-writers',
    title: 'Who may write the load-balancer status of Services',
    topic: 'external-ips',
    severity: 'medium',
    variants: WRITER_VARIANTS,
    reads: RBAC_READS,
    alsoReads: ['flagz', 'control-plane-pods', 'nodes'],
    why: 'An address in status.loadBalancer.ingress takes traffic as one in spec.externalIPs does. Load-balancer controllers need the right to write it; nobody else does.',
    remediation: 'Take update and patch of services/status away from whoever is no load-balancer controller, or let a policy pass only the controllers: `kubectl k121 external-ips fix --to vap`.',
    references: EXTERNAL_IP_REFERENCES,
  },
  needs: [externalIPRoads, externalIPWriters],

  create: context => ({
    end() {
      reportWriters(context, 'status', '')
    },
  }),
})
