import type {ObjectRef} from '../../audit/finding.js'
import {refOf} from '../../audit/make-finding.js'
import {at, flagAt, textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import type {Refuser} from '../coverage.js'
import {FAIL_OPEN, both, eachWithEach} from '../coverage.js'
import {isCelKyvernos} from '../engine-webhooks.js'
import {named, reachBy} from '../engines/kyverno-world.js'
import {matchOf, policyRefusers} from '../engines/policy-content.js'
import type {MatchResources} from '../engines/policy-content.js'
import {conditionsOf, exceptedUsers} from '../match-conditions.js'
import type {Webhook} from '../webhooks.js'
import {minorOf} from './broken-pods.js'
import {celJudges, celRulesOf} from './cel-judge.js'
import type {CelRules} from './cel-judge.js'
import {celAutogenOf} from './kyverno-autogen.js'
import {podScopesOf} from './kyverno-pods.js'
import type {KyvernoPods} from './kyverno-pods.js'
import type {InertGuard, PodGuard, PodGuards} from './pod-guard.js'
import {aboutPods, inertKind, podConditions, podReachOf} from './pod-reach.js'
import type {PodRequest} from './pod-requests.js'
import {contentGuards, contentsOf, doubtful} from './policy-guards.js'

/** A ValidatingPolicy or NamespacedValidatingPolicy. */
export interface CelPolicy {
  object: ObjectRef
  name: string
  namespace: string
  actions: readonly string[]
  /** Why it judges no request; empty where it does. */
  idle: string
  isFailOpen: boolean
  match: MatchResources
  rules: CelRules
  exceptUsers: readonly string[]
  autogen: ReadonlySet<string>
}

export function celPolicyOf(policy: KubeObject): CelPolicy {
  const spec = at(policy, 'spec')
  const conditions = conditionsOf(spec, 'matchConditions')
  return {
    object: refOf(policy), name: nameOf(policy), namespace: namespaceOf(policy), actions: textsAt(spec, 'validationActions'), idle: idleOf(policy),
    isFailOpen: textAt(spec, 'failurePolicy') === 'Ignore', match: matchOf(at(spec, 'matchConstraints')),
    rules: celRulesOf(spec, 'validations', conditions.filter(one => exceptedUsers(one) === null)), exceptUsers: conditions.filter(one => exceptedUsers(one) !== null),
    autogen: celAutogenOf(spec),
  }
}

function idleOf(policy: KubeObject): string {
  if (flagAt(policy, 'spec', 'evaluation', 'admission', 'enabled') === false) return 'admission evaluation is off: it only reports'
  const mode = textAt(policy, 'spec', 'evaluation', 'mode') ?? 'Kubernetes'
  return mode === 'Kubernetes' ? '' : `its mode is ${mode}: it judges no requests of the API server`
}

/** The actions, each alone: absent means Deny. */
function actionOf(actions: readonly string[]): PodGuard['action'] {
  if (actions.length === 0 || actions.includes('Deny')) return 'refused'
  return actions.includes('Warn') ? 'warned' : 'audited'
}

export function celPolicyGuards(policy: CelPolicy, world: KyvernoPods): PodGuards {
  const seers = seersOf(policy, world)
  const rules = {judges: celJudges(policy.rules), isFailOpen: policy.isFailOpen, minor: minorOf(world.minor)}
  const contents = contentsOf(rules, world.requests, request => seers.some(({sees}) => sees(request)), {asked: world.asked, asAsked: request => autogenAsPod(request, policy)})
  if (contents.length === 0) return {guards: [], inert: []}
  const inert = (why: string, kind: InertGuard['kind'] = 'other'): PodGuards => ({guards: [], inert: [{engine: 'kyverno', name: named(policy), object: policy.object, why, kind}]})
  if (policy.idle !== '') return inert(policy.idle)
  const isOwn = (webhook: Webhook): boolean => isCelKyvernos(webhook) && webhook.name.startsWith('n') === (policy.namespace !== '')
  const reach = reachBy(world.info, isOwn, policy, {what: 'pods', reach: own => podReachOf(world.info, own, world.requests)})
  if (reach.state === 'none' || reach.state === 'down') return inert(reach.gaps.join('; '), inertKind(reach))
  const reaching: readonly Refuser<PodRequest>[] = reach.state === 'unknown' ? [{sees: () => true, isIn: null, gaps: reach.gaps}] : reach.refusers
  const users = podConditions(policy.exceptUsers)
  const own: Refuser<PodRequest> = {sees: () => true, isIn: null, gaps: [...users.gaps, ...(policy.isFailOpen ? [FAIL_OPEN] : [])], holes: users.holes}
  const refusers = eachWithEach(eachWithEach(reaching, seers), podScopesOf(policy, world.excepted.cel).map(scope => both(scope, own)))
  const about = {engine: 'kyverno', name: named(policy), object: policy.object, action: actionOf(policy.actions)}
  return {guards: contentGuards(reach.state === 'unknown' ? doubtful(contents) : contents, refusers, about, world.requests), inert: []}
}

/** What it matches itself, and the workloads for which Kyverno rewrites it: those of the operations that it has for pods. */
function seersOf({match, autogen}: CelPolicy, {requests}: KyvernoPods): Refuser<PodRequest>[] {
  return policyRefusers(match, aboutPods(requests)).map(one => ({...one, sees: request => one.sees(request) || (autogen.has(request.kind) && one.sees(asPod(request)))}))
}

function autogenAsPod(request: PodRequest, {autogen}: CelPolicy): PodRequest {
  return autogen.has(request.kind) ? asPod(request) : request
}

function asPod(request: PodRequest): PodRequest {
  return {...request, group: '', version: 'v1', resource: 'pods', kind: 'Pod', equivalents: []}
}
