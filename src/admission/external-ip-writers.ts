import {defineFact} from '../audit/fact.js'
import type {Right} from '../kube/rbac.js'
import type {UnreadRow} from './engines/blocker.js'
import {controllerNamed} from './load-balancer-controllers.js'
import {otherAuthorizers} from './other-authorizers.js'
import type {Holder} from './right-holders.js'
import {RBAC_ROWS, rightHolders} from './right-holders.js'

export {subjectText} from './right-holders.js'
export type {BindingRef} from './right-holders.js'

/** The two roads of CVE-2020-8554, and the right that OpenShift's ExternalIPRanger lets pass. */
export type WriteRoad = 'spec' | 'status' | 'openshift-bypass'

const RIGHTS: Readonly<Record<WriteRoad, Right>> = {
  spec: {group: '', resource: 'services', verbs: ['create', 'update', 'patch']},
  status: {group: '', resource: 'services', subresource: 'status', verbs: ['update', 'patch']},
  'openshift-bypass': {group: 'network.openshift.io', resource: 'service', subresource: 'externalips', verbs: ['create']},
}

/** Its controllers are those of load balancers; the names that limit it are those of Services. */
export type Writer = Holder

export interface WritersInfo {
  /** Broad groups first, then by name. */
  roads: Readonly<Record<WriteRoad, readonly Writer[]>>
  /** Rows that were not read whole: there may be more writers. */
  unread: readonly UnreadRow[]
  /** What may allow it too, and shows nobody who. */
  others: readonly string[]
}

/**
 * Who may write externalIPs, or the status that has the same effect: every
 * subject with the bindings that grant it. A right in one namespace counts in
 * full: the traffic that it takes is the whole cluster's.
 */
export const externalIPWriters = defineFact({
  id: 'external-ip-writers',
  reads: RBAC_ROWS,
  needs: [otherAuthorizers],
  create(context) {
    const {holders, unread, ...visitors} = rightHolders(RIGHTS, {controllerNamed})
    return {...visitors, end: (): WritersInfo => ({roads: holders(), unread: unread(context), others: context.fact(otherAuthorizers)})}
  },
})
