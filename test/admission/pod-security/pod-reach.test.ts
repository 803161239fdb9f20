import {expect} from 'chai'
import {byRules} from '../../../src/admission/coverage.js'
import {doesCover, requestRulesOf} from '../../../src/admission/request-rules.js'
import {aboutPods, guardsOf, podConditions, podReachOf} from '../../../src/admission/pod-security/pod-reach.js'
import {POD_OPERATIONS} from '../../../src/admission/pod-security/pod-guard.js'
import {podRequestsOf} from '../../../src/admission/pod-security/pod-requests.js'
import {webhooks} from '../../../src/admission/webhooks.js'
import {defineFact} from '../../../src/audit/fact.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {factOf} from '../../support/declared-facts.js'
import {endpoints, webhook} from '../../support/admission-objects.js'

const PODS = podRequestsOf(30)
const pods = {apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods']}
const apps = {apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments', 'statefulsets', 'daemonsets']}
const batch = (...apiVersions: string[]): object => ({apiGroups: ['batch'], apiVersions, operations: ['CREATE'], resources: ['jobs', 'cronjobs']})

describe('what an operation on pods asks for', () => {
  const rows: [minor: number | null, ephemeral: number, resize: number, workload: number][] = [
    [22, 0, 0, 6], [23, 1, 0, 6], [24, 1, 0, 6], [25, 1, 0, 5], [32, 1, 0, 5], [33, 1, 1, 5], [37, 1, 1, 5], [null, 1, 1, 5],
  ]
  for (const [minor, ephemeral, resize, workload] of rows)
    it(`on 1.${minor ?? '?'}`, () => expect(Object.values(podRequestsOf(minor)).map(({length}) => length)).to.deep.equal([1, 1, ephemeral, resize, workload]))
})

describe('rules about pods see', () => {
  const rows: [name: string, rules: object[], seen: string, minor?: number, matchPolicy?: string][] = [
    ['creations and changes', [{...pods, operations: ['CREATE', 'UPDATE']}], 'create update'],
    ['creations alone', [{...pods, operations: ['CREATE']}], 'create'],
    ['a subresource only where it is named', [{...pods, resources: ['pods', 'pods/ephemeralcontainers']}], 'create update ephemeralcontainers'],
    ['all subresources by a star', [{...pods, resources: ['pods/*']}], 'create update ephemeralcontainers resize', 33],
    ['one subresource of everything', [{...pods, resources: ['*/resize']}], 'resize', 33],
    ['no subresource by a star alone', [{...pods, resources: ['*']}], 'create update', 33],
    ['nothing that the server does not serve', [{...pods, resources: ['*/*']}], 'create update ephemeralcontainers', 32],
    ['an ephemeral container never by CREATE', [{...pods, operations: ['CREATE', 'CONNECT'], resources: ['pods/*']}], 'create'],
    ['pods of no other group', [{...pods, apiGroups: ['metrics.k8s.io']}], ''],
    ['pods of no other version', [{...pods, apiVersions: ['v1beta1']}], ''],
    ['everything', [{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*']}], 'create update ephemeralcontainers resize workload', 33],
    ['everything namespaced', [{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'], scope: 'Namespaced'}], 'create update ephemeralcontainers workload'],
    ['nothing of cluster scope', [{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'], scope: 'Cluster'}], ''],
    ['workloads by all that people write', [apps, batch('v1')], 'workload'],
    ['no workload where one kind is left out', [{...apps, resources: ['deployments', 'daemonsets']}, batch('v1')], ''],
    ['no workload by changes of them', [{...apps, operations: ['UPDATE']}, batch('v1')], ''],
    ['workloads of a version that is gone: none', [{...apps, apiVersions: ['v1beta1']}, batch('v1')], ''],
    ['the older CronJobs as the same', [apps, batch('v1')], 'workload', 24],
    ['the older CronJobs as others, where the match is exact', [apps, batch('v1')], '', 24, 'Exact'],
    ['both CronJobs by name, where the match is exact', [apps, batch('v1', 'v1beta1')], 'workload', 24, 'Exact'],
    ['the only CronJobs, where the match is exact', [apps, batch('v1')], 'workload', 25, 'Exact'],
  ]
  for (const [name, rules, seen, minor = 30, matchPolicy] of rows)
    it(name, () => {
      const requests = podRequestsOf(minor)
      const read = requestRulesOf({rules, matchPolicy} as never, 'rules')
      const covered = POD_OPERATIONS.filter(operation => requests[operation].length > 0 && requests[operation].every(request => doesCover(read, request)))
      expect(covered.join(' ')).to.equal(seen)
    })
})

describe('matchConditions leave out', () => {
  const rows: [name: string, expressions: string[], gaps: string[], holes: string[]][] = [
    ['nothing', [], [], []],
    ['a user', ['!(request.userInfo.username in ["bob"])'], ['matchConditions let through whatever bob does'], []],
    ['users, one by one', ['!(request.userInfo.username in ["bob"])', '!(request.userInfo.username in ["ann"])'], ['matchConditions let through whatever ann, bob do'], []],
    ['whoever makes pods', ['!(request.userInfo.username in ["system:serviceaccount:kube-system:replicaset-controller"])'], [], ['matchConditions let through the pods that system:serviceaccount:kube-system:replicaset-controller makes']],
    ['what nobody knows', ['object.metadata.name != "x"'], [], ['matchConditions leave some requests out']],
    ['what nobody knows, beside a user', ['!(request.userInfo.username in ["bob"])', 'a'], [], ['matchConditions leave some requests out']],
  ]
  for (const [name, expressions, gaps, holes] of rows)
    it(name, () => expect(podConditions(expressions)).to.deep.equal({gaps, holes}))
})

describe('guards by webhooks about pods', () => {
  const hook = (fields: object): KubeObject => webhook('x', {rules: [pods], ...fields})
  // Functions are not compared: what they answer is.
  const shown = defineFact({id: 'shown', reads: [], needs: [webhooks], create: context => ({end: () => {
    const {state, refusers} = podReachOf(context.fact(webhooks), () => true, PODS)
    const guards = guardsOf(refusers, {engine: 'e', name: 'n', object: null, action: 'refused', controls: new Map([['privileged', ['images of some names']]])}, PODS)
    return {state, guards: guards.map(({gaps, controls, sees}) => ({gaps, holes: controls?.get('privileged'), sees: POD_OPERATIONS.filter(sees).join(' ')}))}
  }})})
  // With an endpoint that is ready, unless the row says otherwise.
  const rows: [name: string, objects: KubeObject[], state: string, gaps: string[], holes: string[]][] = [
    ['that fail closed', [hook({})], 'calls', [], []],
    ['that fail open', [hook({failurePolicy: 'Ignore'})], 'calls', ['failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through'], []],
    ['that fail open, where nothing tells whether anybody answers', [hook({failurePolicy: 'Ignore', clientConfig: {url: 'https://x.example'}})], 'calls', ['failurePolicy Ignore: whatever makes the webhook fail or time out lets the request through'], ['it fails open, and whether anybody answers there is not known']],
    ['that fail closed, where nothing tells it', [hook({clientConfig: {url: 'https://x.example'}})], 'calls', [], []],
    ['that a label of the pod chooses', [hook({objectSelector: {matchLabels: {a: 'b'}}})], 'calls', [], ['an objectSelector: whoever writes the pod chooses its labels']],
    ['that a label of the namespace takes out', [hook({namespaceSelector: {matchExpressions: [{key: 'off', operator: 'DoesNotExist'}]}})], 'calls', ['a namespace gets past it by its label off'], []],
    ['that nobody answers, closed', [hook({}), endpoints(false)], 'calls', ['no ready endpoint and failurePolicy Fail: every such request is refused until it answers again'], []],
    ['that nobody answers, open', [hook({failurePolicy: 'Ignore'}), endpoints(false)], 'down', [], []],
    ['about Deployments alone, which are not all that people write', [hook({rules: [pods, {...apps, resources: ['deployments']}]})], 'calls', [], []],
    ['about Services only', [hook({rules: [{...pods, resources: ['services']}]})], 'none', [], []],
  ]
  for (const [name, objects, state, gaps, holes] of rows)
    it(name, async () => {
      const guards = state === 'calls' ? [{gaps, holes: ['images of some names', ...holes], sees: 'create update'}] : []
      expect(await factOf(shown, {objects: [...(objects.length > 1 ? [] : [endpoints()]), ...objects]})).to.deep.equal({state, guards})
    })

  it('of a policy for some names has a hole: whoever writes the pod names it', () => {
    const refusers = byRules(requestRulesOf({rules: [{...pods, resourceNames: ['a']}]}, 'rules'), [], {isIn: null, gaps: []}, aboutPods(PODS))
    const guards = guardsOf(refusers, {engine: 'e', name: 'n', object: null, action: 'refused', controls: new Map([['privileged', []]])}, PODS)
    expect(guards.map(({controls, gaps}) => [controls?.get('privileged'), gaps])).to.deep.equal([[['it matches pods of some names only'], []]])
  })
})

describe('of what makes pods, a guard says which kinds it sees', () => {
  const rows: [name: string, rules: object[], kinds: string, minor?: number][] = [
    ['where it sees some', [apps], 'Deployment StatefulSet DaemonSet'],
    ['and none where it sees all', [apps, batch('v1')], ''],
    ['and none where it sees nothing of it', [pods], ''],
    ['but not one that the server has in a version that it does not see', [batch('v1')], 'Job', 24],
    ['and one that it sees in both', [batch('v1', 'v1beta1')], 'Job CronJob', 24],
  ]
  for (const [name, rules, kinds, minor = 30] of rows)
    it(name, () => {
      const requests = podRequestsOf(minor)
      const refusers = byRules(requestRulesOf({rules: rules as never, matchPolicy: 'Exact'}, 'rules'), [], {isIn: null, gaps: []}, aboutPods(requests))
      const [guard] = guardsOf(refusers, {engine: 'e', name: 'n', object: null, action: 'refused', controls: null}, requests)
      expect([...(guard!.kinds ?? [])].filter(([, isSeen]) => isSeen).map(([kind]) => kind).join(' ')).to.equal(kinds)
    })
})
