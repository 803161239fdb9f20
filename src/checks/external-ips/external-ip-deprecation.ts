import {admissionFlags, namingFlags} from '../../audit/admission-flags.js'
import {DENY_PLUGIN} from '../../admission/deny-plugin.js'
import {kubeProxyIgnores} from '../../admission/external-ip-service.js'
import {TIMELINE_FACTS_AS_OF, releaseText, whenOf} from '../../admission/external-ip-timeline.js'
import {servedExternalIPs} from '../../admission/service-claims.js'
import {serviceProxies} from '../../admission/service-proxies.js'
import {defineCheck} from '../../audit/check.js'
import type {SourcePlace} from '../../audit/finding.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import {shortList} from '../../kube/short-list.js'
import {API_SERVER} from '../api-server-ref.js'

const KEP = 'https://github.com/kubernetes/enhancements/issues/5707'

interface User {
  namespace: string
  name: string
  addresses: number
  place: SourcePlace | null
}

/**
 * Fires on Services that will lose their external IPs by an upgrade, without an
 * error and without a change in the API, and on a flag that will keep the API
 * server from starting. Latent until then; releases that are not out are plans,
 * and each message says so.
 */
export const externalIPDeprecation = defineCheck({
  meta: {
    id: 'external-ip-deprecation',
    title: 'External IPs that an upgrade will silently switch off',
    topic: 'external-ips',
    severity: 'medium',
    variants: {
      'goes-dark': {severity: 'medium', title: 'The Service receives nothing on its external IPs once kube-proxy ignores the field'},
      'plugin-flag': {severity: 'low', title: 'A flag names an admission plugin that will be removed: kube-apiserver will not start'},
    },
    reads: ['services'],
    alsoReads: ['network-configmaps', 'daemonsets', 'nodes', 'flagz', 'control-plane-pods'],
    why: `KEP-5707 takes spec.externalIPs out of Kubernetes in steps (as of ${TIMELINE_FACTS_AS_OF}): deprecated in ${releaseText(whenOf('deprecated'))}, ignored by kube-proxy by default from ${releaseText(whenOf('goes-dark'))}, for good from ${releaseText(whenOf('gone'))}; the plugin ${DENY_PLUGIN} goes in ${releaseText(whenOf('plugin-gone'))}. The API keeps taking the field, so nothing shows that traffic stopped.`,
    remediation: 'Give the Service an address by a load balancer (MetalLB, kube-vip, the cloud) or the Gateway API before that release; until then kube-proxy\'s gate AllowServiceExternalIPs=true brings the field back.',
    references: [{title: 'KEP-5707: deprecate Service externalIPs', url: KEP}],
  },
  needs: [kubeProxyIgnores, admissionFlags, serviceProxies],

  create(context) {
    const users: User[] = []
    return {
      services(service) {
        const claims = servedExternalIPs(service)
        const [first] = claims
        if (first !== undefined) users.push({namespace: namespaceOf(service), name: nameOf(service), addresses: claims.length, place: context.place(service, first.path)})
      },
      end() {
        const when = whenOf('goes-dark')
        const isDark = context.fact(kubeProxyIgnores) !== ''
        const {isReplaced} = context.fact(serviceProxies)
        for (const {namespace, name, addresses, place} of users) {
          const what = addresses === 1 ? 'its external IP' : `its ${addresses} external IPs`
          context.report({
            object: {apiVersion: 'v1', kind: 'Service', namespace, name}, variant: 'goes-dark', path: 'spec.externalIPs', source: place, isLatent: !isDark, confidence: 'derived',
            message: isDark ? `It receives nothing on ${what}: kube-proxy ignores the field here, and the API does not show it.` : isReplaced
              ? `kube-proxy stops serving ${what} in ${releaseText(when)}; Cilium does its work here, and what it does then is not known.`
              : `It stops receiving traffic on ${what} in ${releaseText(when)}, without an error, unless kube-proxy's gate AllowServiceExternalIPs is turned on.`,
          })
        }
        const flags = context.fact(admissionFlags)
        const naming = namingFlags(flags, DENY_PLUGIN)
        if (naming.length > 0) {
          context.report({
            object: API_SERVER, variant: 'plugin-flag', isLatent: (context.serverMinor() ?? 0) < whenOf('plugin-gone').minor, count: Math.max(1, flags.pods.filter(one => naming.includes(one)).length),
            message: `--enable-admission-plugins names ${DENY_PLUGIN}: rightly so today, and in ${releaseText(whenOf('plugin-gone'))} kube-apiserver does not start with it.`,
            fix: {text: `Keep the plugin now; take it out of the flag before the upgrade to 1.${whenOf('plugin-gone').minor}.`},
          })
        } else if (flags.unreadPods.length > 0) context.skip('not-observable', `the flags of ${shortList(flags.unreadPods, 2)} cannot be told`)
      },
    }
  },
})
