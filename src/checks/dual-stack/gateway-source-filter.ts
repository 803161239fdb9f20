import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {ObjectRef} from '../../audit/finding.js'
import {contourLists} from '../../filters/edge/contour.js'
import {envoyGatewayLists} from '../../filters/edge/envoy-gateway.js'
import {haproxyIngressLists} from '../../filters/edge/haproxy-ingress.js'
import {haproxyTechnologiesLists, patternFilesOf} from '../../filters/edge/haproxy-technologies.js'
import {ingressControllerLists} from '../../filters/edge/ingress-controller.js'
import type {ListReader} from '../../filters/edge/list-of.js'
import {refOf} from '../../filters/edge/list-of.js'
import {nginxOrgLists} from '../../filters/edge/nginx-org.js'
import {edgeReach} from '../../filters/edge/reach.js'
import type {SourceList} from '../../filters/edge/source-list.js'
import {traefikLists} from '../../filters/edge/traefik.js'
import {counted} from '../../kube/counted.js'
import {textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {keyOf} from '../../kube/object.js'
import {shortList} from '../../kube/short-list.js'
import {EDGE_LIST_VARIANTS, reportLists} from './edge-report.js'
import {skipUnreadKinds} from './unread-rows.js'

const KINDS = ['ingresses', 'middlewares', 'middlewaretcps', 'traefik2-middlewares', 'traefik2-middlewaretcps', 'httpproxies', 'securitypolicies', 'nginx-policies', 'ingresscontrollers', 'backendconfigs'] as const

/**
 * Fires on lists of client addresses of gateways that name one family, judged by
 * what the program behind the gateway does with an address that no entry holds.
 * Active where clients are seen to come over the other family. Quiet where a list
 * names both, where an allow list beside a deny list lets nobody in to be denied,
 * and where a route has both lists and is not served for that.
 */
export const gatewaySourceFilter = defineCheck({
  meta: {
    id: 'gateway-source-filter',
    title: 'A list of client addresses of a gateway forgets an IP family',
    topic: 'dual-stack',
    severity: 'high',
    variants: {
      ...EDGE_LIST_VARIANTS,
      'cloud-armor': {severity: 'info', title: 'Cloud Armor decides who gets in, by rules that the cluster does not show'},
    },
    reads: ['services'],
    alsoReads: [...KINDS],
    why: 'A load balancer that gets IPv6 brings clients whose addresses no list of IPv4 ranges holds. An allow list then keeps all of them out, which users notice; a deny list keeps none of them out, which those notice that were denied.',
    remediation: 'Name the ranges of the same clients in both families; prefer allow lists, which close what they forget.',
    references: [
      {title: 'Traefik: IPAllowList', url: 'https://doc.traefik.io/traefik/middlewares/http/ipallowlist/'},
      {title: 'Contour: IP filtering', url: 'https://projectcontour.io/docs/main/config/ip-filtering/'},
      {title: 'Envoy Gateway: SecurityPolicy, IP allowlist and denylist', url: 'https://gateway.envoyproxy.io/docs/tasks/security/restrict-ip-access/'},
      {title: 'NGINX Ingress Controller: Policy, accessControl', url: 'https://docs.nginx.com/nginx-ingress-controller/configuration/policy-resource/#accesscontrol'},
      {title: 'haproxy-ingress: allowlist', url: 'https://haproxy-ingress.github.io/docs/configuration/keys/#allowlist'},
      {title: 'HAProxy Kubernetes Ingress Controller: access control', url: 'https://github.com/haproxytech/kubernetes-ingress/blob/master/documentation/annotations.md#access-control'},
    ],
  },
  needs: [edgeReach],

  create(context) {
    const lists: SourceList[] = []
    const read = (...readers: readonly ListReader[]) => (object: KubeObject): void => void lists.push(...readers.flatMap(reader => reader(object, context)))
    const armor = armorSeen()
    const ranged = new Set<string>()
    let files = 0
    const haproxy = read(haproxyIngressLists, haproxyTechnologiesLists)
    return {
      ingresses(ingress) {
        files += patternFilesOf(ingress).length
        haproxy(ingress)
      },
      middlewares: read(traefikLists), middlewaretcps: read(traefikLists),
      'traefik2-middlewares': read(traefikLists), 'traefik2-middlewaretcps': read(traefikLists),
      httpproxies: read(contourLists), securitypolicies: read(envoyGatewayLists), 'nginx-policies': read(nginxOrgLists),
      ingresscontrollers: read(ingressControllerLists),
      backendconfigs: armor.add,
      services(service) {
        if (textsAt(service, 'spec', 'loadBalancerSourceRanges').length > 0) ranged.add(keyOf(service))
      },
      end() {
        // The Service of a router has the list that the operator wrote: the check on Services judges it there.
        reportLists(context, lists.filter(({door, object}) => object.kind !== 'IngressController' || door.by !== 'service' || !ranged.has(door.key)), context.fact(edgeReach))
        armor.report(context)
        if (files > 0) context.skip('not-observable', `${counted(files, 'annotation')} of HAProxy's controller ${files === 1 ? 'names a pattern file' : 'name pattern files'}, of which the entries were not looked at`)
        skipUnreadKinds(context, KINDS, 'the server has none of the kinds of gateways')
      },
    }
  },
})

interface Armor {
  add(config: KubeObject): void
  report(context: CheckContext): void
}

/** BackendConfigs by the policy of Cloud Armor that they name: one line each. */
function armorSeen(): Armor {
  const users = new Map<string, ObjectRef[]>()
  return {
    add(config) {
      const policy = textAt(config, 'spec', 'securityPolicy', 'name') ?? ''
      if (policy !== '') users.set(policy, [...(users.get(policy) ?? []), refOf(config)])
    },
    report(context) {
      for (const [policy, [first, ...others]] of users) if (first !== undefined) context.report({
        object: first, variant: 'cloud-armor', path: 'spec.securityPolicy.name', key: policy, count: 1 + others.length, confidence: 'certain',
        message: `The policy ${policy} of Cloud Armor decides who gets in${others.length === 0 ? '' : `, here and at ${shortList(others.map(({namespace, name}) => `${namespace}/${name}`), 3)}`}; its rules are not in the cluster, so whether they forget a family was not looked at.`,
        fix: {text: `Look at its rules: gcloud compute security-policies describe ${policy}; an IPv4 range in a deny rule says nothing of IPv6, and the default rule decides.`},
      })
    },
  }
}
