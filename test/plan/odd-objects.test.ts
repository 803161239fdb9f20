import {expect} from 'chai'
import type {ClusterSource} from '../../src/audit/source.js'
import {pathOf} from '../../src/kube/field.js'
import {isCrdKey} from '../../src/kube/included-crd.js'
import type {Json, JsonObject, KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {READ_KEYS, isEndpoint} from '../../src/kube/resources.js'
import type {PodSecurityPlan} from '../../src/plan/pod-security/plan.js'
import {planFiles} from '../../src/report/pod-security-plan/files.js'
import {planScreen} from '../../src/report/pod-security-plan/screen.js'
import {planWide} from '../../src/report/pod-security-plan/wide.js'
import {randomFrom} from '../differential/random.js'
import {placesIn, withValue, wrongFor} from '../support/odd-fields.js'
import {SPECS, deployment, labelled, planFrom, planOf} from '../support/pod-security-plans.js'
import {SAMPLE_ENDPOINTS, SAMPLE_ROWS} from '../support/sample-cluster.js'

/** `K121_SEED=7 K121_FULL=1 npx mocha …` tries other values, and every field instead of one of each object. */
const SEED = Number(process.env['K121_SEED'] ?? 1)
const IS_FULL = process.env['K121_FULL'] === '1'

const HOSTILE: readonly string[] = ['a\u001b[2Jb', '\u202egnp.exe', '\ud800', '-->', '\n# x', '__proto__', '${{x}}', '../../etc', '`|<b>', '\u0000', '-rf', 'x\n- y: z']
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/u

function objectsOf(key: ReadKey): readonly KubeObject[] {
  return isEndpoint(key) ? [SAMPLE_ENDPOINTS[key]] : isCrdKey(key) ? [] : SAMPLE_ROWS[key]
}

/** The sample with one object in the place of another. */
function sourceWith(key: ReadKey, index: number, instead: KubeObject): ClusterSource {
  return {
    kind: 'live', placeOf: () => null, close: async () => undefined,
    async *read({key: asked}) {
      // With these the whole sample would be an OpenShift.
      const objects = asked === key || !['securitycontextconstraints', 'openshift-network'].includes(asked) ? objectsOf(asked) : []
      yield objects.map((object, at) => (asked === key && at === index ? instead : object))
      return {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: objects.length, detail: ''}
    },
  }
}

function textsOf(plan: PodSecurityPlan): string[] {
  const files = planFiles(plan, {version: '0', factsAsOf: '2026-01-01'})
  return [planScreen(plan, {width: 80, isWritten: false}), [...planWide(plan, 80)].join(''), ...files.flatMap(({path, text}) => [path, text])]
}

describe('whatever stands in an object', () => {
  for (const key of READ_KEYS)
    it(`of ${key}, a plan is made and can be printed`, async () => {
      const random = randomFrom(SEED)
      for (const [index, object] of objectsOf(key).entries()) {
        const places = placesIn(object)
        for (const {steps, type} of IS_FULL ? places : [random.pick(places)]) {
          const value: Json | undefined = random.pick([undefined, null, ...wrongFor(type), ...(type === 'string' || type === 'any' ? [random.pick(HOSTILE), random.pick(HOSTILE)] : [])])
          const where = `${key}[${index}] ${pathOf(steps)} = ${JSON.stringify(value)}`
          const plan = await planFrom(sourceWith(key, index, withValue(object, steps, value))).catch((error: Error) => {
            throw new Error(`${where}: ${error.stack}`, {cause: error})
          })
          for (const text of textsOf(plan)) expect(OBEYED.exec(text)?.[0], where).to.equal(undefined)
        }
      }
    }).timeout(IS_FULL ? 1_200_000 : 60_000)
})

describe('a workload that is not understood', () => {
  const rows: readonly [what: string, spec: JsonObject][] = [
    ['a flag that is a text', {hostNetwork: 'no', containers: [{name: 'a'}]}], ['containers that are no list', {containers: {name: 'a'}}], ['a container that is none', {containers: ['a']}],
    ['a context that is a list', {containers: [{name: 'a', securityContext: []}]}], ['a profile that is a text', {securityContext: {seccompProfile: 'RuntimeDefault'}, containers: [{name: 'a'}]}],
    ['a port that is a text', {containers: [{name: 'a', ports: [{hostPort: '80'}]}]}],
  ]
  for (const [what, spec] of rows)
    it(`by ${what}: nothing is said to fit, and nothing is enforced`, async () => {
      const plan = await planOf({objects: [labelled('shop'), deployment('shop/web', 'fine', {...SPECS.fine, ...spec})]})
      expect(plan.incomplete.map(({resource, outcome}) => `${resource} ${outcome}`)).to.include('deployments.apps not-understood')
      expect(plan.namespaces.map(({fits, steps}) => [fits, steps.some(({stage}) => stage !== 'observe')])).to.deep.equal([[null, false]])
    })
})

describe('an object of another kind that is not understood', () => {
  const rows: readonly [what: string, key: ReadKey, steps: readonly (string | number)[], value: Json, resource: string][] = [
    ['a webhook whose rules are a text', 'validatingwebhookconfigurations', ['webhooks', 0, 'rules'], 'all', 'validatingwebhookconfigurations.admissionregistration.k8s.io'],
    ['a policy without a list of validations', 'validatingadmissionpolicies', ['spec', 'validations'], 'none', 'validatingadmissionpolicies.admissionregistration.k8s.io'],
    ['flags of an API server that are a number', 'control-plane-pods', ['spec', 'containers', 0, 'command'], 7, 'pods (control-plane-pods)'],
  ]
  for (const [what, key, steps, value, resource] of rows)
    it(`by ${what}: the plan says that it has not seen all`, async () => {
      const plan = await planFrom(sourceWith(key, 0, withValue(SAMPLE_ROWS[key as keyof typeof SAMPLE_ROWS][0]!, steps, value)))
      expect(plan.incomplete.map(one => `${one.resource} ${one.outcome}`)).to.include(`${resource} not-understood`)
    })
})

describe('a uid that is none', () => {
  for (const uid of ['\u001b[2J', "'; touch x; '", 'a\nb', 'x'.repeat(200)])
    it(`${JSON.stringify(uid.slice(0, 20))}: is not understood, and stands in no script`, async () => {
      const plan = await planOf({objects: [{apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'kube-system', uid}}, labelled('shop'), deployment('shop/web', 'silent')]})
      expect(plan.incomplete.map(({resource, detail}) => `${resource} ${detail}`)).to.deep.equal(['namespaces Namespace kube-system: metadata.uid is not a uid'])
      expect(textsOf(plan).filter(text => text.includes(uid))).to.deep.equal([])
    })
})

describe('an object of a size or a shape that no server gives', () => {
  const deep = JSON.parse(`${'{"a":['.repeat(10_000)}1${']}'.repeat(10_000)}`) as Json
  const long = 'x'.repeat(10_000_000)
  const rows: readonly [what: string, spec: JsonObject][] = [
    ['20,000 levels beside the containers', {affinity: deep, ...SPECS.port}], ['20,000 levels in what must go', {securityContext: {sysctls: [{name: 'kernel.x', value: deep}]}}],
    ['a name of ten million characters', {containers: [{name: long, ports: [{hostPort: 80}]}]}], ['a capability of ten million characters', {containers: [{name: 'a', securityContext: {capabilities: {add: [long]}}}]}],
    ['ten thousand containers', {containers: Array.from({length: 10_000}, (_, index) => ({name: `c${index}`, ports: [{hostPort: 1 + index}]}))}],
    ['ten thousand volumes', {volumes: Array.from({length: 10_000}, (_, index) => ({name: `v${index}`, hostPath: {path: '/'}}))}],
  ]
  for (const [what, spec] of rows)
    it(`${what}: a plan is made, and its screen is one`, async () => {
      const plan = await planOf({objects: [labelled('shop'), deployment('shop/web', 'silent', spec)]})
      expect(plan.workloads.length).to.equal(1)
      expect(plan.namespaces[0]?.steps.some(({level}) => level === 'restricted')).to.equal(false)
      const texts = textsOf(plan)
      expect(texts[0]?.length).to.be.below(8000)
    }).timeout(60_000)
})
