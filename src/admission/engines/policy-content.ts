import {at, listAt, textAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {selectorOf} from '../../kube/label-selector.js'
import {SPEC_TARGET, STATUS_TARGET, shapeOf} from '../cel-shapes.js'
import type {Shape, ShapeTarget} from '../cel-shapes.js'
import type {Refuser, Subject} from '../coverage.js'
import {FAIL_OPEN, SERVICES, byRules, inSelected, optInGaps, optOutGaps, seesAny, selectorGap, withChosen} from '../coverage.js'
import {conditionGaps, conditionsOf} from '../match-conditions.js'
import {REQUESTS, requestRulesOf} from '../request-rules.js'
import type {ApiRequest, RequestRule} from '../request-rules.js'
import {allowListGap} from './blocker.js'
import type {Judgement} from './blocker.js'

export type Road = 'spec' | 'status'

/** `matchResources` of policies and bindings. */
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
  /** Their expressions. */
  matchConditions: readonly string[]
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
  const doesJudgeWho = texts.some(isAboutRequester)
  const asks = (word: RegExp, road: Road): boolean => (texts.some(text => word.test(text)) || (doesJudgeWho && doesName(match.rules, road))) && policyRefusers(match, SERVICES).some(one => seesAny(one, REQUESTS[road]))
  const [asksSpec, asksStatus] = [asks(/externalIPs/, 'spec'), asks(/loadBalancer|ingress/, 'status')]
  if (!asksSpec && !asksStatus) return null
  const expressions = listAt(spec, 'validations').map(one => textAt(one, 'expression') ?? '')
  return {
    match, isFailOpen: textAt(spec, 'failurePolicy') === 'Ignore', matchConditions: conditionsOf(spec, 'matchConditions'),
    spec: asksSpec ? strictest(expressions, SPEC_TARGET) : null, status: asksStatus ? strictest(expressions, STATUS_TARGET) : null,
  }
}

/** It looks at who asks, where or when, not at what stands in the Service: it may refuse anything. */
function isAboutRequester(expression: string): boolean {
  return expression.trim() !== '' && !/\b(?:object|variables)\b/.test(expression)
}

const NAMES: Readonly<Record<Road, readonly string[]>> = {spec: ['services'], status: ['services/status', 'services/*', '*/status']}

/** By name: policies for everything are about something else. */
function doesName(rules: readonly RequestRule[], road: Road): boolean {
  return rules.some(({resources}) => resources.some(one => NAMES[road].includes(one)))
}

/** Every validation must hold, so one that refuses is enough. */
export function strictest(expressions: readonly string[], target: ShapeTarget): Shape {
  const shapes = expressions.map(expression => shapeOf(expression, target))
  return shapes.find(({kind}) => kind === 'denies') ?? shapes.find(({kind}) => kind === 'allow-list') ?? {kind: 'unknown'}
}

/** A policy without rules sees nothing. */
export function policyRefusers<R extends ApiRequest>(match: MatchResources, subject: Subject<R>): Refuser<R>[] {
  return byRules(match.rules, match.excluded, selectorsOf(match, [], subject), subject)
}

/** A binding without rules sees what its policy sees, but for what it excludes. */
export function bindingRefusers<R extends ApiRequest>(match: MatchResources, gaps: readonly string[], subject: Subject<R>): Refuser<R>[] {
  return byRules(match.rules.length === 0 ? null : match.rules, match.excluded, selectorsOf(match, gaps, subject), subject)
}

function selectorsOf<R extends ApiRequest>({namespaceSelector, hasObjectSelector}: MatchResources, gaps: readonly string[], subject: Subject<R>): Omit<Refuser<R>, 'sees'> {
  const selected: Omit<Refuser<R>, 'sees'> = {isIn: inSelected(namespaceSelector), gaps: [...optOutGaps(namespaceSelector), ...(subject.chosen === 'holes' ? optInGaps(namespaceSelector) : []), ...gaps]}
  return hasObjectSelector ? withChosen(selected, selectorGap(subject), subject) : selected
}

/** What the policy refuses wherever it is asked, with the ways past that are its own. */
export function contentRefusers({match, isFailOpen, matchConditions}: PolicyContent, {shape, road}: {shape: Shape; road: Road}): Refuser[] {
  const gaps = [
    ...conditionGaps(matchConditions, road),
    ...(isFailOpen ? [FAIL_OPEN] : []),
    ...(shape.kind === 'allow-list' ? allowListGap(shape.allowed) : []),
  ]
  return policyRefusers(match, SERVICES).map(one => ({...one, gaps: [...one.gaps, ...gaps]}))
}

/** A content that we cannot read is unknown where it would refuse. */
export function judged(shape: Shape, judgement: Judgement): Judgement {
  if (shape.kind !== 'unknown' || judgement.state !== 'enforcing') return judgement
  return {state: 'unknown', gaps: ['its expressions are none that we know: what they refuse is not known', ...judgement.gaps]}
}
