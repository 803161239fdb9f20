import {doesCover, serviceRequest} from '../request-rules.js'
import type {Webhook, WebhooksInfo} from '../webhooks.js'

/** Which requests the API server brings to an engine now. */
export interface Asked {
  /** False: there may be webhooks that were not seen. */
  isWhole: boolean
  aboutServices: boolean
  aboutStatus: boolean
  /** A webhook of it has failurePolicy Ignore. */
  isFailOpen: boolean
}

export function askedBy({all, isWhole}: Pick<WebhooksInfo, 'all' | 'isWhole'>, isOwn: (webhook: Webhook) => boolean): Asked {
  const own = all.filter(isOwn)
  const sees = (operation: 'CREATE' | 'UPDATE', subresource: '' | 'status'): boolean => own.some(({rules}) => doesCover(rules, serviceRequest(operation, subresource)))
  return {
    isWhole, aboutServices: sees('CREATE', '') && sees('UPDATE', ''), aboutStatus: sees('UPDATE', 'status'),
    isFailOpen: own.some(({failurePolicy}) => failurePolicy === 'Ignore'),
  }
}
