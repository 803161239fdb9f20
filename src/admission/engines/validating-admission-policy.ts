import {defineFact} from '../../audit/fact.js'
import {at, textAt, textsAt} from '../../kube/field.js'
import {isSelected} from '../../kube/label-selector.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf} from '../../kube/object.js'
import {admissionFlags} from '../admission-flags.js'
import type {Shape} from '../cel-shapes.js'
import {namespaceGap, namespaceLabels} from '../namespaces.js'
import type {NamespacesInfo} from '../namespaces.js'
import {operationGaps} from '../request-rules.js'
import type {Blocker, EngineBlockers, Judgement} from './blocker.js'
import {unique, unreadRow} from './blocker.js'
import type {MatchResources, PolicyContent} from './policy-content.js'
import {contentGaps, contentOf, judged, matchOf, sees} from './policy-content.js'

interface Policy {
  name: string
  apiVersion: string
  hasParams: boolean
  content: PolicyContent
}
interface Binding {
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
  needs: [namespaceLabels, admissionFlags],
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
        const {flagz, pods} = context.fact(admissionFlags)
        const isOff = [...pods, ...(flagz === null ? [] : [flagz])].some(({disabled}) => disabled.includes(ENGINE))
        const world: World = {namespaces: context.fact(namespaceLabels), areBindingsWhole: context.outcome('validatingadmissionpolicybindings').outcome === 'complete', isOff}
        const blockers = policies.map(policy => blockerOf(policy, bindings.filter(binding => binding.policy === policy.name), world))
        return {blockers, unread: ROWS.flatMap(row => unreadRow(row, context.outcome(row)))}
      },
    }
  },
})

interface World {
  namespaces: NamespacesInfo
  areBindingsWhole: boolean
  /** The admission plugin behind it is switched off on an instance. */
  isOff: boolean
}

function bindingOf(binding: KubeObject): Binding {
  const actions = textsAt(binding, 'spec', 'validationActions')
  return {
    policy: textAt(binding, 'spec', 'policyName') ?? '',
    // The first alpha had no actions: a failed validation always refused.
    actions: actions.length === 0 ? ['Deny'] : actions,
    match: matchOf(at(binding, 'spec', 'matchResources')),
    mayLackParams: textAt(binding, 'spec', 'paramRef', 'parameterNotFoundAction') === 'Allow',
  }
}

function blockerOf(policy: Policy, bindings: readonly Binding[], world: World): Blocker {
  const {content, name} = policy
  const judge = (shape: Shape | null, subresource: '' | 'status'): Judgement | null => (shape === null ? null : judgeRoad(policy, shape, subresource, bindings, world))
  return {engine: ENGINE, name, spec: judge(content.spec, ''), status: judge(content.status, 'status')}
}

function judgeRoad(policy: Policy, shape: Shape, subresource: '' | 'status', bindings: readonly Binding[], world: World): Judgement {
  // A binding's own rules narrow the policy's.
  const reaching = bindings.filter(({match}) => match.rules.length === 0 || sees(match, subresource))
  const denying = reaching.filter(({actions}) => actions.includes('Deny'))
  if (world.isOff) return {state: 'inert', gaps: [`an API server has ${ENGINE} switched off`]}
  if (denying.length === 0 && !world.areBindingsWhole) return {state: 'unknown', gaps: ['its bindings could not be read']}
  if (reaching.length === 0) return {state: 'inert', gaps: [bindings.length === 0 ? 'no binding: it does nothing' : 'no binding matches Services']}
  if (denying.length === 0) return {state: 'auditing', gaps: [`its bindings only ${unique(reaching.flatMap(({actions}) => actions)).join(' and ').toLowerCase()}`]}
  const gaps = [...contentGaps(policy.content, shape, subresource), ...bindingGaps(policy, denying, subresource, world), ...stageGap(policy)]
  return judged(shape, unique(gaps))
}

function bindingGaps({content, hasParams}: Policy, denying: readonly Binding[], subresource: '' | 'status', {namespaces}: World): string[] {
  const isBound = (labels: Readonly<Record<string, string>>): boolean => isSelected(content.match.namespaceSelector, labels) && denying.some(({match}) => isSelected(match.namespaceSelector, labels))
  const isEverywhere = content.match.namespaceSelector.length === 0 && denying.some(({match}) => match.namespaceSelector.length === 0)
  const plain = denying.filter(({match}) => match.rules.length === 0)
  return [
    ...(isEverywhere ? [] : namespaceGap(namespaces, (_, labels) => isBound(labels))),
    ...(denying.every(({match}) => match.hasObjectSelector) ? ['its binding has an objectSelector: whoever writes the Service chooses its labels'] : []),
    ...(plain.length === 0 && subresource === '' ? operationGaps(denying.flatMap(({match}) => match.rules)) : []),
    ...(hasParams && denying.every(({mayLackParams}) => mayLackParams) ? ['parameterNotFoundAction Allow: without its parameters it refuses nothing'] : []),
  ]
}

/** Before v1 (1.30) the API server evaluates policies only with a feature gate, which cannot be read. */
function stageGap({apiVersion}: Policy): string[] {
  return apiVersion.endsWith('/v1') ? [] : [`${apiVersion} acts only where its feature gate is on`]
}
