import type {JsonObject} from '../../kube/json.js'
import type {Cidr} from '../../network/cidr.js'
import {asciiQuote} from '../../printable.js'
import {allowedTest, blockText} from './allowed-blocks.js'

/**
 * The two doors in CEL, for the API server's own policies and for Kyverno's. The
 * rules are in the shape that `cel-shapes.ts` knows, so that an audit
 * afterwards can tell that they refuse.
 */

export interface SpecRule {
  expression: string
  /** Blocks that it lets through. */
  allowed: readonly Cidr[]
  /** Blocks that it has no words for, for people; these stay refused. */
  lost: readonly string[]
}

/** As the admission plugin decides: compared as text, and only what the old object lacks is new. */
export function specRule(blocks: readonly Cidr[], hasIpLibrary: boolean): SpecRule {
  const {expression, inexpressible} = blocks.length === 0 ? {expression: '', inexpressible: []} : allowedTest(blocks, 'address', hasIpLibrary)
  const isOld = 'oldObject != null && has(oldObject.spec.externalIPs) && address in oldObject.spec.externalIPs'
  const test = expression === '' ? isOld : `${isOld} ||\n  ${expression}`
  return {expression: `!has(object.spec.externalIPs) || object.spec.externalIPs.all(address,\n  ${test})`, allowed: blocks.filter(block => !inexpressible.includes(block)), lost: inexpressible.map(blockText)}
}

/**
 * Kyverno 1.19 shows a creation with an empty old object: the rule above ends
 * in an error, which refuses as well, but in words that help nobody. So
 * creations are judged by this one first.
 */
export function creationRule(blocks: readonly Cidr[]): string {
  const allowed = blocks.length === 0 ? 'false' : allowedTest(blocks, 'address', true).expression
  return `request.operation != 'CREATE' || !has(object.spec.externalIPs) || object.spec.externalIPs.all(address,\n  ${allowed})`
}

/**
 * Whole entries are compared: a change of `ipMode` from Proxy to VIP makes
 * kube-proxy capture an address that it left alone.
 */
export const STATUS_RULE = [
  '!has(object.status.loadBalancer) || !has(object.status.loadBalancer.ingress) || object.status.loadBalancer.ingress.all(entry,',
  '  oldObject != null && has(oldObject.status.loadBalancer.ingress) && entry in oldObject.status.loadBalancer.ingress)',
].join('\n')

/** Leaves the controllers' requests alone; empty where there are none. JSON's quotation is CEL's. */
export function exceptUsers(users: readonly string[]): JsonObject[] {
  if (users.length === 0) return []
  return [{name: 'is-no-load-balancer-controller', expression: `!(request.userInfo.username in [\n${users.map(user => `  ${asciiQuote(user)}`).join(',\n')}\n])`}]
}

export function servicesRule(operations: readonly string[], resource: 'services' | 'services/status'): JsonObject {
  return {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations, resources: [resource]}]}
}
