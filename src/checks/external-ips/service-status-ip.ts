import {addressBook} from '../../admission/address-book.js'
import type {AddressBook} from '../../admission/address-book.js'
import {classify, isApiServers} from '../../admission/address-class.js'
import {externalIPRoads} from '../../admission/external-ip-roads.js'
import type {RoadState} from '../../admission/external-ip-roads.js'
import {loadBalancerSource} from '../../admission/load-balancer-source.js'
import type {LoadBalancerSource} from '../../admission/load-balancer-source.js'
import type {Claim} from '../../admission/service-claims.js'
import type {CheckContext, Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {SourcePlace} from '../../audit/finding.js'
import {kubelets} from '../../audit/kubelets.js'
import {gravestOf} from '../../audit/outcome.js'
import {kubeProxy} from '../../network/kube-proxy.js'
import type {KubeProxyInfo} from '../../network/kube-proxy.js'
import {EXTERNAL_IP_REFERENCES, claimPlaces, claimReport, serviceRef, skipUnseen, unreadableReport} from './claim-report.js'
import {CLASH_VARIANTS, clashVariantOf} from './claim-variants.js'
import {distinctClaims, effectOf, trafficText} from './claim-text.js'

/**
 * Fires on addresses in `status.loadBalancer.ingress` that belong to somebody
 * else, or that no load balancer gave. Whoever may write `services/status` takes
 * traffic with them as with external IPs, and the API server checks nothing, not
 * even link-local addresses. Quiet on what a recognised controller normally
 * writes; the addresses of nodes, which some of them hand out, are information.
 * Entries with only a host name, or with `ipMode: Proxy` where kube-proxy knows it,
 * are not captured.
 */
export const serviceStatusIP = defineCheck({
  meta: {
    id: 'service-status-ip',
    title: 'Load-balancer status with an address of somebody else',
    topic: 'external-ips',
    severity: 'high',
    variants: {
      ...CLASH_VARIANTS,
      stray: {severity: 'medium', title: 'On a Service that is no LoadBalancer: controllers write nothing there'},
      unexplained: {severity: 'low', title: 'No load-balancer controller that we know may write it here: an unknown one did, or somebody by hand'},
      'node-of-controller': {severity: 'info', title: 'Addresses of nodes, as the load-balancer controller of this cluster hands them out'},
      ignored: {severity: 'info', title: 'Ignored by kube-proxy: the Service is headless or of type ExternalName'},
    },
    reads: ['services'],
    alsoReads: ['connection', 'nodes', 'pods', 'endpointslices', 'servicecidrs', 'network-configmaps', 'control-plane-pods', 'clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'],
    why: 'Every node sends traffic for an address in the status of a load balancer to the Service, exactly as for spec.externalIPs, but neither DenyServiceExternalIPs nor any stock policy looks there.',
    remediation: 'Find out who wrote the status (the audit log, metadata.managedFields), take the right on services/status away from whoever is no load-balancer controller, and remove the address through the status subresource.',
    references: EXTERNAL_IP_REFERENCES,
  },
  needs: [addressBook, externalIPRoads, kubeProxy, kubelets, loadBalancerSource],

  create(context) {
    const places = claimPlaces(context, 'status')
    return {
      services: places.visit,
      end() {
        const book = context.fact(addressBook)
        const world: World = {book, road: context.fact(externalIPRoads).status, proxy: context.fact(kubeProxy), source: context.fact(loadBalancerSource)}
        const oldest = context.fact(kubelets)?.minMinor ?? null
        const claims = distinctClaims(heededIn(book.claims, oldest ?? context.serverMinor()), 'status')
        const handedOut: Claim[] = []
        for (const claim of claims) {
          if (isHandedOut(claim, world)) handedOut.push(claim)
          else reportClaim(context, claim, world, places.of(claim))
        }
        reportHandedOut(context, handedOut, world, places.of)
        const captured = claims.filter(({ignored}) => ignored === null)
        // Where no node tells its release, an entry that was left out may be heeded.
        skipUnseen(context, book, oldest === null ? [...captured, ...book.claims.filter(({ignored}) => ignored === 'ipMode')] : captured)
        if (captured.length > 0) skipUnknownSource(context, world.source)
      },
    }
  },
})

interface World {
  book: AddressBook
  road: RoadState
  proxy: KubeProxyInfo
  source: LoadBalancerSource
}

/** kube-proxy knows `ipMode` from this release on; before, it takes every address. */
const HEEDS_MODE = 30

/** Without the entries that kube-proxy leaves to the load balancer. It is no newer than the nodes, and these no newer than the server. */
function heededIn(claims: readonly Claim[], oldest: number | null): Claim[] {
  const isOld = oldest !== null && oldest < HEEDS_MODE
  return claims.flatMap(claim => (claim.ignored !== 'ipMode' ? [claim] : isOld ? [{...claim, ignored: null}] : []))
}

/** Load balancers of k3s, MetalLB in layer 2 and some clouds (none of the large ones) give out the nodes' own addresses, those of API servers among them, though never the port that one of these answers on. */
function isHandedOut(claim: Claim, {book, source}: World): boolean {
  const {ip, isStray} = claim
  return ip !== null && !isStray && source.nodesBy.length > 0 && book.nodes.has(ip.text) && !isApiServers(claim, ip, book)
}

function reportClaim(context: CheckContext, claim: Claim, world: World, source: SourcePlace | null): void {
  const report = reportOf(claim, world, source)
  if (report !== null) context.report(report)
}

function reportOf(claim: Claim, {book, road, proxy, source: origin}: World, source: SourcePlace | null): Report | null {
  const shared = {claim, road, source}
  if (claim.ip === null) return unreadableReport(shared)
  const classified = classify(claim, claim.ip, book, proxy.isIpvs === true)
  const {addressClass, isOnlyInRange, what} = classified
  if (claim.ignored !== null) return claimReport({...shared, variant: 'ignored', classified, message: `Its status names ${claim.ip.text}, which kube-proxy ignores: the Service is ${claim.ignored === 'headless' ? 'headless' : 'of type ExternalName'}.`})
  const said = `Its status says ${claim.ip.text}, ${what}`
  const clash = clashVariantOf(addressClass, isOnlyInRange, proxy.isIpvs === true)
  if (clash !== null) return claimReport({...shared, variant: clash, classified, message: `${said}, and it ${trafficText(claim)}${effectOf(addressClass, proxy)}.`})
  if (claim.isStray) return claimReport({...shared, variant: 'stray', classified, message: `${said}: the Service is no LoadBalancer, for which controllers write nothing, and it ${trafficText(claim)} all the same.`})
  if (origin.names.length > 0 || origin.unread.length > 0) return null
  return {...claimReport({...shared, variant: 'unexplained', classified, message: `${said}: no load-balancer controller that we know may write it here, and it ${trafficText(claim)}.`}), confidence: 'derived'}
}

/** Whether a load balancer gave an address is told by roles. */
function skipUnknownSource(context: CheckContext, {names, unread}: LoadBalancerSource): void {
  const first = gravestOf(unread)
  if (names.length === 0 && first !== undefined) context.skipUnread(first.row, {...first, detail: `which load-balancer controllers run here is not known: ${first.detail}`})
}

/** One line per Service: k3s names every node in every status. */
function reportHandedOut(context: CheckContext, claims: readonly Claim[], {source}: World, placeOf: (claim: Claim) => SourcePlace | null): void {
  const services = new Map<string, Claim[]>()
  for (const claim of claims) {
    const key = `${claim.namespace}/${claim.name}`
    const own = services.get(key)
    if (own === undefined) services.set(key, [claim])
    else own.push(claim)
  }
  for (const own of services.values()) {
    const [first] = own
    if (first === undefined) continue
    context.report({
      object: serviceRef(first), variant: 'node-of-controller', path: 'status.loadBalancer.ingress', count: own.length, confidence: 'derived', source: placeOf(first),
      message: `Its status names ${own.length === 1 ? 'the address of a node' : `the addresses of ${own.length} nodes`}, as is normal for ${source.nodesBy.join(', ')}.`,
    })
  }
}
