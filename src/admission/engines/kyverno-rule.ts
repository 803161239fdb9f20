import {at, flagAt, isMapping, listAt, mappingAt, textAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {SPEC_TARGET} from '../cel-shapes.js'
import type {Shape} from '../cel-shapes.js'
import type {Refuser} from '../coverage.js'
import {allowListGap} from './blocker.js'
import {filtersOf, isAbout} from './kyverno-match.js'
import type {Override} from './kyverno-action.js'
import {overridesOf} from './kyverno-action.js'
import {strictest} from './policy-content.js'

/** What one rule of a ClusterPolicy or Policy says about external IPs. */
export interface KyvernoRule {
  name: string
  action: string | null
  shape: Shape
  overrides: readonly Override[]
  /** Any of them is enough for the rule to be asked. */
  filters: readonly Refuser[]
  seesSpec: boolean
  seesStatus: boolean
}

/** Null for rules that are not about external IPs of Services. */
export function ruleOf(rule: Json): KyvernoRule | null {
  const validate = at(rule, 'validate')
  if (validate === undefined) return null
  const text = JSON.stringify(validate)
  const match = at(rule, 'match')
  const seesSpec = text.includes('externalIPs') && isAbout(match, '')
  const seesStatus = /externalIPs|loadBalancer|ingress/.test(text) && isAbout(match, 'status')
  if (!seesSpec && !seesStatus) return null
  const shape = shapeOfValidate(validate)
  const gaps = [...ruleGaps(rule, validate), ...(shape.kind === 'allow-list' ? allowListGap(shape.allowed) : [])]
  return {
    name: textAt(rule, 'name') ?? '', shape, seesSpec, seesStatus,
    action: textAt(validate, 'failureAction')?.toLowerCase() ?? null,
    overrides: overridesOf(validate, 'failureActionOverrides'),
    filters: filtersOf(match).map(filter => ({...filter, gaps: [...filter.gaps, ...gaps]})),
  }
}

function ruleGaps(rule: Json, validate: Json): string[] {
  return [
    ...(at(rule, 'exclude') === undefined ? [] : ['it excludes some Services or users']),
    ...(at(rule, 'preconditions') === undefined && listAt(rule, 'celPreconditions').length === 0 ? [] : ['preconditions leave some requests out']),
    // Kyverno's default: what already broke the rule may be changed, to other addresses too. CEL is not asked about it.
    ...(flagAt(validate, 'allowExistingViolations') === false || at(validate, 'cel') !== undefined ? [] : ['a Service that already has external IPs may get others (allowExistingViolations)']),
  ]
}

/** Parts of `validate` that change nothing about what is refused. */
const NEUTRAL: readonly string[] = ['message', 'failureAction', 'failureActionOverrides', 'allowExistingViolations']

/**
 * The library's pattern, whole and alone (`X(externalIPs)`: the field must not
 * be there), or CEL of a known shape. Any other anchor beside it may make the
 * pattern a condition, or a choice; the library's hint at a list of allowed
 * addresses is compared place by place. All that is unknown.
 */
function shapeOfValidate(validate: Json): Shape {
  const kinds = Object.keys(mappingAt(validate)).filter(field => !NEUTRAL.includes(field))
  if (kinds.length !== 1) return {kind: 'unknown'}
  if (kinds[0] === 'pattern') return isLibraryPattern(at(validate, 'pattern')) ? {kind: 'denies'} : {kind: 'unknown'}
  if (kinds[0] !== 'cel') return {kind: 'unknown'}
  const cel = at(validate, 'cel')
  if (at(cel, 'paramKind') !== undefined || at(cel, 'paramRef') !== undefined) return {kind: 'unknown'}
  return strictest(listAt(cel, 'expressions').map(one => textAt(one, 'expression') ?? ''), SPEC_TARGET)
}

function isLibraryPattern(pattern: Json | undefined): boolean {
  return isMapping(pattern) && Object.keys(pattern).join() === 'spec' && isMapping(pattern['spec']) && Object.keys(pattern['spec']).join() === 'X(externalIPs)'
}
