import {isGlobMatch} from '../../kube/glob.js'
import type {Refuser} from '../coverage.js'
import type {NamespacesInfo} from '../namespaces.js'
import type {ApiRequest} from '../request-rules.js'
import {reachOf} from '../webhook-reach.js'
import type {Reach} from '../webhook-reach.js'
import type {Webhook, WebhooksInfo} from '../webhooks.js'

/** What both generations of Kyverno's policies depend on. */
export interface KyvernoWorld {
  info: WebhooksInfo
  namespaces: NamespacesInfo
  version: string | null
  /** Names in PolicyExceptions of this generation; the older one takes wildcards. */
  excepted: ReadonlySet<string>
  exceptionGap: readonly string[]
}

export interface PolicyScope {
  name: string
  /** Empty: the whole cluster. */
  namespace: string
}

export function named({namespace, name}: PolicyScope): string {
  return namespace === '' ? name : `${namespace}/${name}`
}

/** Kyverno has a webhook for policies that may fail open, one for the others, and one each for those with conditions of their own. */
const MODE = /\.svc-(fail|ignore)(?:-finegrained-(.+))?$/

export function reachOfPolicy(info: WebhooksInfo, isEngines: (webhook: Webhook) => boolean, policy: PolicyScope & {isFailOpen: boolean}, road: 'spec' | 'status'): Reach {
  return reachBy(info, isEngines, policy, {what: 'Services', reach: isOwn => reachOf(info, isOwn, road)})
}

/**
 * Whether a request gets to this policy: by the webhook of its own, or by the
 * one of its failure policy. Another policy's webhook never asks this one.
 */
export function reachBy<R extends ApiRequest>(
  info: WebhooksInfo, isEngines: (webhook: Webhook) => boolean, policy: PolicyScope & {isFailOpen: boolean},
  {what, reach: reachWith}: {what: string; reach(isOwn: (webhook: Webhook) => boolean): Reach<R>},
): Reach<R> {
  const ownNames = [policy.name, `${policy.namespace}-${policy.name}`]
  const isOwn = (webhook: Webhook): boolean => isEngines(webhook) && ownNames.includes(MODE.exec(webhook.name)?.[2] ?? '')
  const isShared = (webhook: Webhook): boolean => {
    const [, mode, single] = MODE.exec(webhook.name) ?? []
    // Before 1.5 there was one webhook for all.
    return isEngines(webhook) && single === undefined && (mode === undefined || mode === (policy.isFailOpen ? 'ignore' : 'fail'))
  }
  const reach = reachWith(info.all.some(isOwn) ? isOwn : isShared)
  // An option of Kyverno's program makes all policies fail open.
  if (reach.state !== 'none' || reachWith(isEngines).state !== 'calls') return reach
  return {state: 'unknown', gaps: [`no webhook of its failure policy sends ${what} to it, others do`], refusers: []}
}

/** Its namespace, and what Kyverno leaves out for every policy. */
export function scopeOf(scope: PolicyScope, exceptions: Pick<KyvernoWorld, 'excepted' | 'exceptionGap'>): Pick<Refuser, 'isIn' | 'gaps'> {
  return {isIn: scope.namespace === '' ? null : other => other === scope.namespace, gaps: [...exceptionGaps(scope, exceptions), CONFIG_MAP]}
}

export const CONFIG_MAP = 'what its ConfigMap leaves out (as shipped kube-system, kube-public, kube-node-lease and its own namespace) was not read'

export function exceptionGaps({name, namespace}: PolicyScope, {excepted, exceptionGap}: Pick<KyvernoWorld, 'excepted' | 'exceptionGap'>): string[] {
  const isExcepted = [...excepted].some(pattern => [name, `${namespace}/${name}`].some(own => isGlobMatch(pattern, own)))
  return [...(isExcepted ? ['a PolicyException names it'] : []), ...exceptionGap]
}
