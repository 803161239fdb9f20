import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {OddField, numberAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceLabelsOf, namespaceOf} from '../../kube/object.js'
import type {NamespaceLabels} from './applied-to.js'
import type {Group, Groups} from './groups.js'
import {readGroup} from './groups.js'
import type {AntreaPolicy} from './read-policy.js'
import {readPolicy} from './read-policy.js'

export const ANTREA_ROWS = ['antrea-clusternetworkpolicies', 'antrea-networkpolicies', 'antrea-clustergroups', 'antrea-groups', 'antrea-tiers'] as const

export interface AntreaObjects {
  policies: readonly AntreaPolicy[]
  groups: Groups
  /** By name, lower first. */
  tiers: ReadonlyMap<string, number>
  namespaces: NamespaceLabels
  /** Namespaces with a policy that was not understood; empty: one of the cluster. */
  unknownIn: ReadonlySet<string>
  areGroupsKnown: boolean
  areTiersKnown: boolean
  outcomes: Readonly<Record<(typeof ANTREA_ROWS)[number], ReadOutcome>>
}

/** Tiers that Antrea makes itself, and keeps at these priorities: pkg/controller/networkpolicy/tier.go. */
export const BUILT_IN_TIERS: Readonly<Record<string, number>> = {emergency: 50, securityops: 100, networkops: 150, platform: 200, application: 250, baseline: 253}

export const antreaObjects = defineFact<(typeof ANTREA_ROWS)[number] | 'namespaces', AntreaObjects>({
  id: 'antrea-objects',
  reads: [...ANTREA_ROWS, 'namespaces'],
  create(context) {
    const namespaces = new Map<string, Readonly<Record<string, string>>>()
    const policies: AntreaPolicy[] = []
    const groups = new Map<string, Group>()
    const tiers = new Map<string, number>(Object.entries(BUILT_IN_TIERS))
    const unknownIn = new Set<string>()
    const takePolicy = (object: KubeObject): void => {
      let isRead = false
      try {
        policies.push(readPolicy(object))
        isRead = true
      } finally {
        // The engine tells what is odd; whose verdict hangs on it is kept here.
        if (!isRead) unknownIn.add(object.kind === 'ClusterNetworkPolicy' ? '' : namespaceOf(object))
      }
    }
    const takeGroup = (object: KubeObject): void => void groups.set(`${namespaceOf(object)}/${nameOf(object)}`, readGroup(object))
    return {
      namespaces: object => void namespaces.set(nameOf(object), namespaceLabelsOf(object)),
      'antrea-clusternetworkpolicies': takePolicy, 'antrea-networkpolicies': takePolicy, 'antrea-clustergroups': takeGroup, 'antrea-groups': takeGroup,
      'antrea-tiers'(tier) {
        const priority = numberAt(tier, 'spec', 'priority')
        if (priority === undefined) throw new OddField('spec.priority', 'there')
        tiers.set(nameOf(tier), priority)
      },
      end: () => ({
        policies, groups, tiers, unknownIn, namespaces: namespace => namespaces.get(namespace) ?? null,
        areGroupsKnown: isKnown(context.outcome('antrea-clustergroups')) && isKnown(context.outcome('antrea-groups')), areTiersKnown: isKnown(context.outcome('antrea-tiers')),
        outcomes: Object.fromEntries(ANTREA_ROWS.map(row => [row, context.outcome(row)])) as AntreaObjects['outcomes'],
      }),
    }
  },
})

/** Older versions have no such kind, and an input that lacks one has none. */
function isKnown({outcome}: ReadOutcome): boolean {
  return outcome === 'complete' || outcome === 'not-served' || outcome === 'not-in-input'
}
