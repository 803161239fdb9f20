import {isMapping} from '../kube/field.js'
import type {Json, JsonObject} from '../kube/json.js'
import {APP_ARMOR_ANNOTATION, SECCOMP_CONTAINER_ANNOTATION, SECCOMP_POD_ANNOTATION} from './allowed.js'
import type {Judged} from './pod-shape.js'

/**
 * Profiles were annotations before they were fields, and for some releases the
 * server copied the one to the other when a pod was created. A bad profile then
 * stands, and is reported, twice.
 */
interface Sync {
  field: 'appArmorProfile' | 'seccompProfile'
  /** Of the server: annotation to field, and field to annotation. */
  toField: {from: number; until: number}
  toAnnotation: {from: number; until: number}
}

/** kubernetes/kubernetes #109819 (1.25) ended the one way, #114947 (1.27) the other. */
const SECCOMP: Sync = {field: 'seccompProfile', toField: {from: 19, until: 26}, toAnnotation: {from: 19, until: 24}}
/** Fields came with 1.30; #131989 (1.34) ended the way to annotations. */
const APP_ARMOR: Sync = {field: 'appArmorProfile', toField: {from: 30, until: Infinity}, toAnnotation: {from: 30, until: 33}}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const

export function withSeccompSynced(judged: Judged, server: number): Judged {
  const pod = opened(judged)
  if (pod === null || !isIn(SECCOMP.toField, server)) return judged
  const own = profileOf(pod.spec, SECCOMP)
  const annotation = noteOf(pod.annotations, SECCOMP_POD_ANNOTATION)
  if (own !== null && annotation === null) note(pod, SECCOMP_POD_ANNOTATION, textFor(own), isIn(SECCOMP.toAnnotation, server))
  if (own === null && annotation !== null) pod.spec = withProfile(pod.spec, SECCOMP, profileFor(annotation, 'docker/default'))
  return closed(judged, eachContainer(pod, container => {
    const key = SECCOMP_CONTAINER_ANNOTATION + nameOf(container)
    const profile = profileOf(container, SECCOMP)
    const text = noteOf(pod.annotations, key)
    if (profile !== null && text === null) note(pod, key, textFor(profile), isIn(SECCOMP.toAnnotation, server))
    return profile === null && text !== null ? withProfile(container, SECCOMP, profileFor(text, 'docker/default')) : container
  }))
}

export function withAppArmorSynced(judged: Judged, server: number): Judged {
  const pod = opened(judged)
  if (pod === null || !isIn(APP_ARMOR.toField, server) || isForWindows(pod.spec)) return judged
  const own = profileOf(pod.spec, APP_ARMOR)
  return closed(judged, eachContainer(pod, container => {
    const key = APP_ARMOR_ANNOTATION + nameOf(container)
    const profile = profileOf(container, APP_ARMOR)
    const text = noteOf(pod.annotations, key)
    if (text === null) note(pod, key, textFor(profile ?? own), isIn(APP_ARMOR.toAnnotation, server))
    if (text === null || profile !== null) return container
    const made = profileFor(text, null)
    // Not one that validation would refuse, and not what the pod says already.
    return made === null || isPadded(made) || isSame(made, own) ? container : withProfile(container, APP_ARMOR, made)
  }))
}

/** A copy that may be written to, of the parts that are written to. */
interface Open {
  annotations: {[key: string]: Json | undefined}
  spec: JsonObject
}

function opened({metadata, spec}: Judged): Open | null {
  const annotations = isMapping(metadata ?? null) ? (metadata as JsonObject)['annotations'] ?? {} : {}
  return isMapping(spec) && isMapping(annotations) ? {spec, annotations: {...annotations}} : null
}

function closed({metadata}: Judged, {annotations, spec}: Open): Judged {
  const isOdd = metadata !== undefined && metadata !== null && !isMapping(metadata)
  if (isOdd || Object.keys(annotations).length === 0) return {metadata, spec}
  return {metadata: {...metadata, annotations: annotations as JsonObject}, spec}
}

function eachContainer(pod: Open, change: (container: JsonObject) => JsonObject): Open {
  const lists = LISTS.flatMap(list => {
    const containers = pod.spec[list]
    return Array.isArray(containers) ? [[list, (containers as readonly Json[]).map(container => (isMapping(container) ? change(container) : container))] as const] : []
  })
  return {annotations: pod.annotations, spec: {...pod.spec, ...Object.fromEntries(lists)}}
}

function isIn({from, until}: Sync['toField'], server: number): boolean {
  return server >= from && server <= until
}

function isForWindows({os}: JsonObject): boolean {
  return isMapping(os) && os['name'] === 'windows'
}

function nameOf({name}: JsonObject): string {
  return typeof name === 'string' ? name : ''
}

/** Null: there is none. */
function noteOf(annotations: Open['annotations'], key: string): string | null {
  const value = annotations[key]
  if (value === null) return ''
  return typeof value === 'string' ? value : null
}

function note(pod: Open, key: string, text: string, isDone: boolean): void {
  if (isDone && text !== '') pod.annotations[key] = text
}

function profileOf({securityContext}: JsonObject, {field}: Sync): JsonObject | null {
  const profile = isMapping(securityContext) ? securityContext[field] : null
  return isMapping(profile) ? profile : null
}

function withProfile(owner: JsonObject, {field}: Sync, profile: JsonObject | null): JsonObject {
  const context = owner['securityContext'] ?? {}
  // A profile of an odd type is no profile, and must not be covered up.
  return profile === null || !isMapping(context) || (context[field] ?? null) !== null ? owner : {...owner, securityContext: {...context, [field]: profile}}
}

/** @param alias another word for the runtime's default */
function profileFor(text: string, alias: string | null): JsonObject | null {
  if (text === 'unconfined') return {type: 'Unconfined'}
  if (text === 'runtime/default' || text === alias) return {type: 'RuntimeDefault'}
  const file = text.startsWith('localhost/') ? text.slice('localhost/'.length) : ''
  return file === '' ? null : {type: 'Localhost', localhostProfile: file}
}

/** Empty: nothing is noted. */
function textFor(profile: JsonObject | null): string {
  if (profile?.['type'] === 'Unconfined') return 'unconfined'
  if (profile?.['type'] === 'RuntimeDefault') return 'runtime/default'
  const file = profile?.['localhostProfile']
  return profile?.['type'] === 'Localhost' && typeof file === 'string' ? `localhost/${file}` : ''
}

function isPadded({localhostProfile: file}: JsonObject): boolean {
  return typeof file === 'string' && (file.trim() !== file || new TextEncoder().encode(file).length > 4095)
}

function isSame(left: JsonObject, right: JsonObject | null): boolean {
  return right !== null && left['type'] === right['type'] && (left['localhostProfile'] ?? null) === (right['localhostProfile'] ?? null)
}
