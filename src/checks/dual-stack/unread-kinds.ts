import type {CheckContext} from '../../audit/check.js'
import {isIncomplete} from '../../audit/outcome.js'
import type {ReadKey} from '../../kube/resources.js'

/**
 * Of kinds that few clusters have: one that is not served is none, and one that
 * an input lacks is none as long as it holds another. What could not be read is
 * said.
 */
export function skipUnreadKinds(context: CheckContext, rows: readonly ReadKey[], none: string): void {
  const read = rows.map(row => ({row, outcome: context.outcome(row)}))
  if (read.every(({outcome}) => outcome.outcome === 'not-served')) return context.notApplicable(none)
  const isSomeRead = read.some(({outcome}) => outcome.outcome === 'complete')
  for (const {row, outcome} of read) if (isIncomplete(outcome.outcome) || !isSomeRead) context.skipUnread(row, outcome)
}
