import {listAt, textAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {evaluateCel} from './cel-evaluate.js'
import type {Notes} from './cel-evaluate.js'
import {textsOf} from './cel-functions.js'
import type {Cel} from './cel-parse.js'
import {parseCel, partsOf} from './cel-parse.js'
import type {Sketch, Value} from './cel-value.js'
import {absent, not, or, partly} from './cel-value.js'
import type {AskedPod, PodJudge} from './policy-controls.js'

export interface CelRules {
  /** Each must hold. */
  validations: readonly string[]
  variables: readonly {name: string; expression: string}[]
  /** Each must hold, or the request is not judged. */
  conditions: readonly string[]
}

/** `validations` and `variables` of a policy; Kyverno's rules call the first `expressions`. */
export function celRulesOf(value: Json | undefined, field: string, conditions: readonly string[]): CelRules {
  return {
    validations: listAt(value, field).map(one => textAt(one, 'expression') ?? ''),
    variables: listAt(value, 'variables').map(one => ({name: textAt(one, 'name') ?? '', expression: textAt(one, 'expression') ?? ''})),
    conditions,
  }
}

/** One for each validation, each with the variables and conditions of them all. */
export function celJudges({validations, variables, conditions}: CelRules): PodJudge[] {
  const named = new Map(variables.map(({name, expression}) => [name, parseCel(expression)]))
  const when = conditions.map(parseCel)
  const shared = [...variables.map(({name, expression}) => `${name}: ${expression}`), ...conditions].join('\n')
  return validations.map(expression => {
    const cel = parseCel(expression)
    const parts = [cel, ...named.values(), ...when]
    return {
      source: `${expression}\n${shared}`, texts: parts.flatMap(part => (part === null ? [] : textsIn(part))),
      judge: cel === null || when.includes(null) ? null : asked => judgedBy({cel, when: when as Cel[], named}, asked),
    }
  })
}

/** Also those that a pattern lists. */
function textsIn(cel: Cel): string[] {
  return [...partsOf(cel)].flatMap(part => (part.kind === 'text' ? [part.text, ...(textsOf(part.text) ?? [])] : []))
}

interface Parsed {
  cel: Cel
  when: readonly Cel[]
  named: ReadonlyMap<string, Cel | null>
}

function judgedBy({cel, when, named}: Parsed, asked: AskedPod): ReturnType<NonNullable<PodJudge['judge']>> {
  const notes: Notes = {reads: new Set(), strange: new Set(), mayFail: false}
  const world = {names: namesOf(asked), variables: named, notes}
  // What a condition leaves out is let through.
  const may = when.reduce((passes, condition) => or(passes, not(evaluateCel(condition, world))), evaluateCel(cel, world))
  return {may, reads: notes.reads, isUnderstood: notes.strange.size === 0}
}

/** Of the old object, of who asks and of parameters nothing is known. */
function namesOf({request, object}: AskedPod): Map<string, Value> {
  const unknown = (path: string): Value => ({kind: 'unknown', path})
  return new Map<string, Value>([
    ['object', object],
    ['oldObject', request.operation === 'CREATE' ? {kind: 'null'} : partly({}, 'oldObject')],
    ['request', partly(requestSketch(request), 'request')],
    // The last are Kyverno's.
    ['params', unknown('params')], ['namespaceObject', unknown('namespaceObject')], ['authorizer', unknown('authorizer')],
    ['images', unknown('images')], ['exceptions', unknown('exceptions')],
  ])
}

function requestSketch({operation, group, version, kind, resource, subresource}: AskedPod['request']): Sketch {
  return {
    operation, kind: {group, version, kind}, resource: {group, version, resource},
    // An empty one is not handed to the expression.
    subResource: subresource === '' ? absent : subresource,
  }
}
