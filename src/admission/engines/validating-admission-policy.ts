import {defineFact} from '../../audit/fact.js'
import {serverVersion} from '../../audit/server-version.js'
import {at, textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf} from '../../kube/object.js'
import type {SwitchedOff} from '../../audit/admission-flags.js'
import {admissionFlags, switchedOff} from '../../audit/admission-flags.js'
import type {Shape} from '../cel-shapes.js'
import type {Refuser} from '../coverage.js'
import {SERVICES, both, eachWithEach, judgeTogether, seesAny} from '../coverage.js'
import {namespaceLabels} from '../namespaces.js'
import type {NamespacesInfo} from '../namespaces.js'
import {REQUESTS} from '../request-rules.js'
import type {Blocker, EngineBlockers, Judgement} from './blocker.js'
import {unique, unreadRow} from './blocker.js'
import type {MatchResources, PolicyContent, Road} from './policy-content.js'
import {bindingRefusers, contentOf, contentRefusers, judged, matchOf} from './policy-content.js'

interface Policy {
  name: string
  apiVersion: string
  hasParams: boolean
  content: PolicyContent
}
export interface Binding {
  policy: string
  actions: readonly string[]
  match: MatchResources
  /** Objects of parameters that may be missing, and then nothing is refused. */
  mayLackParams: boolean
}

const ENGINE = 'ValidatingAdmissionPolicy'
const ROWS = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'] as const

/** ValidatingAdmissionPolicies about external IPs. A policy without a binding does nothing. */
export const admissionPolicyBlockers = defineFact({
  id: 'external-ip-admission-policies',
  reads: ROWS,
  needs: [namespaceLabels, admissionFlags, serverVersion],
  create(context) {
    const policies: Policy[] = []
    const bindings: Binding[] = []
    return {
      validatingadmissionpolicies(policy) {
        const content = contentOf(at(policy, 'spec'))
        if (content !== null) policies.push({name: nameOf(policy), apiVersion: policy.apiVersion, hasParams: at(policy, 'spec', 'paramKind') !== undefined, content})
      },
      validatingadmissionpolicybindings: binding => void bindings.push(bindingOf(binding)),
      end(): EngineBlockers {
        const world: World = {
          namespaces: context.fact(namespaceLabels), off: switchedOff(context.fact(admissionFlags), ENGINE),
          minor: context.fact(serverVersion).minor,
          areBindingsWhole: context.outcome('validatingadmissionpolicybindings').outcome === 'complete',
        }
        const blockers = policies.map(policy => blockerOf(policy, bindings.filter(binding => binding.policy === policy.name), world))
        return {blockers, unread: ROWS.flatMap(row => unreadRow(row, context.outcome(row)))}
      },
    }
  },
})

interface World {
  namespaces: NamespacesInfo
  areBindingsWhole: boolean
  /** The admission plugin behind it. */
  off: SwitchedOff
  /** Null: nothing tells it. */
  minor: number | null
}

export function bindingOf(binding: KubeObject): Binding {
  const actions = textsAt(binding, 'spec', 'validationActions')
  return {
    policy: textAt(binding, 'spec', 'policyName') ?? '',
    // The first alpha had no actions: a failed validation always refused. Later versions demand at least one.
    actions: actions.length === 0 && binding.apiVersion.endsWith('/v1alpha1') ? ['Deny'] : actions,
    match: matchOf(at(binding, 'spec', 'matchResources')),
    mayLackParams: textAt(binding, 'spec', 'paramRef', 'parameterNotFoundAction') === 'Allow',
  }
}

function blockerOf(policy: Policy, bindings: readonly Binding[], world: World): Blocker {
  const {content, name} = policy
  const judge = (road: Road): Judgement | null => (content[road] === null ? null : judgeRoad(policy, {shape: content[road], road}, bindings, world))
  return {engine: ENGINE, name, spec: judge('spec'), status: judge('status')}
}

/** One road, and what the policy's expressions do there. */
interface Asked {
  shape: Shape
  road: Road
}

function judgeRoad(policy: Policy, asked: Asked, bindings: readonly Binding[], world: World): Judgement {
  const bound = bindings.map(binding => ({actions: binding.actions, refusers: boundRefusers(policy, asked, binding, world).filter(one => seesAny(one, REQUESTS[asked.road]))}))
  const reaching = bound.filter(({refusers}) => refusers.length > 0)
  const denying = reaching.filter(({actions}) => actions.includes('Deny'))
  if (world.off === 'all') return {state: 'inert', gaps: [`the API server has ${ENGINE} switched off`]}
  if (denying.length === 0 && !world.areBindingsWhole) return {state: 'unknown', gaps: ['its bindings could not be read']}
  if (reaching.length === 0) return {state: 'inert', gaps: [bindings.length === 0 ? 'no binding: it does nothing' : 'no binding matches Services']}
  if (denying.length === 0) return {state: 'auditing', gaps: [`its bindings only ${unique(reaching.flatMap(({actions}) => actions)).join(' and ').toLowerCase()}`]}
  return judged(asked.shape, judgeTogether(denying.flatMap(({refusers}) => refusers), REQUESTS[asked.road], world.namespaces))
}

/** What the policy refuses through one binding: both must match the request and the namespace. */
function boundRefusers(policy: Policy, asked: Asked, {match, mayLackParams}: Binding, {off, minor}: World): Refuser[] {
  const paramGaps = policy.hasParams && mayLackParams ? ['parameterNotFoundAction Allow: without its parameters it refuses nothing'] : []
  const everywhere: Refuser = {sees: () => true, isIn: null, gaps: [...stageGap(policy, minor), ...(off === 'some' ? [`an API server has ${ENGINE} switched off`] : [])]}
  return eachWithEach(contentRefusers(policy.content, asked), bindingRefusers(match, paramGaps, SERVICES)).map(one => both(one, everywhere))
}

/** Before v1 (1.30) the API server evaluates policies only with a feature gate, which cannot be read; files may hold what it does not take. */
export function stageGap({apiVersion}: Pick<Policy, 'apiVersion'>, minor: number | null): string[] {
  if (!apiVersion.endsWith('/v1')) return [`${apiVersion} acts only where its feature gate is on`]
  return minor !== null && minor < FIRST_V1 ? [`${apiVersion} has policies from 1.${FIRST_V1} on`] : []
}

const FIRST_V1 = 30
