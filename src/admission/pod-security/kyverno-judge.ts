import {at, isMapping, listAt, mappingAt, textAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {celJudges, celRulesOf} from './cel-judge.js'
import type {Notes} from './cel-evaluate.js'
import {FALSE, TRUE, and, not, or} from './cel-value.js'
import type {Value} from './cel-value.js'
import {conditionsHold} from './kyverno-conditions.js'
import type {Subjects} from './kyverno-conditions.js'
import {parsePath, valueAt} from './kyverno-jmespath.js'
import {mayBeSkipped, patternFits} from './kyverno-pattern.js'
import type {PodJudge} from './policy-controls.js'

/** Parts of `validate` that change nothing about what is refused. */
const NEUTRAL: readonly string[] = ['message', 'failureAction', 'failureActionOverrides', 'allowExistingViolations']

/**
 * What a rule of the older generation refuses. Its language is read as the
 * engine reads it, not compared with texts of published policies: those change
 * with each release, people change them, and a name is no proof of what a
 * policy checks. What is not read here is not understood, and said to be so.
 */
export function ruleJudges(rule: Json): PodJudge[] {
  const validate = at(rule, 'validate')
  const kinds = Object.keys(mappingAt(validate)).filter(field => !NEUTRAL.includes(field))
  const cel = at(validate, 'cel')
  if (kinds.join() === 'cel') return celJudges(celRulesOf(cel, 'expressions', listAt(rule, 'celPreconditions').map(one => textAt(one, 'expression') ?? '')))
  const source = JSON.stringify([validate, at(rule, 'preconditions')])
  const isKnown = kinds.length === 1 && ['pattern', 'anyPattern', 'deny', 'foreach'].includes(kinds[0]!) && listAt(rule, 'celPreconditions').length === 0 && !mayBeSkipped(validate ?? null)
  return [{
    source, texts: textsIn(validate),
    judge: !isKnown ? null : ({object, request}) => {
      const notes: Notes = {reads: new Set(), strange: new Set(), mayFail: false}
      const subjects: Subjects = {object, element: null, operation: request.operation, notes}
      // What its preconditions leave out is let through.
      const may = or(not(conditionsHold(at(rule, 'preconditions'), subjects)), passes(validate, subjects))
      return {may, reads: notes.reads, isUnderstood: notes.strange.size === 0}
    },
  }]
}

/** All texts in it, and the alternatives in one: each may be a value that it lets through. */
function textsIn(value: Json | undefined): string[] {
  if (typeof value === 'string') return value.split(/[|&]/).map(text => text.trim()).filter(text => text.length < LONGEST_VALUE && !/[{}*?<>!\s]/.test(text))
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(textsIn)
  return isMapping(value) ? Object.entries(value).flatMap(([key, own]) => (NEUTRAL.includes(key) ? [] : textsIn(own))) : []
}
const LONGEST_VALUE = 100

/** `pattern`, `anyPattern`, `deny` or `foreach`, of a rule or of one step of its loop. */
function passes(validate: Json | undefined, subjects: Subjects): number {
  const root = subjects.element ?? subjects.object
  const deny = at(validate, 'deny')
  if (deny !== undefined) return not(conditionsHold(at(deny, 'conditions'), subjects))
  const pattern = at(validate, 'pattern')
  if (pattern !== undefined) return patternFits(root, pattern, subjects.notes)
  const patterns = listAt(validate, 'anyPattern')
  if (patterns.length > 0) return patterns.map(one => patternFits(root, one, subjects.notes)).reduce(or, FALSE)
  const loops = listAt(validate, 'foreach')
  return loops.length === 0 ? strange('validate', subjects) : loops.map(loop => eachPasses(loop, subjects)).reduce(and, TRUE)
}

function strange(what: string, {notes}: Subjects): number {
  notes.strange.add(what)
  return TRUE | FALSE
}

function eachPasses(loop: Json, subjects: Subjects): number {
  const path = parsePath(textAt(loop, 'list') ?? '')
  if (path === null || path.root !== 'object' || listAt(loop, 'context').length > 0) return strange('foreach', subjects)
  const list = valueAt(path, subjects.object, subjects.notes)
  if (list.kind === 'null') return TRUE
  if (list.kind !== 'list') return TRUE | FALSE
  const passesFor = (element: Value): number => {
    const own = {...subjects, element}
    return or(not(conditionsHold(at(loop, 'preconditions'), own)), passes(loop, own))
  }
  return list.items.map(passesFor).reduce(and, list.isOpen ? TRUE | FALSE : TRUE)
}
