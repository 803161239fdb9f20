import {serviceProxies} from '../../admission/service-proxies.js'
import type {CheckContext, Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {FilterDetails} from '../../audit/finding.js'
import {edgeReach} from '../../filters/edge/reach.js'
import type {Surroundings} from '../../filters/edge/service-enforcer.js'
import type {JudgedService, RangedService} from '../../filters/edge/service-source-ranges.js'
import {isTranslated, judgedService, rangedServiceOf, refusal} from '../../filters/edge/service-source-ranges.js'
import {shortList} from '../../kube/short-list.js'
import {platform} from '../../network/platform.js'
import {EDGE_LIST_VARIANTS, listReports} from './edge-report.js'
import {skipRefused} from './unread-rows.js'

/**
 * Fires on Services of type LoadBalancer whose source ranges name one family,
 * judged by who acts on them: kube-proxy and GKE leave the other family open,
 * security groups close it. Active where clients come over the other family.
 * Quiet on a list that lets in everybody of its family: nobody was to be kept out.
 */
export const serviceSourceRanges = defineCheck({
  meta: {
    id: 'service-source-ranges',
    title: 'Source ranges of a Service forget an IP family',
    topic: 'dual-stack',
    severity: 'high',
    variants: {
      ...EDGE_LIST_VARIANTS,
      'ignored-annotation': {severity: 'high', title: 'Ranges in an annotation that nobody here reads: everybody gets in'},
      'translated-clients': {severity: 'info', title: 'A private range passes every IPv6 client of a load balancer that turns IPv6 into IPv4'},
      'refused-by-provider': {severity: 'low', title: 'Ranges that the cloud provider refuses: the load balancer stays as it was'},
    },
    reads: ['services'],
    alsoReads: ['nodes', 'network-configmaps', 'daemonsets', 'ipaddresspools', 'openshift-network'],
    why: 'Source ranges are lists of each family by itself. kube-proxy makes no firewall for a family of which the list has no entry, and GKE puts in ::/0: once the load balancer has IPv6, the whole Internet reaches over it what was meant for a few. Where security groups act on the list it is the other way round: nobody gets in over IPv6. Source ranges are about the addresses of the load balancer; node ports and external IPs of the same Service are open to everybody all the same.',
    remediation: 'Name the ranges of the same clients in both families.',
    references: [
      {title: 'Service: loadBalancerSourceRanges', url: 'https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/'},
      {title: 'kube-proxy: ranges of its own family', url: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/serviceport.go'},
      {title: 'ingress-gce: IPv4 and IPv6 ranges of a Service', url: 'https://github.com/kubernetes/ingress-gce/blob/master/pkg/l4/utils/sourceranges.go'},
      {title: 'AWS Load Balancer Controller: access control of a Service', url: 'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/#access-control'},
      {title: 'Azure: allowed IP ranges of a load balancer', url: 'https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/'},
    ],
  },
  needs: [edgeReach, platform, serviceProxies],

  create(context) {
    const services: RangedService[] = []
    let hasMetalLB = false
    return {
      ipaddresspools() {
        hasMetalLB = true
      },
      services(service) {
        const ranged = rangedServiceOf(service, context)
        if (ranged !== null) services.push(ranged)
      },
      end() {
        const around = surroundings(context, hasMetalLB)
        for (const service of services) reportService(context, judgedService(service, around))
        if (services.length > 0) skipUntoldEnforcer(context)
      },
    }
  },
})

/** Who acts on the ranges, these tell. */
function skipUntoldEnforcer(context: CheckContext): void {
  for (const key of ['nodes', 'daemonsets'] as const) context.skipUnread(key, context.outcome(key))
  skipRefused(context, ['network-configmaps', 'ipaddresspools', 'openshift-network'])
}

function surroundings(context: CheckContext, hasMetalLB: boolean): Surroundings {
  const known = context.fact(platform)
  const areNodesSeen = context.outcome('nodes').outcome === 'complete'
  return {platform: known, hasCloud: known !== null && known.provider !== null ? true : areNodesSeen ? false : null, isCilium: context.fact(serviceProxies).isReplaced, hasMetalLB}
}

function reportService(context: CheckContext, judged: JudgedService): void {
  const {service, list, enforcer} = judged
  const refused = refusal(judged)
  if (refused !== '') context.report(refusedReport(judged, refused))
  if (list === null) {
    if (service.annotation !== null && enforcer.by === 'kube-proxy') context.report(ignoredReport(service))
    return
  }
  const reach = context.fact(edgeReach).of(service.door)
  const risk = 'Source ranges are about the addresses of the load balancer: node ports and external IPs of the Service are not covered.'
  for (const report of listReports(list, reach)) context.report({...report, fix: {text: `${report.fix?.text ?? ''}${caution(judged)}`, risk}})
  if (isTranslated(judged)) context.report(translatedReport(judged))
}

/** What the provider does with ranges of the other family. */
function caution({service, enforcer}: JudgedService): string {
  if (enforcer.by === 'aws' && !service.isAwsDual) return ' AWS refuses an IPv6 range until the load balancer has both families (aws-load-balancer-ip-address-type: dualstack, AWS Load Balancer Controller); the provider inside of Kubernetes refuses it always.'
  if (enforcer.by === 'azure') return ' Write the ranges without blanks and without bits below the mask: Azure refuses such a block, and then all clients.'
  return ''
}

const details = (about: Pick<FilterDetails, 'class' | 'openFamily' | 'blockedFamily'>): FilterDetails => ({type: 'filter', direction: null, ports: 'all', addressClass: null, ...about})

function ignoredReport({object, annotation}: RangedService): Report {
  const {path = '', place = null, texts = []} = annotation ?? {}
  return {
    object, variant: 'ignored-annotation', path, source: place, confidence: 'derived', key: texts.map(text => text.trim()).toSorted().join(' '),
    message: `The annotation allows a few addresses (${shortList(texts, 3)}) and nobody reads it here: kube-proxy goes by spec.loadBalancerSourceRanges alone, and no cloud stands in front. Everybody gets in, over each family that the load balancer has.`,
    details: details({class: 'S4', openFamily: null, blockedFamily: null}),
    fix: {text: 'Write the ranges into spec.loadBalancerSourceRanges, those of both families.'},
  }
}

function translatedReport({list}: JudgedService): Report {
  const {object, path, place, items} = list!
  return {
    object, variant: 'translated-clients', path, source: place, confidence: 'derived', key: items.map(({text}) => text).toSorted().join(' '),
    message: `The load balancer has both families and its targets IPv4 alone, so an NLB shows its own private address in the place of an IPv6 client's: where it has no security group of its own, a private range in the list (${shortList(items.map(({text}) => text), 3)}) lets every IPv6 client through.`,
    details: details({class: 'S4', openFamily: 6, blockedFamily: null}),
    fix: {text: 'Give the Service both families (ipFamilyPolicy: RequireDualStack), or see that the NLB has a security group, which goes by the real address.'},
  }
}

function refusedReport({service, list, texts}: JudgedService, because: string): Report {
  return {
    object: service.object, variant: 'refused-by-provider', path: list?.path ?? service.field?.path ?? '', source: list?.place ?? service.field?.place ?? null, confidence: 'derived', key: 'refused',
    message: `Changes of this Service do not reach the load balancer: ${because} (${shortList(texts, 3)}).`,
    details: details({class: 'N', openFamily: null, blockedFamily: null}),
    fix: {text: because.includes('IPv6 range') ? 'Take the IPv6 ranges out, or give the load balancer both families first.' : 'Write all ranges in one place, the field or the annotation.'},
  }
}
