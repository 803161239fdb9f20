import {expect} from 'chai'
import type {KubeObject} from '../../../src/kube/json.js'
import {randomFrom} from '../../differential/random.js'
import {GLOBAL, ULA, pod, withoutV6} from '../../filters/network-policy/policy-world.js'
import type {Plan} from '../../filters/network-policy/policy-world.js'
import {randomPolicies} from '../../filters/network-policy/random-policies.js'
import {slowGaps} from '../../filters/network-policy/slow-evaluator.js'
import type {SlowPod, SlowPolicy, SlowRanges} from '../../filters/network-policy/slow-evaluator.js'
import {dualPlanOf, nodeOf, patched} from '../../support/dual-stack-plans.js'

const SEED = Number(process.env['K121_SEED'] ?? 1)
const IS_FULL = process.env['K121_FULL'] === '1'
const RUNS = IS_FULL ? 3000 : 15

const LABELS: readonly Record<string, string>[] = [{app: 'web', tier: 'front'}, {app: 'web'}, {app: 'db'}]
const WORLDS: readonly {name: string; plan: Plan; provider: string | null}[] = [
  {name: 'global ranges, AWS', plan: GLOBAL, provider: 'aws'}, {name: 'unique local ranges, OpenStack', plan: ULA, provider: 'openstack'}, {name: 'global ranges, no cloud', plan: GLOBAL, provider: null},
  {name: 'unique local ranges, Azure', plan: ULA, provider: 'azure'}, {name: 'no ranges of IPv6, AWS', plan: withoutV6(ULA), provider: 'aws'},
]

/** A line for each pod, direction and gap, by the reader that shares no code with the plan. */
function wrongIn(policies: readonly SlowPolicy[], ranges: SlowRanges): Set<string> {
  return new Set(LABELS.flatMap(labels => [true, false].flatMap(isIngress => {
    const one: SlowPod = {namespace: 'shop', labels, families: [4, 6], named: {}}
    const {active, latent} = slowGaps(policies, one, isIngress, ranges)
    return [...active, ...latent].map(gap => `${JSON.stringify(labels)} ${isIngress ? 'ingress' : 'egress'} ${gap}`)
  })))
}

/** Everything but blocks of IPv6; a list of peers stays a list with or without entries. */
function ofIPv4(policies: readonly SlowPolicy[]): unknown {
  return JSON.parse(JSON.stringify(policies, (_, value: unknown) => (Array.isArray(value) ? value.filter(one => !isV6Block(one)) : value)))
}

function isV6Block(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'ipBlock' in value && (value.ipBlock as {cidr: string}).cidr.includes(':')
}

/** Of these anybody can tell the twin, where the ranges are known. */
const TOLD = ({pods, services, nodes}: Plan): string[] => ['0.0.0.0/0', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', ...[pods, services, nodes].flatMap(texts => texts.filter(text => !text.includes(':')))]

describe('patches of the plan, by a slow second reading', () => {
  for (const {name, plan: ranges, provider} of WORLDS)
    it(`answer what they say, bring nothing and leave IPv4 as it was (${name})`, async () => {
      const random = randomFrom(SEED + name.length)
      const slow: SlowRanges = {pod: ranges.pods, service: ranges.services, node: ranges.nodes, provider}
      const flags = [['pod', ranges.pods], ['service', ranges.services], ['node', ranges.nodes]].map(([whose, texts]) => `${whose as string}=${(texts as string[]).join(',')}`)
      let gone = 0
      for (let run = 0; run < RUNS; run++) {
        const policies = randomPolicies(random, {families: [4, 4, 4, 6], hasSelectors: true})
        const written = policies.map(one => ({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...one}) as unknown as KubeObject)
        const pods = LABELS.map((labels, index) => pod(`shop/p${index}`, [4], {labels}) as KubeObject)
        const plan = await dualPlanOf({objects: [...written, ...pods, nodeOf(provider)]}, {range: flags})
        const changed = patched(written, plan) as unknown as SlowPolicy[]
        const context = JSON.stringify({run, policies, plan: plan.policies}, null, 1)
        expect(ofIPv4(changed), context).to.deep.equal(ofIPv4(written as unknown as SlowPolicy[]))
        const [before, after] = [wrongIn(policies, slow), wrongIn(changed, slow)]
        expect([...after].filter(line => !before.has(line)), context).to.deep.equal([])
        // What is left is what the plan says is left, in the same policies.
        const left = new Set(plan.policies.flatMap(one => one.left))
        expect(new Set([...after].map(line => / ([SA]\d) /.exec(line)?.[1])), context).to.deep.equal(left)
        for (const {items} of plan.policies) for (const {why, blocks} of items) if (why.startsWith('No twin of')) for (const {text} of blocks) expect(TOLD(ranges), context).not.to.include(text)
        gone += before.size - after.size
      }
      // Without a range of IPv6 little can be written, and in few runs perhaps nothing.
      expect(gone).to.be.above(IS_FULL ? 20 : ranges === GLOBAL || ranges === ULA ? 0 : -1)
    }).timeout(IS_FULL ? 1_800_000 : 60_000)
})
