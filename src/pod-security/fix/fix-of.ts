import {refOf} from '../../audit/make-finding.js'
import {listAt, pathOf} from '../../kube/field.js'
import {stepsOf} from '../../kube/field-path.js'
import type {Json, JsonObject, KubeObject} from '../../kube/json.js'
import type {ControlId, FailedControl} from '../control.js'
import {CONTROLS} from '../control.js'
import {CONTROL_TABLE} from '../controls/table.js'
import type {Rules} from '../evaluate.js'
import {evaluate, fits} from '../evaluate.js'
import type {Level} from '../labels.js'
import {withServerDefaults} from '../normalise.js'
import type {Judged} from '../pod-shape.js'
import {podOf} from '../pod-shape.js'
import {podIn} from '../templates.js'
import {leastOf} from '../workload-fits.js'
import type {TemplatePlace} from '../workload-templates.js'
import {placeIn} from '../workload-templates.js'
import {BASELINE_FIXES} from './baseline-fixes.js'
import type {ControlEdit} from './edits.js'
import {effective, valueAt, withEdits} from './edits.js'
import type {Block, Change, Patches, WorkloadFix} from './fix.js'
import {howToChange, isBuiltIn, isKnative} from './fixable-kinds.js'
import {jsonOperations} from './json-patch.js'
import {isSafeInOverlays} from './overlay-merge.js'
import type {Fixer, Patient} from './remedy.js'
import {RESTRICTED_FIXES} from './restricted-fixes.js'
import {risksOf} from './risks.js'
import {strategicPart} from './strategic-merge.js'

const FIXERS: Readonly<Record<ControlId, Fixer>> = {...BASELINE_FIXES, ...RESTRICTED_FIXES}

/**
 * The changes of one object with which its pods pass a level, as far as fields
 * can do that. A template passes as itself, for Pod Security admission warns
 * about it, and as the pods that are made of it. Null: it passes already, or has
 * no template of its own. Throws `OddField` where a field has another type than
 * Kubernetes gives it.
 * @param given where the template stands in a kind that is not known here
 */
export function fixOf(object: KubeObject, to: Level, rules: Rules, given?: TemplatePlace): WorkloadFix | null {
  const place = given ?? podIn(object)
  if (place === null) return null
  const forms = formsOf(object, rules)
  const original: Judged = {metadata: place.metadata, spec: place.spec}
  if (failuresOf(forms(original), to, rules).length === 0) return null
  const debug = withoutDebugContainers(object, original, failuresOf(forms(original), to, rules))
  const judged = withEdits(original, debug)
  const patient: Patient = {judged, pod: podOf(judged), rules, kind: object.kind, isPodContextRefused: isKnative(object)}
  const {edits: needed, blocked} = remedied(patient, failuresOf(forms(judged), to, rules))
  const edits = effective(original, [...debug, ...needed])
  const after = withEdits(original, edits)
  return {
    object: refOf(object), from: levelOf(forms(original), rules), to, reached: levelOf(forms(after), rules), how: howToChange(object),
    changes: edits.map(edit => changeOf(debug.includes(edit) ? judged : original, edit, place)), blocked, risks: risksOf(patient, edits),
    patches: patchesOf(object, place, judged, after),
  }
}

/** The object's own, and the pods made of it, each with what the server fills in. */
function formsOf({kind}: KubeObject, {server}: Rules): (pod: Judged) => readonly Judged[] {
  if (kind === 'Pod') return pod => [withServerDefaults(pod, 'pod', server)]
  return pod => {
    const template = withServerDefaults(pod, 'template', server)
    return [template, withServerDefaults(template, 'pod', server)]
  }
}

function levelOf(forms: readonly Judged[], rules: Rules): Level {
  return leastOf(forms.map(form => fits(rules, form)))
}

/** In the order in which the server names them; the places are the object's own where it fails itself. */
function failuresOf([own, ...others]: readonly Judged[], level: Level, rules: Rules): FailedControl[] {
  const failed = new Map<ControlId, FailedControl>()
  for (const one of own === undefined ? [] : evaluate(level, rules, own)) failed.set(one.id, one)
  for (const form of others)
    for (const one of evaluate(level, rules, form)) if (!failed.has(one.id)) failed.set(one.id, one)
  return [...failed.values()].toSorted((left, right) => CONTROLS.indexOf(left.id) - CONTROLS.indexOf(right.id))
}

/**
 * Nothing adds one to a pod that is created, so they are none of the new pod's.
 * A manifest has none to take out either: the change is told, what stood in
 * their environment is not.
 */
function withoutDebugContainers({kind}: KubeObject, {spec}: Judged, failed: readonly FailedControl[]): ControlEdit[] {
  if (kind !== 'Pod' || listAt(spec, 'ephemeralContainers').length === 0) return []
  const blamed = failed.find(({violations}) => violations.some(({path}) => path.startsWith('spec.ephemeralContainers'))) ?? failed[0]
  return blamed === undefined ? [] : [{control: blamed.id, container: null, steps: ['spec', 'ephemeralContainers'], after: undefined}]
}

/** Before 1.24 a control that a stricter one overrides reports beside it; the stricter one's change does for both. */
function remedied(patient: Patient, failed: readonly FailedControl[]): {edits: ControlEdit[]; blocked: Block[]} {
  const overridden = CONTROL_TABLE.filter(({id}) => failed.some(one => one.id === id)).map(({overrides}) => overrides)
  const edits: ControlEdit[] = []
  const blocked: Block[] = []
  for (const one of failed) {
    if (overridden.includes(one.id)) continue
    const remedy = FIXERS[one.id](patient, one)
    edits.push(...remedy.edits.map(edit => ({...edit, control: one.id})))
    blocked.push(...remedy.blocked.map(why => ({control: one.id, why})))
  }
  return {edits, blocked}
}

function changeOf(pod: Judged, {control, container, steps, after}: ControlEdit, place: TemplatePlace): Change {
  return {control, container, path: placeIn(place, pathOf(steps)), before: valueAt(pod, steps) ?? null, after: after ?? null}
}

function patchesOf(object: KubeObject, place: TemplatePlace, before: Judged, after: Judged): Patches {
  const parts = (pod: Judged): Json | undefined => (place.isSpec === true ? pod.spec : {metadata: pod.metadata, spec: pod.spec})
  const steps = stepsOf(place.path)
  const json = jsonOperations(parts(before), parts(after), steps)
  const part = isBuiltIn(object) ? strategicPart(parts(before), parts(after)) : null
  return {json, merge: part === null ? null : mergeFor(object, steps, part.value as JsonObject), isSafeInOverlays: isSafeInOverlays(json)}
}

function mergeFor(object: KubeObject, steps: readonly (string | number)[], part: JsonObject): JsonObject {
  const {name, namespace} = refOf(object)
  const nested = steps.toReversed().reduce<JsonObject>((inner, step) => ({[String(step)]: inner}), part)
  const {metadata, ...rest} = nested
  const own = {...(name === '' ? {} : {name}), ...(namespace === '' ? {} : {namespace}), ...(metadata as JsonObject | undefined)}
  return {apiVersion: object.apiVersion, kind: object.kind, metadata: own, ...rest}
}
