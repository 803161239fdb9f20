import type {CheckContext, Variant} from '../../audit/check.js'
import {gravestOf} from '../../audit/outcome.js'
import {externalIPRoads} from '../../admission/external-ip-roads.js'
import type {RoadState} from '../../admission/external-ip-roads.js'
import {externalIPWriters, subjectText} from '../../admission/external-ip-writers.js'
import type {Writer} from '../../admission/external-ip-writers.js'
import {shortList} from '../../kube/short-list.js'
import {bindingName, bindingText, capital, foldedText, isFolded, subjectRef} from '../holder-words.js'

/** Both roads have these: who a writer is decides how many people and programs that means. */
export const WRITER_VARIANTS = {
  anonymous: {severity: 'critical', title: 'Anybody who reaches the API server, without credentials'},
  everyone: {severity: 'high', title: 'A group that holds every user, or every workload, of the cluster'},
  'namespace-accounts': {severity: 'medium', title: 'Every workload of a namespace'},
  subject: {severity: 'medium', title: 'A user, group or ServiceAccount that is no load-balancer controller'},
  controller: {severity: 'info', title: 'A load-balancer controller, by its name'},
  admins: {severity: 'info', title: 'Administrators and parts of Kubernetes, which can do so anyway'},
} as const satisfies Record<string, Variant>

export const RBAC_READS = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'] as const

/** Everybody who may write that road, unless new use of it is refused. */
export function reportWriters(context: CheckContext, which: 'spec' | 'status', unserved: string): void {
  const road = context.fact(externalIPRoads)[which]
  if (road.blocked === 'yes') return
  const {roads, unread, others} = context.fact(externalIPWriters)
  const writers = roads[which]
  const folded = writers.filter(isFolded)
  for (const writer of writers) if (!isFolded(writer)) reportWriter(context, which, writer, road, unserved)
  if (folded.length > 0) reportFolded(context, which, folded)
  const missing = gravestOf(unread)
  if (missing !== undefined) context.skipUnread(missing.row, missing)
  if (others.length > 0) context.skip('not-observable', `RBAC is not all that decides: ${shortList(others, 2)} may allow it to anybody, and no object tells to whom`, 'close the road for all: kubectl k121 external-ips fix')
}

function variantOf({class: own, subject}: Writer): keyof typeof WRITER_VARIANTS {
  if (own === 'controller') return 'controller'
  if (own !== 'everyone') return 'subject'
  if (subject.name === 'system:anonymous' || subject.name === 'system:unauthenticated') return 'anonymous'
  return subject.name.startsWith('system:serviceaccounts:') ? 'namespace-accounts' : 'everyone'
}

function reportWriter(context: CheckContext, which: 'spec' | 'status', writer: Writer, road: RoadState, unserved: string): void {
  const variant = variantOf(writer)
  const field = which === 'spec' ? 'spec.externalIPs of Services' : 'services/status'
  const role = `${writer.roles.length === 1 ? 'role' : 'roles'} ${shortList(writer.roles, 2)}`
  const names = writer.isNameLimited ? ', of Services of some names only, which narrows the Services and not the harm' : ''
  const who = variant === 'controller' ? `${writer.controller ?? ''} by its name, ${subjectText(writer.subject)},` : capital(subjectText(writer.subject))
  const stop = variant === 'controller' ? 'as its work demands' : unserved === '' ? stopText(road) : `nothing happens now, as ${unserved}`
  context.report({
    object: subjectRef(writer), variant, count: writer.bindings, key: which, isLatent: unserved !== '' && variant !== 'controller',
    confidence: road.blocked === 'unknown' && variant !== 'controller' ? 'derived' : 'certain',
    message: `${who} may write ${field}${names}: ${role} by ${bindingText(writer)}; ${stop}.`,
    details: {type: 'writers', road: which, subjects: [writer.subject], grantedBy: writer.grantedBy},
  })
}

function stopText({blocked, by, gaps}: RoadState): string {
  if (blocked === 'no') return 'nothing refuses it'
  if (blocked === 'partly') return `it is stopped only in part (${shortList(gaps.length === 0 ? by : gaps, 2)})`
  return gaps.length === 0 ? 'whether anything refuses it is not known' : `whether anything refuses it is not known (${shortList(gaps, 2)})`
}

function reportFolded(context: CheckContext, which: 'spec' | 'status', folded: readonly Writer[]): void {
  const bindings = new Map(folded.flatMap(({grantedBy}) => grantedBy).map(ref => [bindingName(ref), ref]))
  context.report({
    object: {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', namespace: '', name: 'cluster-admin'}, variant: 'admins', count: folded.length, key: which,
    message: `${foldedText(folded)} can write ${which === 'spec' ? 'spec.externalIPs' : 'services/status'} too; that is their work.`,
    details: {type: 'writers', road: which, subjects: folded.slice(0, 20).map(({subject}) => subject), grantedBy: [...bindings.values()].slice(0, 20)},
  })
}
