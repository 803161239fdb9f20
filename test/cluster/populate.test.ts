import {readFile} from 'node:fs/promises'
import {expect} from 'chai'
import {annotationsOf, controllerOf, nameOf} from '../../src/kube/object.js'
import type {KubeObject} from '../../src/kube/json.js'
import {populate} from './populate.js'
import type {Surroundings} from './populate/model.js'
import {nodes} from './populate/nodes.js'
import {services} from './populate/services.js'
import {workloads} from './populate/workloads.js'
import type {RealApiServer} from './support/api-server.js'
import {withServer} from './support/with-server.js'

const SIZE = {namespaces: 9, pods: 80, services: 60, seed: 1}

async function fill(server: RealApiServer): ReturnType<typeof populate> {
  return populate({url: server.url, ca: await readFile(server.caFile), token: server.tokens['admin'] ?? ''}, SIZE)
}

describe('a cluster from a seed', () => {
  const around: Surroundings = {
    minor: 37, gitVersion: 'v1.37.2', isDualStack: false, nodeCount: 3, servicePrefix: '10.96', apiServerAddress: '10.0.0.10', dnsAddress: '10.96.0.10',
  }
  const all = (size: typeof SIZE): unknown[] => [...nodes(size.seed, around), ...services(size, around, '10.96.0.1'), ...workloads(size, around)]

  it('is the same for the same seed, another for another', () => {
    expect(all(SIZE)).to.eql(all(SIZE))
    expect(all({...SIZE, seed: 2})).not.to.eql(all(SIZE))
  })

  it('holds exactly as many pods as were asked for, and a larger one begins like a smaller', () => {
    const pods = (count: number): unknown[] => [...workloads({...SIZE, pods: count}, around)].flatMap(workload => workload.pods)
    for (const count of [0, 1, 7, 83]) expect(pods(count)).to.have.lengthOf(count)
    expect(pods(300).slice(0, 60)).to.eql(pods(60))
  })

  for (const minor of [24, 30, 37] as const) describe(`on 1.${minor}`, () => {
    const server = withServer({minor, isDualStack: minor === 37})
    const list = async (path: string): Promise<KubeObject[]> => (await server().request('GET', path)).json.items

    it('is written whole', async () => {
      const {created, refused} = await fill(server())
      expect(refused).to.eql([])
      // kube-dns is one more than was asked for.
      expect(created).to.include({Pod: 80, Service: 61, Namespace: 9, Node: 3})
    })

    it('has pods as large as real ones, with addresses, owners and managedFields of two writers', async () => {
      const pods = await list('/api/v1/pods')
      const sizes = pods.map(pod => JSON.stringify(pod).length).toSorted((a, b) => a - b)
      expect(sizes[40]).to.be.within(8_000, 11_000)
      expect(pods.filter(pod => controllerOf(pod) !== null).length).to.be.greaterThan(60)
      for (const pod of pods as unknown as {metadata: {managedFields: unknown[]}; status: {podIPs: unknown[]}}[]) {
        expect(pod.metadata.managedFields).to.have.lengthOf(2)
        expect(pod.status.podIPs).to.have.lengthOf(minor === 37 ? 2 : 1)
      }
    })

    it('claims addresses on both roads', async () => {
      const claims = (await list('/api/v1/services')).filter(service => nameOf(service).startsWith('claim-')) as unknown as {spec: {externalIPs?: string[]}; status: {loadBalancer: {ingress?: unknown[]}}}[]
      expect(claims.filter(({spec}) => spec.externalIPs !== undefined)).to.have.lengthOf(minor === 37 ? 16 : 18)
      expect(claims.filter(({status}) => status.loadBalancer.ingress !== undefined)).to.have.lengthOf(6)
    })

    it('has namespaces of every labelling that the server lets in', async () => {
      const own = (await list('/api/v1/namespaces')).filter(namespace => annotationsOf(namespace)['example.com/contact'] !== undefined)
      const enforced = own.map(namespace => (namespace as unknown as {metadata: {labels: Record<string, string>}}).metadata.labels['pod-security.kubernetes.io/enforce'] ?? '-')
      expect(enforced.toSorted()).to.eql(['-', '-', '-', '-', '-', 'baseline', 'baseline', 'privileged', 'restricted'])
    })
  })

  describe('on a server that denies external IPs', () => {
    const server = withServer({minor: 30, admissionPlugins: ['DenyServiceExternalIPs']})

    it('says which claims were refused, and writes the rest', async () => {
      const {created, refused} = await fill(server())
      expect(refused).to.have.lengthOf(18)
      for (const line of refused) expect(line).to.match(/^Service \S+\/claim-\S+: .*Use of external IPs is denied by admission control$/)
      expect(created).to.include({Pod: 80, Service: 61 - 18})
    })
  })
})
