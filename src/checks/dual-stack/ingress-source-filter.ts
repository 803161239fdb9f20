import type {CheckContext, Report} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {FilterDetails, ObjectRef, SourcePlace} from '../../audit/finding.js'
import {isIncomplete} from '../../audit/outcome.js'
import {albIngressLists, judgedByGroup, ingressClassParamsLists, loadBalancerConfigurationLists, targetGroupBindingLists} from '../../filters/edge/aws-load-balancer-controller.js'
import type {DeadList, NginxConfig, NginxController} from '../../filters/edge/ingress-nginx.js'
import {DEFAULT_PREFIX, deadNginxLists, effectiveLists, isOfOtherClass, limitExemptionLists, nginxConfigOf, nginxControllerOf, nginxIngressLists} from '../../filters/edge/ingress-nginx.js'
import {judgeList} from '../../filters/edge/judge-list.js'
import {annotationPath, refOf} from '../../filters/edge/list-of.js'
import type {EdgeReach} from '../../filters/edge/reach.js'
import {edgeReach} from '../../filters/edge/reach.js'
import type {SourceList} from '../../filters/edge/source-list.js'
import type {KubeObject} from '../../kube/json.js'
import {shortList} from '../../kube/short-list.js'
import {otherFamilyOf} from '../../network/ip.js'
import {EDGE_LIST_VARIANTS, edgeReport, familyName, reportLists} from './edge-report.js'

const CONTROLLERS = ['ingress-nginx-deployments', 'ingress-nginx-daemonsets', 'ingress-nginx-configmaps'] as const
const AWS = ['ingressclassparams', 'targetgroupbindings', 'loadbalancerconfigurations'] as const

/**
 * Fires on lists of client addresses that name one family: annotations of
 * ingress-nginx and of the AWS Load Balancer Controller, the ConfigMap of
 * ingress-nginx, the objects of AWS; and on lists in annotations that the
 * controller of the Ingress does not read. Active where the load balancer has the
 * other family. Quiet on a deny list whose clients an allow list beside it keeps
 * out, and where an Ingress of the same load balancer names the other family.
 */
export const ingressSourceFilter = defineCheck({
  meta: {
    id: 'ingress-source-filter',
    title: 'A list of client addresses of an Ingress forgets an IP family',
    topic: 'dual-stack',
    severity: 'high',
    variants: {
      ...EDGE_LIST_VARIANTS,
      'dead-allow-list': {severity: 'high', title: 'An allow list in an annotation that nobody reads: everybody gets in'},
      'dead-deny-list': {severity: 'medium', title: 'A deny list in an annotation that nobody reads'},
      'untrusted-proxies': {severity: 'low', title: 'Proxies of one family are not believed: their address stands for the client\'s'},
      'limited-clients': {severity: 'info', title: 'Clients that are exempt from rate limits are limited over the other family'},
    },
    reads: ['ingresses', 'services'],
    alsoReads: [...CONTROLLERS, ...AWS],
    why: 'A controller compares the address of each client with the list. Clients that come over IPv6 match no IPv4 entry: an allow list keeps all of them out, which users notice, and a deny list keeps none of them out, which those notice that were denied. A deny list of 0.0.0.0/0 that was meant as "nobody" is a door for everybody who has IPv6.',
    remediation: 'Name the ranges of the same clients in both families; prefer allow lists, which close what they forget.',
    references: [
      {title: 'ingress-nginx: annotations', url: 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#whitelist-source-range'},
      {title: 'ingress-nginx: ConfigMap', url: 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/'},
      {title: 'ingress-nginx: an annotation without the prefix of nginx is ignored', url: 'https://github.com/kubernetes/ingress-nginx/issues/2096'},
      {title: 'AWS Load Balancer Controller: inbound-cidrs', url: 'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#access-control'},
    ],
  },
  needs: [edgeReach],

  create(context) {
    const controllers: NginxController[] = []
    const configs: NginxConfig[] = []
    const alb: SourceList[] = []
    const others: SourceList[] = []
    const nginx: NginxIngress[] = []
    const controller = (workload: KubeObject): void => void controllers.push(nginxControllerOf(workload))
    return {
      'ingress-nginx-deployments': controller,
      'ingress-nginx-daemonsets': controller,
      'ingress-nginx-configmaps': map => void configs.push(nginxConfigOf(map, context)),
      ingressclassparams: object => void others.push(...ingressClassParamsLists(object, context)),
      targetgroupbindings: object => void others.push(...targetGroupBindingLists(object, context)),
      loadbalancerconfigurations: object => void others.push(...loadBalancerConfigurationLists(object, context)),
      ingresses(ingress) {
        alb.push(...albIngressLists(ingress, context))
        const prefixes = prefixesOf(controllers)
        const dead = deadNginxLists(ingress, prefixes).map(list => ({list, object: refOf(ingress), place: context.place(ingress, annotationPath(list.name))}))
        const live = isOfOtherClass(ingress) ? {own: [], exempt: []} : {own: prefixes.map(prefix => nginxIngressLists(ingress, context, prefix)), exempt: limitExemptionLists(ingress, context)}
        if (dead.length + live.exempt.length > 0 || live.own.some(({allow, deny}) => allow.length + deny.length > 0)) nginx.push({...live, dead})
      },
      end() {
        const reach = context.fact(edgeReach)
        reportLists(context, [...judgedByGroup(alb), ...others, ...configs.flatMap(({allow, deny}) => effectiveLists({allow, deny}, []))], reach)
        for (const {trusted} of configs) reportProxies(context, trusted, reach)
        // Of several controllers nothing tells whose defaults an Ingress has.
        const defaults = configs.length === 1 ? (configs[0]?.allow ?? []) : []
        for (const one of nginx) reportNginx(context, one, defaults, reach)
        skipUnread(context, controllers)
      },
    }
  },
})

interface NginxIngress {
  own: readonly {allow: SourceList[]; deny: SourceList[]}[]
  exempt: readonly SourceList[]
  dead: readonly {list: DeadList; object: ObjectRef; place: SourcePlace | null}[]
}

/** Of the controllers that were seen; where none was, that of their manifests. */
function prefixesOf(controllers: readonly NginxController[]): string[] {
  return controllers.length === 0 ? [DEFAULT_PREFIX] : [...new Set(controllers.map(({prefix}) => prefix))].toSorted()
}

/** What is not served is none, and so is what an input lacks; but a controller that was seen names a ConfigMap. */
function skipUnread(context: CheckContext, controllers: readonly NginxController[]): void {
  for (const key of [...CONTROLLERS, ...AWS]) {
    const outcome = context.outcome(key)
    const isNamed = key === 'ingress-nginx-configmaps' && controllers.some(({configMaps}) => configMaps.length > 0)
    if (isIncomplete(outcome.outcome) || isNamed) context.skipUnread(key, outcome)
  }
}

function reportNginx(context: CheckContext, {own, exempt, dead}: NginxIngress, defaults: readonly SourceList[], reach: EdgeReach): void {
  reportLists(context, own.flatMap(lists => effectiveLists(lists, defaults)), reach)
  for (const list of exempt) reportExempt(context, list, reach)
  for (const one of dead) context.report(deadReport(one))
}

const details = (about: Partial<FilterDetails>): FilterDetails => ({type: 'filter', class: 'A3', direction: null, ports: 'all', openFamily: null, blockedFamily: null, addressClass: null, ...about})

function deadReport({list: {name, value, isAllow, because}, object, place}: NginxIngress['dead'][number]): Report {
  const items = value.split(',').map(text => text.trim()).filter(text => text !== '')
  return {
    object, source: place, variant: isAllow ? 'dead-allow-list' : 'dead-deny-list', path: annotationPath(name), confidence: 'derived', key: `${name} ${items.toSorted().join(' ')}`,
    message: `The annotation ${name} ${isAllow ? 'allows' : 'denies'} a few addresses (${shortList(items, 3)}) and nobody reads it: ${because}. ${isAllow ? 'Everybody' : 'Who was to be kept out'} gets in, over both families.`,
    details: details({class: 'S4'}),
    fix: {text: 'Write the list as the controller of this Ingress reads it, with ranges of both families.'},
  }
}

/** What is forwarded by a proxy that is not believed counts as the proxy's: lists then see its address. */
function reportProxies(context: CheckContext, list: SourceList | null, reach: EdgeReach): void {
  if (list === null) return
  const met = reach.of(list.door)
  const gap = judgeList(list, met)
  if (gap === null || gap.blockedFamily === null) return
  const name = familyName(gap.blockedFamily)
  context.report({
    ...edgeReport(list, gap, met), variant: 'untrusted-proxies',
    message: `proxy-real-ip-cidr is ${shortList(list.items.map(({text}) => text), 3)}: what a load balancer over ${name} says of the client is not believed, so allow and deny lists compare its own address, and logs show it${gap.isLatent ? `; no client is seen to come over ${name} now` : ''}.`,
    fix: {text: `Add the ${name} range of the load balancer to proxy-real-ip-cidr, for example ${gap.blockedFamily === 6 ? '2001:db8:1::/48' : '203.0.113.0/24'}; ::/0 believes everybody who reaches nginx.`},
  })
}

function reportExempt(context: CheckContext, list: SourceList, reach: EdgeReach): void {
  const met = reach.of(list.door)
  const gap = judgeList(list, met)
  if (gap === null || gap.blockedFamily === null || gap.isLatent) return
  const name = familyName(gap.blockedFamily)
  context.report({
    ...edgeReport(list, gap, met), variant: 'limited-clients',
    message: `${list.kind.words} exempts ${familyName(otherFamilyOf(gap.blockedFamily))} addresses only (${shortList(list.items.map(({text}) => text), 3)}): the same clients are limited when they come over ${name}.`,
  })
}
