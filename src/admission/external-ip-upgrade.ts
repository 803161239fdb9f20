import type {UpgradeNote} from '../audit/audit-report.js'
import {defineFact} from '../audit/fact.js'
import {serverVersion} from '../audit/server-version.js'
import {keyOf} from '../kube/object.js'
import {admissionFlags, namingFlags} from '../audit/admission-flags.js'
import {DENY_PLUGIN} from './deny-plugin.js'
import {whenOf} from './external-ip-timeline.js'
import type {TimelineRow} from './external-ip-timeline.js'
import {servedExternalIPs} from './service-claims.js'
import {serviceProxies} from './service-proxies.js'

/** What of this cluster the plan of KEP-5707 changes, release by release; nothing for releases that the server has reached. */
export const externalIPUpgrade = defineFact({
  id: 'external-ip-upgrade',
  reads: ['services'],
  needs: [admissionFlags, serverVersion, serviceProxies],
  create(context) {
    const users = new Set<string>()
    return {
      services(service) {
        if (servedExternalIPs(service).length > 0) users.add(keyOf(service))
      },
      end(): UpgradeNote[] {
        const minor = context.fact(serverVersion).minor ?? 0
        const isNamed = namingFlags(context.fact(admissionFlags), DENY_PLUGIN).length > 0
        const {isReplaced} = context.fact(serviceProxies)
        const count = users.size
        const services = `${count} ${count === 1 ? 'Service' : 'Services'}`
        return [
          ...(count === 0 ? [] : [
            note(whenOf('goes-dark'), isReplaced ? `kube-proxy stops serving the external IPs that ${services} ${count === 1 ? 'has' : 'have'}; what Cilium in its place does then is not known` : `${services} with external IPs ${count === 1 ? 'goes' : 'go'} dark: kube-proxy stops serving the field, and the API shows nothing of it`),
            note(whenOf('gone'), `${services} with external IPs: the gate that brings them back is gone`),
          ]),
          ...(isNamed ? [note(whenOf('plugin-gone'), `kube-apiserver does not start while a flag names ${DENY_PLUGIN}`)] : []),
        ].filter(one => one.minor > minor).map(one => one.note)
      },
    }
  },
})

function note({minor, isTentative}: TimelineRow, text: string): {minor: number; note: UpgradeNote} {
  return {minor, note: {release: `v1.${minor}`, isTentative, text}}
}
