import {expect} from 'chai'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {nameOf} from '../../src/kube/object.js'
import {vapPodGuards} from '../../src/admission/pod-security/vap.js'
import {NEWEST_MINOR} from '../../src/pod-security/control.js'
import type {ControlId} from '../../src/pod-security/control.js'
import {evaluate} from '../../src/pod-security/evaluate.js'
import type {Random} from '../differential/random.js'
import {randomFrom} from '../differential/random.js'
import {CASES_OF_TODAY, withoutEphemeral} from '../pods/pods.js'
import type {PodCase} from '../pods/pods.js'
import {factOf, object} from '../support/declared-facts.js'
import {LAX_POLICIES} from '../support/lax-policies.js'
import {plainGuards} from '../support/pod-guards.js'
import type {PlainGuard} from '../support/pod-guards.js'
import type {RandomPolicy} from '../support/random-policies.js'
import {randomPolicy} from '../support/random-policies.js'
import type {ApiResponse} from './support/api-client.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

/**
 * Policies that nobody would write, and pods that break a control in ways that
 * nobody would choose: what is said to be refused is refused by the API server.
 * `K121_FULL=1` for many more; `K121_SEED` for others.
 */

const [SEED, COUNT] = [Number(process.env['K121_SEED'] ?? 1), process.env['K121_FULL'] === undefined ? 80 : 500]
const API = '/apis/admissionregistration.k8s.io/v1'
/** An answer has room for 4096 characters of warnings, cut to 256 each where they are many. */
const IN_NAMESPACE = 15

interface Bound {
  name: string
  namespace: string
}

type Pod = Pick<PodCase, 'id' | 'operation' | 'pod'>

/** The same break among other things: with companions that say nothing, without what the rest of the pod says, by a name or a label that a policy may ask for. */
function variant({id, operation, pod}: PodCase, random: Random): Pod {
  const spec: Record<string, unknown> = JSON.parse(JSON.stringify(pod.spec))
  const bare = (name: string): object => ({name, image: 'registry.example/system/app:1', ...random.pick([{}, {securityContext: {}}, {securityContext: {privileged: false, capabilities: {add: []}}}, {securityContext: {privileged: false, runAsUser: 1000}}])})
  const list = (field: string): unknown[] => (spec[field] as unknown[] | undefined) ?? []
  // Beside ephemeral containers a break of the others would be none of the request's.
  if (operation === 'create' && random.chance(0.5)) spec['containers'] = random.chance(0.5) ? [bare('first'), ...list('containers')] : [...list('containers'), bare('last')]
  if (operation === 'create' && random.chance(0.4)) spec['initContainers'] = [bare('before'), ...list('initContainers')]
  if (random.chance(0.3)) spec['volumes'] = [{name: 'empty', emptyDir: {}}, ...list('volumes')]
  const metadata = {...pod.metadata, ...random.pick([{}, {}, {name: 'app'}, {name: 'pod'}, {labels: {a: 'b', role: 'system'}}])} as JsonObject
  return {id: `${id}, changed`, operation, pod: {...pod, metadata, spec: spec as JsonObject}}
}

describe(`policies made up (seed ${SEED})`, () => {
  const server = withServer({minor: 37})
  let guards: ReadonlyMap<string, readonly PlainGuard[]> = new Map()
  const bound: Bound[] = []

  async function made(path: string, one: object): Promise<KubeObject | null> {
    const answer = await server().request('POST', `${API}/${path}`, {apiVersion: 'admissionregistration.k8s.io/v1', ...one})
    return answer.status === 201 ? answer.json as KubeObject : null
  }

  /** Each bound in one namespace alone. */
  async function bind({spec, bindingSpec}: RandomPolicy): Promise<KubeObject[]> {
    const [name, namespace] = [`p${bound.length}`, `n${Math.floor(bound.length / IN_NAMESPACE)}`]
    const policy = await made('validatingadmissionpolicies', {kind: 'ValidatingAdmissionPolicy', metadata: {name}, spec})
    if (policy === null) return []
    const match = (bindingSpec['matchResources'] ?? {}) as Record<string, unknown>
    const binding = await made('validatingadmissionpolicybindings', {kind: 'ValidatingAdmissionPolicyBinding', metadata: {name}, spec: {...bindingSpec, policyName: name, matchResources: {...match, namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': namespace}}}}})
    expect(binding, `${name}: its binding`).not.to.equal(null)
    bound.push({name, namespace})
    return [policy, binding!]
  }

  const namespaces = (): string[] => [...new Set(bound.map(({namespace}) => namespace))]

  before(async function () {
    this.timeout(300_000)
    const random = randomFrom(SEED)
    await server().create(...Array.from({length: Math.ceil((COUNT + 1) / IN_NAMESPACE)}, (_, index): KubeObject => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name: `n${index}`, labels: {team: 'a'}}})))
    const objects: KubeObject[] = []
    for (const {validations, variables = {}, isFailOpen = false} of LAX_POLICIES) {
      const named = Object.entries(variables).map(([name, expression]) => ({name, expression}))
      objects.push(...await bind({spec: {failurePolicy: isFailOpen ? 'Ignore' : 'Fail', validations: validations.map(expression => ({expression, message: 'no'})), variables: named, matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods']}]}}, bindingSpec: {validationActions: ['Warn']}}))
    }
    expect(bound).to.have.lengthOf(LAX_POLICIES.length)
    while (bound.length < COUNT) objects.push(...await bind(randomPolicy(random)))
    // Taken up one by one: the last of them refuses everything.
    const all = {spec: {failurePolicy: 'Fail', validations: [{expression: 'false', message: 'no'}], matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods']}]}}, bindingSpec: {validationActions: ['Warn']}}
    objects.push(...await bind(all))
    const {name: last, namespace} = bound.at(-1)!
    await until('the policies are known', async () => warned(await create(namespace, {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'x'}, spec: {containers: [{name: 'a', image: 'a'}]}} as unknown as KubeObject)).has(last))
    await new Promise(resolve => setTimeout(resolve, 3000))
    const labels = Object.fromEntries(namespaces().map(name => [name, {'kubernetes.io/metadata.name': name, team: 'a'}]))
    const version = object('version', 'Version', '', {major: '1', minor: '37', gitVersion: 'v1.37.0'})
    const found = (await factOf(plainGuards(vapPodGuards, labels), {objects, endpoints: {version}})).guards
    guards = new Map(bound.map(({name}) => [name, found.filter(guard => guard.name === name)]))
  })

  const create = (namespace: string, pod: KubeObject, query = '?dryRun=All'): Promise<ApiResponse> => server().request('POST', `/api/v1/namespaces/${namespace}/pods${query}`, pod)
  const warned = ({headers}: ApiResponse): Set<string> => new Set([...String(headers['warning'] ?? '').matchAll(/ValidatingAdmissionPolicy '([^']+)'/g)].map(([, name = '']) => name))

  async function ask(namespace: string, {operation, pod}: Pod): Promise<ApiResponse> {
    if (operation === 'create') return create(namespace, pod)
    const first = await create(namespace, withoutEphemeral(pod as PodCase['pod']), '')
    if (first.status !== 201) return first
    const path = `/api/v1/namespaces/${namespace}/pods/${nameOf(pod)}`
    const answer = await server().request('PATCH', `${path}/ephemeralcontainers?dryRun=All`, {spec: {ephemeralContainers: pod.spec['ephemeralContainers']}}, {contentType: 'application/strategic-merge-patch+json'})
    await server().request('DELETE', `${path}?gracePeriodSeconds=0`)
    return answer
  }

  const failingIn = ({json}: ApiResponse): ControlId[] => [...new Set((['baseline', 'restricted'] as const).flatMap(level => evaluate(level, {minor: NEWEST_MINOR, server: NEWEST_MINOR}, json as Pod['pod']).map(({id}) => id)))]

  const bad = CASES_OF_TODAY.filter(one => one.verdict === 'bad' && one.refusedByApi === null)
  const [lies, claims]: [string[], Set<string>] = [[], new Set()]
  let asked = 0

  function compare({name}: Bound, pod: Pod, answer: ApiResponse, failing: readonly ControlId[], namespace: string): void {
    const own = (guards.get(name) ?? []).filter(guard => guard.operations.includes(pod.operation) && (guard.namespaces === 'all' || guard.namespaces.includes(namespace)))
    const claimed = failing.filter(control => own.some(({controls}) => controls?.[control]?.length === 0))
    if (claimed.length === 0) return
    claims.add(name)
    if (!warned(answer).has(name)) lies.push(`${name} is said to refuse ${claimed.join(', ')}, and lets ${pod.id} through`)
  }

  for (const [index, one] of bad.entries())
    it(one.id, async () => {
      for (const pod of [one, variant(one, randomFrom(SEED + index))])
        for (const namespace of namespaces()) {
          const answer = await ask(namespace, pod)
          if (answer.status > 299) continue
          const failing = failingIn(answer)
          for (const policy of bound.filter(other => other.namespace === namespace)) {
            asked++
            compare(policy, pod, answer, failing, namespace)
          }
        }
      expect(lies.splice(0)).to.deep.equal([])
    }).timeout(120_000)

  it('made claims worth the name', () => {
    console.log(`    ${bound.length} policies, ${claims.size} with a claim, ${asked} answers`)
    expect(claims.size).to.be.above(bound.length / 10)
  })
})
