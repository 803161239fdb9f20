import type {Verdict} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import {isIncomplete} from '../audit/outcome.js'
import {namespaceLevels} from './namespace-levels.js'

/**
 * The best that may be said of the topic, whatever its checks found. A namespace
 * in which nothing is enforced is an open door also while no pod runs there; on
 * OpenShift the constraints decide, and their content is not looked at.
 */
export const podSecurityVerdict = defineFact<'securitycontextconstraints' | 'namespaces', Verdict>({
  id: 'pod-security-verdict',
  reads: ['securitycontextconstraints', 'namespaces'],
  needs: [namespaceLevels],
  create(context) {
    let constraints = 0
    return {
      securitycontextconstraints: () => void constraints++,
      end() {
        const isLooked = context.outcome('namespaces').outcome === 'complete' && !isIncomplete(context.outcome('securitycontextconstraints').outcome)
        if (constraints > 0 || !isLooked) return 'unknown'
        return context.fact(namespaceLevels).some(({enforce}) => enforce.level === 'privileged') ? 'latent' : 'closed'
      },
    }
  },
})
