import type {Container, Pod} from '../pod-shape.js'
import {containersNamed, containersThat, inOrder, namesOf, quoted} from '../words.js'
import type {Control, Refusal, Rule} from './rule.js'
import {hasUserNamespace, sparing} from './rule.js'

/** The empty string is bad. */
function isUnmasked({securityContext}: Container): boolean {
  const mount = securityContext?.procMount
  return mount !== null && mount !== undefined && mount !== 'Default'
}

function explain(pod: Pod): Refusal {
  const bad = containersThat(pod, isUnmasked)
  const mountOf = ({securityContext}: Container): string => securityContext?.procMount ?? ''
  return {
    reason: 'procMount',
    detail: `${containersNamed(namesOf(bad))} must not set securityContext.procMount to ${quoted(inOrder(bad.map(({container}) => mountOf(container))))}`,
    violations: bad.map(({place, name, container}) => ({path: `${place}.securityContext.procMount`, container: name, current: mountOf(container), wanted: 'Default, or unset'})),
  }
}

const rule: Rule = {isBroken: pod => pod.containers.some(isUnmasked), explain}

export const procMount: Control = {id: 'procMount', level: 'baseline', windows: [{from: 0, ...rule}, {from: 35, ...sparing(hasUserNamespace, rule)}]}

/** Came when the baseline one began to let user namespaces be. */
export const procMountRestricted: Control = {id: 'procMount_restricted', level: 'restricted', overrides: 'procMount', windows: [{from: 35, ...rule}]}
