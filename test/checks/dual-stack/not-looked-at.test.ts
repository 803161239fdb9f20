import {expect} from 'chai'
import type {Check} from '../../../src/audit/check.js'
import type {Finding} from '../../../src/audit/finding.js'
import type {SkipReason} from '../../../src/audit/outcome.js'
import {isIncomplete} from '../../../src/audit/outcome.js'
import {readsOf} from '../../../src/audit/reads.js'
import {CHECKS} from '../../../src/checks/registry.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {ReadKey} from '../../../src/kube/resources.js'
import {isEndpoint, isOf, rowOf} from '../../../src/kube/resources.js'
import {DUAL_STACK_CASES} from '../../cluster/cases/dual-stack.js'
import {kubeProxy, object} from '../../cluster/cases/case.js'
import {runChecks} from '../../support/run-checks.js'
import {WORLD, podOf} from './filter-cluster.js'

const CILIUM: KubeObject[] = [
  object('apps/v1', 'DaemonSet', 'kube-system/cilium', {}, {labels: {'k8s-app': 'cilium'}}),
  object('v1', 'ConfigMap', 'kube-system/cilium-config', {data: {'kube-proxy-replacement': 'true', 'policy-cidr-match-mode': 'nodes'}}),
]
const IMDS = '169.254.169.254/32'
const RFC = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']
/** Of both families at its load balancer. */
const balanced = (spec: JsonObject): KubeObject => object('v1', 'Service', 'shop/web', {
  spec: {type: 'LoadBalancer', ipFamilies: ['IPv4', 'IPv6'], selector: {app: 'a'}, ports: [{port: 443, nodePort: 30_443}], ...spec}, status: {loadBalancer: {ingress: [{ip: '52.1.2.3'}, {ip: '2600:1f13::7'}]}},
})
const dns = object('v1', 'Service', 'kube-system/kube-dns', {spec: {clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'], ports: [{port: 53}]}})
const networkPolicy = (name: string, egress: Json[]): KubeObject => object('networking.k8s.io/v1', 'NetworkPolicy', `shop/${name}`, {spec: {podSelector: {}, policyTypes: ['Egress'], egress}})
const allow = (cidr: string, except: string[] = []): JsonObject => ({to: [{ipBlock: {cidr, ...(except.length === 0 ? {} : {except})}}]})
const cilium = (spec: JsonObject): KubeObject => object('cilium.io/v2', 'CiliumNetworkPolicy', 'shop/web', {spec: {endpointSelector: {}, ...spec}})
const calico = (name: string, spec: JsonObject): KubeObject => object('projectcalico.org/v3', 'GlobalNetworkPolicy', name, {spec: {types: ['Egress'], ...spec}})
const antrea = (spec: JsonObject): KubeObject => object('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', 'a', {spec: {priority: 5, appliedTo: [{podSelector: {}}], ...spec}})
const admin = (spec: JsonObject): KubeObject => object('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'a', {spec: {tier: 'Admin', priority: 5, subject: {namespaces: {}}, ...spec}})
const authorization = (place: string, spec: JsonObject): KubeObject => object('security.istio.io/v1', 'AuthorizationPolicy', place, {spec})
const meshed = podOf('v4', {app: 'web'}, {spec: {containers: [{name: 'istio-proxy'}]}})
const dual = [podOf('dual'), podOf('dual', {app: 'db'})]

/** Worlds in which something else than the filter itself decides what a check says. */
const WORLDS: Readonly<Record<string, readonly (readonly KubeObject[])[]>> = {
  'network-policy-carve-out-lost': [[...dual, networkPolicy('a', [allow('0.0.0.0/0', [IMDS, ...RFC]), allow('::/0')])],
    [...dual, networkPolicy('a', [allow('0.0.0.0/0', [IMDS]), allow('::/0')]), cilium({egressDeny: [{toCIDRSet: [{cidrGroupRef: 'imds'}]}]}), object('cilium.io/v2', 'CiliumCIDRGroup', 'imds', {spec: {externalCIDRs: ['fd00:ec2::254/128']}})],
    [...dual, networkPolicy('a', [allow('0.0.0.0/0', [IMDS]), allow('::/0')]), object('k8s.ovn.org/v1', 'EgressFirewall', 'shop/default', {spec: {egress: [{type: 'Deny', to: {cidrSelector: 'fd00:ec2::254/128'}}]}})],
    [...dual, networkPolicy('a', [allow('0.0.0.0/0', [IMDS]), allow('::/0')]), calico('a', {order: 5, egress: [{action: 'Deny', destination: {nets: ['fd00:ec2::254/128']}}]})],
  ],
  'network-policy-family-blocked': [[...dual, networkPolicy('a', [allow('0.0.0.0/0')]), admin({egress: [{action: 'Accept', to: [{networks: ['::/0']}]}]})], [...dual, dns, networkPolicy('a', [allow('10.96.0.10/32')])]],
  'cilium-policy-family-gap': [
    [...dual, ...CILIUM, cilium({egress: [{toEntities: ['world']}], egressDeny: [{toCIDR: ['169.254.169.254', '192.168.10.5']}]})],
    [...dual, cilium({egress: [{toCIDRSet: [{cidr: '0.0.0.0/0', except: RFC}, {cidr: '::/0'}]}]})],
    [...dual, cilium({egress: [{toCIDR: ['0.0.0.0/0']}]}), networkPolicy('b', [allow('::/0')])],
    [...dual, cilium({egress: [{toEntities: ['world']}], egressDeny: [{toCIDRSet: [{cidrGroupRef: 'imds'}]}]}), object('cilium.io/v2', 'CiliumCIDRGroup', 'imds', {spec: {externalCIDRs: [IMDS]}})],
  ],
  'istio-authorization-family-gap': [
    [meshed, balanced({}), authorization('shop/a', {action: 'DENY', rules: [{from: [{source: {remoteIpBlocks: ['10.0.0.0/8']}}]}]})],
    [podOf('dual', {app: 'web'}, {spec: {containers: [{name: 'istio-proxy'}]}}), authorization('istio-system/a', {action: 'DENY', rules: [{from: [{source: {ipBlocks: ['10.0.0.0/8']}}]}]})],
  ],
  'calico-policy-family-gap': [
    [...dual, calico('a', {egress: [{action: 'Deny', destination: {nets: [IMDS, ...RFC]}}, {action: 'Allow'}]})],
    [...dual, dns, calico('a', {egress: [{action: 'Allow', destination: {nets: ['10.96.0.10/32']}}]})],
    [...dual, calico('a', {egress: [{action: 'Pass'}]}), networkPolicy('a', [{}]), calico('b', {order: 5, egress: [{action: 'Deny', destination: {nets: ['0.0.0.0/0']}}, {action: 'Pass'}]})],
  ],
  'antrea-policy-family-gap': [[...dual, antrea({egress: [{action: 'Drop', to: [IMDS, ...RFC].map(cidr => ({ipBlock: {cidr}}))}]})]],
  'cluster-network-policy-family-gap': [[...dual, admin({egress: [{action: 'Deny', to: [{networks: [IMDS, ...RFC]}]}]})]],
  'egress-firewall-family-gap': [[...dual, object('k8s.ovn.org/v1', 'EgressFirewall', 'shop/default', {spec: {egress: [IMDS, ...RFC].map(cidrSelector => ({type: 'Deny', to: {cidrSelector}}))}})]],
  'service-source-ranges': [
    [balanced({loadBalancerSourceRanges: ['10.0.0.0/8']}), object('metallb.io/v1beta1', 'IPAddressPool', 'metallb/a', {spec: {addresses: ['52.1.2.0/24']}})],
    [balanced({loadBalancerSourceRanges: ['10.0.0.0/8'], loadBalancerClass: 'kube-vip.io/kube-vip-class'}), ...CILIUM],
  ],
  'node-port-addresses': [[kubeProxy({}), balanced({}), ...CILIUM, object('apps/v1', 'DaemonSet', 'kube-system/kube-proxy', {}, {labels: {'k8s-app': 'kube-proxy'}})], [kubeProxy({}), balanced({}), ...CILIUM]],
  'masquerade-context': [[...dual, object('v1', 'ConfigMap', 'kube-system/ip-masq-agent', {data: {config: 'nonMasqueradeCIDRs: [10.0.0.0/8]'}})]],
}

/** What it is, whether it is live, how grave: what a reader goes by. */
const textOf = ({variant, object: {kind, namespace, name}, state, severity, confidence, path}: Finding): string => [variant, kind, namespace, name, state, severity, confidence, path].join(' ')

interface Ran {
  found: string[]
  skip: SkipReason | null
  notApplicable: string | null
}

async function ran(check: Check, objects: readonly KubeObject[], outcomes: Partial<Record<ReadKey, SkipReason>> = {}): Promise<Ran> {
  const {findings, skips, notApplicable} = await runChecks([check], {objects, outcomes})
  return {found: findings.map(textOf).toSorted(), skip: (skips[check.meta.id] ?? null) as SkipReason | null, notApplicable: notApplicable[check.meta.id] ?? null}
}

/** The row refused; given up before its last object; with objects that nobody can read. */
const WAYS: Readonly<Record<string, (row: ReadKey, objects: readonly KubeObject[]) => {objects: readonly KubeObject[]; outcome?: SkipReason}>> = {
  refused: (row, objects) => ({objects: objects.filter(one => isEndpoint(row) || !isOf(rowOf(row), one)), outcome: 'forbidden'}),
  'in part': (row, objects) => ({objects: objects.filter(one => one !== objects.findLast(other => !isEndpoint(row) && isOf(rowOf(row), other))), outcome: 'partial'}),
  odd: (row, objects) => ({objects: objects.map(one => (!isEndpoint(row) && isOf(rowOf(row), one) ? {...one, spec: 'x', data: 'x', status: 'x'} as unknown as KubeObject : one))}),
}

describe('a check that says something else without a row', () => {
  for (const check of CHECKS.filter(({meta}) => meta.topic === 'dual-stack')) {
    const own = DUAL_STACK_CASES.filter(one => one.check === check.meta.id).map(({bad}) => bad)
    it(`says that it was not looked at: ${check.meta.id}`, async () => {
      const silent: string[] = []
      for (const world of [...own, ...(WORLDS[check.meta.id] ?? [])]) {
        const objects = [...WORLD, ...world]
        const whole = await ran(check, objects)
        for (const row of readsOf([check], [])) for (const [way, change] of Object.entries(WAYS)) {
          const {objects: left, outcome} = change(row, objects)
          const {found, skip, notApplicable} = await ran(check, left, outcome === undefined ? {} : {[row]: outcome} as Partial<Record<ReadKey, SkipReason>>)
          const isTold = notApplicable === null && skip !== null && isIncomplete(skip)
          if (!isTold && (notApplicable !== whole.notApplicable || found.join() !== whole.found.join())) silent.push(`${row} ${way}: ${notApplicable ?? skip ?? 'passed'} with ${found.join() || 'nothing'} instead of ${whole.found.join() || 'nothing'}`)
        }
      }
      expect(silent, silent.join('\n')).to.deep.equal([])
    })
  }
})
