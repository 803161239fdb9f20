import type {Finding} from './finding.js'
import type {Severity} from './severity.js'

/** Counts kept while findings stream past; the findings themselves may lie on disk. */
export interface Tally extends Record<Severity, number> {
  latent: number
  exempted: number
}

export function newTally(): Tally {
  return {critical: 0, high: 0, medium: 0, low: 0, info: 0, latent: 0, exempted: 0}
}

/** A finding is counted once: as exempted, else as latent, else by its severity. */
export function count(tally: Tally, finding: Finding): void {
  if (finding.exemption !== null) tally.exempted++
  else if (finding.state === 'latent') tally.latent++
  else tally[finding.severity]++
}

export function add(into: Tally, other: Tally): void {
  for (const field of Object.keys(into) as (keyof Tally)[]) into[field] += other[field]
}

/** Findings of any kind that nobody has accepted. */
export function unaccepted(tally: Tally): number {
  return tally.critical + tally.high + tally.medium + tally.low + tally.info + tally.latent
}
