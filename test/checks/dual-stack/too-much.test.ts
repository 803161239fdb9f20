import {expect} from 'chai'
import {antreaPolicyFamilyGap} from '../../../src/checks/dual-stack/antrea-policy-family-gap.js'
import {calicoPolicyFamilyGap} from '../../../src/checks/dual-stack/calico-policy-family-gap.js'
import {ciliumPolicyFamilyGap} from '../../../src/checks/dual-stack/cilium-policy-family-gap.js'
import {clusterNetworkPolicyFamilyGap} from '../../../src/checks/dual-stack/cluster-network-policy-family-gap.js'
import {networkPolicyFamilyBlocked} from '../../../src/checks/dual-stack/network-policy-family-blocked.js'
import type {Check} from '../../../src/audit/check.js'
import type {Json} from '../../../src/kube/json.js'
import {runChecks} from '../../support/run-checks.js'
import {BOTH, WORLD, podOf} from './dual-world.js'

/** An object of 300 KB, which an API server stores: each rule has ports of its own, one range in the other. */
const RULES = Array.from({length: 3000}, (_, index) => ({cidr: `${13 + (index >> 8)}.0.${index & 255}.0/30`, port: 1 + index * 3, endPort: 65_535 - index * 3}))
const each = (make: (rule: (typeof RULES)[number]) => Json): Json => RULES.map(make)

const ROWS: readonly [check: Check, apiVersion: string, kind: string, spec: Record<string, Json>][] = [
  [networkPolicyFamilyBlocked, 'networking.k8s.io/v1', 'NetworkPolicy', {podSelector: {}, policyTypes: ['Egress'], egress: each(({cidr, port, endPort}) => ({to: [{ipBlock: {cidr}}], ports: [{port, endPort}]}))}],
  [calicoPolicyFamilyGap, 'crd.projectcalico.org/v1', 'GlobalNetworkPolicy', {types: ['Egress'], egress: each(({cidr, port, endPort}) => ({action: 'Deny', protocol: 'TCP', destination: {nets: [cidr], ports: [`${port}:${endPort}`]}}))}],
  [antreaPolicyFamilyGap, 'crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', {priority: 1, appliedTo: [{podSelector: {}}], egress: each(({cidr, port, endPort}) => ({action: 'Drop', to: [{ipBlock: {cidr}}], ports: [{protocol: 'TCP', port, endPort}]}))}],
  [ciliumPolicyFamilyGap, 'cilium.io/v2', 'CiliumClusterwideNetworkPolicy', {endpointSelector: {}, egress: [{toEntities: ['world']}], egressDeny: each(({cidr, port, endPort}) => ({toCIDR: [cidr], toPorts: [{ports: [{port: String(port), endPort, protocol: 'TCP'}]}]}))}],
  [clusterNetworkPolicyFamilyGap, 'policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', {tier: 'Admin', priority: 1, subject: {namespaces: {}}, egress: each(({cidr, port, endPort}) => ({action: 'Deny', to: [{networks: [cidr]}], protocols: [{tcp: {destinationPort: {range: {start: port, end: endPort}}}}]}))}],
]

describe('more than can be compared', () => {
  for (const [check, apiVersion, kind, spec] of ROWS) {
    it(`${kind}: it is said, and not called clean`, async () => {
      const namespaced = kind === 'NetworkPolicy' ? {namespace: 'shop'} : {}
      const objects = [...WORLD, {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop'}}, podOf(BOTH), {apiVersion, kind, metadata: {...namespaced, name: 'default'}, spec}]
      const started = process.cpuUsage()
      const {findings, skips} = await runChecks([check], {objects})
      expect({findings: findings.length, skips}).to.deep.equal({findings: 0, skips: {[check.meta.id]: 'not-understood'}})
      // Twice: of the cluster, and of its snapshot.
      expect(process.cpuUsage(started).user / 1e6).to.be.below(10)
    }).timeout(120_000)
  }

  it('network sets of millions of blocks: it is said, and not called clean', async () => {
    const sets = Array.from({length: 200}, (_, at) => ({apiVersion: 'crd.projectcalico.org/v1', kind: 'GlobalNetworkSet', metadata: {name: `s${at}`, labels: {a: 'b'}}, spec: {nets: Array.from({length: 250}, (_none, index) => `${13 + at % 100}.${at > 99 ? 1 : 0}.${index}.0/30`)}}))
    const policies = Array.from({length: 100}, (_, at) => ({apiVersion: 'crd.projectcalico.org/v1', kind: 'GlobalNetworkPolicy', metadata: {name: `p${at}`}, spec: {types: ['Egress'], egress: [{action: 'Deny', destination: {selector: 'has(a)'}}]}}))
    const {findings, skips} = await runChecks([calicoPolicyFamilyGap], {objects: [...WORLD, podOf(BOTH), ...sets, ...policies]})
    expect({findings: findings.length, skips}).to.deep.equal({findings: 0, skips: {'calico-policy-family-gap': 'not-understood'}})
  }).timeout(120_000)
})
