import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {ObjectRef, SourcePlace} from '../../audit/finding.js'
import {apisixLists} from '../../filters/edge/apisix.js'
import type {DeadAnnotation} from '../../filters/edge/dead-annotations.js'
import {deadAnnotationsOf} from '../../filters/edge/dead-annotations.js'
import type {Door} from '../../filters/edge/door.js'
import {higressLists} from '../../filters/edge/higress.js'
import {isOnNodes, routerService} from '../../filters/edge/ingress-controller.js'
import {isHidden, kongLists} from '../../filters/edge/kong.js'
import {annotationPath, refOf} from '../../filters/edge/list-of.js'
import {routeLists} from '../../filters/edge/openshift-router.js'
import {edgeReach} from '../../filters/edge/reach.js'
import type {SourceList} from '../../filters/edge/source-list.js'
import {counted} from '../../kube/counted.js'
import type {KubeObject} from '../../kube/json.js'
import {families} from '../../network/families.js'
import type {Family} from '../../network/ip.js'
import {EDGE_LIST_VARIANTS, reportLists} from './edge-report.js'
import {skipRefused, skipUnreadKinds} from './unread-rows.js'

const KINDS = ['ingresses', 'kongplugins', 'kongclusterplugins', 'routes', 'ingresscontrollers'] as const

/**
 * As `gateway-source-filter`, for gateways of which we read a part of the source
 * only: Kong, APISIX, Higress, OpenShift's router. Also annotations that look
 * like such a list and that no version in support reads.
 */
export const gatewaySourceFilterThirdParty = defineCheck({
  meta: {
    id: 'gateway-source-filter-third-party',
    title: 'A list of client addresses of a gateway forgets an IP family (less sure)',
    topic: 'dual-stack',
    severity: 'high',
    variants: {
      ...EDGE_LIST_VARIANTS,
      'dead-annotation': {severity: 'medium', title: 'An annotation that looks like a filter, and that nobody reads'},
    },
    reads: ['services'],
    alsoReads: [...KINDS, 'nodes'],
    isPreview: true,
    why: 'A load balancer that gets IPv6 brings clients whose addresses no list of IPv4 ranges holds: an allow list keeps all of them out, a deny list none. How these gateways hand a list on is known from documentation and from a part of their source.',
    remediation: 'Name the ranges of the same clients in both families; prefer allow lists, which close what they forget.',
    references: [
      {title: 'Kong: IP restriction', url: 'https://developer.konghq.com/plugins/ip-restriction/'},
      {title: 'APISIX Ingress Controller: annotations', url: 'https://apisix.apache.org/docs/ingress-controller/reference/annotations/'},
      {title: 'Higress: annotations', url: 'https://higress.io/en-us/docs/user/annotation/'},
      {title: 'OpenShift: route-specific annotations', url: 'https://docs.openshift.com/container-platform/latest/networking/routes/route-configuration.html'},
    ],
  },
  needs: [edgeReach, families],

  create(context) {
    const lists: SourceList[] = []
    const dead: {annotation: DeadAnnotation; object: ObjectRef; source: SourcePlace | null}[] = []
    const onNodes = new Set<string>()
    let hidden = 0
    const kong = (plugin: KubeObject): void => {
      lists.push(...kongLists(plugin, context))
      if (isHidden(plugin)) hidden++
    }
    return {
      ingresses(ingress) {
        lists.push(...apisixLists(ingress, context), ...higressLists(ingress, context))
        for (const annotation of deadAnnotationsOf(ingress)) dead.push({annotation, object: refOf(ingress), source: context.place(ingress, annotationPath(annotation.name))})
      },
      kongplugins: kong, kongclusterplugins: kong,
      routes: route => void lists.push(...routeLists(route, context)),
      ingresscontrollers(controller) {
        if (isOnNodes(controller)) onNodes.add(routerService(controller))
      },
      end() {
        const nodes = context.fact(families).nodes
        reportLists(context, lists.map(list => ({...list, door: doorOnNodes(list.door, onNodes, nodes)})), context.fact(edgeReach))
        for (const one of dead) reportDead(context, one)
        if (hidden > 0) context.skip('not-observable', `the lists of ${counted(hidden, 'ip-restriction plugin')} of Kong are in Secrets or patched out of them, which are not read`)
        skipUnreadKinds(context, KINDS, 'the server has none of the kinds of these gateways')
        if (onNodes.size > 0) skipRefused(context, ['nodes'])
      },
    }
  },
})

/** A router on the network of its nodes has no Service: clients come by the addresses of nodes. */
function doorOnNodes(door: Door, onNodes: ReadonlySet<string>, nodes: readonly Family[]): Door {
  if (door.by !== 'controller' || !door.names.some(name => onNodes.has(`${door.namespace ?? ''}/${name}`))) return door
  return {by: 'families', families: nodes, because: 'the router listens on its nodes, which have addresses of it'}
}

function reportDead(context: CheckContext, {annotation: {name, value, because, instead}, object, source}: {annotation: DeadAnnotation; object: ObjectRef; source: SourcePlace | null}): void {
  context.report({
    object, variant: 'dead-annotation', path: annotationPath(name), source, key: name, confidence: 'derived',
    message: `The annotation ${name} (${value.slice(0, 80)}) filters nothing, because ${because}: whoever it was to keep out gets in, over either family.`,
    details: {type: 'filter', class: 'N', direction: null, ports: 'all', openFamily: null, blockedFamily: null, addressClass: null},
    fix: {text: instead},
  })
}
