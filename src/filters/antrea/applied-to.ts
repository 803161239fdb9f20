import {at, listAt, mappingAt, textAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {isSelected, selectorOf} from '../../kube/label-selector.js'
import type {PodView} from '../pods.js'

type Labels = Readonly<Record<string, string>>

/** Labels by namespace; null: the namespace was not seen. */
export type NamespaceLabels = (namespace: string) => Labels | null

/** Which pods, of the cluster or of the namespace that the policy is in. */
export interface PodTarget {
  pods: LabelSelector
  /** Null: it does not ask. */
  namespaces: LabelSelector | null
  serviceAccount: {namespace: string; name: string} | null
}

/** One entry of `appliedTo`. */
export type AppliedTo =
  | {kind: 'pods'; target: PodTarget}
  | {kind: 'group'; name: string}
  /** Services, nodes and machines outside of the cluster: no pods. */
  | {kind: 'others'}

/** @param namespace of the policy; empty: of the cluster */
export function appliedToAt(value: Json, field: string, namespace: string): AppliedTo[] {
  return listAt(value, field).map((entry): AppliedTo => {
    const group = textAt(entry, 'group') ?? ''
    if (group !== '') return {kind: 'group', name: group}
    const target = targetOf(entry, namespace)
    return target === null ? {kind: 'others'} : {kind: 'pods', target}
  })
}

/** Of an entry of `appliedTo`, or of a group: `processClusterAppliedTo` and `processAppliedTo` of Antrea. Null: it selects no pods. */
export function targetOf(value: Json, namespace: string): PodTarget | null {
  const account = mappingAt(value, 'serviceAccount')
  const serviceAccount = at(value, 'serviceAccount') === undefined ? null : {namespace: textAt(account, 'namespace') || namespace, name: textAt(account, 'name') ?? ''}
  const [pods, namespaces] = [at(value, 'podSelector'), at(value, 'namespaceSelector')]
  if (serviceAccount === null && pods === undefined && namespaces === undefined) return null
  return {pods: selectorOf(pods), namespaces: namespaces === undefined ? null : selectorOf(namespaces), serviceAccount}
}

/** Null: that hangs on labels of a namespace that was not seen. */
export function isTarget({pods, namespaces, serviceAccount}: PodTarget, pod: PodView, labelsOf: NamespaceLabels): boolean | null {
  if (serviceAccount !== null) return pod.namespace === serviceAccount.namespace && pod.serviceAccount === serviceAccount.name
  if (!isSelected(pods, pod.labels)) return false
  if (namespaces === null || namespaces.length === 0) return true
  const labels = labelsOf(pod.namespace)
  return labels === null ? null : isSelected(namespaces, labels)
}

export function keysOf({pods}: PodTarget): string[] {
  return pods.map(({key}) => key)
}
