import type {SubjectRef} from '../../audit/finding.js'
import type {Writer, WritersInfo} from '../external-ip-writers.js'
import {subjectText} from '../external-ip-writers.js'
import {shortList} from '../../kube/short-list.js'
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
    warnings: [...unreadWarnings(writers), ...(given.length > 0 || known.some(({isOwn}) => !isOwn) ? [] : unknownWriterWarnings(claims))],
  }
}

/** `isOwn`: the service controller of Kubernetes itself, which has its grant on every cluster, whether it runs or not. */
function controllerUser({subject, controller, class: own}: Writer): {user: string; controller: string; isOwn: boolean}[] {
  const user = userOf(subject)
  return controller === null || user === null ? [] : [{user, controller, isOwn: own === 'built-in'}]
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

/** The service controller of Kubernetes had cloud providers of its own up to 1.30; then it is the one that wrote. */
const OWN_MANAGER = 'kube-controller-manager'

function unknownWriterWarnings({balanced, managers, outcome}: PresentClaims): string[] {
  if (balanced === 0) return outcome.outcome === 'complete' ? [] : [`whether Services have load-balancer addresses could not be read (${outcome.outcome})`]
  if (managers.length > 0 && managers.every(manager => manager === OWN_MANAGER)) return []
  const by = managers.length === 0 ? '' : ` (it called itself ${shortList(managers, 3)})`
  return [`${balanced} ${balanced === 1 ? 'Service has' : 'Services have'} a load-balancer address that somebody wrote${by}, and no account with that right is a controller by its name (one of system:masters needs no grant): name it with --controller, or new load balancers stay without an address`]
}
