import type {SubjectRef} from '../../audit/finding.js'
import type {Writer, WritersInfo} from '../external-ip-writers.js'
import {subjectText} from '../external-ip-writers.js'
import {shortList} from '../../network/short-list.js'
import type {PresentClaims} from './present-claims.js'

/** Who goes on writing load-balancer statuses, and who no longer does. */
export interface StatusWriters {
  /** User names as requests carry them, sorted. */
  users: readonly string[]
  /** Which is which, for people. */
  named: readonly string[]
  /** Subjects with the right that are no controller by their name: they will be refused. */
  refused: readonly string[]
  warnings: readonly string[]
}

/** @param given user names that a person adds */
export function statusWriters(writers: WritersInfo, claims: PresentClaims, given: readonly string[]): StatusWriters {
  const known = writers.roads.status.flatMap(controllerUser)
  const users = [...new Set([...known.map(({user}) => user), ...given])].toSorted()
  const nameOfUser = (user: string): string => `${user} (${known.find(one => one.user === user)?.controller ?? 'named by you'})`
  return {
    users, named: users.map(nameOfUser),
    refused: writers.roads.status.filter(writer => isOther(writer) && !given.includes(userOf(writer.subject) ?? '')).map(({subject}) => subjectText(subject)),
    warnings: [...unreadWarnings(writers), ...unknownWriterWarnings(users, claims)],
  }
}

function controllerUser({subject, controller}: Writer): {user: string; controller: string}[] {
  const user = userOf(subject)
  return controller === null || user === null ? [] : [{user, controller}]
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/

/** Null for groups, and for accounts of what can be no namespace. */
function userOf({kind, name, namespace = ''}: SubjectRef): string | null {
  if (kind === 'User') return name
  return kind === 'ServiceAccount' && LABEL.test(namespace) ? `system:serviceaccount:${namespace}:${name}` : null
}

/** Administrators can take the policy away, and parts of Kubernetes write no addresses. */
function isOther({class: own, controller}: Writer): boolean {
  return controller === null && (own === 'everyone' || own === 'subject')
}

function unreadWarnings({unread}: WritersInfo): string[] {
  if (unread.length === 0) return []
  return [`who writes load-balancer statuses is not known, for ${shortList(unread.map(({row, outcome}) => `${row} (${outcome})`))} could not be read: a controller that is not listed is refused, so add it with --controller`]
}

function unknownWriterWarnings(users: readonly string[], {balanced, outcome}: PresentClaims): string[] {
  if (users.length > 0) return []
  if (balanced > 0) return [`${balanced} ${balanced === 1 ? 'Service has' : 'Services have'} a load-balancer address that somebody wrote, and no account with that right is a controller by its name (one of system:masters needs no grant): name it with --controller, or new load balancers stay without an address`]
  return outcome.outcome === 'complete' ? [] : [`whether Services have load-balancer addresses could not be read (${outcome.outcome})`]
}
