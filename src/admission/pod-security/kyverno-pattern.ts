import {isMapping} from '../../kube/field.js'
import {isGlobMatch} from '../../kube/glob.js'
import type {Json, JsonObject} from '../../kube/json.js'
import type {Notes} from './cel-evaluate.js'
import {FALSE, TRUE, and, below} from './cel-value.js'
import type {Fields, Value} from './cel-value.js'
import {scalarFits} from './kyverno-scalar.js'

const CONDITION = /^[<+]?\(.+\)$/s

/** Whether a condition stands in it. */
export function mayBeSkipped(pattern: Json): boolean {
  if (Array.isArray(pattern)) return (pattern as readonly Json[]).some(mayBeSkipped)
  return isMapping(pattern) && Object.entries(pattern).some(([key, own = null]) => CONDITION.test(key) || mayBeSkipped(own))
}

/**
 * Kyverno's patterns (pkg/engine/validate), over partly known pods. Understood
 * are those that say the same of every container: `=(field)` where it is there,
 * `X(field)` that it is not, `^(field)` that one of a list fits. Conditions
 * (`(field)`, `<(field)`) can skip the whole rule, whatever else stands in it:
 * they are not.
 */
export function patternFits(value: Value | null, pattern: Json, notes: Notes): number {
  if (Array.isArray(pattern)) return listFits(value, pattern as readonly Json[], notes)
  if (isMapping(pattern)) return mappingFits(value, pattern, notes)
  if (typeof pattern === 'string' && pattern.includes('{{')) return strange('a variable in a pattern', notes)
  return scalarFits(value, pattern)
}

function strange(what: string, notes: Notes): number {
  notes.strange.add(what)
  return TRUE | FALSE
}

const ANCHOR = /^(.?)\((.+)\)$/s

function mappingFits(value: Value | null, pattern: JsonObject, notes: Notes): number {
  if (value?.kind === 'unknown') return TRUE | FALSE
  if (value?.kind !== 'fields') return FALSE
  return Object.entries(pattern).reduce((may, [key, own = null]) => and(may, keyFits(value, key, own, notes)), TRUE)
}

function keyFits(of: Fields, key: string, pattern: Json, notes: Notes): number {
  const [, sign, field = key] = ANCHOR.exec(key) ?? []
  // Among labels and annotations a key may stand for several.
  if (/[*?]/.test(field)) return wildKeyFits(of, sign, {field, pattern}, notes)
  const value = of.fields.get(field)
  if (value === undefined && of.isOpen) {
    notes.reads.add(below(of.path, field))
    return TRUE | FALSE
  }
  return fieldFits(value ?? null, sign, pattern, notes)
}

function fieldFits(value: Value | null, sign: string | undefined, pattern: Json, notes: Notes): number {
  if (sign === undefined) return pattern === '*' ? present(value) : patternFits(value, pattern, notes)
  if (sign === '=') return value === null ? TRUE : patternFits(value, pattern, notes)
  if (sign === 'X') return value === null ? TRUE : FALSE
  if (sign !== '^') return strange(`${sign}()`, notes)
  if (value === null) return TRUE
  if (value.kind !== 'list' || !Array.isArray(pattern)) return strange('^()', notes)
  return (pattern as readonly Json[]).reduce<number>((may, one) => and(may, anyFits(value.items, value.isOpen, one, notes)), TRUE)
}

function present(value: Value | null): number {
  return value === null ? FALSE : TRUE
}

function anyFits(items: readonly Value[], isOpen: boolean, pattern: Json, notes: Notes): number {
  const each = items.map(item => patternFits(item, pattern, notes))
  if (each.includes(TRUE)) return TRUE
  return isOpen || each.some(may => may !== FALSE) ? TRUE | FALSE : FALSE
}

function wildKeyFits(of: Fields, sign: string | undefined, {field, pattern}: {field: string; pattern: Json}, notes: Notes): number {
  if (sign !== '=' && sign !== 'X') return strange('a wildcard in a key', notes)
  const matched = [...of.fields].filter(([name, value]) => value !== null && isGlobMatch(field, name))
  return matched.reduce((may, [, value]) => and(may, fieldFits(value, sign, pattern, notes)), of.isOpen ? TRUE | FALSE : TRUE)
}

/** One pattern in a list is for all items; of several only the first counts, where it is a mapping. */
function listFits(value: Value | null, pattern: readonly Json[], notes: Notes): number {
  const [first] = pattern
  if (value?.kind === 'unknown') return TRUE | FALSE
  if (value?.kind !== 'list') return FALSE
  if (first === undefined || Array.isArray(first) || pattern.length > 1) return strange('a list of patterns', notes)
  return value.items.reduce((may, item) => and(may, patternFits(item, first, notes)), value.isOpen ? TRUE | FALSE : TRUE)
}
