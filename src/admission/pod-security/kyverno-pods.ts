import type {KyvernoWorld} from '../engines/kyverno-world.js'
import type {WebhooksInfo} from '../webhooks.js'
import type {Asked} from './policy-guards.js'
import type {PodRequests} from './pod-requests.js'

/** Names in PolicyExceptions of a generation. */
export type PolicyExceptions = Pick<KyvernoWorld, 'excepted' | 'exceptionGap'>

/** What both generations of Kyverno's policies depend on. */
export interface KyvernoPods {
  asked: Asked
  info: WebhooksInfo
  requests: PodRequests
  /** Of Kyverno; null: nothing tells it. */
  version: string | null
  /** Of the server. */
  minor: number | null
  excepted: Readonly<Record<'old' | 'cel', PolicyExceptions>>
}
