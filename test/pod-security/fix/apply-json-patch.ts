import type {Json, JsonObject} from '../../../src/kube/json.js'
import type {Operation} from '../../../src/pod-security/fix/json-patch.js'

/** RFC 6902 as kubectl's library has it: a test for null passes where nothing stands. Throws where a test fails or a place is not there. */
export function applyJsonPatch(object: Json, operations: readonly Operation[]): Json {
  const whole = {root: structuredClone(object)} as Writable
  for (const operation of operations) applyOne(whole, operation)
  return whole['root'] as Json
}

type Writable = {[name: string]: Json | undefined}

function applyOne(whole: Writable, operation: Operation): void {
  const steps = ['root', ...operation.path.split('/').slice(1).map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))]
  const last = steps.pop() ?? ''
  let parent: Json = whole as JsonObject
  for (const step of steps) parent = inside(parent, step, operation.path)
  const here = parent as Writable
  if (typeof parent !== 'object' || parent === null) throw new Error(`${operation.path}: its parent is no object`)
  const present = Object.hasOwn(here, last) ? here[last] : undefined
  if (operation.op === 'test') {
    if (JSON.stringify(sorted(present ?? null)) !== JSON.stringify(sorted(operation.value))) throw new Error(`${operation.path}: the test fails`)
  } else if (operation.op === 'remove') {
    if (present === undefined || Array.isArray(parent)) throw new Error(`${operation.path}: nothing to remove`)
    delete here[last]
  } else {
    // To add to a list would be to insert.
    if (operation.op === 'add' ? Array.isArray(parent) : present === undefined) throw new Error(`${operation.path}: ${operation.op} is not meant here`)
    here[last] = operation.value
  }
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
