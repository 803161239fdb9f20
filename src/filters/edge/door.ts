import type {ObjectRef} from '../../audit/finding.js'
import type {Family} from '../../network/ip.js'

/** Where the clients of a list come in; a fact about all Services (`edgeReach`) tells the families of it. */
export type Door =
  /** A Service of its own: `shop/web`. */
  | {by: 'service'; key: string}
  /**
   * Addresses and host names in `status.loadBalancer` of the object itself. They
   * are the controller's, so its Service is found by them. `isDual`: an
   * annotation or field of the object asks for a load balancer of both families.
   */
  | {by: 'status'; addresses: readonly string[]; isDual: boolean}
  /** Services with ports for the outside whose label `app.kubernetes.io/name` or `app` is one of these, or that are named so. */
  | {by: 'controller'; names: readonly string[]; namespace?: string}
  /** Any port of a node that a Service opens. */
  | {by: 'node-ports'}
  /** The object says itself by which families clients come, and where. */
  | {by: 'families'; families: readonly Family[]; because: string}

/** By which families clients are known to come. A family that is missing may come still: a host name says nothing without a look-up. */
export interface Reach {
  families: readonly Family[]
  /** Why each, as a clause: `the load balancer has the address 2600::1`. */
  because: Readonly<Partial<Record<Family, string>>>
  /** The first Service that showed each, where one did. */
  seenAt: Readonly<Partial<Record<Family, ObjectRef>>>
}

export const NO_REACH: Reach = {families: [], because: {}, seenAt: {}}
