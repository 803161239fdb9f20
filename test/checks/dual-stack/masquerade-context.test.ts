import {expect} from 'chai'
import {masqueradeContext} from '../../../src/checks/dual-stack/masquerade-context.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {configMap, kubernetes, pod} from '../../network/cluster-objects.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'

const run = (objects: KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([masqueradeContext], {objects, outcomes})
const agent = (config: string): KubeObject => configMap('ip-masq-agent', {config})
const BOTH = pod(['10.244.0.7', 'fd10:244::7'])
const V4 = agent('nonMasqueradeCIDRs:\n- 10.0.0.0/8\nmasqLinkLocal: false\n')

describe('masquerade-context', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: RegExp[]; skip?: string | null}[] = [
    {name: 'IPv4 ranges, pods of both', objects: [V4, BOTH], tells: [/names IPv4 ranges only \(10\.0\.0\.0\/8\).*where the agent makes rules of IPv6, which it does with --enable-ipv6 only, every IPv6 connection/]},
    {name: 'IPv6 ranges, pods of both', objects: [agent('{"nonMasqueradeCIDRs":["fd10::/16"]}'), BOTH], tells: [/names IPv6 ranges only .*where the agent makes rules of IPv4 every IPv4 connection/]},
    {name: 'ranges of both', objects: [agent('nonMasqueradeCIDRs: [10.0.0.0/8, fd10::/16]'), BOTH], tells: []},
    {name: 'pods of IPv4', objects: [V4, kubernetes(), pod(['10.244.0.7'])], tells: []},
    {name: 'no range', objects: [agent('nonMasqueradeCIDRs: []'), BOTH], tells: []},
    {name: 'no agent', objects: [BOTH], tells: []},
    {name: 'a configuration that is none', objects: [agent('nonMasqueradeCIDRs: [10.0.0.0/8'), BOTH], tells: [], skip: 'not-understood'},
    {name: 'a dump without it, pods of both', objects: [BOTH], outcomes: {'ip-masq-agent': 'not-in-input'}, tells: [], skip: 'not-in-input'},
    {name: 'a dump without it, pods of IPv4', objects: [kubernetes(), pod(['10.244.0.7'])], outcomes: {'ip-masq-agent': 'not-in-input'}, tells: []},
    {name: 'forbidden', objects: [BOTH], outcomes: {'ip-masq-agent': 'forbidden'}, tells: [], skip: 'forbidden'},
  ]
  for (const {name, objects, outcomes, tells, skip = null} of rows) {
    it(name, async () => {
      const {findings, skips} = await run(objects, outcomes)
      expect(findings.length).to.equal(tells.length)
      for (const [index, pattern] of tells.entries()) expect(findings[index]?.message).to.match(pattern)
      expect(skips['masquerade-context']).to.equal(skip)
    })
  }

  it('is a preview', () => expect(masqueradeContext.meta.isPreview).to.equal(true))
})
