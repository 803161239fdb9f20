import {at, listAt, textAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {selectorOf} from '../../kube/label-selector.js'
import {SPEC_TARGET, STATUS_TARGET, shapeOf} from '../cel-shapes.js'
import type {Shape, ShapeTarget} from '../cel-shapes.js'
import {doesCover, operationGaps, requestRulesOf} from '../request-rules.js'
import type {RequestRule} from '../request-rules.js'
import {allowListGap} from './blocker.js'
import type {Judgement} from './blocker.js'

/** `matchResources` of policies and bindings; absent rules match all that the other side matches. */
export interface MatchResources {
  rules: readonly RequestRule[]
  excluded: readonly RequestRule[]
  namespaceSelector: LabelSelector
  hasObjectSelector: boolean
}

/** What a policy in CEL (the API server's own kind, and Kyverno's that is modelled on it) says about the two roads. */
export interface PolicyContent {
  match: MatchResources
  isFailOpen: boolean
  matchConditions: number
  spec: Shape | null
  status: Shape | null
}

export function matchOf(value: Json | undefined): MatchResources {
  return {
    rules: requestRulesOf(value, 'resourceRules'), excluded: requestRulesOf(value, 'excludeResourceRules'),
    namespaceSelector: selectorOf(at(value, 'namespaceSelector')),
    hasObjectSelector: selectorOf(at(value, 'objectSelector')).length > 0,
  }
}

/** Null for a policy that has nothing to do with external IPs. */
export function contentOf(spec: Json | undefined): PolicyContent | null {
  const match = matchOf(at(spec, 'matchConstraints'))
  const texts = [...listAt(spec, 'validations'), ...listAt(spec, 'variables')].map(one => textAt(one, 'expression') ?? '')
  const doesMention = (word: RegExp): boolean => texts.some(text => word.test(text))
  const asksSpec = doesMention(/externalIPs/) && sees(match, '')
  const asksStatus = doesMention(/loadBalancer|ingress/) && sees(match, 'status')
  if (!asksSpec && !asksStatus) return null
  const expressions = listAt(spec, 'validations').map(one => textAt(one, 'expression') ?? '')
  return {
    match, isFailOpen: textAt(spec, 'failurePolicy') === 'Ignore', matchConditions: listAt(spec, 'matchConditions').length,
    spec: asksSpec ? strictest(expressions, SPEC_TARGET) : null, status: asksStatus ? strictest(expressions, STATUS_TARGET) : null,
  }
}

/** Every validation must hold, so one that refuses is enough. */
function strictest(expressions: readonly string[], target: ShapeTarget): Shape {
  const shapes = expressions.map(expression => shapeOf(expression, target))
  return shapes.find(({kind}) => kind === 'denies') ?? shapes.find(({kind}) => kind === 'allow-list') ?? {kind: 'unknown'}
}

/** Does it see requests of that kind at all? */
export function sees({rules, excluded}: MatchResources, subresource: '' | 'status'): boolean {
  const operations = subresource === '' ? (['CREATE', 'UPDATE'] as const) : (['UPDATE'] as const)
  return operations.some(operation => doesCover(rules, {operation, subresource}) && !doesCover(excluded, {operation, subresource}))
}

/** Gaps that the policy itself has, wherever it is bound. */
export function contentGaps({match, isFailOpen, matchConditions}: PolicyContent, shape: Shape, subresource: '' | 'status'): string[] {
  return [
    ...(subresource === '' ? operationGaps(withoutExcluded(match)) : []),
    ...(matchConditions > 0 ? ['matchConditions leave some requests out'] : []),
    ...(match.hasObjectSelector ? ['an objectSelector: whoever writes the Service chooses its labels'] : []),
    // An expression over a long list can exceed its budget, which is an error.
    ...(isFailOpen ? ['failurePolicy Ignore: an error in the evaluation lets the request through'] : []),
    ...(shape.kind === 'allow-list' ? allowListGap(shape.allowed) : []),
  ]
}

/** Rules of operations that are not excluded again. */
function withoutExcluded({rules, excluded}: MatchResources): RequestRule[] {
  return (['CREATE', 'UPDATE'] as const)
    .filter(operation => doesCover(rules, {operation, subresource: ''}) && !doesCover(excluded, {operation, subresource: ''}))
    .map(operation => ({apiGroups: [''], apiVersions: ['v1'], operations: [operation], resources: ['services']}))
}

/** A content that we cannot read is unknown where it would refuse. */
export function judged(shape: Shape, gaps: readonly string[]): Judgement {
  if (shape.kind === 'unknown') return {state: 'unknown', gaps: ['its expressions are none that we know: what they refuse is not known', ...gaps]}
  return {state: 'enforcing', gaps}
}
