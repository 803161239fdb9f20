import type {CheckContext} from '../../audit/check.js'
import {isIncomplete} from '../../audit/outcome.js'
import type {ReadKey} from '../../kube/resources.js'
import {platform} from '../../network/platform.js'

/** A dump without them says that the cluster has none, as most have; a server that refuses them does not. */
export function skipRefused(context: CheckContext, keys: readonly ReadKey[]): void {
  for (const key of keys) if (isIncomplete(context.outcome(key).outcome)) context.skipUnread(key, context.outcome(key))
}

/**
 * Of kinds that few clusters have: one that is not served is none, and one that
 * an input lacks is none as long as it holds another. What could not be read is
 * said.
 */
export function skipUnreadKinds(context: CheckContext, rows: readonly ReadKey[], none: string): void {
  const read = rows.map(row => ({row, outcome: context.outcome(row)}))
  if (read.every(({outcome}) => outcome.outcome === 'not-served')) return context.notApplicable(none)
  // Ingresses are everywhere: that a dump holds them says nothing of kinds that somebody has to install.
  const isSomeRead = read.some(({row, outcome}) => row !== 'ingresses' && outcome.outcome !== 'not-in-input')
  for (const {row, outcome} of read) if (isIncomplete(outcome.outcome) || !isSomeRead) context.skipUnread(row, outcome)
}

/** A hidden family makes active what is latent without it. Only on EKS is the DaemonSet that tells it sure to be missing from a dump, not from the cluster. */
export function skipUntoldHidden(context: CheckContext): void {
  skipRefused(context, ['aws-node'])
  if (context.outcome('aws-node').outcome === 'not-in-input' && context.fact(platform)?.name === 'eks') context.skipUnread('aws-node', context.outcome('aws-node'))
}

/** Rows that tell which cloud it is, whose addresses are whose, and which family pods have beside what they show. A check that compares classes of addresses names them in `alsoReads`. */
export const ADDRESS_ROWS = ['nodes', 'services', 'network-configmaps', 'servicecidrs', 'ippools', 'aws-node'] as const

/** Without nodes nobody knows the cloud, so the endpoint that a rule forgets is taken for none, or for a guess. */
export function skipUntoldAddresses(context: CheckContext): void {
  for (const key of ['nodes', 'services'] as const) context.skipUnread(key, context.outcome(key))
  skipRefused(context, ['network-configmaps', 'servicecidrs', 'ippools'])
  skipUntoldHidden(context)
}
