import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {baselineOn, coverByNamespace, linesAbout} from '../../admission/pod-security/coverage-cells.js'
import type {NamespaceCover} from '../../admission/pod-security/coverage-cells.js'
import {podCoverage} from '../../admission/pod-security/pod-coverage.js'
import {shortList} from '../../kube/short-list.js'
import {platform} from '../../network/platform.js'
import type {LabelledNamespace} from '../../pod-security/namespace-levels.js'
import {letInAgainst, namespaceLevels} from '../../pod-security/namespace-levels.js'
import type {Level} from '../../pod-security/labels.js'
import {FIRST_MINOR} from '../../pod-security/labels.js'
import type {PodSecurityState} from '../../pod-security/psa-config-fact.js'
import {podSecurityState} from '../../pod-security/psa-config-fact.js'
import {workloadLevels} from '../../pod-security/workload-levels.js'
import {byNamespace, namespaceFits} from '../../pod-security/workload-namespaces.js'
import {PSP_ANNOTATION} from '../../psp/presence.js'
import {annotationsOf, namespaceOf} from '../../kube/object.js'
import {isFinished} from '../../kube/pod.js'
import {API_SERVER} from '../api-server-ref.js'
import {namespaceRef} from './namespace-ref.js'

/** They hold what the cluster itself runs, which mostly needs the host: nobody enforces a level there by labels alone. */
const SYSTEM = ['kube-system', 'kube-public', 'kube-node-lease']

/** What distributions are known to configure: what a new cluster gets, not what this one has. */
const USUAL: ReadonlyMap<string, string> = new Map([
  ['talos', 'Talos sets baseline, and exempts kube-system'],
  ['rke2', 'RKE2 sets restricted where it was hardened by its STIG guide'],
])

/**
 * Fires on namespaces with pods in which Pod Security admission enforces
 * nothing, and on what frees pods of every label: the plugin switched off, an
 * exempt namespace, an exempt user that makes them; and where a probe was let in
 * against the level. What other engines refuse there is said, and whether a
 * default that was not seen does; a namespace in which they refuse every control
 * of baseline is no open door and is left out.
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
      'let-in': {severity: 'high', title: 'A dry run of a pod was let in where the level refuses it'},
      'exempt-controller': {severity: 'high', title: 'The user that makes the pods of workloads is exempt: labels do nothing to them'},
      exempt: {severity: 'medium', title: 'The configuration of the API server exempts the namespace: labels do nothing'},
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
  needs: [podSecurityState, namespaceLevels, podCoverage, workloadLevels, platform],

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
        const state = context.fact(podSecurityState)
        reportPluginOff(context, state)
        reportFreed(context, state)
        reportLetIn(context, state)
        if (state.mismatch !== null) context.skip('not-understood', `the file of --admission-config is not what this server runs with: ${state.mismatch}`, '--admission-config with the file of this server')
        const cover = coverByNamespace(linesAbout(context.fact(podCoverage).lines, {operation: 'create', controls: baselineOn(context.serverMinor())}))
        const fits = fitsIn(context)
        const usual = USUAL.get(context.fact(platform)?.name ?? '') ?? ''
        const hasPsp = (context.serverMinor() ?? FIRST_MINOR) < 25
        for (const namespace of context.fact(namespaceLevels)) {
          // Where nothing is in force anywhere, one finding says it.
          if (namespace.enforce.level !== 'privileged' || namespace.seenPods === 0 || isLabelledInVain(namespace, state)) continue
          const own = cover.get(namespace.name)
          if (own?.open.length === 0 && own.unknown.length === 0) continue
          const level = fits(namespace.name)
          context.report({
            object: namespaceRef(namespace.name), variant: variantOf(namespace), count: namespace.seenPods, confidence: 'derived', path: 'metadata.labels',
            message: messageOf(namespace, {level, elsewhere: elsewhere(own, usual), underPsp: hasPsp ? (underPsp.get(namespace.name) ?? 0) : 0}),
            ...fixOf(namespace, level),
            ...(SYSTEM.includes(namespace.name) ? {fixableBy: 'distribution' as const} : {}),
          })
        }
      },
    }
  },
})

/** On by default since 1.23; who switches it off makes every label an ornament. */
function reportPluginOff(context: CheckContext, {off}: PodSecurityState): void {
  if (off === 'no') return
  context.report({
    object: API_SERVER, variant: 'plugin-off', confidence: 'derived',
    message: off === 'all' ? 'The flags of the API server switch the admission plugin PodSecurity off: whatever the labels of namespaces say, nothing is enforced.' : 'The flags of some API servers switch the admission plugin PodSecurity off: which one answers decides whether labels are enforced.',
    fix: {text: 'Take PodSecurity out of --disable-admission-plugins and of --feature-gates, or name it in --enable-admission-plugins, on every API server.'},
  })
}

/** The label is right, and the plugin is off: `plugin-off` speaks for all of these. */
function isLabelledInVain({exempt, labels}: LabelledNamespace, {off}: PodSecurityState): boolean {
  return off === 'all' && exempt !== true && labels.levels.enforce.level !== 'privileged'
}

function reportFreed(context: CheckContext, {freed, evidence}: PodSecurityState): void {
  for (const {user, kinds} of freed)
    context.report({
      object: API_SERVER, variant: 'exempt-controller', key: user, confidence: 'derived',
      message: `The configuration of the API server exempts ${user} (${evidence}): Pod Security admission lets in every pod of ${kinds}, whatever the labels of namespaces say.`,
      fix: {text: `Take ${user} out of exemptions.usernames, and exempt the namespaces or runtime classes that need it.`},
    })
}

/** Every version of baseline refuses the pod of the probe. */
function reportLetIn(context: CheckContext, state: PodSecurityState): void {
  const namespace = letInAgainst(context.fact(namespaceLevels), state)
  if (namespace === null) return
  context.report({
    object: namespaceRef(namespace.name), variant: 'let-in', confidence: 'derived', path: 'metadata.labels',
    message: `Pod Security admission should hold pods here to ${namespace.enforce.level}:${namespace.enforce.version}, and let in the dry run of one with hostPID: it is off, the namespace is exempt, or the user who asked is.`,
    fix: {text: 'Look at --disable-admission-plugins and at the file of --admission-control-config-file on every API server.'},
  })
}

function variantOf({name, labels, exempt}: LabelledNamespace): string {
  if (SYSTEM.includes(name)) return 'system'
  if (exempt === true) return 'exempt'
  // An invalid level is restricted, so a level of privileged with the label there is one that says so.
  return labels.hasEnforce ? 'privileged' : 'unlabelled'
}

interface Around {
  /** What all that runs there passes; null: not all was seen. */
  level: Level | null
  elsewhere: string
  underPsp: number
}

function messageOf(namespace: LabelledNamespace, {level, elsewhere: others, underPsp}: Around): string {
  const {audit, warn, seenPods: pods} = namespace
  const speaking = [['audit', audit.level], ['warn', warn.level]].filter(([, one]) => one !== 'privileged').map(([mode, one]) => `${mode}=${one}`)
  const heard = speaking.length === 0 ? '' : ` (${speaking.join(' and ')} only speak)`
  const psp = underPsp === 0 ? '' : `; PodSecurityPolicy let ${underPsp} of them in, and is gone from 1.25`
  return `Pod Security admission refuses no pod here, as ${whyOpen(namespace)}${heard}: ${pods} ${pods === 1 ? 'pod' : 'pods'}${psp}${fitText(level)}; ${others}.`
}

function fitText(level: Level | null): string {
  if (level === null) return ''
  return level === 'privileged' ? '; not all of what is here fits baseline' : `; all of it fits ${level}`
}

/** What the matrix says of new pods that break baseline. */
function elsewhere(cover: NamespaceCover | undefined, usual: string): string {
  if (cover === undefined) return 'what else refuses pods is not known'
  const total = cover.refused.length + cover.unknown.length + cover.open.length
  const refused = cover.refused.length === 0 ? '' : `${[...cover.refusing].toSorted().join(' and ')} ${cover.refusing.size === 1 ? 'refuses' : 'refuse'} ${cover.refused.length} of the ${total} controls of baseline (${shortList(cover.refused, 3)})`
  const doubt = cover.unknown.length === 0 ? '' : `whether ${doubtfulText(cover.doubtful, usual)} ${refused === '' ? 'refuses it' : 'refuses more'} is not known`
  return [refused, doubt].filter(text => text !== '').join(', and ') || 'nothing else refuses what baseline refuses'
}

/** The default is one of Pod Security admission itself; a webhook of nobody known has only its own name. */
function doubtfulText(doubtful: ReadonlyMap<string, string>, usual: string): string {
  const names = new Set([...doubtful].map(([name, engine]) => (engine === 'pod-security-admission' ? `a default of the API server${usual === '' ? '' : ` (${usual})`}` : engine === 'webhook' ? name : engine)))
  const [last = '', ...others] = [...names].toReversed()
  return others.length === 0 || names.size > 3 ? shortList([...names], 3) : `${others.toReversed().join(', ')} or ${last}`
}

function fitsIn(context: CheckContext): (name: string) => Level | null {
  const levels = context.fact(workloadLevels)
  const workloads = byNamespace(levels.workloads)
  return name => namespaceFits(levels.server, workloads.get(name) ?? [], levels)
}

function fixOf({name, exempt}: LabelledNamespace, level: Level | null): {fix?: {text: string}} {
  if (exempt === true) return {fix: {text: `Take ${name} out of exemptions.namespaces in the configuration of every API server, and label the namespace with what its pods need.`}}
  return level === null || level === 'privileged' ? {} : {fix: {text: `Label the namespace pod-security.kubernetes.io/enforce=${level}: everything that was seen there passes it.`}}
}

function whyOpen({exempt, enforce, labels}: LabelledNamespace): string {
  if (exempt === true) return `the API server's configuration exempts the namespace${labels.hasEnforce ? ', whatever its labels say' : ''}`
  if (labels.hasEnforce) return 'its label says privileged'
  return enforce.labels === 'misspelt' ? 'its label is misspelt' : 'it has no enforce label'
}
