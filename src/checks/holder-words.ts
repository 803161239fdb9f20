import type {ObjectRef} from '../audit/finding.js'
import {subjectText} from '../admission/right-holders.js'
import type {BindingRef, Holder} from '../admission/right-holders.js'
import {shortList} from '../kube/short-list.js'

/** A subject is no object of the API, except ServiceAccounts; roles name it in this group. */
export function subjectRef({subject: {kind, name, namespace = ''}}: Holder): ObjectRef {
  return kind === 'ServiceAccount' ? {apiVersion: 'v1', kind, namespace, name} : {apiVersion: 'rbac.authorization.k8s.io/v1', kind, namespace: '', name}
}

/** They may do so anyway, and are told in one line. */
export function isFolded(holder: Holder): boolean {
  return holder.class === 'admin' || holder.class === 'built-in'
}

/** `2 administrators (group a, user b) and 1 part of Kubernetes itself` */
export function foldedText(folded: readonly Holder[]): string {
  const admins = folded.filter(holder => holder.class === 'admin')
  const parts = folded.length - admins.length
  return [
    ...(admins.length === 0 ? [] : [`${admins.length} ${admins.length === 1 ? 'administrator' : 'administrators'} (${shortList(admins.map(({subject}) => subjectText(subject)), 3)})`]),
    ...(parts === 0 ? [] : [`${parts} ${parts === 1 ? 'part' : 'parts'} of Kubernetes itself`]),
  ].join(' and ')
}

export function bindingText({grantedBy, bindings}: Holder): string {
  const [first] = grantedBy
  return first === undefined ? '' : `${bindingName(first)}${bindings > 1 ? ` and ${bindings - 1} more` : ''}`
}

export function bindingName({kind, namespace, name}: BindingRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
