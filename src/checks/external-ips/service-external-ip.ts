import {addressBook} from '../../admission/address-book.js'
import type {AddressBook} from '../../admission/address-book.js'
import {classify} from '../../admission/address-class.js'
import {externalIPRoads} from '../../admission/external-ip-roads.js'
import type {RoadState} from '../../admission/external-ip-roads.js'
import {externalIPService} from '../../admission/external-ip-service.js'
import type {ExternalIPService} from '../../admission/external-ip-service.js'
import type {Claim} from '../../admission/service-claims.js'
import type {Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {AddressClass, SourcePlace} from '../../audit/finding.js'
import {kubeProxy} from '../../network/kube-proxy.js'
import type {KubeProxyInfo} from '../../network/kube-proxy.js'
import {EXTERNAL_IP_REFERENCES, claimPlaces, claimReport, skipUnseen, unreadableReport} from './claim-report.js'
import {CLASH_VARIANTS, clashVariantOf} from './claim-variants.js'
import {distinctClaims, effectOf, trafficText} from './claim-text.js'

/**
 * Fires on every address in `spec.externalIPs`, graded by whose it is. The API
 * server checks neither ownership nor ranges, and kube-proxy on every node sends
 * traffic for the address to this Service, whatever namespace it is in. Latent
 * where nothing on the nodes acts on the field, and where the type of the Service
 * has kube-proxy ignore it for now.
 */
export const serviceExternalIP = defineCheck({
  meta: {
    id: 'service-external-ip',
    title: 'Service claims external IPs',
    topic: 'external-ips',
    severity: 'high',
    variants: {
      ...CLASH_VARIANTS,
      public: {severity: 'high', title: 'A public address: traffic of the whole cluster to that host goes to the Service'},
      private: {severity: 'medium', title: 'A private address that is none of the cluster\'s'},
      documentation: {severity: 'low', title: 'An address for documentation, at which nobody answers'},
      ignored: {severity: 'high', title: 'Ignored by kube-proxy while the Service is headless or of type ExternalName'},
    },
    reads: ['services'],
    alsoReads: ['connection', 'nodes', 'pods', 'endpointslices', 'servicecidrs', 'network-configmaps', 'control-plane-pods', 'daemonsets'],
    why: 'Every node sends traffic for a claimed address and the ports of the Service to the Service\'s endpoints. Pods and nodes that want to reach the real owner of the address reach those endpoints instead, and whoever runs them reads and answers. Whoever may write a Service in any namespace can do that; a finding does not say that somebody did it on purpose.',
    remediation: 'Take the address out of spec.externalIPs; let a load-balancer controller hand out addresses, and close the door with `kubectl k121 external-ips fix`.',
    references: EXTERNAL_IP_REFERENCES,
    crossReferences: [{source: 'Trivy', id: 'KSV-0108'}],
  },
  needs: [addressBook, externalIPRoads, externalIPService, kubeProxy],

  create(context) {
    const places = claimPlaces(context, 'spec')
    return {
      services: places.visit,
      end() {
        const book = context.fact(addressBook)
        const world = {book, road: context.fact(externalIPRoads).spec, service: context.fact(externalIPService), proxy: context.fact(kubeProxy)}
        const claims = distinctClaims(book.claims, 'spec')
        for (const claim of claims) context.report(reportOf(claim, world, places.of(claim)))
        skipUnseen(context, book, claims.filter(({ignored}) => ignored === null))
      },
    }
  },
})

interface World {
  book: AddressBook
  road: RoadState
  service: ExternalIPService
  proxy: KubeProxyInfo
}

function reportOf(claim: Claim, {book, road, service, proxy}: World, source: SourcePlace | null): Report {
  const shared = {claim, road, source}
  if (claim.ip === null) return unreadableReport(shared)
  const isIpvs = proxy.isIpvs === true
  const classified = classify(claim, claim.ip, book, isIpvs)
  if (claim.ignored !== null) return sleeping(claim.ip.text, claim, claimReport({...shared, variant: 'ignored', classified, message: ''}))
  const {addressClass, isOnlyInRange, what} = classified
  const variant = clashVariantOf(addressClass, isOnlyInRange, isIpvs) ?? addressClass
  const idle = whyIdle(claim.ip.text, addressClass, book, service)
  const effect = idle === '' ? `, and ${trafficText(claim)}${effectOf(addressClass, proxy)}` : `; nothing happens now, as ${idle}`
  const message = `It claims ${claim.ip.text}, ${what}${effect}.`
  return {...claimReport({...shared, variant, classified, message}), isLatent: idle !== '', fix: removal(claim)}
}

/**
 * Admission looks for new addresses, and one that stands there is not new: who
 * may write the Service gives it another type, by way of ExternalName where it
 * is headless, and the address is taken (seen on 1.30).
 */
function sleeping(ip: string, {ignored}: Claim, report: Report): Report {
  const message = `It names ${ip}, which kube-proxy ignores while the Service is ${ignored === 'headless' ? 'headless' : 'of type ExternalName'}: who may write it can change that, and what refuses new external IPs lets it pass.`
  return {...report, message, isLatent: true}
}

/** Why nobody acts on this claim; empty where somebody does, or may. Where no node was seen, any address may be one's. */
function whyIdle(ip: string, addressClass: AddressClass, {nodes, unseen}: AddressBook, {isServed, why, whyNodesOnly}: ExternalIPService): string {
  if (!isServed) return why
  const mayBeNode = addressClass === 'node' || nodes.has(ip) || unseen.some(({row}) => row === 'nodes')
  return mayBeNode ? '' : whyNodesOnly
}

/** The test before the removal keeps the patch from taking another address away after somebody edited the list. */
function removal({text, path, namespace, name}: Claim): NonNullable<Report['fix']> {
  const pointer = `/${path.replace('[', '/').replace(']', '').replace('.', '/')}`
  return {
    text: `Take ${text} out of spec.externalIPs: kubectl -n ${namespace || 'default'} patch service ${name} --type=json -p PATCH. New claims are refused after \`kubectl k121 external-ips fix\`.`,
    patch: JSON.stringify([{op: 'test', path: pointer, value: text}, {op: 'remove', path: pointer}]),
    risk: 'Clients that reach the Service by this address lose it.',
  }
}
