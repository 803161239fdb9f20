import type {Blocker, Judgement} from '../../admission/engines/blocker.js'
import {blockersPerRoad} from '../../admission/external-ip-blockers.js'
import {externalIPRoads, nameOfBlocker} from '../../admission/external-ip-roads.js'
import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {gravestOf} from '../../audit/outcome.js'
import {shortList} from '../../kube/short-list.js'
import {blockerRef} from './blocker-ref.js'
import {EXTERNAL_IP_REFERENCES} from './claim-report.js'

/** Engines whose object exists for the sake of external IPs: one that does nothing deceives whoever made it. */
const SPEAKING: readonly string[] = ['ValidatingAdmissionPolicy', 'gatekeeper', 'kyverno', 'externalip-webhook']

/**
 * Fires on policies and webhooks that are meant to stop external IPs and do so
 * in part, only on paper, or not at all. Quiet where the road is closed by
 * something else. Rules that cannot be read make the check skipped: they are
 * neither a protection nor none.
 */
export const externalIPBlockerGap = defineCheck({
  meta: {
    id: 'external-ip-blocker-gap',
    title: 'A policy against external IPs with a way past it',
    topic: 'external-ips',
    severity: 'medium',
    variants: {
      gap: {severity: 'medium', title: 'It refuses, and there are ways past it'},
      auditing: {severity: 'medium', title: 'It reports and refuses nothing'},
      inert: {severity: 'low', title: 'It does nothing'},
    },
    reads: [],
    alsoReads: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'validatingwebhookconfigurations', 'k8sexternalips', 'k121externalips', 'constrainttemplates', 'clusterpolicies', 'kyvernopolicies', 'validatingpolicies', 'tenants', 'openshift-network'],
    why: 'Whoever looks for the gap in a policy finds it: an operation that it does not see, a namespace that it leaves out, a label that the author of the Service chooses, an engine that is down.',
    remediation: 'Close the gap that the finding names, or put a policy without one in its place: `kubectl k121 external-ips fix`.',
    references: EXTERNAL_IP_REFERENCES,
  },
  needs: [blockersPerRoad, externalIPRoads],

  create: context => ({
    end() {
      const roads = context.fact(externalIPRoads)
      const {blockers, unread} = context.fact(blockersPerRoad)
      const unknown: string[] = []
      for (const blocker of blockers) {
        for (const which of ['spec', 'status'] as const) {
          const judgement = blocker[which]
          if (judgement === null || roads[which].blocked === 'yes') continue
          if (judgement.state === 'unknown') unknown.push(`${nameOfBlocker(blocker)}: ${judgement.gaps[0] ?? 'not known'}`)
          else reportGap(context, blocker, which, judgement)
        }
      }
      const missing = gravestOf(unread)
      if (missing !== undefined) context.skipUnread(missing.row, missing)
      if (unknown.length > 0) context.skip('not-observable', shortList([...new Set(unknown)], 3))
    },
  }),
})

function reportGap(context: CheckContext, blocker: Blocker, which: 'spec' | 'status', {state, gaps}: Judgement): void {
  if (state === 'enforcing' && gaps.length === 0) return
  if (state === 'inert' && !SPEAKING.includes(blocker.engine)) return
  const field = which === 'spec' ? 'spec.externalIPs' : 'services/status'
  const does = state === 'enforcing' ? enforcingText(blocker, which) : state === 'auditing' ? `looks at ${field} and refuses nothing` : `is about ${field} and does nothing`
  context.report({
    object: blockerRef(blocker), variant: state === 'enforcing' ? 'gap' : state, key: `${blocker.engine} ${which}`, confidence: 'derived',
    message: `${nameOfBlocker(blocker)} ${does}: ${shortList(gaps, 4) || 'nothing tells why'}.`,
  })
}

/** Cilium refuses nothing: it leaves the traffic alone. */
function enforcingText({engine}: Blocker, which: 'spec' | 'status'): string {
  if (engine === 'cilium') return 'keeps traffic away from external IPs, but not always'
  return `refuses new ${which === 'spec' ? 'external IPs' : 'addresses in services/status'}, but not always`
}
