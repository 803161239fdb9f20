import {admissionFlags, switchedOff} from '../../audit/admission-flags.js'
import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {LabelledNamespace} from '../../pod-security/namespace-levels.js'
import {namespaceLevels} from '../../pod-security/namespace-levels.js'
import {FIRST_MINOR} from '../../pod-security/labels.js'
import {PSP_ANNOTATION} from '../../psp/presence.js'
import {annotationsOf, namespaceOf} from '../../kube/object.js'
import {isFinished} from '../../kube/pod.js'
import {API_SERVER} from '../api-server-ref.js'
import {namespaceRef} from './namespace-ref.js'

/** They hold what the cluster itself runs, which mostly needs the host: nobody enforces a level there by labels alone. */
const SYSTEM = ['kube-system', 'kube-public', 'kube-node-lease']

/**
 * Fires on namespaces with pods in which Pod Security admission enforces
 * nothing. Other engines may refuse pods there, and the API server's own
 * configuration may set a stricter default that no API shows; both are said.
 * Quiet on OpenShift, where SecurityContextConstraints decide and a controller
 * writes the labels.
 */
export const noPodEnforcement = defineCheck({
  meta: {
    id: 'no-pod-enforcement',
    title: 'Namespace in which Pod Security admission enforces nothing',
    topic: 'pod-security',
    severity: 'medium',
    variants: {
      'plugin-off': {severity: 'high', title: 'The admission plugin PodSecurity is switched off: labels do nothing'},
      unlabelled: {severity: 'medium', title: 'No enforce label: every pod is let in'},
      privileged: {severity: 'low', title: 'Labelled enforce=privileged: every pod is let in, as somebody wished'},
      system: {severity: 'info', title: 'A namespace of the cluster itself without enforcement'},
    },
    reads: ['namespaces', 'pods'],
    alsoReads: ['securitycontextconstraints'],
    since: FIRST_MINOR,
    why: 'Whoever may create pods in such a namespace may create privileged ones, and a privileged pod is root on its node.',
    remediation: 'Label the namespace pod-security.kubernetes.io/enforce=baseline or restricted, after a look at warn or a server-side dry run of the label.',
    references: [
      {title: 'Pod Security admission', url: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/'},
      {title: 'Pod Security Standards', url: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/'},
    ],
    crossReferences: [{source: 'CIS', id: '1.8 5.2.1'}, {source: 'Kubescape', id: 'C-0192'}],
  },
  needs: [admissionFlags, namespaceLevels],

  create(context) {
    let constraints = 0
    const underPsp = new Map<string, number>()
    return {
      securitycontextconstraints: () => void constraints++,
      pods(pod) {
        const namespace = namespaceOf(pod)
        if (!isFinished(pod) && annotationsOf(pod)[PSP_ANNOTATION] !== undefined) underPsp.set(namespace, (underPsp.get(namespace) ?? 0) + 1)
      },
      end() {
        if (constraints > 0) return context.notApplicable('OpenShift: SecurityContextConstraints decide on pods')
        reportPluginOff(context)
        const hasPsp = (context.serverMinor() ?? FIRST_MINOR) < 25
        for (const namespace of context.fact(namespaceLevels)) {
          if (namespace.enforce.level !== 'privileged' || namespace.seenPods === 0) continue
          context.report({
            object: namespaceRef(namespace.name), variant: variantOf(namespace), count: namespace.seenPods, confidence: 'derived',
            path: 'metadata.labels', message: messageOf(namespace, hasPsp ? (underPsp.get(namespace.name) ?? 0) : 0),
            ...(SYSTEM.includes(namespace.name) ? {fixableBy: 'distribution' as const} : {}),
          })
        }
      },
    }
  },
})

/** On by default since 1.23; who switches it off makes every label an ornament. */
function reportPluginOff(context: CheckContext): void {
  const off = switchedOff(context.fact(admissionFlags), 'PodSecurity')
  if (off === 'no') return
  context.report({
    object: API_SERVER, variant: 'plugin-off', confidence: 'derived',
    message: off === 'all' ? 'The flags of the API server switch the admission plugin PodSecurity off: whatever the labels of namespaces say, nothing is enforced.' : 'The flags of some API servers switch the admission plugin PodSecurity off: which one answers decides whether labels are enforced.',
    fix: {text: 'Take PodSecurity out of --disable-admission-plugins, or name it in --enable-admission-plugins, on every API server.'},
  })
}

function variantOf({name, labels}: LabelledNamespace): string {
  if (SYSTEM.includes(name)) return 'system'
  // An invalid level is restricted, so a level of privileged with the label there is one that says so.
  return labels.hasEnforce ? 'privileged' : 'unlabelled'
}

function messageOf({enforce, audit, warn, labels, seenPods: pods}: LabelledNamespace, underPsp: number): string {
  const why = labels.hasEnforce ? 'its label says privileged' : enforce.labels === 'misspelt' ? 'its label is misspelt' : 'it has no enforce label'
  const speaking = [['audit', audit.level], ['warn', warn.level]].filter(([, level]) => level !== 'privileged').map(([mode, level]) => `${mode}=${level}`)
  const heard = speaking.length === 0 ? '' : ` (${speaking.join(' and ')} only speak)`
  const psp = underPsp === 0 ? '' : `; PodSecurityPolicy let ${underPsp} of them in, and is gone from 1.25`
  return `Pod Security admission refuses no pod here, as ${why}${heard}: ${pods} ${pods === 1 ? 'pod' : 'pods'}${psp}; another engine or a default of the API server may.`
}
