import {defineFact} from '../audit/fact.js'
import {textAt} from '../kube/field.js'
import {annotationsOf, labelsOf, nameOf} from '../kube/object.js'

/** OpenShift writes it on every namespace, and lets no pod in where it is not (sccmatching of apiserver-library-go). */
const UID_RANGE = 'openshift.io/sa.scc.uid-range'

export interface OpenShiftInfo {
  /** Is the API server OpenShift's? No other has the plugin that judges by SecurityContextConstraints. */
  state: 'yes' | 'no' | 'unknown'
  /** Of each namespace that has one, the users that OpenShift gave it: `1000680000/10000`. */
  ranges: ReadonlyMap<string, string>
}

const SYNC = 'security.openshift.io/scc.podSecurityLabelSync'
const NEVER_SYNCED: readonly string[] = ['default', 'kube-node-lease', 'kube-public', 'kube-system', 'openshift']

export type LabelSync = 'does' | 'may' | 'no'

/**
 * Does OpenShift write the levels of Pod Security admission on a namespace, by
 * what its accounts may use (cluster-policy-controller psalabelsyncer)? `may`:
 * unless somebody else wrote them first, which only managed fields tell. Its own
 * namespaces are left alone but for those that ask for it.
 */
export function labelSyncOf(name: string, labels: Readonly<Record<string, string>>): LabelSync {
  const isOwn = name.startsWith('openshift-')
  if (NEVER_SYNCED.includes(name) || labels[SYNC] === 'false') return 'no'
  if (labels[SYNC] === 'true') return isOwn ? 'may' : 'does'
  return isOwn ? 'no' : 'may'
}

/** `v1.29.6+aba1e8d`: OpenShift's and OKD's kubelets and API servers name the commit they were built from; MicroShift's do not, and label their nodes as the others do. */
const BUILD = /\+[0-9a-f]{7,}(?:-dirty)?$/
const NODE_LABEL = 'node.openshift.io/'

/**
 * A dump lacks the kinds of which there is no object, and says of none that it
 * is not served. That a cluster is not OpenShift is known where its nodes and
 * namespaces were seen and none of them carries what OpenShift gives every one.
 */
export const openShift = defineFact({
  id: 'openshift',
  reads: ['version', 'namespaces', 'openshift-network', 'nodes'],
  create() {
    const ranges = new Map<string, string>()
    let [nodes, namespaces] = [0, 0]
    let isMarked = false
    const mark = (is: boolean): void => void (isMarked ||= is)
    return {
      version: object => mark(BUILD.test(textAt(object, 'gitVersion') ?? '')),
      'openshift-network': () => mark(true),
      namespaces(namespace) {
        namespaces++
        const range = annotationsOf(namespace)[UID_RANGE]
        if (range !== undefined) ranges.set(nameOf(namespace), range)
      },
      nodes(node) {
        nodes++
        mark(Object.keys(labelsOf(node)).some(key => key.startsWith(NODE_LABEL)) || BUILD.test(textAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? ''))
      },
      end: (): OpenShiftInfo => ({state: isMarked || ranges.size > 0 ? 'yes' : nodes > 0 && namespaces > 0 ? 'no' : 'unknown', ranges}),
    }
  },
})
