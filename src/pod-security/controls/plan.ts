import type {ControlId} from '../control.js'
import type {Level} from '../labels.js'
import {bitOf} from '../suspects.js'
import type {Control, Rule, Window} from './rule.js'
import {CONTROL_TABLE} from './table.js'

/** What runs at one level, version and server build. */
export interface Plan {
  /** All bits of the steps. */
  mask: number
  steps: readonly {id: ControlId; bit: number; rule: Rule}[]
}

/** Builds before it know no overrides: at restricted, the overridden controls report too. */
const OVERRIDES_SINCE = 24

/** @param minor not above `server` */
export function planFor(level: Level, {minor, server}: {minor: number; server: number}): Plan {
  if (level === 'privileged') return {mask: 0, steps: []}
  const running = CONTROL_TABLE
    .filter(control => level === 'restricted' || control.level === 'baseline')
    .flatMap(control => {
      const rule = windowAt(control, minor, server)
      return rule === undefined ? [] : [{control, rule}]
    })
  const overridden = server < OVERRIDES_SINCE ? [] : running.map(({control}) => control.overrides)
  const steps = running.filter(({control}) => !overridden.includes(control.id)).map(({control, rule}) => ({id: control.id, bit: bitOf(control.id), rule}))
  return {mask: steps.reduce((mask, {bit}) => mask | bit, 0), steps}
}

/** The newest that is not newer than the version asked for; undefined: the control does not run yet. */
function windowAt({windows, builds}: Control, minor: number, server: number): Window | undefined {
  const known = builds?.find(({until}) => server <= until)?.windows ?? windows
  return known.findLast(({from}) => from <= minor)
}

/** Minors with which any control changes, its first included. */
export const RULE_CHANGES: readonly number[] = [...new Set(CONTROL_TABLE.flatMap(({windows}) => windows.map(({from}) => from)))].toSorted((left, right) => left - right)
