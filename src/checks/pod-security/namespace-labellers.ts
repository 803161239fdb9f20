import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {gravestOf} from '../../audit/outcome.js'
import {isLabelGap} from '../../admission/coverage.js'
import {namespaceLabellers} from '../../admission/namespace-labellers.js'
import {podGuards} from '../../admission/pod-security/pod-coverage.js'
import {RBAC_ROWS, subjectText} from '../../admission/right-holders.js'
import type {Holder} from '../../admission/right-holders.js'
import {shortList} from '../../kube/short-list.js'
import {FIRST_MINOR} from '../../pod-security/labels.js'
import {namespaceLevels} from '../../pod-security/namespace-levels.js'
import {bindingName, bindingText, capital, foldedText, isFolded, subjectRef} from '../holder-words.js'

/**
 * Fires on whoever may change labels of namespaces while a label keeps pods
 * out: a level of Pod Security admission, or a policy or webhook that a label
 * takes a namespace out of. A right in one namespace is a way out of it. Quiet
 * where nothing hangs on a label: then there is nothing to lift. Who may only
 * make namespaces is not told; the labels of new ones are his, those that are
 * there are not.
 */
export const namespaceLabellersCheck = defineCheck({
  meta: {
    id: 'namespace-labellers',
    title: 'Who may label a namespace out of what keeps pods out',
    topic: 'pod-security',
    severity: 'medium',
    variants: {
      everyone: {severity: 'high', title: 'A group that holds every user, or every workload, of the cluster or of a namespace; or anybody'},
      subject: {severity: 'medium', title: 'A user, group or ServiceAccount, in every namespace'},
      'in-namespaces': {severity: 'low', title: 'A user, group or ServiceAccount, in some namespaces'},
      part: {severity: 'info', title: 'A part of a provider or distribution, by the namespace of its account'},
      admins: {severity: 'info', title: 'Administrators and parts of Kubernetes, which can do so anyway'},
    },
    reads: [...RBAC_ROWS, 'namespaces'],
    alsoReads: ['flagz', 'control-plane-pods', 'nodes'],
    since: FIRST_MINOR,
    why: 'Levels of Pod Security admission are labels of the namespace, and most engines leave namespaces out by a label: whoever may change labels may lift either, and put it back afterwards.',
    remediation: 'Take update and patch of namespaces, of namespaces/status and of namespaces/finalize away from whoever does not administer the cluster, or let a ValidatingAdmissionPolicy refuse changes of these labels to everybody else.',
    references: [
      {title: 'Migrate from PodSecurityPolicy: review namespace permissions', url: 'https://kubernetes.io/docs/tasks/configure-pod-container/migrate-from-psp/#review-namespace-permissions'},
      {title: 'Pod Security admission', url: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/'},
    ],
  },
  needs: [namespaceLabellers, podGuards, namespaceLevels],

  create(context) {
    return {
      end() {
        const lifted = liftable(context)
        if (lifted.length === 0) return
        const {change, unread, others} = context.fact(namespaceLabellers)
        const folded = change.filter(isFolded)
        for (const one of change) if (!isFolded(one)) reportLabeller(context, one, lifted)
        if (folded.length > 0) reportFolded(context, folded)
        const missing = gravestOf(unread)
        if (missing !== undefined) context.skipUnread(missing.row, missing)
        if (others.length > 0) context.skip('not-observable', `RBAC is not all that decides: ${shortList(others, 2)} may allow it to anybody, and no object tells to whom`, 'ask there who may change namespaces')
      },
    }
  },
})

/** What keeps pods out, and hangs on a label; a level by default is lifted by one. */
function liftable(context: CheckContext): string[] {
  const levels = context.fact(namespaceLevels).filter(({enforce}) => enforce.level !== 'privileged').length
  const guards = context.fact(podGuards).guards.filter(({action, gaps}) => action === 'refused' && gaps.some(isLabelGap)).map(({engine}) => (engine === 'webhook' ? 'a webhook' : engine))
  return [...(levels === 0 ? [] : ['Pod Security admission']), ...new Set(guards)]
}

function variantOf({class: own, namespaces}: Holder): string {
  if (own === 'everyone') return 'everyone'
  if (own === 'controller') return 'part'
  return namespaces === null ? 'subject' : 'in-namespaces'
}

function reportLabeller(context: CheckContext, holder: Holder, lifted: readonly string[]): void {
  const {subject, namespaces, isNameLimited, roles, grantedBy, bindings, controller} = holder
  const where = namespaces !== null ? `labels of the ${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${shortList(namespaces, 3)}` : isNameLimited ? 'labels of some namespaces' : 'labels of every namespace'
  const who = controller === null ? capital(subjectText(subject)) : `${capital(controller)}, ${subjectText(subject)},`
  context.report({
    object: subjectRef(holder), variant: variantOf(holder), count: bindings, confidence: 'derived',
    message: `${who} may change ${where}: role ${shortList(roles, 2)} by ${bindingText(holder)}; so ${shortList(lifted, 3)} can be lifted there.`,
    details: {type: 'writers', road: 'labels', subjects: [subject], grantedBy},
    ...(controller === null ? {} : {fixableBy: 'distribution' as const}),
  })
}

function reportFolded(context: CheckContext, folded: readonly Holder[]): void {
  const bindings = new Map(folded.flatMap(({grantedBy}) => grantedBy).map(ref => [bindingName(ref), ref]))
  context.report({
    object: {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', namespace: '', name: 'cluster-admin'}, variant: 'admins', count: folded.length,
    message: `${foldedText(folded)} can change labels of namespaces too; that is their work.`,
    details: {type: 'writers', road: 'labels', subjects: folded.slice(0, 20).map(({subject}) => subject), grantedBy: [...bindings.values()].slice(0, 20)},
  })
}
