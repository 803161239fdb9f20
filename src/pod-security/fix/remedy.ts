import {stepsOf} from '../../kube/field-path.js'
import type {ControlId, FailedControl, Violation} from '../control.js'
import type {Rules} from '../evaluate.js'
import type {Judged, Pod} from '../pod-shape.js'
import type {Edit} from './edits.js'
import {removing, valueAt} from './edits.js'

/** The pod or template that is to be changed, as it stands in its object. */
export interface Patient {
  judged: Judged
  /** The same, typed. */
  pod: Pod
  rules: Rules
  kind: string
  /**
   * Knative's webhook refuses a security context of the pod unless a feature flag
   * is set, while each container may have most of one (knative/serving
   * pkg/apis/serving/fieldmask.go, read at the state of August 2026).
   */
  isPodContextRefused: boolean
}

export interface Remedy {
  edits: readonly Edit[]
  /** One sentence each: what stands in the way, and what a person can do instead. */
  blocked: readonly string[]
}

/** Asked only about pods that fail the control; `failed` has the places in the object itself, none where only the pods made of it fail. */
export type Fixer = (patient: Patient, failed: FailedControl) => Remedy

export type Fixers<C extends ControlId> = Readonly<Record<C, Fixer>>

export const NOTHING: Remedy = {edits: [], blocked: []}

export function edited(edits: readonly Edit[]): Remedy {
  return {edits, blocked: []}
}

export function blockedBy(...blocked: string[]): Remedy {
  return {edits: [], blocked}
}

/** The violations that stand in the object, and are not the server's own addition. */
export function presentIn({judged}: Patient, violations: readonly Violation[]): Violation[] {
  return violations.filter(({path}) => valueAt(judged, stepsOf(path)) !== undefined)
}

/** @param upTo removes the field that holds it: `.type` of a profile leaves nothing worth keeping */
export function removeEach(patient: Patient, violations: readonly Violation[], upTo = ''): Remedy {
  const owners = violations.map(one => (one.path.endsWith(upTo) ? {...one, path: one.path.slice(0, one.path.length - upTo.length)} : one))
  return edited(presentIn(patient, owners).map(({path, container}) => removing(path, container)))
}

/** Since 1.24 (feature IdentifyPodOS) the API refuses fields of Linux in a pod with `os.name: windows`. */
export const WINDOWS_NEEDS_LATER_RULES = 'the API takes no such field in a pod with os.name: windows; the rules of v1.25 and later ask no such pod for it: raise the version in the label of the namespace'
