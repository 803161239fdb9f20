import type {ControlId, FailedControl} from '../control.js'
import type {Pod} from '../pod-shape.js'

export type Refusal = Omit<FailedControl, 'id'>

/** One wording of a control: some versions, some server builds. */
export interface Rule {
  /** Says so without building a word. */
  isBroken(pod: Pod): boolean
  /** Asked only about pods that break it. */
  explain(pod: Pod): Refusal
}

export interface Window extends Rule {
  /** The first version that has it; it holds until the next window's. */
  from: number
}

export interface Control {
  id: ControlId
  level: 'baseline' | 'restricted'
  /** The baseline control that does not run beside it. */
  overrides?: ControlId
  /** Oldest first. A new Kubernetes minor that changes the control adds one. */
  windows: readonly Window[]
  /** Builds that judge otherwise than today's, whatever the version asked for: up to that server minor. */
  builds?: readonly {until: number; windows: readonly Window[]}[]
}

/** Holds for other pods only: those that `isSpared` pass. */
export function sparing(isSpared: (pod: Pod) => boolean, {isBroken, explain}: Rule): Rule {
  return {isBroken: pod => !isSpared(pod) && isBroken(pod), explain}
}

/** From 1.25 three controls let these be; node selectors do not count. */
export function isWindows(pod: Pod): boolean {
  return pod.spec.os?.name === 'windows'
}

/** From 1.35 root in such a pod is nobody on the node (KEP-127). */
export function hasUserNamespace(pod: Pod): boolean {
  return pod.spec.hostUsers === false
}
