import {defineFact} from '../../audit/fact.js'
import {at, textsAt} from '../../kube/field.js'
import {nameOf} from '../../kube/object.js'
import type {Refuser} from '../coverage.js'
import {eachWithEach, judgeTogether} from '../coverage.js'
import {isCapsulesForServices} from '../engine-webhooks.js'
import {namespaceLabels} from '../namespaces.js'
import type {NamespacesInfo} from '../namespaces.js'
import {REQUESTS} from '../request-rules.js'
import {reachOf} from '../webhook-reach.js'
import type {Reach} from '../webhook-reach.js'
import {webhooks} from '../webhooks.js'
import type {Blocker, EngineBlockers, Judgement} from './blocker.js'
import {allowListGap, silenced, unreadRow} from './blocker.js'

interface Tenant {
  name: string
  /** Null: the tenant says nothing, and everything passes. */
  allowed: readonly string[] | null
  namespaces: readonly string[]
}

/** Capsule judges the external IPs of each tenant's namespaces, where the tenant says so. */
export const capsuleBlockers = defineFact({
  id: 'external-ip-capsule',
  reads: ['tenants'],
  needs: [webhooks, namespaceLabels],
  create(context) {
    const tenants: Tenant[] = []
    return {
      tenants(tenant) {
        // v1alpha1 had it at the top.
        const rule = at(tenant, 'spec', 'serviceOptions', 'externalIPs') ?? at(tenant, 'spec', 'externalServiceIPs')
        tenants.push({name: nameOf(tenant), allowed: rule === undefined ? null : textsAt(rule, 'allowed'), namespaces: textsAt(tenant, 'status', 'namespaces')})
      },
      end(): EngineBlockers {
        const reach = reachOf(context.fact(webhooks), isCapsulesForServices)
        const blockers = tenants.map((tenant): Blocker => ({engine: 'capsule', name: tenant.name, spec: judge(tenant, reach, context.fact(namespaceLabels)), status: null}))
        return {blockers, unread: unreadRow('tenants', context.outcome('tenants'))}
      },
    }
  },
})

function judge({allowed, namespaces: own}: Tenant, reach: Reach, namespaces: NamespacesInfo): Judgement {
  if (allowed === null) return {state: 'inert', gaps: ['the tenant does not restrict external IPs']}
  const tenants: Refuser = {sees: () => true, isIn: name => own.includes(name), gaps: allowListGap(allowed)}
  return silenced(reach) ?? judgeTogether(eachWithEach(reach.refusers, [tenants]), REQUESTS.spec, namespaces)
}
