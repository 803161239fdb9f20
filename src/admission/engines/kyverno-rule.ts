import {at, flagAt, isMapping, listAt, textAt, textsAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {SPEC_TARGET, shapeOf} from '../cel-shapes.js'
import type {Shape} from '../cel-shapes.js'
import {allowListGap} from './blocker.js'

/** What one rule of a ClusterPolicy or Policy says about external IPs. */
export interface KyvernoRule {
  name: string
  action: string | null
  shape: Shape
  overrides: readonly Override[]
  gaps: readonly string[]
  seesStatus: boolean
}

export interface Override {
  action: string
  namespaces: readonly string[]
  hasSelector: boolean
}

/** Null for rules that are not about external IPs of Services. */
export function ruleOf(rule: Json): KyvernoRule | null {
  const validate = at(rule, 'validate')
  if (validate === undefined || !JSON.stringify(validate).includes('externalIPs')) return null
  const filters = filtersOf(at(rule, 'match'))
  const kinds = filters.flatMap(filter => textsAt(filter, 'kinds'))
  if (!kinds.some(kind => isServices(kind, ''))) return null
  const shape = shapeOfValidate(validate)
  return {
    name: textAt(rule, 'name') ?? '', action: textAt(validate, 'failureAction') ?? null, shape,
    overrides: overridesOf(validate, 'failureActionOverrides'),
    gaps: [...ruleGaps(rule, filters), ...(shape.kind === 'allow-list' ? allowListGap(shape.allowed) : [])],
    seesStatus: kinds.some(kind => isServices(kind, 'status')),
  }
}

/** `Service`, `v1/Service`, `v1/Service/status`: what follows the kind is the subresource. */
function isServices(kind: string, subresource: string): boolean {
  const parts = kind.split(/[/.]/)
  if (kind === '*') return true
  const at = parts.indexOf('Service')
  return at !== -1 && (parts[at + 1] ?? '') === subresource
}

/** Resource filters of `match`, in its old flat form and under `any` and `all`. */
function filtersOf(match: Json | undefined): Json[] {
  const entries = [match ?? {}, ...listAt(match, 'any'), ...listAt(match, 'all')]
  return entries.flatMap(entry => {
    const resources = at(entry, 'resources')
    return resources === undefined ? [] : [resources]
  })
}

function ruleGaps(rule: Json, filters: readonly Json[]): string[] {
  const validate = at(rule, 'validate')
  const match = at(rule, 'match')
  const isAll = listAt(match, 'all').length > 1
  const narrowed = ['namespaces', 'namespaceSelector', 'names', 'name', 'selector', 'annotations'].filter(field => filters.some(filter => at(filter, field) !== undefined))
  const operations = filters.flatMap(filter => textsAt(filter, 'operations'))
  const people = [match, ...listAt(match, 'any'), ...listAt(match, 'all')].some(entry => ['subjects', 'roles', 'clusterRoles'].some(field => at(entry, field) !== undefined))
  return [
    ...(narrowed.length > 0 || isAll ? [`it matches only some Services (${[...narrowed, ...(isAll ? ['all'] : [])].join(', ')})`] : []),
    ...(operations.length > 0 ? ['CREATE', 'UPDATE'].filter(one => !operations.includes(one)).map(one => `${one} is not matched`) : []),
    ...(people ? ['it matches only some users'] : []),
    ...(at(rule, 'exclude') === undefined ? [] : ['it excludes some Services or users']),
    ...(at(rule, 'preconditions') === undefined && listAt(rule, 'celPreconditions').length === 0 ? [] : ['preconditions leave some requests out']),
    // Kyverno's default: what already broke the rule may be changed, to other addresses too.
    ...(flagAt(validate, 'allowExistingViolations') === false ? [] : ['a Service that already has external IPs may get others (allowExistingViolations)']),
  ]
}

/** The library's pattern (`X(externalIPs): "null"`: the field must not be there), or CEL of a known shape. */
function shapeOfValidate(validate: Json): Shape {
  const pattern = at(validate, 'pattern', 'spec')
  if (isMapping(pattern)) return Object.hasOwn(pattern, 'X(externalIPs)') ? {kind: 'denies'} : {kind: 'unknown'}
  const shapes = listAt(validate, 'cel', 'expressions').map(one => shapeOf(textAt(one, 'expression') ?? '', SPEC_TARGET))
  return shapes.find(({kind}) => kind === 'denies') ?? shapes.find(({kind}) => kind === 'allow-list') ?? {kind: 'unknown'}
}

export function overridesOf(value: Json | undefined, field: string): Override[] {
  return listAt(value, field).map(one => ({
    action: (textAt(one, 'action') ?? '').toLowerCase(), namespaces: textsAt(one, 'namespaces'), hasSelector: at(one, 'namespaceSelector') !== undefined,
  }))
}
