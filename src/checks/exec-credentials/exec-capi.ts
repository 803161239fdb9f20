import {defineCheck} from '../../audit/check.js'
import {OddField} from '../../kube/field.js'
import {nameOf} from '../../kube/object.js'
import {secretBytes} from '../../kube/secret-data.js'
import {usesOfKubeconfig} from './exec-use.js'
import {EXEC_REFERENCES, execVariants, reportUse} from './report-use.js'

/** Cluster API writes `CLUSTER-kubeconfig`, providers also `CLUSTER-user-kubeconfig`; the other Secrets of the type hold keys. */
const SUFFIX = '-kubeconfig'

/**
 * Fires on kubeconfigs of workload clusters. Newer Cluster API controllers
 * refuse exec; people fetch the same Secret with `clusterctl get kubeconfig`
 * and run it as themselves.
 */
export const execCapi = defineCheck({
  meta: {
    id: 'exec-capi',
    title: 'Cluster API kubeconfig with a program nobody vouches for',
    topic: 'exec-credentials',
    severity: 'medium',
    variants: execVariants('medium', 'low', 'medium'),
    reads: ['capi-secrets'],
    why: 'The Secret is made to be handed out: whoever may write it chooses a program for everybody who uses the cluster.',
    remediation: 'Let the provider write the kubeconfig anew, and see who may write Secrets of type cluster.x-k8s.io/secret.',
    references: [{title: 'Cluster API: kubeconfig Secrets', url: 'https://cluster-api.sigs.k8s.io/developer/core/certs'}, ...EXEC_REFERENCES],
  },

  create(context) {
    return {
      'capi-secrets'(secret) {
        if (!nameOf(secret).endsWith(SUFFIX)) return
        const bytes = secretBytes(secret, 'value')
        if (bytes === undefined) throw new OddField('data', 'a mapping with the key value')
        for (const use of usesOfKubeconfig(bytes, 'data.value')) reportUse(context, use, {object: secret, path: 'data.value', who: 'Whoever uses this kubeconfig', isDerived: use.verdict !== null})
      },
    }
  },
})
