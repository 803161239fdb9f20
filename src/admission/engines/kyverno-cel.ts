import {at, flagAt, textAt, textsAt} from '../../kube/field.js'
import type {ObjectRef} from '../../audit/finding.js'
import {refOf} from '../../audit/make-finding.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import {both, eachWithEach, judgeTogether} from '../coverage.js'
import {isCelKyvernos} from '../engine-webhooks.js'
import {REQUESTS} from '../request-rules.js'
import type {Webhook} from '../webhooks.js'
import type {Blocker, Judgement} from './blocker.js'
import {silenced} from './blocker.js'
import type {KyvernoWorld} from './kyverno-world.js'
import {named, reachOfPolicy, scopeOf} from './kyverno-world.js'
import type {PolicyContent, Road} from './policy-content.js'
import {contentOf, contentRefusers, judged} from './policy-content.js'

/** A ValidatingPolicy or NamespacedValidatingPolicy about external IPs. */
export interface CelPolicy {
  object: ObjectRef
  name: string
  namespace: string
  actions: readonly string[]
  /** Why it judges no request; empty where it does. */
  idleGap: string
  content: PolicyContent
}

export function celPolicyOf(policy: KubeObject): CelPolicy[] {
  const content = contentOf(at(policy, 'spec'))
  if (content === null) return []
  return [{object: refOf(policy), name: nameOf(policy), namespace: namespaceOf(policy), content, actions: textsAt(policy, 'spec', 'validationActions'), idleGap: idleGapOf(policy)}]
}

function idleGapOf(policy: KubeObject): string {
  if (flagAt(policy, 'spec', 'evaluation', 'admission', 'enabled') === false) return 'admission evaluation is off: it only reports'
  const mode = textAt(policy, 'spec', 'evaluation', 'mode') ?? 'Kubernetes'
  return mode === 'Kubernetes' ? '' : `its mode is ${mode}: it judges no requests of the API server`
}

export function celBlocker(policy: CelPolicy, world: KyvernoWorld): Blocker {
  const judge = (road: Road): Judgement | null => (policy.content[road] === null ? null : judgeRoad(policy, road, world))
  return {engine: 'kyverno', name: named(policy), object: policy.object, spec: judge('spec'), status: judge('status')}
}

function judgeRoad({name, namespace, content, actions, idleGap}: CelPolicy, road: Road, world: KyvernoWorld): Judgement {
  const shape = content[road] ?? {kind: 'unknown'}
  if (idleGap !== '') return {state: 'inert', gaps: [idleGap]}
  // Absent means Deny in this API.
  if (actions.length > 0 && !actions.includes('Deny')) return {state: 'auditing', gaps: [`its actions are ${actions.join(' and ')}`]}
  const isOwn = (webhook: Webhook): boolean => isCelKyvernos(webhook) && webhook.name.startsWith('n') === (namespace !== '')
  const reach = reachOfPolicy(world.info, isOwn, {name, namespace, isFailOpen: content.isFailOpen}, road)
  const silent = silenced(reach)
  if (silent !== null) return silent
  const scope = scopeOf({name, namespace}, world)
  const refusers = eachWithEach(reach.refusers, contentRefusers(content, {shape, road})).map(one => both(one, {sees: () => true, ...scope}))
  return judged(shape, judgeTogether(refusers, REQUESTS[road], world.namespaces))
}
