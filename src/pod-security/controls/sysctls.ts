import {SYSCTLS} from '../allowed.js'
import type {Pod} from '../pod-shape.js'
import {wellFormed} from '../words.js'
import type {Control, Rule} from './rule.js'

/** Byte for byte: the spelling with slashes is on no list. */
function sysctlRule(allowed: ReadonlySet<string>): Rule {
  const namesOf = ({spec}: Pod): string[] => (spec.securityContext?.sysctls ?? []).map(sysctl => sysctl?.name ?? '')
  return {
    isBroken: pod => namesOf(pod).some(name => !allowed.has(name)),
    explain: pod => ({
      reason: 'forbidden sysctls',
      // As they stand: neither sorted nor said once.
      detail: namesOf(pod).filter(name => !allowed.has(name)).map(wellFormed).join(', '),
      violations: namesOf(pod).flatMap((name, index) => (allowed.has(name) ? [] : [{path: `spec.securityContext.sysctls[${index}].name`, container: null, current: name, wanted: 'removed'}])),
    }),
  }
}

export const sysctls: Control = {
  id: 'sysctls',
  level: 'baseline',
  windows: SYSCTLS.map(({from}) => ({from, ...sysctlRule(new Set(SYSCTLS.filter(one => one.from <= from).flatMap(({names}) => names)))})),
}
