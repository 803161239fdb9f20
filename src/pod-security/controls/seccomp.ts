import {SECCOMP_CONTAINER_ANNOTATION, SECCOMP_POD_ANNOTATION, isAllowedSeccompAnnotation, isAllowedSeccompType} from '../allowed.js'
import {goQuote} from '../go-quote.js'
import type {Container, Pod, SharedContext} from '../pod-shape.js'
import {containersNamed, containersThat, inOrder, namesOf, plural, quoted, setters} from '../words.js'
import type {Control, Refusal, Rule} from './rule.js'
import {isWindows, sparing} from './rule.js'

type Context = SharedContext | null | undefined

const hasProfile = (context: Context): boolean => (context?.seccompProfile ?? null) !== null
const hasBadType = (context: Context): boolean => hasProfile(context) && !isAllowedSeccompType(context?.seccompProfile?.type)
const isBad = (container: Container): boolean => hasBadType(container.securityContext)
const isSilent = (container: Container): boolean => !hasProfile(container.securityContext)

const TYPE = 'securityContext.seccompProfile.type'
const WANTED = 'RuntimeDefault or Localhost'

/** Annotations, as they were until fields came with 1.19. */
const annotationRule: Rule = {
  isBroken: pod => badAnnotations(pod).length > 0,
  explain: pod => {
    const bad = badAnnotations(pod)
    const texts = inOrder(bad.map(({key, value}) => `${key}=${goQuote(value)}`))
    return {
      reason: 'seccompProfile', detail: `forbidden ${plural('annotation', 'annotations', texts.length)} ${texts.join(', ')}`,
      violations: bad.map(({key, value, container}) => ({path: `metadata.annotations[${JSON.stringify(key)}]`, container, current: value, wanted: 'runtime/default or localhost/PROFILE'})),
    }
  },
}

/** The key for a container counts only if there is such a container. */
function badAnnotations({annotations, containers}: Pod): {key: string; value: string; container: string | null}[] {
  const names = [...new Set(containers.map(({name}) => name ?? ''))]
  const keys = [{key: SECCOMP_POD_ANNOTATION, container: null}, ...names.map(name => ({key: SECCOMP_CONTAINER_ANNOTATION + name, container: name}))]
  return keys.flatMap(({key, container}) => {
    const value = (annotations as Record<string, string | null | undefined>)[key]
    return value === undefined || isAllowedSeccompAnnotation(value ?? '') ? [] : [{key, value: value ?? '', container}]
  })
}

const isExplicitlyBad = (pod: Pod): boolean => hasBadType(pod.spec.securityContext) || pod.containers.some(isBad)

function explainTypes(pod: Pod): Refusal {
  const isPod = hasBadType(pod.spec.securityContext)
  const bad = containersThat(pod, isBad)
  const places = [...(isPod ? [{place: 'spec', name: null, context: pod.spec.securityContext}] : []), ...bad.map(({place, name, container}) => ({place, name, context: container.securityContext}))]
  const types = inOrder(places.map(({context}) => context?.seccompProfile?.type ?? ''))
  return {
    reason: 'seccompProfile', detail: `${setters(isPod, namesOf(bad))} must not set ${TYPE} to ${quoted(types)}`,
    violations: places.map(({place, name, context}) => ({path: `${place}.${TYPE}`, container: name, current: context?.seccompProfile?.type ?? null, wanted: WANTED})),
  }
}

export const seccompBaseline: Control = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  windows: [{from: 0, ...annotationRule}, {from: 19, isBroken: isExplicitlyBad, explain: explainTypes}],
}

/** A bad profile at the pod is no profile for its containers, but then it is what the server names. */
const profileRule: Rule = {
  isBroken: pod => isExplicitlyBad(pod) || (!hasProfile(pod.spec.securityContext) && pod.containers.some(isSilent)),
  explain: pod => {
    if (isExplicitlyBad(pod)) return explainTypes(pod)
    const silent = containersThat(pod, isSilent)
    return {
      reason: 'seccompProfile', detail: `pod or ${containersNamed(namesOf(silent))} must set ${TYPE} to "RuntimeDefault" or "Localhost"`,
      violations: silent.map(({place, name}) => ({path: `${place}.${TYPE}`, container: name, current: null, wanted: `${WANTED}, here or at the pod`})),
    }
  },
}

export const seccompRestricted: Control = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  overrides: 'seccompProfile_baseline',
  windows: [{from: 19, ...profileRule}, {from: 25, ...sparing(isWindows, profileRule)}],
}
