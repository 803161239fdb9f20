import {textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf} from '../../kube/object.js'
import type {ListReader} from './list-of.js'
import {listOf, strictItemOf} from './list-of.js'

/** OpenShift's operator hands the list to the Service of the router, as `loadBalancerSourceRanges`. */
export const ingressControllerLists: ListReader = (controller, places) => listOf(controller, places, {
  path: 'spec.endpointPublishingStrategy.loadBalancer.allowedSourceRanges', door: {by: 'service', key: routerService(controller)},
  items: textsAt(controller, 'spec', 'endpointPublishingStrategy', 'loadBalancer', 'allowedSourceRanges').map(strictItemOf),
  kind: {
    words: 'allowedSourceRanges of this IngressController', mode: 'allow', otherFamily: 'unknown', whenUnreadable: 'unknown', isDerived: true,
    because: 'the operator makes source ranges of a Service of it, and what those do to the other family is up to the load balancer',
  },
})

/** `openshift-ingress/router-default` */
export function routerService(controller: KubeObject): string {
  return `openshift-ingress/router-${nameOf(controller)}`
}

/** Does the router listen on the addresses of its nodes? */
export function isOnNodes(controller: KubeObject): boolean {
  return [textAt(controller, 'status', 'endpointPublishingStrategy', 'type'), textAt(controller, 'spec', 'endpointPublishingStrategy', 'type')].find(type => type !== undefined) === 'HostNetwork'
}
