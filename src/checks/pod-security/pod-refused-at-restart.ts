import {defineCheck} from '../../audit/check.js'
import type {Details} from '../../audit/finding.js'
import {shortList} from '../../kube/short-list.js'
import {aggregateMessageOf, messageOf} from '../../pod-security/evaluate.js'
import {FIRST_MINOR} from '../../pod-security/labels.js'
import type {PodRefusal} from '../../pod-security/pod-refusals.js'
import {podRefusals} from '../../pod-security/pod-refusals.js'
import {counted} from '../../kube/counted.js'

/**
 * Fires on what runs and could not be made again: the label came after the pods,
 * or was raised over them, and Pod Security admission looks at new pods alone.
 * Medium, as the first drained node takes the workload down. Latent where only
 * the rules of a version to come refuse it, for a label that follows the
 * server's version pulls those in. Pods are judged without their ephemeral
 * containers, which no new pod has; static pods are never refused in effect; and
 * pods of controllers whose user is exempt are let in again.
 */
export const podRefusedAtRestart = defineCheck({
  meta: {
    id: 'pod-refused-at-restart',
    title: 'Running pods that the level of their namespace refuses',
    topic: 'pod-security',
    severity: 'medium',
    variants: {
      today: {severity: 'medium', title: 'Refused as soon as they are made anew'},
      upgrade: {severity: 'medium', title: 'Refused by the rules of a version to come, which the label latest pulls in'},
    },
    reads: ['namespaces', 'pods'],
    since: FIRST_MINOR,
    why: 'A restart, a drained node or a rollout ends in no pods at all, and what says so is an event of a ReplicaSet.',
    remediation: 'Change what the message names in the template, or give the namespace a level that its workloads pass; kubectl k121 pod-security plan has the patches.',
    references: [
      {title: 'Enforce Pod Security Standards with namespace labels', url: 'https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-namespace-labels/'},
      {title: 'Pod Security Standards', url: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/'},
    ],
  },
  needs: [podRefusals],

  create(context) {
    return {
      end() {
        for (const refusal of context.fact(podRefusals)) {
          const isLatent = refusal.from !== null
          context.report({
            object: refusal.owner, variant: isLatent ? 'upgrade' : 'today', isLatent, count: refusal.pods, confidence: 'derived',
            message: textOf(refusal), details: detailsOf(refusal),
            ...(isLatent ? {fix: {text: `Change what the message names before the upgrade to 1.${refusal.from}${refusal.version === 'latest' ? ', or pin enforce-version to the version of today' : ''}.`}} : {}),
          })
        }
      },
    }
  },
})

function textOf({pods, level, version, from, failed, isBare, isExemptionKnown}: PodRefusal): string {
  const when = from === null ? (isBare ? 'if it were made anew' : 'when made anew') : `from 1.${from} on`
  const unless = isExemptionKnown ? '' : ' (unless the configuration of the API server, which was not seen, exempts them)'
  return `${counted(pods, 'running pod')} would be refused ${when}${unless}: violates PodSecurity "${level}:${version}": ${messageOf(failed)}`
}

/** The first place speaks for the rest. */
function detailsOf({level, version, failed}: PodRefusal): Details {
  const [first] = failed.flatMap(({violations}) => violations)
  const current = first === undefined || first.current === null ? null : JSON.stringify(first.current)
  return {
    type: 'pod-security', level, control: shortList(failed.map(({id}) => id), Infinity), version, mode: 'enforce', reason: aggregateMessageOf(failed), detail: messageOf(failed),
    current, wanted: first?.wanted ?? null,
  }
}
