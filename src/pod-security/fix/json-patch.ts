import type {Step} from '../../kube/field.js'
import {isMapping, textAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'

export type Operation = {op: 'test' | 'add' | 'replace'; path: string; value: Json} | {op: 'remove'; path: string}

type Maybe = Json | undefined

/** In them an index means whoever stands there, and that may be somebody else by the time of the patch. */
const NAMED_LISTS: readonly (Step | undefined)[] = ['initContainers', 'containers']

/**
 * JSON patch (RFC 6902) from one state of an object to another. Each operation
 * comes after a test of what it replaces, and the first in a container after a
 * test of its name: made for another state of the object, the patch fails as a
 * whole. That nothing stands in a place is tested by null. The RFC does not know
 * that; the library of kubectl, the API server and kustomize does
 * (evanphx/json-patch), and one that follows the RFC to the letter refuses.
 */
export function jsonOperations(before: Maybe, after: Maybe, steps: readonly Step[]): Operation[] {
  const isAbsent = before === undefined || before === null
  // What no edit came near is the same value still, however large or deep.
  if (before === after) return []
  if (!isAbsent && isMapping(before) && isMapping(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].flatMap(name => jsonOperations(before[name], after[name], [...steps, name]))
  }
  if (hasSameItems(before, after)) return before.flatMap((item, index) => inList(item, (after as readonly Json[])[index], [...steps, index]))
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const path = pointer(steps)
  const test: Operation = {op: 'test', path, value: before ?? null}
  if (after === undefined) return [test, {op: 'remove', path}]
  // To add to a list is to insert.
  return [test, {op: isAbsent && typeof steps.at(-1) !== 'number' ? 'add' : 'replace', path, value: after}]
}

function inList(before: Maybe, after: Maybe, steps: readonly Step[]): Operation[] {
  const operations = jsonOperations(before, after, steps)
  const name = isMapping(before) && NAMED_LISTS.includes(steps.at(-2)) ? textAt(before, 'name') : undefined
  return operations.length === 0 || name === undefined ? operations : [{op: 'test', path: pointer([...steps, 'name']), value: name}, ...operations]
}

/** Lists of strings, and lists that lost an item, are replaced as a whole. */
export function hasSameItems(before: Maybe, after: Maybe): before is readonly Json[] {
  return Array.isArray(before) && Array.isArray(after) && before.length === after.length && before.every((item, index) => isMapping(after[index] as Json) && (item === null || isMapping(item as Json)))
}

export function pointer(steps: readonly Step[]): string {
  return steps.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
