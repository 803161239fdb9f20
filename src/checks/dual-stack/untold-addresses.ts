import type {CheckContext} from '../../audit/check.js'
import {skipRefused, skipUntoldHidden} from './network-policy-cases.js'

/** Rows that tell which cloud it is, whose addresses are whose, and which family pods have beside what they show. A check that compares classes of addresses names them in `alsoReads`. */
export const ADDRESS_ROWS = ['nodes', 'services', 'network-configmaps', 'servicecidrs', 'aws-node'] as const

/** Without nodes nobody knows the cloud, so the endpoint that a rule forgets is taken for none, or for a guess. */
export function skipUntoldAddresses(context: CheckContext): void {
  for (const key of ['nodes', 'services'] as const) context.skipUnread(key, context.outcome(key))
  skipRefused(context, ['network-configmaps', 'servicecidrs'])
  skipUntoldHidden(context)
}
