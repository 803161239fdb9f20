import type {Json} from '../kube/json.js'
import {OddField, isMapping, listAt, textAt, textsAt} from '../kube/field.js'
import type {Exemption} from './exemptions.js'

export type ExemptionsResult = {ok: true; exemptions: Exemption[]} | {ok: false; path: string; message: string}

const FIELDS = ['id', 'check', 'namespaces', 'kind', 'name', 'fingerprint', 'reason', 'until']

/**
 * `{apiVersion: k121.dev/v1, kind: Exemptions, exemptions: [{id, check, reason, until, …}]}`.
 * A mistake in it is an error: a misspelt field would accept more than was meant.
 *
 * @param ruleOf the present name of a check or `check/variant`; null where nobody has it
 */
export function parseExemptions(document: Json, ruleOf: (text: string) => string | null): ExemptionsResult {
  try {
    if (!isMapping(document) || document['kind'] !== 'Exemptions' || document['apiVersion'] !== 'k121.dev/v1')
      return {ok: false, path: '', message: 'is no Exemptions document of apiVersion k121.dev/v1'}
    const exemptions = listAt(document, 'exemptions').map((entry, index) => parseOne(entry, index, ruleOf))
    const twice = exemptions.find(({id}, index) => exemptions.findIndex(other => other.id === id) !== index)
    if (twice !== undefined) return {ok: false, path: 'exemptions', message: `has the id ${JSON.stringify(twice.id)} twice`}
    return {ok: true, exemptions}
  } catch (error) {
    if (error instanceof Mistake) return {ok: false, path: error.path, message: error.message}
    if (error instanceof OddField) return {ok: false, path: error.path, message: `is not ${error.wanted}`}
    throw error
  }
}

class Mistake extends Error {
  constructor(readonly path: string, message: string) {
    super(message)
  }
}

function parseOne(entry: Json, index: number, ruleOf: (text: string) => string | null): Exemption {
  const here = `exemptions[${index}]`
  if (!isMapping(entry)) throw new Mistake(here, 'is not an object')
  const unknown = Object.keys(entry).find(field => !FIELDS.includes(field))
  if (unknown !== undefined) throw new Mistake(`${here}.${unknown}`, `is no field of an exemption (${FIELDS.join(', ')})`)
  const wanted = (field: string): string => {
    const text = textOf(entry, field, here)
    if (text === undefined || text.trim() === '') throw new Mistake(`${here}.${field}`, 'is missing: every exemption has an id, a check, a reason and an end date')
    return text
  }
  const named = wanted('check')
  const check = ruleOf(named)
  if (check === null) throw new Mistake(`${here}.check`, `names no check: ${JSON.stringify(named)}; \`kubectl k121 checks list\` has them all`)
  const until = wanted('until')
  if (!isDay(until)) throw new Mistake(`${here}.until`, 'is no day of the form YYYY-MM-DD')
  return {
    id: wanted('id'), check, reason: wanted('reason'), until,
    namespaces: inside(here, () => textsAt(entry, 'namespaces')),
    kind: textOf(entry, 'kind', here) ?? null, name: textOf(entry, 'name', here) ?? null, fingerprint: textOf(entry, 'fingerprint', here) ?? null,
  }
}

function textOf(entry: Json, field: string, here: string): string | undefined {
  return inside(here, () => textAt(entry, field))
}

function inside<T>(here: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof OddField ? new OddField(`${here}.${error.path}`, error.wanted) : error
  }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
}
