import {defineFact} from '../../audit/fact.js'
import type {KubeObject} from '../../kube/json.js'
import {namespaceLabels} from '../namespaces.js'
import {webhooks} from '../webhooks.js'
import type {EngineBlockers} from './blocker.js'
import {unreadRow} from './blocker.js'
import type {CelPolicy} from './kyverno-cel.js'
import {celBlocker, celPolicyOf} from './kyverno-cel.js'
import {exceptionsIn} from './kyverno-exceptions.js'
import type {OldPolicy} from './kyverno-old.js'
import {oldBlocker, oldPolicyOf} from './kyverno-old.js'
import {kyvernoVersion} from './kyverno-version.js'
import type {KyvernoWorld} from './kyverno-world.js'

const ROWS = ['clusterpolicies', 'kyvernopolicies', 'policyexceptions', 'validatingpolicies', 'namespacedvalidatingpolicies', 'celpolicyexceptions'] as const

/** Kyverno's policies about external IPs, of both generations. The published ones ship with Audit. */
export const kyvernoBlockers = defineFact({
  id: 'external-ip-kyverno',
  reads: ROWS,
  needs: [webhooks, namespaceLabels, kyvernoVersion],
  create(context) {
    const old: OldPolicy[] = []
    const cel: CelPolicy[] = []
    const exceptions = exceptionsIn(context)
    const keepOld = (policy: KubeObject): void => void old.push(...oldPolicyOf(policy))
    const keepCel = (policy: KubeObject): void => void cel.push(...celPolicyOf(policy))
    return {
      clusterpolicies: keepOld,
      kyvernopolicies: keepOld,
      validatingpolicies: keepCel,
      namespacedvalidatingpolicies: keepCel,
      ...exceptions.visitor,
      end(): EngineBlockers {
        const worldOf = (generation: 'old' | 'cel'): KyvernoWorld => ({
          info: context.fact(webhooks), namespaces: context.fact(namespaceLabels), version: context.fact(kyvernoVersion), ...exceptions.of(generation),
        })
        const [oldWorld, celWorld] = [worldOf('old'), worldOf('cel')]
        return {
          blockers: [...old.map(policy => oldBlocker(policy, oldWorld)), ...cel.map(policy => celBlocker(policy, celWorld))],
          unread: ROWS.flatMap(row => unreadRow(row, context.outcome(row))),
        }
      },
    }
  },
})
