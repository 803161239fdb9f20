import type {Container} from '../pod-shape.js'
import {containersNamed, containersThat, namesOf} from '../words.js'
import type {Control, Rule} from './rule.js'
import {isWindows, sparing} from './rule.js'

/** Two flags that only containers have, and that stand in one place each. */

function flag(field: 'privileged' | 'allowPrivilegeEscalation', isBad: (container: Container) => boolean, words: {reason: string; must: string}): Rule {
  return {
    isBroken: pod => pod.containers.some(isBad),
    explain: pod => {
      const bad = containersThat(pod, isBad)
      return {
        reason: words.reason, detail: `${containersNamed(namesOf(bad))} ${words.must}`,
        violations: bad.map(({place, name, container}) => ({path: `${place}.securityContext.${field}`, container: name, current: container.securityContext?.[field] ?? null, wanted: 'false'})),
      }
    },
  }
}

export const privileged: Control = {
  id: 'privileged',
  level: 'baseline',
  windows: [{from: 0, ...flag('privileged', container => container.securityContext?.privileged === true, {reason: 'privileged', must: 'must not set securityContext.privileged=true'})}],
}

const escalation = flag('allowPrivilegeEscalation', container => container.securityContext?.allowPrivilegeEscalation !== false, {
  reason: 'allowPrivilegeEscalation != false', must: 'must set securityContext.allowPrivilegeEscalation=false',
})

export const allowPrivilegeEscalation: Control = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  windows: [{from: 8, ...escalation}, {from: 25, ...sparing(isWindows, escalation)}],
}
