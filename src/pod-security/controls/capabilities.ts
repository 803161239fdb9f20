import {DEFAULT_CAPABILITIES, RESTRICTED_CAPABILITY} from '../allowed.js'
import type {Violation} from '../control.js'
import type {Container, Pod} from '../pod-shape.js'
import type {Named} from '../words.js'
import {containersNamed, containersThat, inOrder, namesOf, quoted} from '../words.js'
import type {Control, Refusal, Rule} from './rule.js'
import {isWindows, sparing} from './rule.js'

type IsAllowed = (capability: string) => boolean

const isDefault: IsAllowed = capability => DEFAULT_CAPABILITIES.has(capability)
const isBinding: IsAllowed = capability => capability === RESTRICTED_CAPABILITY

const addedBy = (container: Container): readonly (string | null | undefined)[] => container.securityContext?.capabilities?.add ?? []
const badIn = (container: Container, isAllowed: IsAllowed): string[] => addedBy(container).map(one => one ?? '').filter(one => !isAllowed(one))
const addsOther = (isAllowed: IsAllowed) => (container: Container): boolean => addedBy(container).some(one => !isAllowed(one ?? ''))
const keepsSome = (container: Container): boolean => container.securityContext?.capabilities?.drop?.includes('ALL') !== true

function added(bad: readonly Named[], isAllowed: IsAllowed, wanted: string): {detail: string; violations: Violation[]} {
  return {
    detail: `${containersNamed(namesOf(bad))} must not include ${quoted(inOrder(bad.flatMap(({container}) => badIn(container, isAllowed))))} in securityContext.capabilities.add`,
    violations: bad.flatMap(({place, name, container}) => addedBy(container).flatMap((one, index) => (isAllowed(one ?? '') ? [] : [{path: `${place}.securityContext.capabilities.add[${index}]`, container: name, current: one ?? null, wanted}]))),
  }
}

const addsNonDefault = addsOther(isDefault)
const addsUnrestricted = addsOther(isBinding)

export const capabilitiesBaseline: Control = {
  id: 'capabilities_baseline',
  level: 'baseline',
  windows: [{
    from: 0,
    isBroken: pod => pod.containers.some(addsNonDefault),
    explain: pod => ({reason: 'non-default capabilities', ...added(containersThat(pod, addsNonDefault), isDefault, 'removed')}),
  }],
}

function explain(pod: Pod): Refusal {
  const keeping = containersThat(pod, keepsSome)
  const adding = containersThat(pod, addsUnrestricted)
  const parts = [
    ...(keeping.length === 0 ? [] : [{
      detail: `${containersNamed(namesOf(keeping))} must set securityContext.capabilities.drop=["ALL"]`,
      violations: keeping.map(({place, name, container}) => ({path: `${place}.securityContext.capabilities.drop`, container: name, current: container.securityContext?.capabilities?.drop as readonly string[] | null | undefined ?? null, wanted: '["ALL"]'})),
    }]),
    ...(adding.length === 0 ? [] : [added(adding, isBinding, `removed (${RESTRICTED_CAPABILITY} alone may stay)`)]),
  ]
  return {reason: 'unrestricted capabilities', detail: parts.map(({detail}) => detail).join('; '), violations: parts.flatMap(({violations}) => violations)}
}

const rule: Rule = {isBroken: pod => pod.containers.some(container => keepsSome(container) || addsUnrestricted(container)), explain}

export const capabilitiesRestricted: Control = {
  id: 'capabilities_restricted',
  level: 'restricted',
  overrides: 'capabilities_baseline',
  windows: [{from: 22, ...rule}, {from: 25, ...sparing(isWindows, rule)}],
}
