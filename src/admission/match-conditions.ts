import type {SubjectRef} from '../audit/finding.js'
import {listAt, textAt} from '../kube/field.js'
import type {Json} from '../kube/json.js'
import {shortList} from '../kube/short-list.js'
import {normalised} from './cel-tokens.js'
import {controllerNamed} from './load-balancer-controllers.js'

/** Expressions of `matchConditions`: all must hold, else the request is not judged. */
export function conditionsOf(value: Json | undefined, ...steps: readonly string[]): string[] {
  return listAt(value, ...steps).map(one => textAt(one, 'expression') ?? '')
}

/** Everybody but some users, named one by one. */
const EXCEPT_USERS = /^! \( request \. userInfo \. username in \[ ("[^"\\]*"(?: , "[^"\\]*")*) \] \)$/

/**
 * Who or what is not judged. Load-balancer controllers write the status of
 * Services, and that is their work: a status policy that leaves them alone, and
 * nobody else, has no way past it.
 */
export function conditionGaps(expressions: readonly string[], road: 'spec' | 'status'): string[] {
  if (expressions.length === 0) return []
  const users = expressions.length === 1 ? exceptedUsers(expressions[0]!) : null
  if (users === null) return ['matchConditions leave some requests out']
  const others = road === 'spec' ? users : strangersIn(users)
  return others.length === 0 ? [] : [`matchConditions let through whatever ${shortList(others.toSorted(), 3)} ${others.length === 1 ? 'does' : 'do'}`]
}

/** Users that are no load-balancer controller. */
export function strangersIn(users: readonly string[]): string[] {
  return users.filter(user => controllerNamed(subjectOf(user)) === null)
}

/** Null: the expression leaves out something else, or too much. */
export function exceptedUsers(expression: string): string[] | null {
  const [, listed] = EXCEPT_USERS.exec(normalised(expression)) ?? []
  return listed === undefined ? null : [...listed.matchAll(/"([^"]*)"/g)].map(([, user = '']) => user)
}

function subjectOf(user: string): SubjectRef {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? []
  return namespace === undefined || name === undefined ? {kind: 'User', name: user} : {kind: 'ServiceAccount', namespace, name}
}
