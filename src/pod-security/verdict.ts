import type {Verdict} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import {isIncomplete} from '../audit/outcome.js'
import {letInAgainst, namespaceLevels} from './namespace-levels.js'
import type {PodSecurityState} from './psa-config-fact.js'
import {podSecurityState} from './psa-config-fact.js'

/**
 * The best that may be said of the topic, whatever its checks found. A namespace
 * in which nothing is enforced is an open door also while no pod runs there; on
 * OpenShift the constraints decide, and their content is not looked at. Without
 * the configuration of the API server nobody knows who and what is exempt.
 */
export const podSecurityVerdict = defineFact<'securitycontextconstraints' | 'namespaces', Verdict>({
  id: 'pod-security-verdict',
  reads: ['securitycontextconstraints', 'namespaces'],
  needs: [namespaceLevels, podSecurityState],
  create(context) {
    let constraints = 0
    return {
      securitycontextconstraints: () => void constraints++,
      end() {
        const isLooked = context.outcome('namespaces').outcome === 'complete' && !isIncomplete(context.outcome('securitycontextconstraints').outcome)
        if (constraints > 0 || !isLooked) return 'unknown'
        const state = context.fact(podSecurityState)
        const namespaces = context.fact(namespaceLevels)
        if (hasWayPast(state) || letInAgainst(namespaces, state) !== null) return 'partly'
        if (namespaces.some(({enforce}) => enforce.level === 'privileged')) return 'latent'
        return (state.config === 'file' || state.config === 'none') && state.mismatch === null ? 'closed' : 'unknown'
      },
    }
  },
})

/** One API server that does not look, a user who is not looked at, a runtime class that any pod may name. */
function hasWayPast({off, exemptions: {usernames, runtimeClasses}}: PodSecurityState): boolean {
  return off === 'some' || usernames.length > 0 || runtimeClasses.length > 0
}
