import {SECCOMP_CONTAINER_ANNOTATION, SECCOMP_POD_ANNOTATION, isAllowedSeccompAnnotation, isAllowedSeccompType} from '../allowed.js'
import {isWindows} from '../controls/rule.js'
import type {JsonObject} from '../../kube/json.js'
import type {Container, Pod, SharedContext} from '../pod-shape.js'
import {containersThat} from '../words.js'
import type {Edit} from './edits.js'
import {removing, setting} from './edits.js'
import type {Fixers, Patient} from './remedy.js'
import {WINDOWS_NEEDS_LATER_RULES, blockedBy, edited} from './remedy.js'

type Context = SharedContext | null | undefined

const hasProfile = (context: Context): boolean => (context?.seccompProfile ?? null) !== null
const isGood = (context: Context): boolean => hasProfile(context) && isAllowedSeccompType(context?.seccompProfile?.type)
const isBad = (context: Context): boolean => hasProfile(context) && !isGood(context)

const PROFILE = 'securityContext.seccompProfile'
const RUNTIME_DEFAULT: JsonObject = {type: 'RuntimeDefault'}

/**
 * Until 1.26 the server made a field of an annotation, and refused a field that
 * said otherwise; since then annotations do nothing. Bad ones are in the way of
 * the one and missed by nobody else.
 */
function withoutAnnotations({annotations, containers}: Pod): Edit[] {
  const keys = [{key: SECCOMP_POD_ANNOTATION, container: null}, ...containers.map(({name}) => ({key: SECCOMP_CONTAINER_ANNOTATION + (name ?? ''), container: name ?? ''}))]
  return keys.flatMap(({key, container}) => {
    const value = noteOf(annotations, key)
    return value === null || isAllowedSeccompAnnotation(value) ? [] : [removing(annotationPath(key), container)]
  })
}

function noteOf(annotations: JsonObject, key: string): string | null {
  return Object.hasOwn(annotations, key) ? annotations[key] as string | null ?? '' : null
}

function annotationPath(key: string): string {
  return `metadata.annotations[${JSON.stringify(key)}]`
}

const hasBad = (container: Container): boolean => isBad(container.securityContext)

function withoutContainerProfiles({pod}: Patient): Edit[] {
  return containersThat(pod, hasBad).map(({place, name}) => removing(`${place}.${PROFILE}`, name))
}

/** A file of one's own that only the annotation names goes on to be named. */
function profileOfAnnotation({annotations}: Pod): JsonObject | null {
  const file = noteOf(annotations, SECCOMP_POD_ANNOTATION)?.match(/^localhost\/(.+)$/s)?.[1]
  return file === undefined ? null : {type: 'Localhost', localhostProfile: file}
}

/** For the pod it holds for each container that has none of its own. */
function atPod({pod}: Patient): Edit[] {
  if (!hasProfile(pod.spec.securityContext)) return [setting(`spec.${PROFILE}`, null, profileOfAnnotation(pod) ?? RUNTIME_DEFAULT)]
  return changedType('spec', null, pod.spec.securityContext)
}

function atContainers({pod}: Patient): Edit[] {
  const own = isBad(pod.spec.securityContext) ? [removing(`spec.${PROFILE}`, null)] : []
  return [...own, ...containersThat(pod, container => !isGood(container.securityContext)).flatMap(({place, name, container}) => (
    hasProfile(container.securityContext) ? changedType(place, name, container.securityContext) : [setting(`${place}.${PROFILE}`, name, profileOfAnnotation(pod) ?? RUNTIME_DEFAULT)]
  ))]
}

/** A file's name beside another type is refused by the API. */
function changedType(place: string, name: string | null, context: Context): Edit[] {
  const profile = (context?.seccompProfile ?? {}) as JsonObject
  const isNamed = (profile['localhostProfile'] ?? null) !== null
  return [setting(`${place}.${PROFILE}.type`, name, 'RuntimeDefault'), ...(isNamed ? [removing(`${place}.${PROFILE}.localhostProfile`, name)] : [])]
}

export const SECCOMP_FIXES: Fixers<'seccompProfile_baseline' | 'seccompProfile_restricted'> = {
  // Baseline asks for no profile: what goes is the word that there be none.
  seccompProfile_baseline: patient => edited([
    ...withoutAnnotations(patient.pod), ...(isBad(patient.pod.spec.securityContext) ? [removing(`spec.${PROFILE}`, null)] : []), ...withoutContainerProfiles(patient),
  ]),
  seccompProfile_restricted: patient => {
    const {pod, isPodContextRefused} = patient
    if (isWindows(pod)) return blockedBy(WINDOWS_NEEDS_LATER_RULES)
    if (isPodContextRefused && !isGood(pod.spec.securityContext)) return edited([...withoutAnnotations(pod), ...atContainers(patient)])
    return edited([...withoutAnnotations(pod), ...(isGood(pod.spec.securityContext) ? [] : atPod(patient)), ...withoutContainerProfiles(patient)])
  },
}
