import type {Step} from '../../kube/field.js'
import {isMapping} from '../../kube/field.js'
import type {Json, JsonObject} from '../../kube/json.js'
import {hasSameItems} from './json-patch.js'

export type Merge = JsonObject

type Maybe = Json | undefined

/** How the API server finds the item of a list that a patch means (patchMergeKey in k8s.io/api core/v1); lists without one are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {initContainers: 'name', containers: 'name', ports: 'containerPort'}

/**
 * Strategic merge patch from one state of a pod's part to another: null removes
 * a field, lists of containers and ports are merged item by item. Null: two
 * items have one key, as a port for TCP and UDP has, so that the patch would
 * reach the first of them alone.
 */
export function strategicPart(before: Maybe, after: Maybe, list: Step | undefined = undefined): {value: Json} | null {
  if (isMapping(before) && isMapping(after)) return mapping(before, after)
  const key = typeof list === 'string' ? MERGE_KEYS[list] : undefined
  if (key !== undefined && hasSameItems(before, after)) return items(before, after as readonly Json[], key)
  return {value: after ?? null}
}

function mapping(before: JsonObject, after: JsonObject): {value: Json} | null {
  const merge: {[field: string]: Json} = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (isSame(before[name], after[name])) continue
    const part = strategicPart(before[name], after[name], name)
    if (part === null) return null
    merge[name] = part.value
  }
  return {value: merge}
}

function items(before: readonly Json[], after: readonly Json[], key: string): {value: Json} | null {
  const keys = before.map(item => (isMapping(item) ? item[key] : undefined))
  const counts = new Map<Maybe, number>()
  for (const one of keys) counts.set(one, (counts.get(one) ?? 0) + 1)
  const merges: Json[] = []
  for (const [index, item] of before.entries()) {
    if (isSame(item, after[index])) continue
    const own = keys[index]
    const isOnly = (typeof own === 'string' && own !== '') || typeof own === 'number' ? counts.get(own) === 1 : false
    const part = isOnly ? strategicPart(item, after[index]) : null
    if (part === null || own === undefined) return null
    merges.push({[key]: own, ...(part.value as JsonObject)})
  }
  return {value: merges}
}

function isSame(left: Maybe, right: Maybe): boolean {
  // What no edit came near is the same value still, however large or deep.
  if (left === right) return true
  if (Array.isArray(left) && Array.isArray(right)) return left.length === right.length && left.every((item, index) => isSame(item as Json, right[index] as Json))
  if (!isMapping(left) || !isMapping(right)) return false
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every(name => isSame(left[name], right[name]))
}
