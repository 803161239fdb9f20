import {expect} from 'chai'
import type {ClusterSource} from '../../../src/audit/source.js'
import {CHECKS} from '../../../src/checks/registry.js'
import {pathOf} from '../../../src/kube/field.js'
import type {Json, KubeObject} from '../../../src/kube/json.js'
import type {ResourceKey} from '../../../src/kube/resources.js'
import {isOf, rowOf} from '../../../src/kube/resources.js'
import {NOTHING_ASSUMED} from '../../../src/network/assumed-families.js'
import {planDualStack} from '../../../src/flows/plan-dual-stack.js'
import type {DualStackPlan} from '../../../src/plan/dual-stack/plan.js'
import {planFiles} from '../../../src/report/dual-stack-plan/files.js'
import {planScreen} from '../../../src/report/dual-stack-plan/screen.js'
import {planWide} from '../../../src/report/dual-stack-plan/wide.js'
import {randomFrom} from '../../differential/random.js'
import {declaredSource} from '../../support/declared-source.js'
import {placesIn, withValue, wrongFor} from '../../support/odd-fields.js'
import {samplePolicies} from '../../support/sample-policies.js'

const SEED = Number(process.env['K121_SEED'] ?? 1)
const HOSTILE: readonly string[] = ['a\u001b[2Jb', '\u202egnp.exe', '\ud800', '-->', '\n# x', '__proto__', '../../etc', '`|<b>', '\u0000', '-rf', 'x\n- y: z', '::/0', '0.0.0.0/0']
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/u
const KEYS = ['networkpolicies', 'pods', 'nodes', 'services', 'servicecidrs', 'namespaces'] as const satisfies readonly ResourceKey[]
const checks = CHECKS.filter(({meta}) => meta.topic === 'dual-stack' && meta.isOnRequest !== true)

/** A row hands out whatever it holds: of another kind or version only a test could think. */
function sourceOf(key: ResourceKey, objects: readonly KubeObject[], index: number, instead: KubeObject): ClusterSource {
  const others = declaredSource({objects, page: 50})
  return {
    ...others,
    async *read(request) {
      if (request.key !== key) return yield* others.read(request)
      const own = objects.filter(one => isOf(rowOf(key), one)).map((one, at) => (at === index ? instead : one))
      yield own
      return {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: own.length, detail: ''}
    },
  }
}

function textsOf(plan: DualStackPlan): string[] {
  return [planScreen(plan, {width: 80, out: null}), [...planWide(plan, 80, null)].join(''), ...planFiles(plan, {version: '0', factsAsOf: '2026-01-01'}).flatMap(({path, text}) => [path, text])]
}

describe('whatever stands in an object, a dual-stack plan is made and can be printed', () => {
  const objects = samplePolicies()
  for (const key of KEYS)
    it(key, async () => {
      const random = randomFrom(SEED)
      for (const [index, object] of objects.filter(one => isOf(rowOf(key), one)).entries())
        for (let time = 0; time < 4; time++) {
          const {steps, type} = random.pick(placesIn(object))
          const value: Json | undefined = random.pick([undefined, null, ...wrongFor(type), ...(type === 'string' || type === 'any' ? [random.pick(HOSTILE), random.pick(HOSTILE)] : [])])
          const where = `${key}[${index}] ${pathOf(steps)} = ${JSON.stringify(value)}`
          const source = sourceOf(key, objects, index, withValue(object, steps, value))
          const plan = await planDualStack({clusterName: 'test', checks, ranges: NOTHING_ASSUMED.ranges, scope: {namespaces: [], excluded: []}}, {source, onRead: () => undefined}).catch((error: Error) => {
            throw new Error(`${where}: ${error.stack}`, {cause: error})
          })
          for (const text of textsOf(plan)) expect(OBEYED.exec(text)?.[0], where).to.equal(undefined)
        }
    }).timeout(60_000)
})

describe('a policy that is not understood', () => {
  it('is said not to be, and the others are planned', async () => {
    const odd = {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {namespace: 'shop', name: 'odd'}, spec: {policyTypes: ['Egress'], egress: [{to: 'all'}]}} as unknown as KubeObject
    const plan = await planDualStack({clusterName: 'test', checks: [], ranges: NOTHING_ASSUMED.ranges, scope: {namespaces: [], excluded: []}}, {source: declaredSource({objects: [...samplePolicies(), odd]}), onRead: () => undefined})
    expect(plan.incomplete.map(({resource, outcome}) => `${resource} ${outcome}`)).to.deep.equal(['networkpolicies.networking.k8s.io not-understood'])
    expect(plan.policies.map(({policy}) => policy.name)).to.include('web-out').and.not.include('odd')
  })
})
