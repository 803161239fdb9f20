import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {namespace, object, pod} from './case.js'

const BOTH_FAMILIES = ['10.244.2.1', 'fd10:244::2:1']
/** Running, with addresses of both families. */
const dualPod = (place: string, metadata: JsonObject = {}): KubeObject => pod(place, BOTH_FAMILIES, metadata)

const cilium = (place: string, denied: readonly string[]): KubeObject =>
  object('cilium.io/v2', 'CiliumNetworkPolicy', place, {spec: {endpointSelector: {}, egress: [{toEntities: ['world']}], egressDeny: [{toCIDR: [...denied]}]}})

/** Cilium, Istio and Linkerd. */
export const MESH_CASES: readonly CheckCase[] = [
  {
    check: 'cilium-policy-family-gap',
    bad: [namespace('cilium-open'), dualPod('cilium-open/one'), cilium('cilium-open/deny', ['0.0.0.0/0'])],
    found: {variant: 'public-open', kind: 'CiliumNetworkPolicy', namespace: 'cilium-open', name: 'deny'},
    good: [namespace('cilium-shut'), dualPod('cilium-shut/one'), cilium('cilium-shut/deny', ['0.0.0.0/0', '::/0'])],
  },
]
