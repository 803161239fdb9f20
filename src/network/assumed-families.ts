import type {Fact} from '../audit/fact.js'
import {defineFact} from '../audit/fact.js'
import type {Range, Ranges} from './family-ranges.js'
import type {IntervalSet} from './interval-set.js'
import {EMPTY, isEmpty, union} from './interval-set.js'

/** What somebody says of the families beside what the cluster shows: `--assume dual`, `--range pod=fd10:244::/56`. */
export interface AssumedFamilies {
  /** Every pod, Service range and load balancer is judged as if it had both families. */
  isDual: boolean
  /** Added to what the cluster shows of its ranges. */
  ranges: Readonly<Record<keyof Ranges, IntervalSet>>
}

export const NOTHING_ASSUMED: AssumedFamilies = {isDual: false, ranges: {pods: EMPTY, services: EMPTY, nodes: EMPTY}}

/** Nothing is assumed, unless a command puts what its flags say in the place of this. */
export const assumedFamilies = assume(NOTHING_ASSUMED)

export function assume(assumed: AssumedFamilies): Fact<AssumedFamilies> {
  return defineFact<never, AssumedFamilies>({id: 'assumed-families', reads: [], create: () => ({end: () => assumed})})
}

export function withAssumed({pods, services, nodes}: Ranges, {ranges}: AssumedFamilies): Ranges {
  return {pods: widened(pods, ranges.pods), services: widened(services, ranges.services), nodes: widened(nodes, ranges.nodes)}
}

function widened({set, told, from}: Range, given: IntervalSet): Range {
  if (isEmpty(given)) return {set, told, from}
  return {set: union(set, given), told: union(told, given), from: from === '' ? '--range' : `${from}; --range`}
}
