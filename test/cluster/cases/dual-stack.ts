import type {CheckCase} from './case.js'
import {namespace, object, pod} from './case.js'
import {CLUSTER_POLICY_CASES} from './dual-stack-cluster-policies.js'
import {EDGE_CASES} from './dual-stack-edge.js'
import {ENGINE_CASES} from './dual-stack-engines.js'
import {GATEWAY_CASES} from './dual-stack-gateways.js'
import {MESH_CASES} from './dual-stack-mesh.js'
import {POLICY_CASES} from './dual-stack-policies.js'

/** Of both families where the server has both: before ServiceCIDR nothing else shows its ranges to everybody. */
const BOTH = object('v1', 'Service', 'two-families/both', {spec: {ipFamilyPolicy: 'PreferDualStack', selector: {app: 'a'}, ports: [{port: 80}]}})

export const DUAL_STACK_CASES: readonly CheckCase[] = [
  ...EDGE_CASES,
  ...ENGINE_CASES,
  ...GATEWAY_CASES,
  ...MESH_CASES,
  ...POLICY_CASES,
  ...CLUSTER_POLICY_CASES,
  {
    check: 'family-state',
    bad: [namespace('one-family'), pod('one-family/one', ['10.244.1.7'])],
    found: {variant: 'mixed-pods', kind: 'Namespace', name: 'one-family'},
    good: [namespace('two-families', {'pod-security.kubernetes.io/enforce': 'baseline'}), pod('two-families/one', ['10.244.1.8', 'fd10:244::8']), BOTH],
  },
]
