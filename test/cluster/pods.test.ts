import {expect} from 'chai'
import type {JsonObject} from '../../src/kube/json.js'
import {CASES_OF_TODAY, withoutEphemeral} from '../pods/pods.js'
import type {PodCase} from '../pods/pods.js'
import type {ApiResponse} from './support/api-client.js'
import {withServer} from './support/with-server.js'

/**
 * What test/pods/ claims, asked of a server of today: pods that no level touches
 * are valid but for those that say otherwise, and each level refuses those that
 * fail it, by creation or by the ephemeral container.
 */
const LEVELS = ['baseline', 'restricted'] as const

describe('pods of test/pods/ on 1.37', () => {
  const server = withServer({minor: 37})

  before(async () => {
    const namespace = (name: string, labels: JsonObject): ReturnType<ReturnType<typeof server>['create']> => server().create({apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}})
    await namespace('open', {})
    for (const level of LEVELS) await namespace(level, {'pod-security.kubernetes.io/enforce': level})
  })

  const create = (namespace: string, pod: PodCase['pod'], query = ''): Promise<ApiResponse> => server().request('POST', `/api/v1/namespaces/${namespace}/pods${query}`, pod)

  async function ask(namespace: string, {operation, pod}: PodCase): Promise<ApiResponse> {
    if (operation === 'create') return create(namespace, pod, '?dryRun=All')
    const before = await create(namespace, withoutEphemeral(pod))
    expect(before.status, before.text).to.equal(201)
    return server().request('PATCH', `/api/v1/namespaces/${namespace}/pods/${String(pod.metadata['name'])}/ephemeralcontainers?dryRun=All`, {spec: {ephemeralContainers: pod.spec['ephemeralContainers']}}, {contentType: 'application/strategic-merge-patch+json'})
  }

  for (const one of CASES_OF_TODAY)
    it(one.id, async () => {
      const plain = await ask('open', one)
      expect(plain.status, plain.text).to.be.oneOf(one.refusedByApi === null ? [200, 201] : [422])
      if (one.refusedByApi !== null) return
      for (const level of LEVELS) {
        const answer = await ask(level, one)
        expect(answer.status, `${level}: ${answer.text}`).to.be.oneOf(one.fails[level].length === 0 ? [200, 201] : [403])
      }
    })
})
