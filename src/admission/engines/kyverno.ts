import {defineFact} from '../../audit/fact.js'
import {at, flagAt, listAt, textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import {namespaceGap, namespaceLabels, selectorGap} from '../namespaces.js'
import type {NamespacesInfo} from '../namespaces.js'
import {reachOf} from '../webhook-reach.js'
import type {Reach} from '../webhook-reach.js'
import {webhooks} from '../webhooks.js'
import type {Webhook} from '../webhooks.js'
import {isLike} from './gatekeeper.js'
import type {Blocker, EngineBlockers, Judgement} from './blocker.js'
import {unique, unreadRow} from './blocker.js'
import {kyvernoVersion, losesEnforceWithOverrides} from './kyverno-version.js'
import {overridesOf, ruleOf} from './kyverno-rule.js'
import type {KyvernoRule, Override} from './kyverno-rule.js'
import {contentGaps, contentOf, judged} from './policy-content.js'
import type {PolicyContent} from './policy-content.js'

const ROWS = ['clusterpolicies', 'kyvernopolicies', 'policyexceptions', 'validatingpolicies', 'namespacedvalidatingpolicies', 'celpolicyexceptions'] as const

interface OldPolicy {
  name: string
  /** Empty: the whole cluster. */
  namespace: string
  action: string
  overrides: readonly Override[]
  isAdmission: boolean
  rules: readonly KyvernoRule[]
}
interface CelPolicy {
  name: string
  namespace: string
  actions: readonly string[]
  isAdmission: boolean
  content: PolicyContent
}

/** Kyverno's policies about external IPs, of both generations. The published ones ship with Audit. */
export const kyvernoBlockers = defineFact({
  id: 'external-ip-kyverno',
  reads: ROWS,
  needs: [webhooks, namespaceLabels, kyvernoVersion],
  create(context) {
    const old: OldPolicy[] = []
    const cel: CelPolicy[] = []
    const excepted = new Set<string>()
    const keepOld = (policy: KubeObject): void => void old.push(...oldPolicyOf(policy))
    const keepCel = (policy: KubeObject): void => void cel.push(...celPolicyOf(policy))
    return {
      clusterpolicies: keepOld,
      kyvernopolicies: keepOld,
      validatingpolicies: keepCel,
      namespacedvalidatingpolicies: keepCel,
      policyexceptions: exception => listAt(exception, 'spec', 'exceptions').forEach(one => excepted.add(textAt(one, 'policyName') ?? '')),
      celpolicyexceptions: exception => listAt(exception, 'spec', 'policyRefs').forEach(one => excepted.add(textAt(one, 'name') ?? '')),
      end(): EngineBlockers {
        const namespaces = context.fact(namespaceLabels)
        const info = context.fact(webhooks)
        const world: World = {namespaces, excepted, version: context.fact(kyvernoVersion), old: reachOf(info, namespaces, isOldWebhook), cel: reachOf(info, namespaces, isCelWebhook)}
        return {blockers: [...old.map(policy => oldBlocker(policy, world)), ...cel.map(policy => celBlocker(policy, world))], unread: ROWS.flatMap(row => unreadRow(row, context.outcome(row)))}
      },
    }
  },
})

interface World {
  namespaces: NamespacesInfo
  excepted: ReadonlySet<string>
  version: string | null
  old: Reach
  cel: Reach
}

export function isOldWebhook({name, isMutating}: Webhook): boolean {
  return !isMutating && name.startsWith('validate.kyverno.svc')
}

export function isCelWebhook({name, isMutating}: Webhook): boolean {
  return !isMutating && /^n?vpol\.validate\.kyverno\.svc/.test(name)
}

function oldPolicyOf(policy: KubeObject): OldPolicy[] {
  const rules = listAt(policy, 'spec', 'rules').map(ruleOf).filter(rule => rule !== null)
  if (rules.length === 0) return []
  return [{
    name: nameOf(policy), namespace: namespaceOf(policy), rules,
    action: (textAt(policy, 'spec', 'validationFailureAction') ?? 'audit').toLowerCase(),
    overrides: overridesOf(at(policy, 'spec'), 'validationFailureActionOverrides'),
    isAdmission: flagAt(policy, 'spec', 'admission') !== false,
  }]
}

function celPolicyOf(policy: KubeObject): CelPolicy[] {
  const content = contentOf(at(policy, 'spec'))
  if (content === null) return []
  return [{
    name: nameOf(policy), namespace: namespaceOf(policy), content,
    actions: textsAt(policy, 'spec', 'validationActions'),
    isAdmission: flagAt(policy, 'spec', 'evaluation', 'admission', 'enabled') !== false,
  }]
}

/** The rule that refuses most counts: every rule of a policy must hold. */
function oldBlocker(policy: OldPolicy, world: World): Blocker {
  const order: readonly Judgement['state'][] = ['enforcing', 'unknown', 'auditing', 'inert']
  const [best] = policy.rules.map(rule => judgeRule(rule, policy, world)).toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.gaps.length - b.gaps.length)
  const status: Judgement | null = world.old.seesStatus && policy.rules.some(({seesStatus}) => seesStatus) ? {state: 'unknown', gaps: []} : null
  return {engine: 'kyverno', name: named(policy), spec: best ?? null, status}
}

function named({namespace, name}: {namespace: string; name: string}): string {
  return namespace === '' ? name : `${namespace}/${name}`
}

function judgeRule(rule: KyvernoRule, policy: OldPolicy, world: World): Judgement {
  const action = rule.action?.toLowerCase() ?? policy.action
  const overrides = rule.overrides.length > 0 ? rule.overrides : policy.overrides
  const other = overrides.filter(override => override.action !== action)
  if (!policy.isAdmission) return {state: 'inert', gaps: ['admission is false: it only reports']}
  if (action !== 'enforce' && !other.some(override => override.action === 'enforce')) return {state: 'auditing', gaps: [`its failure action is ${action}`]}
  const silent = silenced(world.old)
  if (silent !== null) return silent
  if (overrides.length > 0 && losesEnforceWithOverrides(world.version) !== false)
    return {state: 'unknown', gaps: [`Enforce with overrides: Kyverno 1.13.0 to 1.13.2 were reported not to enforce it, and this is ${world.version ?? 'an unknown version'}`]}
  return judged(rule.shape, unique([...world.old.gaps, ...rule.gaps, ...overrideGaps(action, other, world.namespaces), ...scopeGaps(policy, world)]))
}

function silenced({state, gaps}: Reach): Judgement | null {
  if (state === 'calls') return null
  return {state: state === 'unknown' ? 'unknown' : 'inert', gaps}
}

function overrideGaps(action: string, other: readonly Override[], namespaces: NamespacesInfo): string[] {
  if (other.length === 0) return []
  if (other.some(({hasSelector}) => hasSelector)) return ['the failure action differs by namespace labels']
  const isNamed = (name: string): boolean => other.some(override => override.namespaces.some(pattern => isLike(pattern, name)))
  return namespaceGap(namespaces, name => isNamed(name) === (action !== 'enforce'))
}

function scopeGaps({name, namespace}: {name: string; namespace: string}, {excepted, namespaces}: World): string[] {
  return [
    ...(namespace === '' ? [] : namespaceGap(namespaces, other => other === namespace)),
    ...(excepted.has(name) || excepted.has(`${namespace}/${name}`) ? ['a PolicyException names it'] : []),
  ]
}

function celBlocker(policy: CelPolicy, world: World): Blocker {
  const {content} = policy
  return {
    engine: 'kyverno', name: named(policy),
    spec: content.spec === null ? null : judgeCel(policy, 'spec', world),
    status: content.status === null ? null : judgeCel(policy, 'status', world),
  }
}

function judgeCel(policy: CelPolicy, road: 'spec' | 'status', world: World): Judgement {
  const {content, actions} = policy
  const shape = content[road] ?? {kind: 'unknown'}
  if (!policy.isAdmission) return {state: 'inert', gaps: ['admission evaluation is off: it only reports']}
  // Absent means Deny in this API.
  if (actions.length > 0 && !actions.includes('Deny')) return {state: 'auditing', gaps: [`its actions are ${actions.join(' and ')}`]}
  const silent = silenced(world.cel)
  if (silent !== null) return silent
  if (road === 'status' && !world.cel.seesStatus) return {state: 'inert', gaps: ['no webhook sends services/status to it']}
  const gaps = [...world.cel.gaps, ...contentGaps(content, shape, road === 'spec' ? '' : 'status'), ...selectorGap(world.namespaces, content.match.namespaceSelector), ...scopeGaps(policy, world)]
  return judged(shape, unique(gaps))
}
