import {defineFact} from '../../audit/fact.js'
import {at, textsAt} from '../../kube/field.js'
import {nameOf} from '../../kube/object.js'
import {namespaceGap, namespaceLabels} from '../namespaces.js'
import {reachOf} from '../webhook-reach.js'
import type {Reach} from '../webhook-reach.js'
import type {Webhook} from '../webhooks.js'
import {webhooks} from '../webhooks.js'
import type {NamespacesInfo} from '../namespaces.js'
import type {Blocker, EngineBlockers, Judgement} from './blocker.js'
import {allowListGap, unique, unreadRow} from './blocker.js'

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
        const namespaces = context.fact(namespaceLabels)
        const reach = reachOf(context.fact(webhooks), namespaces, isCapsules)
        return {blockers: tenants.map(tenant => blockerOf(tenant, reach, namespaces)), unread: unreadRow('tenants', context.outcome('tenants'))}
      },
    }
  },
})

export function isCapsules({name, configuration, isMutating}: Webhook): boolean {
  return !isMutating && (configuration.includes('capsule') || /\.(?:projectcapsule\.dev|capsule\.clastix\.io)$/.test(name))
}

function blockerOf(tenant: Tenant, reach: Reach, namespaces: NamespacesInfo): Blocker {
  return {engine: 'capsule', name: tenant.name, spec: judge(tenant, reach, namespaces), status: null}
}

function judge({allowed, namespaces: own}: Tenant, reach: Reach, namespaces: NamespacesInfo): Judgement {
  if (allowed === null) return {state: 'inert', gaps: ['the tenant does not restrict external IPs']}
  if (reach.state !== 'calls') return {state: reach.state === 'unknown' ? 'unknown' : 'inert', gaps: reach.gaps}
  return {state: 'enforcing', gaps: unique([...namespaceGap(namespaces, name => own.includes(name)), ...reach.gaps.filter(gap => !gap.endsWith('left out')), ...allowListGap(allowed)])}
}
