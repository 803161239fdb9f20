import type {NamespaceInfo} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import {effectiveMinor, serverVersion} from '../audit/server-version.js'
import type {KubeObject} from '../kube/json.js'
import {annotationsOf, labelsOf, nameOf, namespaceOf} from '../kube/object.js'
import {isFinished} from '../kube/pod.js'
import type {Level, Mode, ModeLevel, NamespaceLabels} from './labels.js'
import {MODES, readLabels} from './labels.js'
import type {PodSecurityState} from './psa-config-fact.js'
import {podSecurityState} from './psa-config-fact.js'

/**
 * A namespace with what is in force there: the levels of its labels over the
 * defaults, and privileged in all modes where the namespace is exempt or nobody
 * reads labels. What the labels themselves say is in `labels`.
 */
export interface LabelledNamespace extends NamespaceInfo {
  enforce: ModeLevel
  audit: ModeLevel
  warn: ModeLevel
  labels: NamespaceLabels
  /** By the configuration of the API server; null: not known. Exempt users and runtime classes are in `podSecurityState`. */
  exempt: boolean | null
  /** Pods that were seen and are not finished: at least so many there are. */
  seenPods: number
}

/** Only these say anything; the rest of a namespace's labels is not kept. */
function ours(strings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(strings).filter(([key]) => /pod-?security|k8s\.io|kubernetes\.io/i.test(key)))
}

function readNamespace(namespace: KubeObject): {name: string; labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>>} {
  return {name: nameOf(namespace), labels: ours(labelsOf(namespace)), annotations: ours(annotationsOf(namespace))}
}

/** What is in force, known before any pod is looked at. Sorted by name. */
export type LevelInForce = Omit<LabelledNamespace, 'fits' | 'pods' | 'seenPods'>

export const levelsInForce = defineFact<'namespaces', LevelInForce[]>({
  id: 'levels-in-force',
  reads: ['namespaces'],
  needs: [serverVersion, podSecurityState],
  create(context) {
    const seen = new Map<string, {labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>>}>()
    return {
      namespaces(object) {
        const {name, ...strings} = readNamespace(object)
        seen.set(name, strings)
      },
      end() {
        const minor = effectiveMinor(context.fact(serverVersion))
        const state = context.fact(podSecurityState)
        return [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, {labels, annotations}]) => {
          const read = readLabels(labels, annotations, minor, state.defaults)
          const exempt = isExempt(name, state, minor)
          const levels = state.off === 'all' || exempt === true ? unserved(read.levels) : read.levels
          return {name, ...levels, exempt, labels: read}
        })
      },
    }
  },
})

/** The same with pods. `pods` counts those that are not finished; null where pods could not be read in full. */
export const namespaceLevels = defineFact<'pods', LabelledNamespace[]>({
  id: 'namespace-levels',
  reads: ['pods'],
  needs: [levelsInForce],
  create(context) {
    const pods = new Map<string, number>()
    return {
      pods(pod) {
        const namespace = namespaceOf(pod)
        if (!isFinished(pod)) pods.set(namespace, (pods.get(namespace) ?? 0) + 1)
      },
      end() {
        const isCounted = context.outcome('pods').outcome === 'complete'
        return context.fact(levelsInForce).map(namespace => {
          const seenPods = pods.get(namespace.name) ?? 0
          return {...namespace, fits: null, pods: isCounted ? seenPods : null, seenPods}
        })
      },
    }
  },
})

/**
 * The namespace where a probe was let in although the level there refuses it:
 * nobody judges pods, or not those of whoever asked. Null: none.
 */
export function letInAgainst<T extends Pick<LabelledNamespace, 'name' | 'enforce' | 'exempt'>>(namespaces: readonly T[], {probe}: PodSecurityState): T | null {
  if (probe?.meaning.kind !== 'let-in') return null
  return namespaces.find(({name, enforce, exempt}) => name === probe.namespace && enforce.level !== 'privileged' && exempt !== true) ?? null
}

/** From here on a server says of an exempt namespace that a label on it will be ignored. */
const SAYS_EXEMPT_SINCE = 25

function isExempt(name: string, {config, exemptions, probe}: PodSecurityState, minor: number | null): boolean | null {
  if (config === 'file' || config === 'none') return exemptions.namespaces.includes(name)
  if (probe === null) return null
  if (probe.exemptions.exempt.includes(name)) return true
  return minor !== null && minor >= SAYS_EXEMPT_SINCE && probe.exemptions.answered.includes(name) ? false : null
}

/** Before 1.23 nobody reads the labels (1.22 only behind a gate that is off), nor where the plugin is switched off: nothing is enforced, whatever they say. */
function unserved(levels: Readonly<Record<Mode, ModeLevel>>): Record<Mode, ModeLevel> {
  const privileged: Level = 'privileged'
  const [enforce, audit, warn] = MODES.map(mode => ({...levels[mode], level: privileged}))
  return {enforce, audit, warn} as Record<Mode, ModeLevel>
}

