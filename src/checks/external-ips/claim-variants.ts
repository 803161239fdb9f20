import type {Variant} from '../../audit/check.js'
import type {AddressClass} from '../../audit/finding.js'

/**
 * What an address is decides how grave the claim is: whose traffic it takes
 * today, and how much hangs on that. Both roads have these.
 */
export const CLASH_VARIANTS = {
  'cluster-dns': {severity: 'critical', title: 'The address and port of cluster DNS: every name lookup goes to the Service'},
  'api-server': {severity: 'critical', title: 'The address and port of the API server'},
  metadata: {severity: 'critical', title: 'An address at which clouds answer, or a link-local one: credentials are asked for there'},
  service: {severity: 'high', title: 'The cluster IP of another Service'},
  node: {severity: 'high', title: 'The address of a node'},
  'node-ipvs': {severity: 'critical', title: 'The address of a node, with kube-proxy in IPVS mode: nodes cannot reach each other any more'},
  pod: {severity: 'high', title: 'The address of a running pod'},
  'pod-range': {severity: 'medium', title: 'An address in a range of pods, at present nobody\'s'},
  'service-range': {severity: 'medium', title: 'An address in the Service range, at present nobody\'s'},
  duplicate: {severity: 'medium', title: 'Two Services claim the same address, port and protocol'},
  unreadable: {severity: 'low', title: 'A text that Kubernetes does not read as an address'},
} as const satisfies Record<string, Variant>

/** The variant of a class; null for addresses that clash with nothing. */
export function clashVariantOf(addressClass: AddressClass, isOnlyInRange: boolean, isIpvs: boolean): keyof typeof CLASH_VARIANTS | null {
  switch (addressClass) {
    case 'documentation': case 'private': case 'public': return null
    case 'node': return isIpvs ? 'node-ipvs' : 'node'
    case 'pod': return isOnlyInRange ? 'pod-range' : 'pod'
    default: return addressClass
  }
}
