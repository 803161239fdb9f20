import type {LabelSync} from '../../admission/open-shift.js'
import {labelSyncOf} from '../../admission/open-shift.js'
import {defineFact} from '../../audit/fact.js'
import type {ReadOutcome} from '../../audit/outcome.js'
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
  /** How the read went, with what was not understood. */
  outcome: ReadOutcome
}

export const namespaceStrings = defineFact<'namespaces', AllNamespaceStrings>({
  id: 'namespace-strings',
  reads: ['namespaces'],
  create(context) {
    const byName = new Map<string, NamespaceStrings>()
    return {
      namespaces(namespace) {
        const name = nameOf(namespace)
        const labels = labelsOf(namespace)
        byName.set(name, {
          labels: Object.fromEntries(Object.entries(labels).filter(([label]) => label.startsWith(LABEL_PREFIX))),
          owner: ownerOfNamespace(name, labels), labelSync: labelSyncOf(name, labels),
        })
      },
      end: () => ({byName, outcome: context.outcome('namespaces')}),
    }
  },
})
