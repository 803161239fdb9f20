import {isAllowedAppArmorAnnotation, isAllowedAppArmorType, APP_ARMOR_ANNOTATION} from '../allowed.js'
import type {Violation} from '../control.js'
import {goQuote} from '../go-quote.js'
import type {Container, Pod, SharedContext} from '../pod-shape.js'
import {containersThat, inOrder, namesOf, plural, quoted, setters} from '../words.js'
import type {Control, Refusal} from './rule.js'

function hasBadType(context: SharedContext | null | undefined): boolean {
  const profile = context?.appArmorProfile
  return profile !== null && profile !== undefined && !isAllowedAppArmorType(profile.type)
}

const isBad = (container: Container): boolean => hasBadType(container.securityContext)

/** Any key with the prefix counts, also for a container that does not exist. */
function badAnnotations({annotations}: Pod): [key: string, value: string][] {
  return Object.entries(annotations as Record<string, string | null>)
    .map(([key, value]): [string, string] => [key, value ?? ''])
    .filter(([key, value]) => key.startsWith(APP_ARMOR_ANNOTATION) && !isAllowedAppArmorAnnotation(value))
}

const asText = ([key, value]: [string, string]): string => `${key}=${goQuote(value)}`

function annotationViolations(pod: Pod): Violation[] {
  const names = new Set(pod.containers.map(container => container.name))
  return badAnnotations(pod).map(([key, current]) => {
    const name = key.slice(APP_ARMOR_ANNOTATION.length)
    return {
      path: `metadata.annotations[${JSON.stringify(key)}]`, container: names.has(name) ? name : null,
      current, wanted: 'runtime/default or localhost/PROFILE',
    }
  })
}

/** The values stand in quotes although they are quoted already: the server does so. */
function explain(pod: Pod): Refusal {
  const isPod = hasBadType(pod.spec.securityContext)
  const bad = containersThat(pod, isBad)
  const annotations = inOrder(badAnnotations(pod).map(asText))
  const places = [...(isPod ? [{place: 'spec', name: null, context: pod.spec.securityContext}] : []), ...bad.map(({place, name, container}) => ({place, name, context: container.securityContext}))]
  const values = [...inOrder(places.map(({context}) => context?.appArmorProfile?.type ?? '')), ...annotations]
  const who = [...(places.length > 0 ? [setters(isPod, namesOf(bad))] : []), ...(annotations.length > 0 ? [plural('annotation', 'annotations', annotations.length)] : [])]
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
    violations: [
      ...places.map(({place, name, context}) => ({path: `${place}.securityContext.appArmorProfile.type`, container: name, current: context?.appArmorProfile?.type ?? null, wanted: 'RuntimeDefault or Localhost'})),
      ...annotationViolations(pod),
    ],
  }
}

function explainAnnotations(pod: Pod): Refusal {
  const annotations = inOrder(badAnnotations(pod).map(asText))
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', annotations.length), detail: annotations.join(', '),
    violations: annotationViolations(pod),
  }
}

const hasBadAnnotation = (pod: Pod): boolean => badAnnotations(pod).length > 0

export const appArmorProfile: Control = {
  id: 'appArmorProfile',
  level: 'baseline',
  windows: [{from: 0, isBroken: pod => hasBadType(pod.spec.securityContext) || pod.containers.some(isBad) || hasBadAnnotation(pod), explain}],
  // The fields came with 1.30.
  builds: [{until: 29, windows: [{from: 0, isBroken: hasBadAnnotation, explain: explainAnnotations}]}],
}
