import {readFileSync} from 'node:fs'
import {isMapping} from '../../src/kube/field.js'
import type {Step} from '../../src/kube/field.js'
import type {Json, JsonObject, KubeObject} from '../../src/kube/json.js'
import {groupOf} from '../../src/kube/object.js'

/** Fields of every kind that an API server of 1.37 has and we read: `string`, `[]string`, `{}string`, `#core.v1.PodSpec`, `any`. */
const {kinds, types} = JSON.parse(readFileSync(new URL('../audit/field-types.json', import.meta.url), 'utf8')) as {kinds: Record<string, string>; types: Record<string, Record<string, string>>}

export interface Place {
  steps: readonly Step[]
  /** What Kubernetes has there. */
  type: string
}

/** Every field of an object that may be made odd: those that it has, and those that its kind also has at a place that the object has. Kinds that the server does not know itself (CRDs) have the types of the sample. */
export function placesIn(object: KubeObject): Place[] {
  const kind = kinds[`${groupOf(object)}/${object.kind}`]
  const places: Place[] = []
  walk(object, kind === undefined ? typeOf(object) : `#${kind}`, [], places)
  // The source has seen to it that these two are right.
  return places.filter(({steps: [first, ...rest]}) => first !== undefined && (rest.length > 0 || !['apiVersion', 'kind'].includes(String(first))))
}

function walk(value: Json | undefined, type: string, steps: readonly Step[], places: Place[]): void {
  places.push({steps, type})
  if (value === undefined) return
  if (type.startsWith('[]') && Array.isArray(value)) value.forEach((entry, index) => walk(entry as Json, elementOf(type, entry as Json), [...steps, index], places))
  if (!isMapping(value)) return
  const fields = type.startsWith('#') ? (types[type.slice(1)] ?? {}) : {}
  for (const field of new Set([...Object.keys(value), ...Object.keys(fields), ...(type === '{}string' ? ['x-odd'] : [])])) {
    const own = type.startsWith('{}') ? elementOf(type, value[field]) : (fields[field] ?? typeOf(value[field]))
    walk(value[field], own, [...steps, field], places)
  }
}

function elementOf(type: string, value: Json | undefined): string {
  const element = type.slice(2)
  return element === 'any' ? typeOf(value) : element
}

function typeOf(value: Json | undefined): string {
  if (Array.isArray(value)) return '[]any'
  if (isMapping(value)) return 'object'
  return value === undefined || value === null ? 'any' : typeof value === 'number' ? 'number' : typeof value
}

const VALUES: readonly (readonly [family: string, value: Json])[] = [
  ['string', ''], ['string', 'odd'], ['number', 0], ['number', 1.5], ['boolean', true], ['boolean', false], ['list', []], ['list', ['odd']], ['list', [{}]], ['object', {}], ['object', {odd: 'odd'}],
]

/** Values that the field never has; none for a field that may hold anything. */
export function wrongFor(type: string): Json[] {
  const family = type.startsWith('[]') ? 'list' : type.startsWith('{}') || type.startsWith('#') ? 'object' : type === 'integer' ? 'number' : type
  return family === 'any' ? [] : VALUES.filter(([own]) => own !== family).map(([, value]) => value)
}

/** Undefined takes the field away. */
export function withValue(object: KubeObject, steps: readonly Step[], value: Json | undefined): KubeObject {
  const changed = structuredClone(object)
  let parent = changed as unknown as Record<Step, Json | undefined>
  for (const step of steps.slice(0, -1)) parent = parent[step] as unknown as Record<Step, Json | undefined>
  parent[steps.at(-1) as Step] = value
  return changed
}

/** The same object, which tells every path that somebody asks for, and of what somebody asks for the names. */
export function watched(object: KubeObject, onRead: (path: string) => void, onNames: (path: string) => void = () => undefined, path: readonly string[] = []): KubeObject {
  return new Proxy(object as JsonObject, {
    get(target, field, receiver) {
      const value = Reflect.get(target, field, receiver) as Json
      if (typeof field === 'symbol') return value
      onRead([...path, field].join('\n'))
      return typeof value === 'object' && value !== null ? watched(value as KubeObject, onRead, onNames, [...path, field]) : value
    },
    ownKeys(target) {
      onNames(path.join('\n'))
      return Reflect.ownKeys(target)
    },
    has(target, field) {
      onNames(path.join('\n'))
      return Reflect.has(target, field)
    },
    getOwnPropertyDescriptor(target, field) {
      onNames(path.join('\n'))
      return Reflect.getOwnPropertyDescriptor(target, field)
    },
  }) as KubeObject
}

export function pathKey(steps: readonly Step[]): string {
  return steps.join('\n')
}
