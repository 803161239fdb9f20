import type {Step} from '../../kube/field.js'
import {at, isMapping} from '../../kube/field.js'
import {stepsOf} from '../../kube/field-path.js'
import type {Json, JsonObject} from '../../kube/json.js'
import type {ControlId} from '../control.js'
import type {Judged} from '../pod-shape.js'

/** What to do to one field of a pod. */
export interface Edit {
  /** Below the pod: `spec`, `containers`, 0, … */
  steps: readonly Step[]
  container: string | null
  /** Undefined: the field goes. */
  after: Json | undefined
}

export interface ControlEdit extends Edit {
  control: ControlId
}

export function setting(place: string, container: string | null, after: Json): Edit {
  return {steps: stepsOf(place), container, after}
}

export function removing(place: string, container: string | null): Edit {
  return {steps: stepsOf(place), container, after: undefined}
}

/** Of several edits of one field the last counts; one that changes nothing is none. */
export function effective(pod: Judged, edits: readonly ControlEdit[]): ControlEdit[] {
  const byPlace = new Map(edits.map(edit => [JSON.stringify(edit.steps), edit]))
  return [...byPlace.values()].filter(({steps, after}) => JSON.stringify(valueAt(pod, steps)) !== JSON.stringify(after) || isNullAt(pod, steps))
}

/** An annotation without a value is an empty one to the API server: it may be in the way, and can go. */
function isNullAt(pod: Judged, steps: readonly Step[]): boolean {
  const owner = valueAt(pod, steps.slice(0, -1))
  const name = steps.at(-1)
  return isMapping(owner) && typeof name === 'string' && owner[name] === null
}

/** Undefined: nothing, or null. */
export function valueAt({metadata, spec}: Judged, steps: readonly Step[]): Json | undefined {
  return at({metadata, spec}, ...steps)
}

/** The argument stays as it is. Parents that are absent are made; those that become empty stay. */
export function withEdits({metadata, spec}: Judged, edits: readonly Edit[]): Judged {
  let pod: Json | undefined = {metadata, spec}
  for (const {steps, after} of edits) pod = replaced(pod, steps, after)
  const {metadata: newMetadata, spec: newSpec} = pod as JsonObject
  return {metadata: newMetadata, spec: newSpec}
}

function replaced(here: Json | undefined, [step, ...rest]: readonly Step[], value: Json | undefined): Json | undefined {
  if (step === undefined) return value
  if (typeof step === 'number') return Array.isArray(here) ? (here as readonly Json[]).map((item, index) => (index === step ? replaced(item, rest, value) ?? null : item)) : here
  const mapping = isMapping(here) ? here : {}
  const child = replaced(Object.hasOwn(mapping, step) ? mapping[step] : undefined, rest, value)
  if (child !== undefined) return {...mapping, [step]: child}
  return Object.fromEntries(Object.entries(mapping).filter(([name]) => name !== step))
}
