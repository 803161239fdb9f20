import type {Fact} from '../../audit/fact.js'
import {defineFact} from '../../audit/fact.js'
import type {KubeObject} from '../../kube/json.js'
import {labelsOf, nameOf} from '../../kube/object.js'
import {edgeFamilies} from '../../network/edge-families.js'
import {familiesIn} from '../../network/evidence.js'
import {podFamilies} from '../../network/pod-families.js'
import type {Family} from '../../network/ip.js'
import {groupPods} from '../pod-groups.js'
import type {PodView} from '../pods.js'
import {POD_VIEW_NEEDS, podViews} from '../pods.js'
import {assumedFamilies} from '../../network/assumed-families.js'
import {FAMILIES} from '../../network/interval-set.js'
import {selectionOf} from '../selection.js'
import type {AuthorizationPolicy} from './authorization.js'
import {readAuthorization} from './authorization.js'
import type {AuthorizationGap} from './judge.js'
import {judgeAuthorization} from './judge.js'
import {ROOT_NAMESPACE, isInMesh} from './mesh.js'

/** A gap, and whom it is about. */
export interface AuthorizationCase {
  gap: AuthorizationGap
  families: readonly Family[]
  /** Null: policies bound to a gateway or Service by name, of which no pods are known. */
  pods: number | null
}

interface Read {
  policies: readonly AuthorizationPolicy[]
  namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>
}

const authorizationPolicies: Fact<Read> = defineFact({
  id: 'istio-authorization-policies',
  reads: ['authorizationpolicies', 'namespaces'],
  create() {
    const policies: AuthorizationPolicy[] = []
    const namespaceLabels = new Map<string, Readonly<Record<string, string>>>()
    return {
      authorizationpolicies(object) {
        const policy = readAuthorization(object)
        if (policy !== null) policies.push(policy)
      },
      namespaces: object => void namespaceLabels.set(nameOf(object), labelsOf(object)),
      end: () => ({policies, namespaceLabels}),
    }
  },
})

/** What Istio's authorization policies do to one family and not to the other, for the pods in the mesh that they select. */
export const authorizationCases: Fact<readonly AuthorizationCase[]> = defineFact({
  id: 'istio-authorization-cases',
  reads: ['pods'],
  needs: [authorizationPolicies, edgeFamilies, podFamilies, assumedFamilies, ...POD_VIEW_NEEDS],
  create(context) {
    const viewOf = podViews(context)
    let ask: ReturnType<typeof askingOf> | null = null
    const groups = groupPods<AuthorizationPolicy>(pod => (ask ??= askingOf(context.fact(authorizationPolicies))).selecting(pod))
    return {
      pods(pod) {
        const view = viewOf(pod)
        if (view !== null && (ask ??= askingOf(context.fact(authorizationPolicies))).mayApply(pod, view)) groups.add(view)
      },
      end(): AuthorizationCase[] {
        const edge = context.fact(edgeFamilies).families
        const bySelector = groups.groups().flatMap(({policies, families, pods}) => casesOf(policies, {families, edge, pods}))
        return [...bySelector, ...byTarget(context.fact(authorizationPolicies).policies).flatMap(policies => {
          const counts = context.fact(podFamilies).byNamespace.get(policies[0]?.ref.namespace ?? '')
          const families = context.fact(assumedFamilies).isDual ? FAMILIES : counts === undefined ? [] : familiesIn(counts)
          return casesOf(policies, {families: both(families, edge), edge, pods: null})
        })]
      },
    }
  },
})

function askingOf({policies, namespaceLabels}: Read): {selecting(pod: PodView): readonly AuthorizationPolicy[]; mayApply(pod: KubeObject, view: PodView): boolean} {
  const select = selectionOf(policies.filter(({targets}) => targets.length === 0).map(policy => ({policy, selector: policy.selector, namespace: policy.ref.namespace === ROOT_NAMESPACE ? null : policy.ref.namespace})))
  return {
    selecting: ({namespace, labels}) => select(namespace, labels),
    mayApply: (pod, {namespace}) => policies.length > 0 && isInMesh(pod, namespaceLabels.get(namespace) ?? {}),
  }
}

interface Whom {
  families: readonly Family[]
  edge: readonly Family[]
  pods: number | null
}

/** The address of a client behind proxies is of the family that it came to the edge by. */
function casesOf(policies: readonly AuthorizationPolicy[], {families, edge, pods}: Whom): AuthorizationCase[] {
  return judgeAuthorization(policies).map(gap => ({gap, pods, families: gap.kind === 'remote.ip' ? both(families, edge) : families}))
}

function both(a: readonly Family[], b: readonly Family[]): Family[] {
  return FAMILIES.filter(family => a.includes(family) || b.includes(family))
}

/** Policies bound to the same things by name stand together. */
function byTarget(policies: readonly AuthorizationPolicy[]): AuthorizationPolicy[][] {
  const found = new Map<string, AuthorizationPolicy[]>()
  for (const policy of policies) {
    if (policy.targets.length === 0) continue
    const key = JSON.stringify([policy.ref.namespace, policy.targets])
    found.set(key, [...(found.get(key) ?? []), policy])
  }
  return [...found.values()]
}
