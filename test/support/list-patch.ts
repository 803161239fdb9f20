import type {Json, JsonObject} from '../../src/kube/json.js'
import type {PatchOperation} from '../../src/plan/dual-stack/plan.js'

/** RFC 6902, as far as patches of policies go: tests, appending to lists, new fields, replacing. Throws where a test fails or a place is not there. */
export function applyListPatch<T extends Json>(object: T, operations: readonly PatchOperation[]): T {
  const whole = structuredClone(object) as Json
  for (const {op, path, value} of operations) {
    const steps = path.split('/').slice(1)
    const last = steps.pop() ?? ''
    const parent = steps.reduce<Json>((here, step) => inside(here, step, path), whole)
    if (op === 'test') {
      if (JSON.stringify(sorted(inside(parent, last, path))) !== JSON.stringify(sorted(value))) throw new Error(`${path}: the test fails`)
    } else if (op === 'add' && Array.isArray(parent)) {
      if (last !== '-') throw new Error(`${path}: to add there would be to insert`)
      parent.push(structuredClone(value))
    } else {
      if (Array.isArray(parent) || (op === 'replace') !== Object.hasOwn(parent as JsonObject, last)) throw new Error(`${path}: ${op} is not meant here`)
      ;(parent as {[name: string]: Json})[last] = structuredClone(value)
    }
  }
  return whole as T
}

function inside(parent: Json, step: string, path: string): Json {
  const child = typeof parent === 'object' && parent !== null && Object.hasOwn(parent, step) ? (parent as JsonObject)[step] : undefined
  if (child === undefined) throw new Error(`${path}: there is no ${step}`)
  return child
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value as JsonObject).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, inner === undefined ? inner : sorted(inner)]))
}
