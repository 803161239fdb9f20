import {OddField} from '../kube/field.js'
import type {Json, JsonObject} from '../kube/json.js'

/**
 * Fields as `kube/field.ts` reads them, for one look at every pod of a cluster:
 * the value is read by whoever asks, and its path is put together only when it
 * is odd.
 */

export function isThere<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && !Array.isArray(value)
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** @param index of an entry of the list `place`; -1: `place` is no list */
export function objectOf(value: Json | undefined, place: string, index: number, field: string): JsonObject | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject
  throw oddField(place, index, field, 'an object')
}

export function isTrue(value: Json | undefined, place: string, index: number, field: string): boolean {
  if (value === true) return true
  if (value === false || value === undefined || value === null) return false
  throw oddField(place, index, field, 'true or false')
}

/** Empty where absent. @param entry of a list of texts */
export function textOf(value: Json | undefined, place: string, index: number, field: string, entry = -1): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  throw oddField(place, index, entry < 0 ? field : `${field}[${entry}]`, 'a string')
}

/** @param entry of the list of ports */
export function integerOf(value: Json, place: string, index: number, field: string, entry = -1): number {
  if (Number.isInteger(value)) return value as number
  throw oddField(place, index, entry < 0 ? field : `${field}[${entry}].hostPort`, 'a whole number')
}

export function oddField(place: string, index: number, field: string, wanted: string): OddField {
  return new OddField(index < 0 ? `${place}.${field}` : `${place}[${index}].${field}`, wanted)
}
