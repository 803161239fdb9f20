import type {CoverageLine} from '../../audit/audit-report.js'
import {defineCheck} from '../../audit/check.js'
import {podCoverage, podGuards} from '../../admission/pod-security/pod-coverage.js'
import type {PodGuard} from '../../admission/pod-security/pod-guard.js'
import {shortList} from '../../kube/short-list.js'
import {API_SERVER} from '../api-server-ref.js'
import {counted} from '../../kube/counted.js'
import {UNLESS, openLines} from './open-lines.js'

const VARIANTS: ReadonlyMap<string, string> = new Map([['kyverno', 'kyverno'], ['gatekeeper', 'gatekeeper'], ['ValidatingAdmissionPolicy', 'vap'], ['k-rail', 'k-rail']])

/**
 * Fires on policies that judge what the Standards judge and only report it, in
 * namespaces where nothing else refuses the same. Medium for Kyverno, where
 * Audit is what holds when nobody says anything, and what the published policies
 * come with; low for the others, where somebody wrote it. Quiet for the modes
 * audit and warn of Pod Security admission, which nobody takes for enforcement,
 * for policies whose content is not known, and where something refuses it.
 */
export const policyAuditOnly = defineCheck({
  meta: {
    id: 'policy-audit-only',
    title: 'Policy about pods that reports and does not refuse',
    topic: 'pod-security',
    severity: 'low',
    variants: {
      kyverno: {severity: 'medium', title: 'A policy of Kyverno with Audit, which is its default'},
      gatekeeper: {severity: 'low', title: 'A constraint of Gatekeeper with dryrun or warn'},
      vap: {severity: 'low', title: 'A ValidatingAdmissionPolicy bound with Audit or Warn'},
      'k-rail': {severity: 'low', title: 'A policy of k-rail that only reports'},
    },
    reads: ['namespaces'],
    why: 'The policy is there, its reports may be read by nobody, and every pod is let in.',
    remediation: 'Look at what it reports, put that right, and let it refuse: Deny, deny or Enforce.',
    references: [
      {title: 'Kyverno: validate rules, failure action', url: 'https://kyverno.io/docs/policy-types/cluster-policy/validate/'},
      {title: 'Gatekeeper: handling constraint violations', url: 'https://open-policy-agent.github.io/gatekeeper/website/docs/violations'},
      {title: 'Validating admission policy: validation actions', url: 'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-actions'},
    ],
  },
  needs: [podCoverage, podGuards],

  create(context) {
    return {
      end() {
        const {guards, unreadRows} = context.fact(podGuards)
        for (const one of spokenIn(context.fact(podCoverage).lines, guards).values())
          context.report({
            object: one.guard.object ?? API_SERVER, variant: VARIANTS.get(one.guard.engine)!, key: one.guard.name, count: one.namespaces.size, confidence: one.isSure ? 'derived' : 'weak', message: messageOf(one),
          })
        for (const row of unreadRows) context.skipUnread(row.row, row)
      },
    }
  },
})

function keyOf({engine, name}: {engine: string; name: string}): string {
  return `${engine}\n${name}`
}

/** Policies of known content that only speak, by engine and name. */
function speakersAmong(guards: readonly PodGuard[]): Map<string, PodGuard> {
  return new Map(guards.filter(({engine, action, controls}) => VARIANTS.has(engine) && action !== 'refused' && controls !== null).map(guard => [keyOf(guard), guard]))
}

interface Spoken {
  guard: PodGuard
  controls: Set<string>
  namespaces: Set<string>
  /** False: a default of the API server that was not seen may refuse it. */
  isSure: boolean
}

/** What becomes of new pods: where the matrix says that nothing refuses, whoever speaks there is named. */
function spokenIn(lines: readonly CoverageLine[], guards: readonly PodGuard[]): Map<string, Spoken> {
  const speakers = speakersAmong(guards)
  const found = new Map<string, Spoken>()
  for (const {openness, line: {control, namespaces, by}} of openLines(lines.filter(({operation}) => operation === 'create'), guards))
    for (const key of by.map(keyOf)) {
      const guard = speakers.get(key)
      if (guard === undefined) continue
      const one = found.get(key) ?? {guard, controls: new Set<string>(), namespaces: new Set<string>(), isSure: true}
      found.set(key, one)
      one.controls.add(control)
      one.isSure &&= openness === 'open'
      for (const name of namespaces) one.namespaces.add(name)
    }
  return found
}

function messageOf({guard: {name, action}, controls, namespaces, isSure}: Spoken): string {
  return `${name} only ${action === 'warned' ? 'warns' : 'reports'} of pods that break ${shortList([...controls].toSorted(), 4)}, and nothing refuses them in ${counted(namespaces.size, 'namespace')}${isSure ? '' : UNLESS}.`
}
