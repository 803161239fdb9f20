import {defineCheck} from '../../audit/check.js'
import {pathOf} from '../../kube/field.js'
import type {LabelProblem} from '../../pod-security/labels.js'
import {FIRST_MINOR} from '../../pod-security/labels.js'
import {namespaceLevels} from '../../pod-security/namespace-levels.js'
import {namespaceRef} from './namespace-ref.js'

/**
 * Fires on namespace labels that do not do what they say. The API server
 * refuses a new invalid value but keeps an old one through updates; a key that
 * it does not know it takes without a word.
 */
export const podSecurityLabelInvalid = defineCheck({
  meta: {
    id: 'pod-security-label-invalid',
    title: 'Pod Security label that does not do what it says',
    topic: 'pod-security',
    severity: 'medium',
    variants: {
      invalid: {severity: 'medium', title: 'Value that Pod Security admission replaces: enforce becomes restricted, audit and warn privileged, a version latest'},
      misspelt: {severity: 'medium', title: 'Key that Pod Security admission does not read'},
      'newer-than-server': {severity: 'low', title: 'Version that the server does not know: its own newest is used'},
    },
    reads: ['namespaces'],
    since: FIRST_MINOR,
    why: 'Whoever wrote the label believes in a level that is not in force.',
    remediation: 'Correct the label; the keys are enforce, audit and warn, each with a -version, below pod-security.kubernetes.io/.',
    references: [{title: 'Pod Security admission: labels for namespaces', url: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces'}],
  },
  needs: [namespaceLevels],

  create(context) {
    return {
      end() {
        const namespaces = context.fact(namespaceLevels)
        for (const {name, labels} of namespaces)
          for (const problem of labels.problems)
            context.report({
              object: namespaceRef(name), variant: problem.kind, key: problem.label, message: messageOf(problem),
              path: pathOf(['metadata', problem.kind === 'misspelt' ? problem.where : 'labels', problem.label]),
              ...(problem.kind === 'newer-than-server' ? {fix: {text: 'Pin a version that the server knows, or latest.'}} : {}),
            })
        if (context.serverMinor() === null && namespaces.some(({labels}) => labels.isPinned)) {
          context.skip('not-in-input', 'nothing tells the version of the server, so a pinned version cannot be compared', '--server-version 1.NN')
        }
      },
    }
  },
})

function messageOf(problem: LabelProblem): string {
  const {label, value} = problem
  const shown = `${label}=${short(value)}`
  switch (problem.kind) {
    case 'invalid': return `${shown} is no ${problem.part}: ${problem.effect}${problem.meant === null ? '' : `; ${problem.meant} was probably meant`}.`
    case 'newer-than-server': return `${shown} is newer than the server, which uses the rules of its own version.`
    case 'misspelt': {
      const where = problem.where === 'annotations' ? 'is an annotation, and only labels are read' : 'is not read by Pod Security admission'
      return `${shown} ${where}${problem.meant === null || problem.where === 'annotations' ? '' : `; ${problem.meant} was probably meant`}.`
    }
  }
}

/** Label values are at most 63 characters, an annotation's may be anything. */
function short(value: string): string {
  return value.length > 63 ? `${value.slice(0, 62)}…` : value
}
