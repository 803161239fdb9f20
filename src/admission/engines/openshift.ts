import {defineFact} from '../../audit/fact.js'
import {at, textsAt} from '../../kube/field.js'
import {externalIPWriters} from '../external-ip-writers.js'
import type {EngineBlockers} from './blocker.js'
import {NO_BLOCKERS, allowListGap, unreadRow} from './blocker.js'

/** OpenShift's ExternalIPRanger: always on, refuses everything unless its policy opens ranges. */
export const openShiftBlockers = defineFact({
  id: 'external-ip-openshift',
  reads: ['openshift-network'],
  needs: [externalIPWriters],
  create(context) {
    let allowed: readonly string[] | null = null
    return {
      'openshift-network'(network) {
        allowed = textsAt(at(network, 'spec', 'externalIP', 'policy'), 'allowedCIDRs')
      },
      end(): EngineBlockers {
        const unread = unreadRow('openshift-network', context.outcome('openshift-network'))
        if (allowed === null) return {...NO_BLOCKERS, unread}
        const {roads, unread: unreadRoles} = context.fact(externalIPWriters)
        // Administrators could change the policy itself.
        const passing = roads['openshift-bypass'].filter(writer => writer.class !== 'admin' && writer.class !== 'built-in')
        const gaps = [
          ...allowListGap(allowed),
          ...(passing.length > 0 ? [`${passing.length} may create service/externalips in network.openshift.io, and pass`] : []),
          ...(passing.length === 0 && unreadRoles.length > 0 ? ['who may create service/externalips, and pass, is not known'] : []),
        ]
        return {blockers: [{engine: 'openshift', name: 'ExternalIPRanger', spec: {state: 'enforcing', gaps}, status: null}], unread}
      },
    }
  },
})
