import {textAt} from '../kube/field.js'
import {minorOf} from '../kube/version.js'
import type {ClusterFacts} from './audit-report.js'
import {defineFact} from './fact.js'

/** The oldest and the newest kubelet among the nodes that were seen; null: none was, or none tells its version. */
export const kubelets = defineFact({
  id: 'kubelets',
  reads: ['nodes'],
  create() {
    let range: ClusterFacts['kubelets'] = null
    return {
      nodes(node) {
        const minor = minorOf(textAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? '')
        if (minor === null) return
        range = {minMinor: Math.min(minor, range?.minMinor ?? minor), maxMinor: Math.max(minor, range?.maxMinor ?? minor)}
      },
      end: () => range,
    }
  },
})
