import {defineCheck} from '../../audit/check.js'
import {podGuards} from '../../admission/pod-security/pod-coverage.js'
import {unusedTemplates} from '../../admission/pod-security/unused-templates.js'

/**
 * Fires on policies about pods that are there and apply to nothing: a
 * ValidatingAdmissionPolicy without a binding, one of Gatekeeper's templates
 * without a constraint, a constraint without its template. Medium for the first
 * and the last, which somebody wrote to refuse something; low for templates, of
 * which people install the whole library.
 */
export const policyWithoutBinding = defineCheck({
  meta: {
    id: 'policy-without-binding',
    title: 'Policy about pods that applies to nothing',
    topic: 'pod-security',
    severity: 'medium',
    variants: {
      policy: {severity: 'medium', title: 'A ValidatingAdmissionPolicy without a binding that makes it act on pods'},
      constraint: {severity: 'medium', title: 'A constraint of Gatekeeper whose template is gone'},
      template: {severity: 'low', title: 'A template of Gatekeeper about pods without any constraint'},
    },
    reads: [],
    alsoReads: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
    why: 'Who lists policies believes that they act.',
    remediation: 'Bind the policy, or write the constraint, first with a mode that only warns; or delete what nobody wants.',
    references: [
      {title: 'Validating admission policy: bindings', url: 'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/'},
      {title: 'Gatekeeper: constraints', url: 'https://open-policy-agent.github.io/gatekeeper/website/docs/howto'},
    ],
  },
  needs: [podGuards, unusedTemplates],

  create(context) {
    return {
      end() {
        for (const {name, object, why, kind} of context.fact(podGuards).inert) {
          if (object === null) continue
          if (kind === 'unbound') context.report({object, variant: 'policy', confidence: 'derived', message: `The ValidatingAdmissionPolicy ${name} judges pods and does nothing: ${why}.`})
          if (kind === 'no-template') context.report({object, variant: 'constraint', confidence: 'derived', message: `The constraint ${name} does nothing: ${why}.`})
        }
        const {templates, unread} = context.fact(unusedTemplates)
        for (const {kind, object} of templates) context.report({object, variant: 'template', message: `There is no constraint of the kind ${kind}: the template does nothing.`})
        for (const row of unread) context.skipUnread(row.row, row)
        for (const row of ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'] as const) context.skipUnread(row, context.outcome(row))
      },
    }
  },
})
