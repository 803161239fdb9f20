import type {Step} from '../../kube/field.js'
import {OddField, at, isMapping, pathOf} from '../../kube/field.js'
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
  return [...byPlace.values()].filter(({steps, after}) => {
    const before = valueAt(pod, steps)
    // It goes into patches and documents, where every level is a call and an indent.
    if (isDeeper(before, DEEPEST)) throw new OddField(pathOf(steps), `within ${DEEPEST} levels`)
    return JSON.stringify(before) !== JSON.stringify(after) || isNullAt(pod, steps)
  })
}

/** No field of a pod has half of them. */
const DEEPEST = 32

function isDeeper(value: unknown, levels: number): boolean {
  return typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some(inner => isDeeper(inner, levels - 1)))
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

/** The argument stays as it is. Parents that are absent are made; those that become empty stay. Each is copied once, however many edits it has: whoever writes a template chooses how many. */
export function withEdits({metadata, spec}: Judged, edits: readonly Edit[]): Judged {
  const copies = new Set<object>()
  let pod: Json | undefined = {metadata, spec}
  for (const {steps, after} of edits) pod = replaced(pod, {steps, value: after, copies})
  const {metadata: newMetadata, spec: newSpec} = pod as JsonObject
  return {metadata: newMetadata, spec: newSpec}
}

function replaced(here: Json | undefined, {steps: [step, ...rest], value, copies}: {steps: readonly Step[]; value: Json | undefined; copies: Set<object>}): Json | undefined {
  if (step === undefined) return value
  const below = {steps: rest, value, copies}
  if (typeof step === 'number') {
    if (!Array.isArray(here) || step >= here.length) return here
    const list = copyOf(here as Json[], copies)
    list[step] = replaced(list[step], below) ?? null
    return list
  }
  const mapping = copyOf<{[name: string]: Json | undefined}>(isMapping(here) ? here : {}, copies)
  const child = replaced(Object.hasOwn(mapping, step) ? mapping[step] : undefined, below)
  if (child === undefined) delete mapping[step]
  else mapping[step] = child
  return mapping
}

/** A copy is changed where it is; what came from outside never. */
function copyOf<T extends object>(value: T, copies: Set<object>): T {
  if (copies.has(value)) return value
  const copy = (Array.isArray(value) ? [...value] : {...value}) as T
  copies.add(copy)
  return copy
}
