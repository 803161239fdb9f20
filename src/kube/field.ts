import type {Json, JsonObject} from './json.js'

/**
 * Reading fields of objects that nobody has validated. Absent and null are the
 * same, as they are for the API server; a field of another type than Kubernetes
 * gives it throws `OddField`. The engine catches that for one object and one
 * check and reports it as not understood: what cannot be read is never clean.
 */
export class OddField extends Error {
  override readonly name = 'OddField'
  constructor(
    /** `spec.externalIPs[0]` */
    readonly path: string,
    readonly wanted: string,
  ) {
    super(`${path} is not ${wanted}`)
  }
}

export type Step = string | number

export function pathOf(steps: readonly Step[]): string {
  return steps.map((step, index) => (typeof step === 'number' ? `[${step}]` : /^[\w-]+$/.test(step) ? `${index === 0 ? '' : '.'}${step}` : `[${JSON.stringify(step)}]`)).join('')
}

/** The value below `steps`; undefined where it is absent or null. */
export function at(value: Json | undefined, ...steps: readonly Step[]): Json | undefined {
  let here: Json | undefined = value
  for (const [index, step] of steps.entries()) {
    if (here === undefined || here === null) return undefined
    if (typeof step === 'number') {
      if (!Array.isArray(here)) throw new OddField(pathOf(steps.slice(0, index)), 'a list')
      here = here[step] as Json | undefined
    } else {
      if (!isMapping(here)) throw new OddField(pathOf(steps.slice(0, index)), 'an object')
      here = Object.hasOwn(here, step) ? here[step] : undefined
    }
  }
  return here ?? undefined
}

export function textAt(value: Json | undefined, ...steps: readonly Step[]): string | undefined {
  const found = at(value, ...steps)
  if (found === undefined || typeof found === 'string') return found
  throw new OddField(pathOf(steps), 'a string')
}

export function numberAt(value: Json | undefined, ...steps: readonly Step[]): number | undefined {
  const found = at(value, ...steps)
  if (found === undefined || typeof found === 'number') return found
  throw new OddField(pathOf(steps), 'a number')
}

export function flagAt(value: Json | undefined, ...steps: readonly Step[]): boolean | undefined {
  const found = at(value, ...steps)
  if (found === undefined || typeof found === 'boolean') return found
  throw new OddField(pathOf(steps), 'true or false')
}

/** Empty where absent. */
export function listAt(value: Json | undefined, ...steps: readonly Step[]): readonly Json[] {
  const found = at(value, ...steps)
  if (found === undefined) return []
  if (Array.isArray(found)) return found as readonly Json[]
  throw new OddField(pathOf(steps), 'a list')
}

/** A list of strings; empty where absent. */
export function textsAt(value: Json | undefined, ...steps: readonly Step[]): readonly string[] {
  return listAt(value, ...steps).map((entry, index) => {
    if (typeof entry === 'string') return entry
    throw new OddField(pathOf([...steps, index]), 'a string')
  })
}

/** Empty where absent. */
export function mappingAt(value: Json | undefined, ...steps: readonly Step[]): JsonObject {
  const found = at(value, ...steps)
  if (found === undefined) return {}
  if (isMapping(found)) return found
  throw new OddField(pathOf(steps), 'an object')
}

export function isMapping(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
