import {at, flagAt, listAt, textAt} from '../../kube/field.js'
import type {ObjectRef} from '../../audit/finding.js'
import {refOf} from '../../audit/make-finding.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import type {Refuser} from '../coverage.js'
import {FAIL_OPEN, both, eachWithEach, judgeTogether} from '../coverage.js'
import {isOldKyvernos} from '../engine-webhooks.js'
import {conditionGaps, conditionsOf} from '../match-conditions.js'
import {REQUESTS} from '../request-rules.js'
import type {Blocker, Judgement} from './blocker.js'
import {silenced, unique} from './blocker.js'
import type {Override} from './kyverno-action.js'
import {enforcing, overridesOf} from './kyverno-action.js'
import type {KyvernoRule} from './kyverno-rule.js'
import {ruleOf} from './kyverno-rule.js'
import {losesEnforceWithOverrides} from './kyverno-version.js'
import type {KyvernoWorld} from './kyverno-world.js'
import {named, reachOfPolicy, scopeOf} from './kyverno-world.js'
import {judged} from './policy-content.js'

/** A ClusterPolicy or Policy with rules about external IPs. */
export interface OldPolicy {
  object: ObjectRef
  name: string
  /** Empty: the whole cluster. */
  namespace: string
  action: string
  overrides: readonly Override[]
  isAdmission: boolean
  isFailOpen: boolean
  /** Ways past all its rules. */
  gaps: readonly string[]
  rules: readonly KyvernoRule[]
}

export function oldPolicyOf(policy: KubeObject): OldPolicy[] {
  const rules = listAt(policy, 'spec', 'rules').map(ruleOf).filter(rule => rule !== null)
  if (rules.length === 0) return []
  const spec = at(policy, 'spec')
  return [{
    object: refOf(policy), name: nameOf(policy), namespace: namespaceOf(policy), rules,
    action: (textAt(spec, 'validationFailureAction') ?? 'audit').toLowerCase(),
    overrides: overridesOf(spec, 'validationFailureActionOverrides'),
    isAdmission: flagAt(spec, 'admission') !== false,
    isFailOpen: (textAt(spec, 'webhookConfiguration', 'failurePolicy') ?? textAt(spec, 'failurePolicy')) === 'Ignore',
    gaps: policyGaps(policy),
  }]
}

function policyGaps(policy: KubeObject): string[] {
  const rules = listAt(policy, 'spec', 'rules')
  const actions = new Set(rules.filter(rule => at(rule, 'validate') !== undefined).map(rule => textAt(rule, 'validate', 'failureAction')?.toLowerCase() ?? ''))
  return [
    ...conditionGaps(conditionsOf(policy, 'spec', 'webhookConfiguration', 'matchConditions'), 'spec'),
    ...(textAt(policy, 'spec', 'applyRules') === 'One' && rules.length > 1 ? ['applyRules One: another rule may take its place'] : []),
    // kyverno issue 16557: with several actions in one policy, the place of a rule decided.
    ...(actions.size > 1 ? ['its rules have different failure actions, and not every release goes by each rule\'s own'] : []),
  ]
}

export function oldBlocker(policy: OldPolicy, world: KyvernoWorld): Blocker {
  const doesSeeStatus = policy.rules.some(({seesStatus}) => seesStatus) && reachOfPolicy(world.info, isOldKyvernos, policy, 'status').state !== 'none'
  const status: Judgement | null = doesSeeStatus ? {state: 'unknown', gaps: ['what it refuses of services/status is not known']} : null
  return {engine: 'kyverno', name: named(policy), object: policy.object, spec: judge(policy, world), status}
}

function judge(policy: OldPolicy, world: KyvernoWorld): Judgement | null {
  const asked = policy.rules.filter(({seesSpec}) => seesSpec)
  if (asked.length === 0) return null
  const acting = asked.map(rule => ({rule, where: whereOf(rule, policy)}))
  const denying = acting.filter(({where}) => where !== null)
  if (!policy.isAdmission) return {state: 'inert', gaps: ['admission is false: it only reports']}
  if (denying.length === 0) return {state: 'auditing', gaps: [`its failure action is ${unique(asked.map(rule => rule.action ?? policy.action)).join(' and ')}`]}
  const silent = silenced(reachOfPolicy(world.info, isOldKyvernos, policy, 'spec'))
  if (silent !== null) return silent
  const hasOverrides = policy.overrides.length > 0 || policy.rules.some(({overrides}) => overrides.length > 0)
  if (hasOverrides && losesEnforceWithOverrides(world.version) !== false)
    return {state: 'unknown', gaps: [`Enforce with overrides: Kyverno 1.13.0 to 1.13.2 were reported not to enforce it, and this is ${world.version ?? 'an unknown version'}`]}
  // Rules that we know count; where there is none, what the others do is not known.
  const known = denying.filter(({rule}) => rule.shape.kind !== 'unknown')
  const counted = known.length > 0 ? known : denying
  const refusers = counted.flatMap(({rule, where}) => refusersOf(rule, {sees: () => true, ...where!}, policy, world))
  return judged(counted[0]!.rule.shape, judgeTogether(refusers, REQUESTS.spec, world.namespaces))
}

function whereOf(rule: KyvernoRule, policy: OldPolicy): ReturnType<typeof enforcing> {
  return enforcing({rule: rule.action, ruleOverrides: rule.overrides, policy: policy.action, policyOverrides: policy.overrides})
}

/** Webhook, policy, rule and failure action: what all of them let through to a refusal. */
function refusersOf(rule: KyvernoRule, where: Refuser, policy: OldPolicy, world: KyvernoWorld): Refuser[] {
  const {refusers} = reachOfPolicy(world.info, isOldKyvernos, policy, 'spec')
  const scope = scopeOf(policy, world)
  const own = both(where, {sees: () => true, isIn: scope.isIn, gaps: [...scope.gaps, ...policy.gaps, ...(policy.isFailOpen ? [FAIL_OPEN] : [])]})
  return eachWithEach(eachWithEach(refusers, rule.filters), [own])
}
