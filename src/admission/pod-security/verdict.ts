import type {CoverageBy, CoverageLine, Verdict} from '../../audit/audit-report.js'
import {defineFact} from '../../audit/fact.js'
import {effectiveMinor, serverVersion} from '../../audit/server-version.js'
import {bestOf, worstOf} from '../../audit/verdict.js'
import {letInAgainst, levelsInForce} from '../../pod-security/namespace-levels.js'
import {podSecurityState} from '../../pod-security/psa-config-fact.js'
import {namespaceLabels} from '../namespaces.js'
import {baselineOn, linesAbout} from './coverage-cells.js'
import {podCoverage} from './pod-coverage.js'
import type {PodOperation} from './pod-guard.js'
import {isDoubt} from './pod-guard.js'
import {SOME_CHANGES} from './psa-guards.js'
import {OWN_LATEST} from './psa-webhook.js'

/** What can bring a broken control into a pod. A workload is judged by its pods, a resize brings nothing. */
const JUDGED: readonly PodOperation[] = ['create', 'update', 'ephemeralcontainers']

/**
 * The best that may be said of the topic, whatever its checks found. `closed`:
 * in every namespace something refuses every control of baseline at each of
 * these operations, by whatever engine, without a known way past it. `latent`:
 * in some nothing does; that is an open door also while no pod runs there.
 */
export const podSecurityVerdict = defineFact<'namespaces', Verdict>({
  id: 'pod-security-verdict',
  reads: ['namespaces'],
  needs: [podCoverage, namespaceLabels, levelsInForce, podSecurityState, serverVersion],
  create(context) {
    return {
      end() {
        // What holds in namespaces that were not seen nobody knows.
        if (context.outcome('namespaces').outcome !== 'complete' || !context.fact(namespaceLabels).isWhole) return 'unknown'
        const state = context.fact(podSecurityState)
        const controls = baselineOn(effectiveMinor(context.fact(serverVersion)))
        const {lines} = context.fact(podCoverage)
        return worstOf([
          ...JUDGED.flatMap(operation => linesAbout(lines, {operation, controls}).map(verdictOf)),
          ...(state.mismatch === null ? [] : ['unknown' as const]),
          letInAgainst(context.fact(levelsInForce), state) === null ? 'closed' : 'partly',
        ])
      },
    }
  },
})

function verdictOf({answer, by}: CoverageLine): Verdict {
  if (answer === 'refused') return bestOf(by.map(withGaps)) ?? 'unknown'
  if (answer !== 'unknown') return 'latent'
  // Whoever refuses here is known, and what of it gets past is too.
  return by.some(({why}) => isDoubt(why)) ? 'unknown' : 'partly'
}

/** One that has no way past it is enough. */
function withGaps({why}: CoverageBy): Verdict {
  const gaps = why.split('; ').filter(gap => gap !== '' && gap !== SOME_CHANGES)
  return worstOf(gaps.length === 0 ? ['closed'] : gaps.map(gap => (gap === OWN_LATEST || isDoubt(gap) ? 'unknown' : 'partly')))
}
