import {defineFact} from '../audit/fact.js'
import type {ObjectRef} from '../audit/finding.js'
import type {ReadOutcome} from '../audit/outcome.js'
import {listAt, textAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {annotationsOf, nameOf, namespaceOf} from '../kube/object.js'
import {addressPools} from './address-pools.js'
import type {Evidence} from './evidence.js'
import {addressAt, evidenceOf, familiesText} from './evidence.js'
import {FAMILIES} from './interval-set.js'
import type {Family} from './ip.js'

export interface EdgeFamilies {
  evidence: readonly Evidence[]
  /** Families by which the outside reaches the cluster's load balancers. */
  families: readonly Family[]
  /** The first object that showed each. */
  firstOf: Readonly<Partial<Record<Family, ObjectRef>>>
  outcomes: {services: ReadOutcome; ingresses: ReadOutcome}
}

/** Annotations of the AWS Load Balancer Controller. Each may also say `ipv4`. */
const SERVICE_TYPE = 'service.beta.kubernetes.io/aws-load-balancer-ip-address-type'
const INGRESS_TYPE = 'alb.ingress.kubernetes.io/ip-address-type'
const DUAL: readonly string[] = ['dualstack', 'dualstack-without-public-ipv4']

/**
 * Signal 9. An address of a load balancer counts by what it is, so an
 * IPv4-mapped one is IPv4; a host name says nothing without a look-up, and
 * nobody asks DNS here. An annotation counts once its load balancer exists.
 */
export const edgeFamilies = defineFact({
  id: 'edge-families',
  reads: ['services', 'ingresses'],
  needs: [addressPools],
  create(context) {
    const services = edgeOf('Service')
    const ingresses = edgeOf('Ingress')
    return {
      services: object => services.add(object, SERVICE_TYPE),
      ingresses: object => ingresses.add(object, INGRESS_TYPE),
      end(): EdgeFamilies {
        const firstOf = {...ingresses.firstOf, ...services.firstOf}
        const outcomes = {services: context.outcome('services'), ingresses: context.outcome('ingresses')}
        return {
          firstOf, outcomes, families: FAMILIES.filter(family => firstOf[family] !== undefined),
          evidence: [evidenceOf(9, outcomes.services, services.text()), evidenceOf(9, outcomes.ingresses, ingresses.text()), ...context.fact(addressPools).evidence],
        }
      },
    }
  },
})

interface Edge {
  add(object: KubeObject, annotation: string): void
  firstOf: Partial<Record<Family, ObjectRef>>
  text(): string
}

function edgeOf(kind: string): Edge {
  const firstOf: Partial<Record<Family, ObjectRef>> = {}
  let names = 0
  let annotated = 0
  return {
    firstOf,
    add(object, annotation) {
      const entries = listAt(object, 'status', 'loadBalancer', 'ingress')
      const see = (family: Family): void => void (firstOf[family] ??= {apiVersion: object.apiVersion, kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)})
      entries.forEach((entry, index) => {
        const text = textAt(entry, 'ip') ?? ''
        if (text !== '') see(addressAt(text, `status.loadBalancer.ingress[${index}].ip`).family)
        else if (textAt(entry, 'hostname') !== undefined) names++
      })
      if (entries.length === 0 || !DUAL.includes(annotationsOf(object)[annotation]?.trim() ?? '')) return
      annotated++
      FAMILIES.forEach(see)
    },
    text() {
      const found = FAMILIES.filter(family => firstOf[family] !== undefined)
      const parts = [familiesText(found), names > 0 ? `${names} host names not looked up` : '', annotated > 0 ? `${annotated} by a dual-stack annotation` : '']
      return `${kind} load balancers: ${parts.filter(part => part !== '').join(', ') || 'none has an address'}`
    },
  }
}
