import {defineFact} from '../audit/fact.js'
import type {SubjectRef} from '../audit/finding.js'
import type {Right} from '../kube/rbac.js'
import {shortList} from '../kube/short-list.js'
import {ownerOfNamespace} from '../pod-security/owned-namespaces.js'
import {compareText} from '../audit/order.js'
import type {UnreadRow} from './engines/blocker.js'
import {otherAuthorizers} from './other-authorizers.js'
import type {Holder} from './right-holders.js'
import {RBAC_ROWS, compareHolders, rightHolders, subjectText} from './right-holders.js'

/**
 * A change of a namespace may change its labels, also by `status` and
 * `finalize`, which keep them as they come (measured at 1.37.2). A RoleBinding in a
 * namespace grants changes of that namespace, and no creation.
 */
const RIGHTS = {
  change: {group: '', resource: 'namespaces', verbs: ['update', 'patch']},
  status: {group: '', resource: 'namespaces', subresource: 'status', verbs: ['update', 'patch']},
  finalize: {group: '', resource: 'namespaces', subresource: 'finalize', verbs: ['update']},
  create: {group: '', resource: 'namespaces', verbs: ['create']},
} as const satisfies Record<string, Right>

export interface NamespaceLabellers {
  /** Who may change the labels of namespaces that are there; each once, broad groups first, then by name. */
  change: readonly Holder[]
  /** Who may make namespaces, with the labels that he likes. */
  create: readonly Holder[]
  unread: readonly UnreadRow[]
  /** What may allow it too, and shows nobody to whom. */
  others: readonly string[]
}

/** Who may label a namespace out of what a policy, a webhook or Pod Security admission sees by labels. */
export const namespaceLabellers = defineFact({
  id: 'namespace-labellers',
  reads: RBAC_ROWS,
  needs: [otherAuthorizers],
  create(context) {
    const {holders, unread, ...visitors} = rightHolders<keyof typeof RIGHTS>(RIGHTS, {controllerNamed: partNamed, onlyEverywhere: ['create']})
    return {
      ...visitors,
      end(): NamespaceLabellers {
        const {change, status, finalize, create} = holders()
        const known = new Set(change.map(({subject}) => subjectText(subject)))
        const others = [...status, ...finalize].filter(({subject}) => !known.has(subjectText(subject)) && known.add(subjectText(subject)))
        return {change: [...change, ...others].toSorted(compareHolders), create, unread: unread(context), others: context.fact(otherAuthorizers)}
      },
    }
  },
})

/** Programs of a provider or a distribution, by the namespace of their account: OpenShift's label sync is one. */
function partNamed({kind, namespace = ''}: SubjectRef): string | null {
  const owner = kind === 'ServiceAccount' ? ownerOfNamespace(namespace, {}) : null
  return owner === null ? null : `a part of ${owner}`
}

/** Not administrators, nor parts of what the cluster itself is made of: their work may be just that. */
export function strangers(holders: readonly Holder[]): Holder[] {
  return holders.filter(one => one.class === 'everyone' || one.class === 'subject')
}

/** For remarks on what a label decides: `labels of namespaces are changed by 2 beside administrators: …`. Empty: by nobody else. */
export function labellersText({change, unread}: NamespaceLabellers): string {
  const others = strangers(change)
  if (others.length > 0) return `labels of namespaces may be changed by ${others.length} beside administrators: ${shortList(others.map(labellerText), 3)}`
  return unread.length === 0 ? '' : 'who may change labels of namespaces was not read'
}

/** `group dev-leads`, `service account ci/deployer in shop` */
function labellerText({subject, namespaces, isNameLimited}: Holder): string {
  const where = namespaces === null ? (isNameLimited ? ' (some namespaces)' : '') : ` in ${shortList([...namespaces].toSorted(compareText), 2)}`
  return `${subjectText(subject)}${where}`
}
