import {expect} from 'chai'
import type {SkipReason} from '../../src/audit/outcome.js'
import type {Json, KubeObject} from '../../src/kube/json.js'
import {addressPools} from '../../src/network/address-pools.js'
import {edgeFamilies} from '../../src/network/edge-families.js'
import {factOf, object} from '../support/declared-facts.js'

const metallb = (...addresses: string[]): KubeObject => object('metallb.io/v1beta1', 'IPAddressPool', 'metallb-system/pool', {spec: {addresses}})
const cilium = (spec: Record<string, Json>): KubeObject => object('cilium.io/v2', 'CiliumLoadBalancerIPPool', 'pool', {spec})

describe('addressPools', () => {
  const rows: [name: string, objects: KubeObject[], unread: Record<string, SkipReason>, families: number[], evidence: RegExp[]][] = [
    ['none', [], {}, [], []],
    ['not served', [], {ipaddresspools: 'not-served', ciliumloadbalancerippools: 'not-served'}, [], []],
    ['blocks and ranges', [metallb('192.0.2.0/24', '2001:db8::1-2001:db8::9')], {}, [4, 6], [/^IPAddressPools of MetalLB: v4 and v6, which load balancers may get/]],
    ['a range of IPv4', [metallb('192.0.2.1 - 192.0.2.9')], {}, [4], [/: v4,/]],
    ['Cilium: a block, and a range by its start', [cilium({blocks: [{cidr: '192.0.2.0/24'}, {start: '2001:db8::1', stop: '2001:db8::9'}]})], {}, [4, 6], [/^CiliumLoadBalancerIPPools: v4 and v6/]],
    ['Cilium: the older name', [cilium({cidrs: [{cidr: '2001:db8::/64'}]})], {}, [6], [/: v6,/]],
    ['Cilium: disabled', [cilium({disabled: true, blocks: [{cidr: '192.0.2.0/24'}]})], {}, [], []],
    ['rubbish is no range', [metallb('office')], {}, [], [/: no range,/]],
    ['forbidden is not none', [], {ipaddresspools: 'forbidden'}, [], [/^unknown \(forbidden\)/]],
  ]
  for (const [name, objects, unread, families, evidence] of rows) {
    it(name, async () => {
      const found = await factOf(addressPools, {objects, unread})
      expect(found.families).to.deep.equal(families)
      expect(found.evidence.length).to.equal(evidence.length)
      for (const [index, pattern] of evidence.entries()) expect(found.evidence[index]?.value).to.match(pattern)
    })
  }

  it('is evidence of the edge and no family of it', async () => {
    const edge = await factOf(edgeFamilies, {objects: [metallb('2001:db8::/64')]})
    expect(edge.families).to.deep.equal([])
    expect(edge.evidence.map(({value}) => value).join('\n')).to.match(/IPAddressPools of MetalLB: v6/)
  })
})
