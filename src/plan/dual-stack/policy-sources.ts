import {defineFact} from '../../audit/fact.js'
import type {Direction} from '../../filters/direction.js'
import {DIRECTIONS} from '../../filters/direction.js'
import {at, listAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import {managerOf} from './managed.js'

/** What a patch of the policy has to know: the lists as they are written. */
export interface PolicySource {
  /** Without metadata but its name. */
  object: KubeObject
  manager: string | null
}

/** NetworkPolicies that name blocks, by `namespace/name`. The others need no patch. */
export const policySources = defineFact<'networkpolicies', ReadonlyMap<string, PolicySource>>({
  id: 'policy-sources',
  reads: ['networkpolicies'],
  create() {
    const sources = new Map<string, PolicySource>()
    return {
      networkpolicies(policy) {
        const spec = at(policy, 'spec')
        if (spec === undefined || !holdsBlock(policy)) return
        const object: KubeObject = {apiVersion: policy.apiVersion, kind: policy.kind, metadata: {namespace: namespaceOf(policy), name: nameOf(policy)}, spec}
        // As `keyOfPolicy` has it: files may leave the namespace open.
        const key = `${namespaceOf(policy)}/${nameOf(policy)}`
        // Where labels cannot be read, nobody knows who writes it: it is in no script.
        sources.set(key, {object, manager: 'labels that cannot be read'})
        sources.set(key, {object, manager: managerOf(policy)})
      },
      end: () => sources,
    }
  },
})

/** Where a rule keeps its peers. */
export const PEERS: Readonly<Record<Direction, string>> = {ingress: 'from', egress: 'to'}

function holdsBlock(policy: KubeObject): boolean {
  return DIRECTIONS.some(direction => listAt(policy, 'spec', direction).some(rule => listAt(rule, PEERS[direction]).some(peer => at(peer, 'ipBlock') !== undefined)))
}
