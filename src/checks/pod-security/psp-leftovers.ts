import {defineCheck} from '../../audit/check.js'
import {pathOf} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf} from '../../kube/object.js'
import {pspGrantsOf} from '../../psp/grants.js'
import {shortList} from '../../kube/short-list.js'
import {GONE_MINOR, PSP_ANNOTATION, pspPresence} from '../../psp/presence.js'

/**
 * Fires on what PodSecurityPolicy left behind on a server that does not have
 * it: grants that grant nothing, pods that it let in and may have changed, and
 * policies in files that no such server takes.
 */
export const pspLeftovers = defineCheck({
  meta: {
    id: 'psp-leftovers',
    title: 'What PodSecurityPolicy left behind',
    topic: 'pod-security',
    severity: 'low',
    variants: {
      'dead-grant': {severity: 'low', title: 'RBAC rule on podsecuritypolicies, which do not exist any more'},
      annotation: {severity: 'low', title: 'Pods that a policy let in and may have changed'},
      'policy-object': {severity: 'medium', title: 'A PodSecurityPolicy in the input, which the server does not take'},
    },
    reads: ['clusterroles', 'roles', 'pods'],
    alsoReads: ['podsecuritypolicies'],
    since: GONE_MINOR,
    why: 'Leftovers look like protection. What a policy set in a pod is not set again when the pod is made anew.',
    remediation: 'Remove the rule, the role that holds nothing else, and the file; restart the pods while somebody watches, with what they need in their own template.',
    references: [{title: 'PodSecurityPolicy: the historical context', url: 'https://kubernetes.io/blog/2022/08/23/podsecuritypolicy-the-historical-context/'}],
  },
  needs: [pspPresence],

  create(context) {
    const grants = (role: KubeObject): void => {
      for (const {index, groups, verbs, policies} of pspGrantsOf(role)) {
        const which = policies.length === 0 ? 'all policies' : policies.length === 1 ? `the policy ${policies[0]}` : `${policies.length} policies`
        context.report({
          object: role, variant: 'dead-grant', path: `rules[${index}]`, key: JSON.stringify([groups, verbs, policies].map(list => list.toSorted())),
          message: `Grants ${shortList(verbs) || 'nothing'} on ${which} of PodSecurityPolicy, which the server does not have: the rule has no effect.`,
          ...(nameOf(role).startsWith('eks:') ? {fixableBy: 'provider' as const} : {}),
        })
      }
    }
    return {
      clusterroles: grants,
      roles: grants,
      podsecuritypolicies: policy =>
        context.report({object: policy, variant: 'policy-object', message: 'A PodSecurityPolicy: a server from 1.25 on answers "no matches for kind", and what is applied with it may stop there.'}),
      end() {
        const presence = context.fact(pspPresence)
        for (const {policy, owners} of presence.uses)
          for (const {owner, pods} of owners)
            context.report({
              object: owner, variant: 'annotation', key: policy, count: pods, confidence: 'derived', path: pathOf(['metadata', 'annotations', PSP_ANNOTATION]),
              message: `${pods} ${pods === 1 ? 'pod carries' : 'pods carry'} ${PSP_ANNOTATION}=${policy}: that policy may have set fields which a new pod will not get.`,
            })
      },
    }
  },
})
