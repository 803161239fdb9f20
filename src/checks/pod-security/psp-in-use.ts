import {defineCheck} from '../../audit/check.js'
import type {ObjectRef} from '../../audit/finding.js'
import type {PolicySummary, PspPresence, PspUse} from '../../psp/presence.js'
import {API_SERVER} from '../api-server-ref.js'
import {GONE_MINOR, pspPresence, summaryOf} from '../../psp/presence.js'

/** Every EKS cluster up to 1.24 has it, granted to system:authenticated. */
const EKS_POLICY = 'eks.privileged'

/**
 * Fires where PodSecurityPolicy still is, from its deprecation to its last
 * release: what of it exists, what acts, and so what goes away with 1.25. That
 * the API is not served is an answer: nothing goes away.
 */
export const pspInUse = defineCheck({
  meta: {
    id: 'psp-in-use',
    title: 'PodSecurityPolicy, which 1.25 removes',
    topic: 'pod-security',
    severity: 'medium',
    variants: {
      acting: {severity: 'medium', title: 'A policy that lets pods in today, and changes them'},
      objects: {severity: 'low', title: 'A policy that no running pod was let in by'},
      'api-served': {severity: 'info', title: 'The API is served, without any policy'},
    },
    reads: ['pods'],
    alsoReads: ['podsecuritypolicies'],
    since: 21,
    until: GONE_MINOR - 1,
    why: 'With 1.25 the policies, what they refuse and what they set in pods are gone; pods made afterwards are neither refused nor changed.',
    remediation: 'Choose what takes its place before the upgrade: a level of the Pod Security Standards for each namespace, or another policy engine.',
    references: [
      {title: 'PodSecurityPolicy', url: 'https://kubernetes.io/docs/concepts/security/pod-security-policy/'},
      {title: 'Migrate from PodSecurityPolicy', url: 'https://kubernetes.io/docs/tasks/configure-pod-container/migrate-from-psp/'},
    ],
  },
  needs: [pspPresence],

  create(context) {
    const policies: PolicySummary[] = []
    return {
      podsecuritypolicies: policy => void policies.push(summaryOf(policy)),
      end() {
        const presence = context.fact(pspPresence)
        const uses = new Map(presence.uses.map(use => [use.policy, use]))
        for (const policy of policies) reportPolicy(policy, uses.get(policy.name), presence)
        const isListed = presence.policies.outcome === 'complete'
        const isAnswered = isListed || presence.policies.outcome === 'not-served'
        for (const use of presence.uses) if (!policies.some(({name}) => name === use.policy)) reportGone(use, isAnswered)
        if (isListed && policies.length === 0 && presence.uses.length === 0) {
          context.report({object: API_SERVER, variant: 'api-served', message: 'The API server serves PodSecurityPolicy up to 1.24; there is no policy and no pod that one let in.'})
        }
        context.skipUnread('podsecuritypolicies', presence.policies)
      },
    }

    function reportPolicy(policy: PolicySummary, use: PspUse | undefined, {isYoungestWithout}: PspPresence): void {
      const isActing = use !== undefined && !isYoungestWithout
      const pods = use?.pods ?? 0
      context.report({
        object: policyRef(policy.name), variant: isActing ? 'acting' : 'objects', count: Math.max(1, pods), confidence: 'derived',
        message: `${doing(pods, isActing)}${policy.isOpen ? openness(policy.name) : ''}; it goes away with 1.25.`,
        ...(policy.name === EKS_POLICY ? {fixableBy: 'provider' as const} : {}),
      })
    }

    function reportGone(use: PspUse, isAnswered: boolean): void {
      context.report({
        object: policyRef(use.policy), variant: 'objects', count: use.pods, confidence: 'weak',
        message: `${use.pods} running ${use.pods === 1 ? 'pod was' : 'pods were'} let in by this policy${isAnswered ? ', which does not exist any more' : '; whether it still exists was not seen'}.`,
      })
    }
  },
})

function doing(pods: number, isActing: boolean): string {
  if (pods === 0) return 'Exists, and no running pod was let in by it'
  const count = `${pods} running ${pods === 1 ? 'pod' : 'pods'}`
  return isActing ? `Let ${count} in, and may have changed them` : `Let ${count} in, but the youngest pod carries no mark of any policy, so the plugin may be off`
}

function openness(name: string): string {
  const who = name === EKS_POLICY ? ', and EKS lets every authenticated user use it' : ''
  return `; it admits privileged pods with the whole host and so restricts nobody who may use it${who}`
}

function policyRef(name: string): ObjectRef {
  return {apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', namespace: '', name}
}
