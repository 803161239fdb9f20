import {expect} from 'chai'
import type {Gap} from '../../../src/filters/gap.js'
import {networkPolicyGaps} from '../../../src/filters/network-policy/network-policy-gaps.js'
import {networkPolicyReader, blocksIn} from '../../../src/filters/network-policy/policies.js'
import {spaceOf} from '../../../src/filters/address-space.js'
import {bandOf} from '../../../src/filters/bands.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {assume} from '../../../src/network/assumed-families.js'
import {intersect, isEmpty, ofFamily, setOf, subtract, unionOf} from '../../../src/network/interval-set.js'
import {twinsOf} from '../../../src/plan/dual-stack/twin.js'
import {randomFrom} from '../../differential/random.js'
import {GLOBAL, ULA, setFrom} from '../../filters/network-policy/policy-world.js'
import {randomPolicies} from '../../filters/network-policy/random-policies.js'
import {dualPlanOf} from '../../support/dual-stack-plans.js'
import {runChecks} from '../../support/run-checks.js'
import {samplePolicies} from '../../support/sample-policies.js'

const familyOf = ({openFamily, blockedFamily}: Gap): number => openFamily ?? blockedFamily ?? 6

describe('the plan, beside the audit', () => {
  it('finds the same classes in the same policies', async () => {
    const objects = samplePolicies()
    const plan = await dualPlanOf({objects})
    const {fact} = await runChecks([], {objects}, [assume({isDual: true, ranges: {pods: setFrom([]), services: setFrom([]), nodes: setFrom([])}}), networkPolicyGaps])
    const audited = fact(networkPolicyGaps).groups.flatMap(({gaps}) => gaps.flatMap(({gap, blame}) => blame.map(({policy: {ref}}) => `${ref.namespace}/${ref.name} ${gap.class} ${familyOf(gap)}`)))
    const planned = plan.policies.flatMap(({policy, items}) => items.map(item => `${policy.namespace}/${policy.name} ${item.class} ${item.family}`))
    expect([...new Set(planned)].toSorted()).to.deep.equal([...new Set(audited)].toSorted())
    const pods = new Map<string, number>()
    for (const {gaps, pods: count} of fact(networkPolicyGaps).groups) for (const {gap} of gaps) pods.set(`${gap.class} ${familyOf(gap)}`, (pods.get(`${gap.class} ${familyOf(gap)}`) ?? 0) + count)
    // Every pod of the sample is in one direction only, but for those of `web`.
    for (const sum of plan.classes) expect(sum.pods, sum.class).to.equal((pods.get(`${sum.class} ${sum.family}`) ?? 0) - (sum.class === 'A1' && sum.family === 6 ? 2 : 0))
  })
})

/** What the audit does not compare, between lists of few addresses, must hold of a patch all the same. */
describe('twins of any blocks', () => {
  const own = ['pod', 'service', 'node'] as const
  for (const [name, ranges] of [['global', GLOBAL], ['unique local', ULA]] as const) for (const provider of ['aws', 'openstack', null])
    it(`let nothing through of a class that IPv4 lets nothing of through (${name}, ${provider})`, () => {
      const told = (texts: readonly string[]) => ({set: setFrom(texts), told: setFrom(texts), from: 'test'})
      const space = spaceOf({pods: told(ranges.pods), services: told(ranges.services), nodes: told(ranges.nodes)}, provider)
      const random = randomFrom(9)
      let added = 0
      for (let run = 0; run < 400; run++) for (const policy of randomPolicies(random, {families: [4], hasSelectors: false})) {
        const blocks = blocksIn(networkPolicyReader()({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...policy} as unknown as KubeObject).policy.egress)
        for (const {of, twin} of twinsOf(blocks, {space, unmatched: []})) {
          if (twin.answer !== 'add') continue
          added++
          const before = unionOf(of.map(({set}) => set))
          const after = unionOf(twin.blocks.map(({cidr, except}) => subtract(setOf([cidr]), setOf(except))))
          const said = `${of.map(({text}) => text).join('; ')} -> ${twin.blocks.map(({cidr, except}) => `${cidr.text} except ${except.map(({text}) => text).join()}`).join('; ')}`
          for (const kind of own) if (bandOf(before, space, kind, 4) === 'none') expect(isEmpty(intersect(after, ofFamily(space.sets[kind], 6))), `${kind}: ${said}`).to.equal(true)
          for (const {ipv4, ipv6, name: endpoint} of space.endpoints) if (ipv6 !== null && bandOf(before, {...space, sets: {...space.sets, metadata: setFrom([`${ipv4.text}/32`])}}, 'metadata', 4) === 'none') expect(isEmpty(intersect(after, setFrom([`${ipv6.text}/128`]))), `${endpoint}: ${said}`).to.equal(true)
          if (bandOf(before, space, 'public', 4) === 'none') expect(bandOf(after, {...space, sets: {...space.sets, public: subtract(space.sets.public, unionOf(own.map(kind => space.sets[kind])))}}, 'public', 6), `public: ${said}`).to.equal('none')
        }
      }
      expect(added).to.be.above(100)
    })
})
