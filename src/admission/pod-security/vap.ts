import type {SwitchedOff} from '../../audit/admission-flags.js'
import {admissionFlags, switchedOff} from '../../audit/admission-flags.js'
import {defineFact} from '../../audit/fact.js'
import type {Fact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import {refOf} from '../../audit/make-finding.js'
import {effectiveMinor, serverVersion} from '../../audit/server-version.js'
import {at, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {controllerOf, nameOf} from '../../kube/object.js'
import type {Refuser} from '../coverage.js'
import {FAIL_OPEN, both, eachWithEach} from '../coverage.js'
import {bindingRefusers, matchOf, policyRefusers} from '../engines/policy-content.js'
import type {MatchResources} from '../engines/policy-content.js'
import type {Binding} from '../engines/validating-admission-policy.js'
import {bindingOf, stageGap} from '../engines/validating-admission-policy.js'
import {conditionsOf, exceptedUsers} from '../match-conditions.js'
import {minorOf} from './broken-pods.js'
import type {CelRules} from './cel-judge.js'
import {celJudges, celRulesOf} from './cel-judge.js'
import {contentGuards, contentsOf, doubtful} from './policy-guards.js'
import type {Content, KnownAnswers} from './policy-guards.js'
import type {InertGuard, PodGuard, PodGuards} from './pod-guard.js'
import {aboutPods, podConditions} from './pod-reach.js'
import type {PodRequest, PodRequests} from './pod-requests.js'
import {podRequests} from './pod-requests.js'

interface Policy {
  name: string
  object: ObjectRef
  apiVersion: string
  hasParams: boolean
  isFailOpen: boolean
  match: MatchResources
  rules: CelRules
  /** Of its `matchConditions`, those that leave out some users and nothing else. */
  exceptUsers: readonly string[]
}

const ENGINE = 'ValidatingAdmissionPolicy'
const ROWS = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'] as const

/** Gatekeeper writes these from its own templates, by whose constraints they are told. */
function isGatekeepers(policy: KubeObject): boolean {
  return nameOf(policy).startsWith('gatekeeper-') && controllerOf(policy)?.kind === 'ConstraintTemplate'
}

/** ValidatingAdmissionPolicies about pods, each by each of its bindings. */
export const vapPodGuards: Fact<PodGuards> = defineFact({
  id: 'pod-admission-policies',
  reads: ROWS,
  needs: [admissionFlags, serverVersion, podRequests],
  create(context) {
    const policies: Policy[] = []
    const bindings: Binding[] = []
    return {
      validatingadmissionpolicies(policy) {
        if (!isGatekeepers(policy)) policies.push(policyOf(policy))
      },
      validatingadmissionpolicybindings: binding => void bindings.push(bindingOf(binding)),
      end(): PodGuards {
        const world: World = {
          asked: new Map(), requests: context.fact(podRequests), minor: effectiveMinor(context.fact(serverVersion)),
          off: switchedOff(context.fact(admissionFlags), ENGINE),
          areBindingsWhole: context.outcome('validatingadmissionpolicybindings').outcome === 'complete',
        }
        const judged = policies.map(policy => judge(policy, bindings.filter(binding => binding.policy === policy.name), world))
        return {guards: judged.flatMap(({guards}) => guards), inert: judged.flatMap(({inert}) => inert)}
      },
    }
  },
})

interface World {
  asked: KnownAnswers
  requests: PodRequests
  minor: number | null
  /** The admission plugin behind them. */
  off: SwitchedOff
  areBindingsWhole: boolean
}

function policyOf(policy: KubeObject): Policy {
  const spec = at(policy, 'spec')
  const conditions = conditionsOf(spec, 'matchConditions')
  return {
    name: nameOf(policy), object: refOf(policy), apiVersion: policy.apiVersion,
    hasParams: at(spec, 'paramKind') !== undefined, isFailOpen: textAt(spec, 'failurePolicy') === 'Ignore',
    match: matchOf(at(spec, 'matchConstraints')),
    rules: celRulesOf(spec, 'validations', conditions.filter(one => exceptedUsers(one) === null)),
    exceptUsers: conditions.filter(one => exceptedUsers(one) !== null),
  }
}

/** Without a binding, or with one that names no such namespace, it does nothing. */
function judge(policy: Policy, bindings: readonly Binding[], world: World): PodGuards {
  const {name, object} = policy
  const contents = contentsOfPolicy(policy, world)
  if (contents.length === 0) return {guards: [], inert: []}
  const inert = (why: string, kind: InertGuard['kind']): PodGuards => ({guards: [], inert: [{engine: ENGINE, name, object, why, kind}]})
  if (world.off === 'all') return inert(`the API server has ${ENGINE} switched off`, 'other')
  const guards = bindings.flatMap(binding => guardsBy(policy, contents, binding, world))
  if (world.areBindingsWhole) return guards.length > 0 ? {guards, inert: []} : inert(bindings.length === 0 ? 'no binding' : 'no binding matches pods, or none has an action', 'unbound')
  // What the bindings that were not read make it do is not known.
  const unread = policySeers(policy, world).map((one): Refuser<PodRequest> => ({...one, gaps: [...one.gaps, 'its bindings could not be read']}))
  return {guards: [...guards, ...contentGuards(doubtful(contents), unread, {engine: ENGINE, name, object, action: 'refused'}, world.requests)], inert: []}
}

function contentsOfPolicy(policy: Policy, world: World): Content[] {
  const seers = policySeers(policy, world)
  const rules = {judges: celJudges(policy.rules), isFailOpen: policy.isFailOpen, minor: minorOf(world.minor)}
  return contentsOf(rules, world.requests, request => seers.some(({sees}) => sees(request)), {asked: world.asked})
}

function policySeers({match}: Policy, {requests}: World): Refuser<PodRequest>[] {
  return policyRefusers(match, aboutPods(requests))
}

function guardsBy(policy: Policy, contents: readonly Content[], binding: Binding, world: World): PodGuard[] {
  const action = actionOf(binding)
  if (action === null) return []
  const everywhere: Refuser<PodRequest> = {
    sees: () => true, isIn: null,
    gaps: [...podConditions(policy.exceptUsers).gaps, ...(policy.isFailOpen ? [FAIL_OPEN] : [])],
    holes: [...podConditions(policy.exceptUsers).holes, ...(world.off === 'some' ? [`an API server has ${ENGINE} switched off`] : []), ...stageGap(policy, world.minor), ...paramHoles(policy, binding)],
  }
  const refusers = eachWithEach(policySeers(policy, world), bindingRefusers(binding.match, [], aboutPods(world.requests))).map(one => both(one, everywhere))
  return contentGuards(contents, refusers, {engine: ENGINE, name: policy.name, object: policy.object, action}, world.requests)
}

/** Whether its parameters are there is not looked at. */
function paramHoles({hasParams, isFailOpen}: Policy, {mayLackParams}: Binding): string[] {
  if (!hasParams) return []
  if (mayLackParams) return ['parameterNotFoundAction Allow: without its parameters it refuses nothing']
  return isFailOpen ? ['failurePolicy Ignore: without its parameters it refuses nothing'] : []
}

/** The hardest of them. */
function actionOf({actions}: Binding): PodGuard['action'] | null {
  if (actions.includes('Deny')) return 'refused'
  if (actions.includes('Warn')) return 'warned'
  return actions.includes('Audit') ? 'audited' : null
}
