import {expect} from 'chai'
import type {PodOperation} from '../../src/admission/pod-security/pod-guard.js'
import {vapPodGuards} from '../../src/admission/pod-security/vap.js'
import type {KubeObject} from '../../src/kube/json.js'
import {nameOf} from '../../src/kube/object.js'
import {NEWEST_MINOR} from '../../src/pod-security/control.js'
import type {ControlId} from '../../src/pod-security/control.js'
import {evaluate} from '../../src/pod-security/evaluate.js'
import {CASES_OF_TODAY, withoutEphemeral} from '../pods/pods.js'
import type {PodCase} from '../pods/pods.js'
import {binding, policy} from '../support/admission-objects.js'
import {factOf, object} from '../support/declared-facts.js'
import {plainGuards} from '../support/pod-guards.js'
import type {PlainGuard} from '../support/pod-guards.js'
import {POD_POLICIES} from '../support/pod-policies.js'
import type {PodPolicy} from '../support/pod-policies.js'
import {orThrow} from './support/api-client.js'
import type {ApiResponse} from './support/api-client.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

/** What we say of policies about pods, and what the API server then does with each pod of test/pods/: the two must be the same. */

const PODS = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods', 'pods/ephemeralcontainers', 'pods/resize']}

/** Laxer or stricter than the Standards in what test/pods/ holds: pods that are good there and refused here, each for a reason of the row. */
const STRICTER: Readonly<Record<string, RegExp>> = {
  sysctls: /^sysctls\/good-(?:buffers|keepalive|reserved-ports|slow-start)/, 'sysctls-net': /^sysctls\/good-(?:buffers|keepalive|reserved-ports|slow-start)/,
  selinux: /engine-type/, 'selinux-type': /engine-type|good-container-types/, 'proc-mount': /user-namespace/, user: /user-namespace/, 'user-not-zero': /user-namespace/,
  'non-root': /user-namespace/, 'non-root-either': /user-namespace/, escalation: /windows/, 'escalation-has': /windows/, 'capabilities-strict': /windows/, 'drop-all-alone': /windows/, 'seccomp-strict': /windows/,
  limits: /./,
}

/** An answer has room for 4096 characters of warnings. */
function short(expressions: readonly string[]): object {
  return {validations: expressions.map(expression => ({expression, message: 'no'}))}
}

function objectsOf({name, validations, variables = {}}: PodPolicy): KubeObject[] {
  const spec = {...short(validations), variables: Object.entries(variables).map(([of, expression]) => ({name: of, expression}))}
  return [policy({name, expressions: [...validations], match: {resourceRules: [PODS]}, spec}), binding({policyName: name, actions: ['Warn']})]
}

const EACH = ['containers', 'initContainers', 'ephemeralContainers'].map(list => `variables.spec.?${list}.orValue([]).all(c, !c.?securityContext.?privileged.orValue(false))`).join(' && ')
const SPEC = 'object.kind == \'Pod\' ? object.spec : object.kind == \'CronJob\' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec'
const WORKLOADS = [{apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets']}, {apiGroups: ['batch'], resources: ['jobs', 'cronjobs']}].map(rule => ({...rule, apiVersions: ['v1'], operations: ['CREATE', 'UPDATE']}))

/** Policies against privileged containers that do not mean every request. */
const BY_REQUEST: readonly {name: string; expression?: string; condition?: string; rules?: object[]}[] = [
  {name: 'all'},
  {name: 'pods-alone', rules: [{...PODS, resources: ['pods']}]},
  {name: 'creation', rules: [{...PODS, operations: ['CREATE']}]},
  {name: 'creation-or-ephemeral', condition: 'request.operation == \'CREATE\' || request.subResource == \'ephemeralcontainers\''},
  {name: 'no-subresource', expression: `!has(request.subResource) || request.subResource == '' || (${EACH})`},
  {name: 'not-resize', expression: `(has(request.subResource) && request.subResource == 'resize') || (${EACH})`},
  {name: 'updates-pass', expression: `request.operation == 'UPDATE' || (${EACH})`},
  {name: 'creations-pass', expression: `oldObject == null || (${EACH})`},
  {name: 'by-resource', expression: `request.resource.resource != 'pods' || (${EACH})`},
  {name: 'workloads', rules: [PODS, ...WORKLOADS]},
  {name: 'workloads-wrong', expression: 'object.spec.containers.all(c, !c.?securityContext.?privileged.orValue(false))', rules: [PODS, ...WORKLOADS]},
  {name: 'workloads-guarded', expression: '!has(object.spec.containers) || object.spec.containers.all(c, !c.?securityContext.?privileged.orValue(false))', rules: [PODS, ...WORKLOADS]},
]

function byRequest({name, expression = EACH, condition, rules = [PODS]}: (typeof BY_REQUEST)[number]): KubeObject[] {
  const spec = {...short([expression]), variables: [{name: 'spec', expression: SPEC}], ...(condition === undefined ? {} : {matchConditions: [{name: 'c', expression: condition}]})}
  return [policy({name: `by-${name}`, expressions: [expression], match: {resourceRules: rules}, spec}), binding({policyName: `by-${name}`, actions: ['Warn']})]
}

const privileged = (name: string): object => ({name, image: 'registry.example/app:1', securityContext: {privileged: true}})

describe('policies about pods, said and done', () => {
  for (const minor of [30, 37] as const) describe(`1.${minor}`, () => {
    const server = withServer({minor})
    let guards: readonly PlainGuard[] = []

    /** Policies are taken up one by one, in no order: until a while after the last. */
    async function settled(): Promise<void> {
      let [count, since] = [0, Date.now()]
      await until('the policies are known', async () => {
        const now = warned(await create({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'new'}, spec: {hostPID: true, containers: [privileged('app')]}} as unknown as KubeObject)).length
        if (now > count) [count, since] = [now, Date.now()]
        return count > 0 && Date.now() - since > 3000
      })
    }

    before(async function () {
      this.timeout(60_000)
      const made = await server().create(...POD_POLICIES.flatMap(objectsOf), ...BY_REQUEST.flatMap(byRequest))
      await settled()
      const version = object('version', 'Version', '', {major: '1', minor: String(minor), gitVersion: `v1.${minor}.0`})
      guards = (await factOf(plainGuards(vapPodGuards), {objects: made, endpoints: {version}})).guards
    })

    const create = (pod: KubeObject, query = '?dryRun=All'): Promise<ApiResponse> => server().request('POST', `/api/v1/namespaces/default/pods${query}`, pod)

    async function answerTo({pod, operation}: PodCase): Promise<ApiResponse> {
      if (operation === 'create') return create(pod)
      orThrow('create', await create(withoutEphemeral(pod), ''))
      const path = `/api/v1/namespaces/default/pods/${nameOf(pod)}`
      const answer = await server().request('PATCH', `${path}/ephemeralcontainers?dryRun=All`, {spec: {ephemeralContainers: pod.spec['ephemeralContainers']}}, {contentType: 'application/strategic-merge-patch+json'})
      await server().request('DELETE', `${path}?gracePeriodSeconds=0`)
      return answer
    }

    /** Names of the policies that a request broke, and that have no reason of their own for it. */
    const warned = ({headers}: ApiResponse): string[] => [...String(headers['warning'] ?? '').matchAll(/ValidatingAdmissionPolicy '([^']+)'/g)].map(([, name = '']) => name)

    /** As the server took it: it drops fields whose feature is off. */
    const failingIn = ({json}: ApiResponse): ControlId[] => {
      const pod = json as KubeObject & PodCase['pod']
      return [...new Set([minor, NEWEST_MINOR].flatMap(one => (['baseline', 'restricted'] as const).flatMap(level => evaluate(level, {minor: one, server: one}, pod).map(({id}) => id))))]
    }

    /** True: it refuses such a pod. Null: nothing is said. */
    function said(name: string, {operation, id}: PodCase, failing: readonly ControlId[]): boolean | null {
      if (STRICTER[name]?.test(id)) return null
      const known = guards.filter(guard => guard.name === name && guard.operations.includes(operation)).map(({controls}) => controls)
      if (known.some(controls => failing.some(control => controls?.[control]?.length === 0))) return true
      return known.some(controls => controls === null || failing.some(control => control in controls)) ? null : false
    }

    const cases = CASES_OF_TODAY.filter(({refusedByApi}) => refusedByApi === null)
    let [claims, skipped] = [0, 0]
    for (const one of cases)
      it(one.id, async () => {
        const answer = await answerTo(one)
        // Older servers do not take every pod of today.
        if (answer.status === 422) {
          skipped++
          return
        }
        orThrow(one.id, answer)
        const [done, failing] = [warned(answer), failingIn(answer)]
        for (const {name} of POD_POLICIES) {
          const claim = said(name, one, failing)
          if (claim === null) continue
          claims++
          expect(done.includes(name), `${name}: ${claim ? 'said to refuse it' : 'said to let it through'}`).to.equal(claim)
        }
      }).timeout(20_000)

    it('by each kind of request', async () => {
      const spec = {containers: [{...privileged('app'), resources: {requests: {cpu: '2m'}}}]}
      const pods = '/api/v1/namespaces/default/pods'
      const patch = (path: string, body: object): Promise<ApiResponse> => server().request('PATCH', `${pods}/old${path}?dryRun=All`, body, {contentType: 'application/strategic-merge-patch+json'})
      orThrow('create', await create({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'old'}, spec} as unknown as KubeObject, ''))
      const template = {metadata: {labels: {app: 'a'}}, spec: {...spec, restartPolicy: 'Always'}}
      const answers: Partial<Record<PodOperation, ApiResponse>> = {
        create: await create({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'new'}, spec} as unknown as KubeObject),
        update: await patch('', {metadata: {labels: {a: 'b'}}}),
        ephemeralcontainers: await patch('/ephemeralcontainers', {spec: {ephemeralContainers: [privileged('debug')]}}),
        ...(minor < 33 ? {} : {resize: await patch('/resize', {spec: {containers: [{name: 'app', resources: {requests: {cpu: '1m'}}}]}})}),
        workload: await server().request('POST', '/apis/apps/v1/namespaces/default/deployments?dryRun=All', {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'a'}, spec: {selector: {matchLabels: {app: 'a'}}, template}}),
      }
      for (const [operation, answer] of Object.entries(answers) as [PodOperation, ApiResponse][]) {
        const done = warned(orThrow(operation, answer)).filter(name => name.startsWith('by-'))
        const claimed = guards.filter(({name, operations, controls}) => name.startsWith('by-') && operations.includes(operation) && controls?.privileged?.length === 0).map(({name}) => name)
        // One that looks at containers alone is not said to refuse privileged ones, and this is one.
        expect([...new Set(claimed)].sort(), operation).to.deep.equal([...new Set(done)].filter(name => !/^by-workloads-(?:guarded|wrong)$/.test(name) || operation === 'workload').sort())
      }
    }).timeout(60_000)

    it('made claims worth the name', () => {
      expect(skipped).to.be.below(cases.length / 10)
      expect(claims).to.be.above(cases.length * POD_POLICIES.length * 0.8)
    })
  })
})
