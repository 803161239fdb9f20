import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {NAME_LABEL, nameOf, namespaceLabelsOf} from '../../kube/object.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {isSelected} from '../../kube/label-selector.js'
import type {PodView} from '../pods.js'
import {selectionOf} from '../selection.js'
import type {ReadNetworkPolicy} from '../network-policy/policies.js'
import type {ClusterPolicy} from './read-policy.js'
import {readClusterPolicy} from './read-policy.js'

export const POLICY_API_ROWS = ['adminnetworkpolicies', 'baselineadminnetworkpolicies', 'clusternetworkpolicies'] as const

export interface ClusterPolicies {
  /** Those that say something of ways out. */
  policies: readonly ClusterPolicy[]
  namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>
  outcomes: Readonly<Record<(typeof POLICY_API_ROWS)[number], ReadOutcome>>
}

/** Policies of policy.networking.k8s.io, and the labels by which they find namespaces. */
export const clusterPolicies = defineFact({
  id: 'cluster-policies',
  reads: [...POLICY_API_ROWS, 'namespaces'],
  create(context) {
    const policies: ClusterPolicy[] = []
    const namespaceLabels = new Map<string, Readonly<Record<string, string>>>()
    const take = (policy: ClusterPolicy): void => {
      if (policy.egress.length > 0) policies.push(policy)
    }
    return {
      adminnetworkpolicies: object => take(readClusterPolicy(object)),
      baselineadminnetworkpolicies: object => take(readClusterPolicy(object)),
      clusternetworkpolicies: object => take(readClusterPolicy(object)),
      namespaces: namespace => void namespaceLabels.set(nameOf(namespace), namespaceLabelsOf(namespace)),
      end: (): ClusterPolicies => ({
        policies, namespaceLabels,
        outcomes: {
          adminnetworkpolicies: context.outcome('adminnetworkpolicies'), baselineadminnetworkpolicies: context.outcome('baselineadminnetworkpolicies'),
          clusternetworkpolicies: context.outcome('clusternetworkpolicies'),
        },
      }),
    }
  },
})

export type AnyPolicy = ClusterPolicy | ReadNetworkPolicy

export function isClusterPolicy(policy: AnyPolicy): policy is ClusterPolicy {
  return 'tier' in policy
}

export function isNetworkPolicy(policy: AnyPolicy): policy is ReadNetworkPolicy {
  return !isClusterPolicy(policy)
}

export interface Selecting {
  of(pod: PodView): readonly AnyPolicy[]
  /** Namespaces of pods, whose labels were not seen and matter: none of their pods is judged. */
  unseen(): readonly string[]
}

/** Where no policy of the API selects a pod, its NetworkPolicies are another check's. */
export function selectingBy({policies, namespaceLabels}: ClusterPolicies, byNamespace: ReadonlyMap<string, readonly ReadNetworkPolicy[]>): Selecting {
  const spaces = new Map<string, (namespace: string, labels: PodView['labels']) => readonly AnyPolicy[]>()
  const unseen: string[] = []
  const hasLabels = policies.some(({subject}) => subject.namespaces.some(({key}) => key !== NAME_LABEL))
  const policiesIn = (namespace: string): Entry[] => {
    const labels = namespaceLabels.get(namespace)
    if (labels === undefined && hasLabels) {
      unseen.push(namespace)
      return []
    }
    const own = policies.filter(({subject}) => isSelected(subject.namespaces, labels ?? {[NAME_LABEL]: namespace})).map(policy => entry(policy, policy.subject.pods))
    const isolating = own.length === 0 ? [] : (byNamespace.get(namespace) ?? []).filter(({egress}) => egress !== null).map(policy => entry(policy, policy.selector))
    return [...own, ...isolating]
  }
  return {
    unseen: () => unseen,
    of({namespace, labels}) {
      const select = spaces.get(namespace) ?? selectionOf(policiesIn(namespace))
      spaces.set(namespace, select)
      return select(namespace, labels)
    },
  }
}

type Entry = {policy: AnyPolicy; selector: LabelSelector; namespace: null}

function entry(policy: AnyPolicy, selector: LabelSelector): Entry {
  return {policy, selector, namespace: null}
}
