import {expect} from 'chai'
import {assume} from '../../../src/network/assumed-families.js'
import {networkPolicyGaps} from '../../../src/filters/network-policy/network-policy-gaps.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {randomFrom} from '../../differential/random.js'
import {randomPolicies} from '../../filters/network-policy/random-policies.js'
import {object} from '../../support/declared-facts.js'
import {GLOBAL, ULA, gapText, pod, policy, setFrom, withoutV6} from '../../filters/network-policy/policy-world.js'
import type {Plan} from '../../filters/network-policy/policy-world.js'
import {dualPlanOf, nodeOf, patched, undone} from '../../support/dual-stack-plans.js'
import {runChecks} from '../../support/run-checks.js'

/** What the audit says of the objects, pods being dual: a line for each group, direction and gap. */
async function audited(objects: readonly KubeObject[], {pods, services, nodes}: Plan): Promise<Set<string>> {
  const {fact} = await runChecks([], {objects}, [assume({isDual: true, ranges: {pods: setFrom(pods), services: setFrom(services), nodes: setFrom(nodes)}}), networkPolicyGaps])
  return new Set(fact(networkPolicyGaps).groups.flatMap(({names, direction, gaps}) => gaps.flatMap(gap => linesOf(`${names[0]} ${direction}`, gapText(gap)))))
}

/** A line for each class of addresses, so that a gap that grows is seen. */
function linesOf(head: string, text: string): string[] {
  const [kind = '', , ...classes] = text.replace(/\(([^)]*)\)/g, (_, names: string) => `:${names.replaceAll(' ', '_').replaceAll(',_', ';')}`).split(' ')
  return classes.length === 0 ? [`${head} ${kind}`] : classes.map(one => `${head} ${kind} ${one}`)
}

const flagsOf = ({pods, services, nodes}: Plan): string[] => [['pod', pods], ['service', services], ['node', nodes]].flatMap(([whose, texts]) => ((texts as string[]).length === 0 ? [] : [`${whose as string}=${(texts as string[]).join(',')}`]))

const WORLDS: readonly {name: string; plan: Plan; provider: string | null}[] = [
  {name: 'global ranges, AWS', plan: GLOBAL, provider: 'aws'}, {name: 'unique local ranges, OpenStack', plan: ULA, provider: 'openstack'},
  {name: 'unique local ranges, no cloud', plan: ULA, provider: null}, {name: 'global ranges, Azure', plan: GLOBAL, provider: 'azure'}, {name: 'no ranges of IPv6, AWS', plan: withoutV6(ULA), provider: 'aws'},
]

const RUNS = 150

describe('patches of the plan', () => {
  for (const {name, plan: ranges, provider} of WORLDS)
    it(`bring nothing new, leave what the plan says, and are undone (${name})`, async () => {
      const random = randomFrom(6)
      const counts = {gone: 0, patches: 0}
      for (let run = 0; run < RUNS; run++) {
        const policies = randomPolicies(random, {families: [4, 4, 4, 6], hasSelectors: true}).map(one => ({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...one})) as unknown as KubeObject[]
        const pods = ['front', 'web', 'db'].map(app => pod(`shop/${app}`, [4], {labels: {app: app === 'front' ? 'web' : app, ...(app === 'front' ? {tier: 'front'} : {})}})) as KubeObject[]
        const objects = [...policies, ...pods, nodeOf(provider)]
        const plan = await dualPlanOf({objects}, {range: flagsOf(ranges)})
        const before = await audited(objects, ranges)
        const changed = patched(objects, plan)
        const after = await audited(changed, ranges)
        const context = JSON.stringify({run, policies, plan: plan.policies}, null, 1)
        expect([...after].filter(line => !before.has(line)), context).to.deep.equal([])
        expect(classesIn(after), context).to.deep.equal(new Set(plan.policies.flatMap(({left}) => left)))
        expect(undone(changed, plan), context).to.deep.equal(objects)
        counts.gone += before.size - after.size
        counts.patches += plan.policies.filter(({patch}) => patch !== null).length
      }
      expect(counts.patches, JSON.stringify(counts)).to.be.above(10)
      expect(counts.gone, JSON.stringify(counts)).to.be.above(10)
    }).timeout(60_000)

  it('are not held back by the address of a DNS Service of one family', async () => {
    const dns = object('v1', 'Service', 'kube-system/dns', {spec: {clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ipFamilyPolicy: 'SingleStack'}})
    const out = policy([['0.0.0.0/0 except 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16'], {to: [{ipBlock: {cidr: '10.96.0.10/32'}}], ports: [{protocol: 'UDP', port: 53}]}])
    const plan = await dualPlanOf({objects: [out, dns, pod('a/web', [4]), nodeOf('aws')] as KubeObject[]}, {range: flagsOf(GLOBAL)})
    expect(plan.policies.map(({patch, left}) => [patch === null, left])).to.deep.equal([[false, []]])
  })
})

function classesIn(lines: ReadonlySet<string>): Set<string> {
  return new Set([...lines].map(line => /\b([SA]\d)\//.exec(line)?.[1] ?? ''))
}

