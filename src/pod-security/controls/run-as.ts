import type {Container, Pod} from '../pod-shape.js'
import {containersNamed, containersThat, namesOf, setters} from '../words.js'
import type {Control, Refusal, Rule} from './rule.js'
import {hasUserNamespace, sparing} from './rule.js'

const mayBeRoot = ({securityContext}: Container): boolean => securityContext?.runAsNonRoot === false
const saysNothing = ({securityContext}: Container): boolean => (securityContext?.runAsNonRoot ?? null) === null

function explainNonRoot(pod: Pod): Refusal {
  const reason = 'runAsNonRoot != true'
  const isPod = pod.spec.securityContext?.runAsNonRoot === false
  const bad = containersThat(pod, mayBeRoot)
  const field = 'securityContext.runAsNonRoot'
  if (isPod || bad.length > 0) {
    const violations = bad.map(({place, name}) => ({path: `${place}.${field}`, container: name, current: false, wanted: 'true'}))
    const own = isPod ? [{path: `spec.${field}`, container: null, current: false, wanted: 'true'}] : []
    return {reason, detail: `${setters(isPod, namesOf(bad))} must not set ${field}=false`, violations: [...own, ...violations]}
  }
  const silent = containersThat(pod, saysNothing)
  return {
    reason, detail: `pod or ${containersNamed(namesOf(silent))} must set ${field}=true`,
    violations: silent.map(({place, name}) => ({path: `${place}.${field}`, container: name, current: null, wanted: 'true, here or at the pod'})),
  }
}

const nonRoot: Rule = {
  isBroken: pod => {
    const own = pod.spec.securityContext?.runAsNonRoot
    return own === false || pod.containers.some(container => mayBeRoot(container) || (own !== true && saysNothing(container)))
  },
  explain: explainNonRoot,
}

export const runAsNonRoot: Control = {id: 'runAsNonRoot', level: 'restricted', windows: [{from: 0, ...nonRoot}, {from: 35, ...sparing(hasUserNamespace, nonRoot)}]}

const isRoot = ({securityContext}: Container): boolean => securityContext?.runAsUser === 0

/** A container with another user does not save a pod that says 0. */
const user: Rule = {
  isBroken: pod => pod.spec.securityContext?.runAsUser === 0 || pod.containers.some(isRoot),
  explain: pod => {
    const isPod = pod.spec.securityContext?.runAsUser === 0
    const bad = containersThat(pod, isRoot)
    const places = [...(isPod ? [{place: 'spec', name: null}] : []), ...bad]
    return {
      reason: 'runAsUser=0', detail: `${setters(isPod, namesOf(bad))} must not set runAsUser=0`,
      violations: places.map(({place, name}) => ({path: `${place}.securityContext.runAsUser`, container: name, current: 0, wanted: 'another user, or unset'})),
    }
  },
}

export const runAsUser: Control = {id: 'runAsUser', level: 'restricted', windows: [{from: 23, ...user}, {from: 35, ...sparing(hasUserNamespace, user)}]}
