import {SELINUX_TYPES} from '../allowed.js'
import type {Violation} from '../control.js'
import type {Container, Pod, SeLinuxOptions} from '../pod-shape.js'
import {containersThat, inOrder, namesOf, plural, quoted, setters} from '../words.js'
import type {Control, Refusal, Rule} from './rule.js'

/** Which fields of the options are bad; the level is free. */
function badFields(options: SeLinuxOptions | null | undefined, types: ReadonlySet<string>): ('type' | 'user' | 'role')[] {
  if (options === null || options === undefined) return []
  return (['type', 'user', 'role'] as const).filter(field => (field === 'type' ? !types.has(options.type ?? '') : (options[field] ?? '') !== ''))
}

function seLinuxRule(types: ReadonlySet<string>, isTalkative: boolean): Rule {
  const isBad = ({securityContext}: Container): boolean => badFields(securityContext?.seLinuxOptions, types).length > 0
  return {
    isBroken: pod => badFields(pod.spec.securityContext?.seLinuxOptions, types).length > 0 || pod.containers.some(isBad),
    explain: pod => explain(pod, {types, isTalkative, isBad}),
  }
}

function explain(pod: Pod, {types, isTalkative, isBad}: {types: ReadonlySet<string>; isTalkative: boolean; isBad(container: Container): boolean}): Refusal {
  const bad = containersThat(pod, isBad)
  const own = pod.spec.securityContext?.seLinuxOptions
  const isPod = badFields(own, types).length > 0
  const places = [...(isPod ? [{place: 'spec', name: null, options: own}] : []), ...bad.map(({place, name, container}) => ({place, name, options: container.securityContext?.seLinuxOptions}))]
  const violations = places.flatMap(({place, name, options}) => badFields(options, types).map(field => ({
    path: `${place}.securityContext.seLinuxOptions.${field}`, container: name, current: options?.[field] ?? null,
    wanted: field === 'type' ? `${[...types].slice(1).join(', ')}, or unset` : 'unset',
  })))
  return {reason: 'seLinuxOptions', detail: `${setters(isPod, namesOf(bad))} set forbidden securityContext.seLinuxOptions: ${dataOf(violations, isTalkative).join('; ')}`, violations}
}

/** Builds up to 1.25 mention user and role only beside a type. */
function dataOf(violations: readonly Violation[], isTalkative: boolean): string[] {
  const valuesOf = (field: string): string[] => violations.filter(({path}) => path.endsWith(`.${field}`)).map(({current}) => current as string)
  const types = inOrder(valuesOf('type'))
  const data = types.length > 0 ? [`${plural('type', 'types', types.length)} ${quoted(types)}`] : []
  if (types.length === 0 && !isTalkative) return data
  return [...data, ...['user', 'role'].filter(field => valuesOf(field).length > 0).map(field => `${field} may not be set`)]
}

function windows(isTalkative: boolean): Control['windows'] {
  return SELINUX_TYPES.map(({from}) => ({from, ...seLinuxRule(new Set(SELINUX_TYPES.filter(one => one.from <= from).flatMap(({types}) => types)), isTalkative)}))
}

export const seLinuxOptions: Control = {
  id: 'seLinuxOptions',
  level: 'baseline',
  windows: windows(true),
  builds: [{until: 25, windows: windows(false)}],
}
