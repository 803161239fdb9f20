import {createHash} from 'node:crypto'
import {textAt} from '../kube/field.js'
import {nameOf} from '../kube/object.js'
import {defineFact} from './fact.js'

/** Nothing in the input tells which cluster it is. */
export const UNKNOWN_CLUSTER = 'offline'

export const clusterId = defineFact<'namespaces', string>({
  id: 'cluster-id',
  reads: ['namespaces'],
  create() {
    let id: string = UNKNOWN_CLUSTER
    return {
      namespaces(namespace) {
        if (nameOf(namespace) !== 'kube-system') return
        // Nobody gives kube-system a new uid without making a new cluster.
        const uid = textAt(namespace, 'metadata', 'uid')
        if (uid !== undefined && uid !== '') id = createHash('sha256').update(uid).digest('hex').slice(0, 16)
      },
      end: () => id,
    }
  },
})
