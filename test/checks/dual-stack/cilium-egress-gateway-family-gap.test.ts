import {expect} from 'chai'
import {ciliumEgressGatewayFamilyGap} from '../../../src/checks/dual-stack/cilium-egress-gateway-family-gap.js'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {FamiliesOfPods} from './filter-cluster.js'
import {podOf, ranIn} from './filter-cluster.js'

function gateway(destinationCIDRs: string[], rest: JsonObject = {}): KubeObject {
  const spec = {destinationCIDRs, selectors: [{podSelector: {matchLabels: {app: 'web'}}}], egressGateway: {nodeSelector: {}, interface: 'eth1'}, ...rest}
  return {apiVersion: 'cilium.io/v2', kind: 'CiliumEgressGatewayPolicy', metadata: {name: 'out'}, spec}
}

const OPEN = ' CiliumEgressGatewayPolicy out spec.destinationCIDRs S4 open 6'

/** Source: ParseCEGP of pkg/egressgateway/policy.go in Cilium 1.18.4. */
const ROWS: [name: string, policy: KubeObject, pods: FamiliesOfPods[], lines: string[]][] = [
  ['IPv4 destinations, pods of both', gateway(['0.0.0.0/0']), ['dual'], [OPEN]],
  ['IPv4 destinations, pods of IPv4', gateway(['0.0.0.0/0']), ['v4'], [`L:${OPEN}`]],
  ['both', gateway(['0.0.0.0/0', '::/0']), ['dual'], []],
  ['both, all of IPv6 excluded', gateway(['0.0.0.0/0', '::/0'], {excludedCIDRs: ['::/0']}), ['dual'], [OPEN]],
  ['IPv6 destinations, pods of IPv6: nobody waits for IPv4', gateway(['::/0']), ['v6'], []],
  ['no pod is selected', gateway(['0.0.0.0/0'], {selectors: [{podSelector: {matchLabels: {app: 'db'}}}]}), ['dual'], []],
  ['by a label of the namespace', gateway(['0.0.0.0/0'], {selectors: [{namespaceSelector: {matchLabels: {team: 'red'}}}]}), ['dual'], [OPEN]],
  ['by a label that the namespace lacks', gateway(['0.0.0.0/0'], {selectors: [{namespaceSelector: {matchLabels: {team: 'blue'}}, podSelector: {}}]}), ['dual'], []],
  ['every namespace', gateway(['0.0.0.0/0'], {selectors: [{namespaceSelector: {}}]}), ['dual'], [OPEN]],
]

describe('cilium-egress-gateway-family-gap', () => {
  for (const [name, policy, pods, lines] of ROWS) it(name, async () => {
    const ran = await ranIn(ciliumEgressGatewayFamilyGap, [policy, ...pods.map(families => podOf(families))])
    expect(ran.lines).to.deep.equal(lines)
    expect(ran.skip).to.equal(null)
  })

  it('counts the pods that go around it', async () => {
    const {findings: [finding]} = await ranIn(ciliumEgressGatewayFamilyGap, [gateway(['10.0.0.0/8'], {egressGateway: {egressIP: '192.0.2.7'}}), podOf('dual'), podOf('v4'), podOf('v4')])
    expect([finding?.count, finding?.severity]).to.deep.equal([1, 'low'])
    expect(finding?.message).to.match(/10\.0\.0\.0\/8/).and.match(/1 of 3 selected pods has IPv6/)
    expect(finding?.fix?.text).to.match(/::\/0/).and.match(/egressIP is IPv4/)
  })

  it('never calls clean what it did not read', async () => {
    expect((await ranIn(ciliumEgressGatewayFamilyGap, [gateway(['x'])])).skip).to.equal('not-understood')
    expect((await ranIn(ciliumEgressGatewayFamilyGap, [gateway(['10.0.0.0/8'], {selectors: [{}]})])).skip).to.equal('not-understood')
    expect((await ranIn(ciliumEgressGatewayFamilyGap, [], {outcomes: {ciliumegressgatewaypolicies: 'forbidden'}})).skip).to.equal('forbidden')
    expect((await ranIn(ciliumEgressGatewayFamilyGap, [], {outcomes: {ciliumegressgatewaypolicies: 'not-served'}})).notApplicable).to.have.property('cilium-egress-gateway-family-gap').that.matches(/serves no/)
  })
})
