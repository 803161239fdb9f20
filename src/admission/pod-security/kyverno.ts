import {defineFact} from '../../audit/fact.js'
import type {Fact} from '../../audit/fact.js'
import {effectiveMinor, serverVersion} from '../../audit/server-version.js'
import {textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf} from '../../kube/object.js'
import {exceptionsIn} from '../engines/kyverno-exceptions.js'
import {kyvernoVersion} from '../engines/kyverno-version.js'
import {named} from '../engines/kyverno-world.js'
import {webhooks} from '../webhooks.js'
import type {CelPolicy} from './kyverno-cel.js'
import {celPolicyGuards, celPolicyOf} from './kyverno-cel.js'
import type {OldPolicy} from './kyverno-old.js'
import {oldPolicyGuards, oldPolicyOf} from './kyverno-old.js'
import type {KyvernoPods} from './kyverno-pods.js'
import type {PodGuards} from './pod-guard.js'
import {podRequests} from './pod-requests.js'

const ROWS = ['clusterpolicies', 'kyvernopolicies', 'policyexceptions', 'validatingpolicies', 'namespacedvalidatingpolicies', 'celpolicyexceptions', 'validatingadmissionpolicies', 'validatingadmissionpolicybindings'] as const

/**
 * Kyverno's policies about pods, of both generations. Those that it has turned
 * into a ValidatingAdmissionPolicy act there, and are told there.
 */
export const kyvernoPodGuards: Fact<PodGuards> = defineFact({
  id: 'pod-kyverno',
  reads: ROWS,
  needs: [webhooks, kyvernoVersion, serverVersion, podRequests],
  create(context) {
    const old: OldPolicy[] = []
    const cel: CelPolicy[] = []
    const exceptions = exceptionsIn(context)
    const generated = {policies: new Set<string>(), bound: new Set<string>()}
    const keepOld = (policy: KubeObject): void => void old.push(oldPolicyOf(policy))
    const keepCel = (policy: KubeObject): void => void cel.push(celPolicyOf(policy))
    const replacementOf = (prefix: string, {name, namespace}: {name: string; namespace: string}): string | null => {
      const own = `${prefix}-${name}`
      return namespace === '' && generated.policies.has(own) && generated.bound.has(own) ? own : null
    }
    return {
      clusterpolicies: keepOld,
      kyvernopolicies: keepOld,
      validatingpolicies: keepCel,
      namespacedvalidatingpolicies: keepCel,
      ...exceptions.visitor,
      validatingadmissionpolicies: policy => void generated.policies.add(nameOf(policy)),
      validatingadmissionpolicybindings: binding => void generated.bound.add(textAt(binding, 'spec', 'policyName') ?? ''),
      end(): PodGuards {
        const world: KyvernoPods = {
          asked: new Map(), info: context.fact(webhooks), requests: context.fact(podRequests), version: context.fact(kyvernoVersion), minor: effectiveMinor(context.fact(serverVersion)),
          excepted: {old: exceptions.of('old'), cel: exceptions.of('cel')},
        }
        const judged = [
          ...old.map(policy => replaced(policy, replacementOf('cpol', policy)) ?? oldPolicyGuards(policy, world)),
          ...cel.map(policy => replaced(policy, replacementOf('vpol', policy)) ?? celPolicyGuards(policy, world)),
        ]
        return {guards: judged.flatMap(({guards}) => guards), inert: judged.flatMap(({inert}) => inert)}
      },
    }
  },
})

function replaced(policy: OldPolicy | CelPolicy, by: string | null): PodGuards | null {
  return by === null ? null : {guards: [], inert: [{engine: 'kyverno', name: named(policy), object: policy.object, why: `the ValidatingAdmissionPolicy ${by}, which Kyverno makes of it, judges in its place`, kind: 'other'}]}
}
