import type {LabelSync} from '../../admission/open-shift.js'
import {labelSyncOf} from '../../admission/open-shift.js'
import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
import {OddField, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {labelsOf, nameOf} from '../../kube/object.js'
import {LABEL_PREFIX} from '../../pod-security/labels.js'
import {ownerOfNamespace} from '../../pod-security/owned-namespaces.js'

/** What a namespace says, as it says it: a plan must put back exactly that. */
export interface NamespaceStrings {
  /** Those of Pod Security alone. */
  labels: Readonly<Record<string, string>>
  owner: string | null
  /** Does OpenShift's controller write these labels, if this is OpenShift? */
  labelSync: LabelSync
}

export interface AllNamespaceStrings {
  byName: ReadonlyMap<string, NamespaceStrings>
  /** Of kube-system: nobody gives it a new one without making a new cluster. Null: not seen. */
  clusterUid: string | null
  /** How the read went, with what was not understood. */
  outcome: ReadOutcome
}

/** It stands in scripts, which are looked at on terminals. */
function uidOf(namespace: KubeObject): string | null {
  const uid = textAt(namespace, 'metadata', 'uid') ?? ''
  if (!/^[\w.-]{0,128}$/.test(uid)) throw new OddField('metadata.uid', 'a uid')
  return uid === '' ? null : uid
}

export const namespaceStrings = defineFact<'namespaces', AllNamespaceStrings>({
  id: 'namespace-strings',
  reads: ['namespaces'],
  create(context) {
    const byName = new Map<string, NamespaceStrings>()
    let clusterUid: string | null = null
    return {
      namespaces(namespace) {
        const name = nameOf(namespace)
        const labels = labelsOf(namespace)
        byName.set(name, {
          labels: Object.fromEntries(Object.entries(labels).filter(([label]) => label.startsWith(LABEL_PREFIX))),
          owner: ownerOfNamespace(name, labels), labelSync: labelSyncOf(name, labels),
        })
        if (name === 'kube-system') clusterUid = uidOf(namespace)
      },
      end: () => ({byName, clusterUid, outcome: context.outcome('namespaces')}),
    }
  },
})
