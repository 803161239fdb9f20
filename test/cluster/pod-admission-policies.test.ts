import {expect} from 'chai'
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
import {plainGuards} from '../support/plain-guards.js'
import type {PlainGuard} from '../support/plain-guards.js'
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

function objectsOf({name, validations, variables = {}}: PodPolicy): KubeObject[] {
  const spec = {variables: Object.entries(variables).map(([of, expression]) => ({name: of, expression}))}
  return [policy({name, expressions: [...validations], match: {resourceRules: [PODS]}, spec}), binding({policyName: name, actions: ['Warn']})]
}

describe('policies about pods, said and done', () => {
  for (const minor of [30, 37] as const) describe(`1.${minor}`, () => {
    const server = withServer({minor})
    let guards: readonly PlainGuard[] = []

    before(async function () {
      this.timeout(60_000)
      const made = await server().create(...POD_POLICIES.flatMap(objectsOf))
      await server().create(policy({name: 'mark', expressions: ['false'], match: {resourceRules: [{...PODS, resources: ['configmaps']}]}}), binding({policyName: 'mark'}))
      await until('the policies are known', async () => (await server().request('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'x'}})).text.includes('ValidatingAdmissionPolicy \'mark\''))
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

    it('made claims worth the name', () => {
      expect(skipped).to.be.below(cases.length / 10)
      expect(claims).to.be.above(cases.length * POD_POLICIES.length * 0.8)
    })
  })
})
