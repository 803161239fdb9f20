import {OddField, isMapping, listAt, textAt} from '../kube/field.js'
import type {IncludedCrd} from '../kube/included-crd.js'
import type {Json, KubeObject} from '../kube/json.js'
import {isCopyOfTemplate} from '../kube/resources.js'
import type {PodPlace} from './templates.js'
import {pathBelow, podIn} from './templates.js'

/** Kinds that the API takes without a template: a Rollout may name the workload that has it. */
const MAY_LACK: readonly string[] = ['ReplicationController', 'Rollout']

export interface TemplatePlace extends PodPlace {
  /** At the path stands the spec itself. */
  isSpec?: true
}

/** Where a violation stands in the object. */
export function placeIn({path, isSpec}: TemplatePlace, inner: string): string {
  return pathBelow(path, isSpec === true ? inner.replace(/^spec\./, '') : inner)
}

/**
 * The template of a workload that may still make pods of it. Null: its owner's
 * template is read itself, or it has run to its end, or there is none.
 */
export function liveTemplate(workload: KubeObject): TemplatePlace | null {
  if (isCopyOfTemplate(workload) || isDoneJob(workload)) return null
  const place = podIn(workload)
  if (place === null && !MAY_LACK.includes(workload.kind)) throw new OddField('spec.template', 'there')
  return place
}

function isDoneJob(workload: KubeObject): boolean {
  if (workload.kind !== 'Job') return false
  return listAt(workload, 'status', 'conditions').some(condition => textAt(condition, 'status') === 'True' && ['Complete', 'Failed'].includes(textAt(condition, 'type') ?? ''))
}

/** The templates of a resource that somebody included by the path to them. */
export function includedTemplates(object: KubeObject, {path}: IncludedCrd): TemplatePlace[] {
  return valuesAt(object, path).map(({value, path: place}) => templateIn(value, place))
}

interface Found {
  value: Json
  path: string
}

/** `[]` is each item of a list, `{}` each value of a map. A path that leads nowhere may be a slip: nothing there is not nothing wrong. */
function valuesAt(object: Json, path: string): Found[] {
  let here: Found[] = [{value: object, path: ''}]
  for (const step of path.replaceAll('[]', '.[]').split('.')) here = here.flatMap(found => next(found, step))
  return here
}

function next({value, path}: Found, step: string): Found[] {
  if (step === '[]') {
    if (!Array.isArray(value)) throw new OddField(path, 'a list')
    return (value as readonly Json[]).map((item, index) => ({value: item, path: `${path}[${index}]`}))
  }
  if (!isMapping(value)) throw new OddField(path, 'an object')
  const steps = step === '{}' ? Object.keys(value) : [step]
  return steps.flatMap(name => {
    const child = Object.hasOwn(value, name) ? value[name] : undefined
    const place = path === '' ? name : `${path}.${name}`
    if (child === undefined || child === null) throw new OddField(place, 'there')
    return [{value: child, path: place}]
  })
}

/** What stands there may be a template, a pod spec, or what has a template in its spec, as a job template does. */
function templateIn(value: Json, path: string): TemplatePlace {
  if (!isMapping(value)) throw new OddField(path, 'a pod template')
  if (value['containers'] !== undefined) return {metadata: undefined, spec: value, path, isSpec: true}
  const {metadata, spec} = value
  if (!isMapping(spec)) throw new OddField(`${path}.spec`, 'the spec of a pod')
  if (spec['containers'] !== undefined) return {metadata, spec, path}
  const inner = spec['template']
  if (!isMapping(inner) || !isMapping(inner['spec'])) throw new OddField(`${path}.spec`, 'the spec of a pod')
  return {metadata: inner['metadata'], spec: inner['spec'], path: `${path}.spec.template`}
}

/** A static pod's node; null: it is none. */
export function mirroredOn(pod: KubeObject): string | null {
  return textAt(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror') === undefined ? null : (textAt(pod, 'spec', 'nodeName') ?? '')
}
