import type {Refuser} from '../coverage.js'
import type {PolicyExceptions} from '../engines/kyverno-exceptions.js'
import {CONFIG_MAP, exceptionGaps} from '../engines/kyverno-world.js'
import type {PolicyScope} from '../engines/kyverno-world.js'
import type {WebhooksInfo} from '../webhooks.js'
import type {KnownAnswers} from './policy-guards.js'
import type {PodRequest, PodRequests} from './pod-requests.js'

/** What both generations of Kyverno's policies depend on. */
export interface KyvernoPods {
  asked: KnownAnswers
  info: WebhooksInfo
  requests: PodRequests
  /** Of Kyverno; null: nothing tells it. */
  version: string | null
  /** Of the server. */
  minor: number | null
  excepted: Readonly<Record<'old' | 'cel', PolicyExceptions>>
}

/** `resourceFilters` of its ConfigMap as it is shipped (charts/kyverno, values.yaml), with the namespace that Kyverno is in. */
const FILTERED: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease', 'kyverno']

/**
 * Where a policy acts: in one part of the namespaces for sure, in the other
 * unless its ConfigMap is as it is shipped. Which pods an exception lets through
 * is not looked at.
 */
export function podScopesOf(scope: PolicyScope, exceptions: PolicyExceptions): Refuser<PodRequest>[] {
  const isIn = (name: string): boolean => scope.namespace === '' || name === scope.namespace
  const own: Refuser<PodRequest> = {sees: () => true, isIn: null, gaps: [], holes: exceptionGaps(scope, exceptions)}
  return [
    {...own, isIn: name => isIn(name) && !FILTERED.includes(name), gaps: [CONFIG_MAP]},
    {...own, isIn: name => isIn(name) && FILTERED.includes(name), holes: [...own.holes!, CONFIG_MAP]},
  ]
}
