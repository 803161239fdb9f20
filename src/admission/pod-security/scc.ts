import {defineFact} from '../../audit/fact.js'
import {unreadRow} from '../engines/blocker.js'
import type {Refuser} from '../coverage.js'
import type {PodGuards} from './pod-guard.js'
import {guardsOf} from './pod-reach.js'
import type {PodRequest} from './pod-requests.js'
import {podRequests} from './pod-requests.js'

/** Namespaces that start before anything else do: the plugin leaves them alone. */
const RUN_LEVEL = 'openshift.io/run-level'
const UNCHECKED: readonly string[] = ['0', '1']

/**
 * OpenShift's constraints judge every pod; which of them does depends on who
 * asks and on the service account, so what they refuse in a namespace is not
 * known here.
 */
export const sccPodGuards = defineFact({
  id: 'scc-pod-guards',
  reads: ['securitycontextconstraints'],
  needs: [podRequests],
  create(context) {
    let constraints = 0
    return {
      securitycontextconstraints: () => void constraints++,
      end(): PodGuards {
        const unread = unreadRow('securitycontextconstraints', context.outcome('securitycontextconstraints'))
        if (constraints === 0) return {guards: [], inert: [], unread}
        const refuser: Refuser<PodRequest> = {
          sees: ({resource, subresource}) => resource === 'pods' && subresource !== 'resize',
          isIn: (_, labels) => !UNCHECKED.includes(labels[RUN_LEVEL] ?? ''), gaps: [],
        }
        const content = {engine: 'openshift-scc', name: 'SecurityContextConstraints', object: null, action: 'refused' as const, controls: null}
        return {guards: guardsOf([refuser], content, context.fact(podRequests)), inert: [], unread}
      },
    }
  },
})
