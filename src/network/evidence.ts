import type {FamilyCounts} from '../audit/audit-report.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {OddField} from '../kube/field.js'
import type {Family, Ip} from './ip.js'
import {parseIp} from './ip.js'

/** What one signal says. The numbers are those of the table of signals, 1 to 10, in order of trust but for the last, the probe. */
export interface Evidence {
  signal: number
  value: string
}

/** A row that was not read makes its signal unknown, never absent. */
export function evidenceOf(signal: number, {outcome}: ReadOutcome, value: string): Evidence {
  if (outcome === 'complete') return {signal, value}
  if (outcome === 'not-served') return {signal, value: 'not served'}
  if (isSomeSeen(outcome)) return {signal, value: `${value}; not all was read (${outcome})`}
  return {signal, value: `unknown (${outcome})`}
}

/** Did objects arrive, if not all of them? */
export function isSomeSeen(outcome: ReadOutcome['outcome']): boolean {
  return outcome === 'complete' || outcome === 'partial' || outcome === 'not-understood'
}

export function noCounts(): FamilyCounts {
  return {v4: 0, v6: 0, dual: 0}
}

/** Counts an object by the families of its addresses; one without any is not counted. */
export function count(counts: FamilyCounts, families: Iterable<Family>): void {
  const seen = new Set(families)
  if (seen.size === 2) counts.dual++
  else if (seen.has(4)) counts.v4++
  else if (seen.has(6)) counts.v6++
}

export function familiesIn({v4, v6, dual}: FamilyCounts): Family[] {
  return [...(v4 + dual > 0 ? [4 as const] : []), ...(v6 + dual > 0 ? [6 as const] : [])]
}

/** `412 v4, 3 dual`; empty where nothing was counted. */
export function countsText({v4, v6, dual}: FamilyCounts): string {
  return [[v4, 'v4'], [v6, 'v6'], [dual, 'dual']].filter(([number]) => number !== 0).map(([number, word]) => `${number} ${word}`).join(', ')
}

/** `v4`, `v4 and v6`. */
export function familiesText(families: readonly Family[]): string {
  return families.map(family => `v${family}`).join(' and ')
}

/** An address of the API, which has validated it: anything else is not understood. */
export function addressAt(text: string, path: string): Ip {
  const ip = parseIp(text)
  if (ip === null) throw new OddField(path, 'an IP address')
  return ip
}
