import {isMapping} from '../../../src/kube/field.js'
import type {Step} from '../../../src/kube/field.js'
import {stepsOf} from '../../../src/kube/field-path.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {FailedControl} from '../../../src/pod-security/control.js'
import type {Judged, Rules} from '../../../src/pod-security/evaluate.js'
import {evaluate} from '../../../src/pod-security/evaluate.js'
import type {Change} from '../../../src/pod-security/fix/fix.js'
import type {Level} from '../../../src/pod-security/labels.js'
import {withServerDefaults} from '../../../src/pod-security/normalise.js'
import type {TemplateKind} from '../../../src/pod-security/templates.js'
import {podIn} from '../../../src/pod-security/templates.js'

const VERSIONS: Readonly<Record<string, string>> = {'': 'v1', apps: 'apps/v1', batch: 'batch/v1', 'argoproj.io': 'argoproj.io/v1alpha1', 'apps.kruise.io': 'apps.kruise.io/v1alpha1', 'apps.openshift.io': 'apps.openshift.io/v1', 'serving.knative.dev': 'serving.knative.dev/v1'}

/** The pod as this kind has it, with what the API asks of such an object. */
export function workloadWith({group, kind, path}: TemplateKind, {metadata, spec}: Judged): KubeObject {
  const own = {apiVersion: VERSIONS[group] ?? '', kind}
  const pod = (metadata ?? {}) as JsonObject
  if (path === '') return {...own, metadata: {name: 'web.v1', namespace: 'shop', ...pod}, spec: spec ?? {}}
  const labels = {app: 'web'}
  const isOnce = kind === 'Job' || kind === 'CronJob'
  const template = {metadata: {...pod, labels}, spec: isOnce ? {...(spec as JsonObject), restartPolicy: 'Never'} : spec ?? {}}
  const placed = stepsOf(path).toReversed().reduce<JsonObject>((inner, step) => ({[String(step)]: inner}), template)
  return withOthers({...own, metadata: {name: 'web.v1', namespace: 'shop'}, ...placed}, labels)
}

function withOthers(object: KubeObject, labels: JsonObject): KubeObject {
  const others: Readonly<Record<string, JsonObject>> = {
    Deployment: {selector: {matchLabels: labels}}, ReplicaSet: {selector: {matchLabels: labels}}, DaemonSet: {selector: {matchLabels: labels}},
    StatefulSet: {selector: {matchLabels: labels}, serviceName: 'web'}, ReplicationController: {selector: labels}, CronJob: {schedule: '0 0 * * *'},
  }
  const more = others[object.kind]
  return more === undefined ? object : {...object, spec: {...(object['spec'] as JsonObject), ...more}}
}

/** What the level refuses of an object: its own template, as Pod Security admission warns of it, and the pods made of it. */
export function refusedOf(object: KubeObject, level: Level, rules: Rules): FailedControl[] {
  const place = podIn(object)
  if (place === null) throw new Error(`no pod in ${object.kind}`)
  const own = {metadata: place.metadata, spec: place.spec}
  if (place.path === '') return [...evaluate(level, rules, withServerDefaults(own, 'pod', rules.server))]
  const template = withServerDefaults(own, 'template', rules.server)
  return [...evaluate(level, rules, template), ...evaluate(level, rules, withServerDefaults(template, 'pod', rules.server))]
}

/** What a person would do who reads the list of changes. */
export function withChanges(object: KubeObject, changes: readonly Change[]): KubeObject {
  let copy = structuredClone(object) as Json
  for (const {path, after} of changes) copy = put(copy, stepsOf(path), after)
  return copy as KubeObject
}

function put(here: Json | undefined, [step, ...rest]: readonly Step[], value: Json): Json {
  if (step === undefined) return value
  if (typeof step === 'number') return (here as readonly Json[]).map((item, index) => (index === step ? put(item, rest, value) : item))
  const copy: {[name: string]: Json | undefined} = {...(isMapping(here) ? here : {})}
  if (rest.length === 0 && value === null) delete copy[step]
  else copy[step] = put(copy[step], rest, value)
  return copy
}

/** Without fields that say nothing: kubectl and the API server write some of them out, and leave others away. */
export function withoutEmpty(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map(item => withoutEmpty(item) ?? null)
  if (!isMapping(value)) return value ?? undefined
  const kept = Object.entries(value).map(([name, inner]) => [name, withoutEmpty(inner)] as const).filter(([, inner]) => inner !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}
