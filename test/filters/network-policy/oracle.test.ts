import type {Direction} from '../../../src/filters/direction.js'
import {expect} from 'chai'
import {networkPolicyGaps} from '../../../src/filters/network-policy/network-policy-gaps.js'
import type {GroupGaps} from '../../../src/filters/network-policy/network-policy-gaps.js'
import {assume} from '../../../src/network/assumed-families.js'
import {parseCidr} from '../../../src/network/cidr.js'
import type {IntervalSet} from '../../../src/network/interval-set.js'
import {setOf} from '../../../src/network/interval-set.js'
import {randomFrom} from '../../differential/random.js'
import {runChecks} from '../../support/run-checks.js'
import {randomPod, randomPolicies} from './random-policies.js'
import {slowGaps} from './slow-evaluator.js'
import type {SlowFamily, SlowPod, SlowPolicy, SlowRanges} from './slow-evaluator.js'

const SEED = Number(process.env['K121_SEED'] ?? 1)
const RUNS = process.env['K121_FULL'] === '1' ? 20_000 : 420

const PLANS: Readonly<Record<string, SlowRanges>> = {
  global: {pod: ['10.244.0.0/16', '2600:1f13:aa::/64'], service: ['10.96.0.0/12', 'fd12:3456::/108'], node: ['192.168.10.0/24', '2600:1f13:bb::/64'], provider: 'aws'},
  ula: {pod: ['10.244.0.0/16', 'fd10:244::/56'], service: ['10.96.0.0/12', 'fd12:3456::/108'], node: ['192.168.10.0/24', 'fd20:1::/64'], provider: 'openstack'},
  // A cluster that has no IPv6 range yet: pod, service and node have no address there.
  unconverted: {pod: ['10.244.0.0/16'], service: ['10.96.0.0/12'], node: ['192.168.10.0/24'], provider: null},
}
const FAMILIES: readonly (readonly SlowFamily[])[] = [[4], [6], [4, 6]]

const setFrom = (texts: readonly string[]): IntervalSet => setOf(texts.map(text => parseCidr(text)!))

function objectsFor(policies: readonly SlowPolicy[], pod: SlowPod, {pod: pods, provider}: SlowRanges): object[] {
  const first = (family: SlowFamily): string => pods.find(text => text.includes(':') === (family === 6))?.split('/')[0] ?? (family === 6 ? 'fd99::' : '10.99.0.0')
  const ips = pod.families.map(family => ({ip: family === 4 ? first(4).replace(/0$/, '7') : `${first(6)}7`}))
  return [
    ...policies.map(policy => ({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...policy})),
    {apiVersion: 'v1', kind: 'Node', metadata: {name: 'n1'}, spec: provider === null ? {} : {providerID: `${provider}:///x`}, status: {addresses: []}},
    {
      apiVersion: 'v1', kind: 'Pod', metadata: {namespace: pod.namespace, name: 'pod', labels: pod.labels},
      spec: {containers: [{name: 'main', image: 'x', ports: Object.entries(pod.named).map(([key, containerPort]) => ({protocol: key.split('/')[0], name: key.split('/')[1], containerPort}))}]},
      status: {phase: 'Running', podIP: ips[0]!.ip, podIPs: ips},
    },
  ]
}

function textsOf(groups: readonly GroupGaps[], direction: Direction): {active: string[]; latent: string[]} {
  const found = {active: [] as string[], latent: [] as string[]}
  for (const {gaps} of groups.filter(group => group.direction === direction)) {
    for (const {gap, isLatent} of gaps) {
      const family = gap.openFamily ?? gap.blockedFamily
      const texts = gap.class === 'S1' ? gap.addressClasses.map(name => `S1 ${family} ${name}`) : [`${gap.class} ${family}`]
      found[isLatent ? 'latent' : 'active'].push(...texts)
    }
  }
  return {active: found.active.toSorted(), latent: found.latent.toSorted()}
}

describe('NetworkPolicy beside a slow second reading of the rules', () => {
  for (const [plan, ranges] of Object.entries(PLANS)) for (const families of plan === 'unconverted' ? [[4] as const] : FAMILIES) {
    it(`plan ${plan}, pods of ${families.map(family => `IPv${family}`).join(' and ')}`, async () => {
      const random = randomFrom(SEED + plan.length * 7 + families.length * 3 + families[0]!)
      const seen = new Set<string>()
      for (let run = 0; run < RUNS / 7; run++) {
        const policies = randomPolicies(random, {families: [4, 6], hasSelectors: true})
        const pod = randomPod(random, families)
        const given = {pods: setFrom(ranges.pod), services: setFrom(ranges.service), nodes: setFrom(ranges.node)}
        const {fact} = await runChecks([], {objects: objectsFor(policies, pod, ranges)}, [assume({isDual: false, ranges: given}), networkPolicyGaps])
        for (const direction of ['ingress', 'egress'] as const) {
          const slow = slowGaps(policies, pod, direction === 'ingress', ranges)
          expect(textsOf(fact(networkPolicyGaps).groups, direction), JSON.stringify({direction, pod, policies})).to.deep.equal(slow)
          for (const gap of [...slow.active, ...slow.latent]) seen.add(gap.slice(0, 2))
        }
      }
      // A comparison of nothing with nothing proves nothing.
      expect(seen.size).to.be.greaterThan(2)
    }).timeout(process.env['K121_FULL'] === '1' ? 1_800_000 : 120_000)
  }
})
