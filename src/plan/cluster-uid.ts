import {defineFact} from '../audit/fact.js'
import {OddField, textAt} from '../kube/field.js'
import {nameOf} from '../kube/object.js'

/** Of kube-system: nobody gives it a new one without making a new cluster. Null: not seen. */
export const clusterUid = defineFact<'namespaces', string | null>({
  id: 'cluster-uid',
  reads: ['namespaces'],
  create() {
    let uid: string | null = null
    return {
      namespaces(namespace) {
        if (nameOf(namespace) !== 'kube-system') return
        const text = textAt(namespace, 'metadata', 'uid') ?? ''
        // It stands in scripts, which are looked at on terminals.
        if (!/^[\w.-]{0,128}$/.test(text)) throw new OddField('metadata.uid', 'a uid')
        uid = text === '' ? null : text
      },
      end: () => uid,
    }
  },
})
