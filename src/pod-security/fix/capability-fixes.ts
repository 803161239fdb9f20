import {DEFAULT_CAPABILITIES, RESTRICTED_CAPABILITY} from '../allowed.js'
import {isWindows} from '../controls/rule.js'
import type {Container} from '../pod-shape.js'
import type {Named} from '../words.js'
import {containersThat} from '../words.js'
import type {Edit} from './edits.js'
import {removing, setting} from './edits.js'
import type {Fixers} from './remedy.js'
import {WINDOWS_NEEDS_LATER_RULES, blockedBy, edited} from './remedy.js'

type IsAllowed = (name: string) => boolean

const isBinding: IsAllowed = name => name === RESTRICTED_CAPABILITY
const isDefault: IsAllowed = name => DEFAULT_CAPABILITIES.has(name)

/** Runtimes take `chown` for CHOWN, and some `CAP_CHOWN`; admission does not. */
export function plainName(capability: string): string {
  return capability.toUpperCase().replace(/^CAP_/, '')
}

export function addedBy({securityContext}: Container): string[] {
  return (securityContext?.capabilities?.add ?? []).map(one => one ?? '')
}

/** Those that are lost are lost; those that are only written otherwise than admission wants them are written so. */
function withoutOthers({place, name, container}: Named, isAllowed: IsAllowed): Edit[] {
  const added = addedBy(container)
  if (added.every(isAllowed)) return []
  const kept = [...new Set(added.map(one => (isAllowed(one) ? one : plainName(one))).filter(isAllowed))]
  const field = `${place}.securityContext.capabilities.add`
  return [kept.length === 0 ? removing(field, name) : setting(field, name, kept)]
}

function withAllDropped({place, name, container}: Named): Edit[] {
  return container.securityContext?.capabilities?.drop?.includes('ALL') === true ? [] : [setting(`${place}.securityContext.capabilities.drop`, name, ['ALL'])]
}

const anyone = (): boolean => true

export const CAPABILITY_FIXES: Fixers<'capabilities_baseline' | 'capabilities_restricted'> = {
  capabilities_baseline: ({pod}) => edited(containersThat(pod, anyone).flatMap(one => withoutOthers(one, isDefault))),
  capabilities_restricted: ({pod}) => (isWindows(pod) ? blockedBy(WINDOWS_NEEDS_LATER_RULES) : edited(containersThat(pod, anyone).flatMap(one => [...withAllDropped(one), ...withoutOthers(one, isBinding)]))),
}
