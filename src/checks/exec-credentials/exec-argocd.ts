import {defineCheck} from '../../audit/check.js'
import {parseServerUrl} from '../../kubeconfig/server-url.js'
import {argoCluster} from './argo-config.js'
import {insecureUse, usesOfPlugin} from './exec-use.js'
import {EXEC_REFERENCES, execVariants, reportUse} from './report-use.js'

const IGNORED = {'in-cluster': ' Today it does not, as the server is the cluster it runs in.', aws: ' Today it does not, as awsAuthConfig comes first.'} as const

/**
 * Fires on cluster Secrets whose execProviderConfig the guard would not let
 * run either. Argo CD runs it as it stands, in the controller that may change
 * every cluster it knows.
 */
export const execArgocd = defineCheck({
  meta: {
    id: 'exec-argocd',
    title: 'Argo CD cluster whose credentials come from a program nobody vouches for',
    topic: 'exec-credentials',
    severity: 'high',
    variants: execVariants('high', 'medium', 'medium'),
    reads: ['argocd-secrets'],
    why: 'Whoever may write Secrets in the namespace of Argo CD chooses a program that its controllers run, with the rights to all clusters.',
    remediation: 'Use argocd-k8s-auth or a bearer token, let only Argo CD write Secrets in its namespace, and verify the server by its CA.',
    references: [{title: 'Argo CD: declarative setup of clusters', url: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters'}, ...EXEC_REFERENCES],
  },

  create(context) {
    return {
      'argocd-secrets'(secret) {
        const {server, plugin, isInsecure, ignored} = argoCluster(secret)
        const base = {object: secret, path: 'data.config', who: 'Argo CD'}
        for (const use of plugin === null ? [] : usesOfPlugin(plugin, 'execProviderConfig', [server])) {
          reportUse(context, use, {...base, isLatent: ignored !== null, unless: ignored === null ? '' : IGNORED[ignored]})
        }
        if (parseServerUrl(server)?.scheme === 'http') reportUse(context, insecureUse('plain-http-server', 'server', server), base)
        if (isInsecure && ignored !== 'in-cluster') reportUse(context, insecureUse('insecure-tls', 'tlsClientConfig', server), base)
      },
    }
  },
})
