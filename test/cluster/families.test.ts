import {expect} from 'chai'
import type {Fact} from '../../src/audit/fact.js'
import {effectiveMinor, serverVersion} from '../../src/audit/server-version.js'
import type {KubeObject} from '../../src/kube/json.js'
import {families} from '../../src/network/families.js'
import {runFact} from '../network/run-fact.js'
import type {Outcomes} from '../network/run-fact.js'
import type {RealApiServer} from './support/api-server.js'
import type {ServerMinor} from './support/binaries.js'
import {SERVER_MINORS} from './support/binaries.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

const service = (name: string, spec: object): KubeObject => ({apiVersion: 'v1', kind: 'Service', metadata: {name, namespace: 'default'}, spec: {ports: [{port: 80}], ...spec}} as unknown as KubeObject)
const pod = (name: string, ips: string[]): KubeObject => ({
  apiVersion: 'v1', kind: 'Pod', metadata: {name, namespace: 'default'}, spec: {containers: [{name: 'main', image: 'registry.example.com/main:1'}]},
  status: {phase: 'Running', podIP: ips[0], podIPs: ips.map(ip => ({ip}))},
} as unknown as KubeObject)

/** ServiceCIDR became v1 in 1.33; before, it has to be turned on. */
const hasServiceCidr = (minor: ServerMinor): boolean => minor >= 33

const LISTS: readonly [path: string, apiVersion: string, kind: string][] = [
  ['/api/v1/pods', 'v1', 'Pod'], ['/api/v1/services', 'v1', 'Service'], ['/api/v1/nodes', 'v1', 'Node'],
  ['/apis/networking.k8s.io/v1/servicecidrs', 'networking.k8s.io/v1', 'ServiceCIDR'],
]

async function factOf<T>(fact: Fact<T>, server: RealApiServer, minor: ServerMinor): Promise<T> {
  const objects: KubeObject[] = [{...(await server.request('GET', '/version')).json as object, apiVersion: 'v1', kind: 'Version'}]
  for (const [path, apiVersion, kind] of LISTS) {
    const {status, json} = await server.request('GET', path)
    if (status === 200) objects.push(...(json as {items: object[]}).items.map(item => ({...item, apiVersion, kind})))
  }
  const outcomes: Outcomes = hasServiceCidr(minor) ? {} : {servicecidrs: 'not-served'}
  return runFact(fact, objects, outcomes)
}

describe('families of real API servers', () => {
  for (const minor of SERVER_MINORS) for (const isDualStack of [false, true]) describe(`1.${minor}, ${isDualStack ? 'two ranges' : 'one range'}`, () => {
    const server = withServer({minor, isDualStack})

    before(async () => {
      await until('default/kubernetes is there', async () => (await server().request('GET', '/api/v1/namespaces/default/services/kubernetes')).status === 200)
      if (hasServiceCidr(minor)) await until('the ServiceCIDR is there', async () => (await server().request('GET', '/apis/networking.k8s.io/v1/servicecidrs/kubernetes')).status === 200)
      // Both of these say nothing of the range: a headless Service without selector gets both families anywhere.
      await server().create(service('headless', {clusterIP: 'None'}), service('plain', {selector: {app: 'a'}}))
      await server().create(service('prefers', {selector: {app: 'a'}, ipFamilyPolicy: 'PreferDualStack'}))
      await server().create(pod('one', isDualStack ? ['10.244.0.5', 'fd10:244::5'] : ['10.244.0.5']))
    })

    it('tells the state, the primary family and what Services have', async () => {
      const info = await factOf(families, server(), minor)
      expect(info).to.deep.include(isDualStack
        ? {state: 'dual', primary: 4, services: [4, 6], hidden: null, edge: []}
        : {state: 'v4', primary: 4, services: [4], hidden: null, edge: []})
      expect(info.counts.services).to.deep.equal(isDualStack ? {v4: 2, v6: 0, dual: 1} : {v4: 3, v6: 0, dual: 0})
      const signal3 = info.evidence.find(({signal}) => signal === 3)?.value
      expect(signal3).to.equal(isDualStack ? 'Services: 2 v4, 1 dual' : 'Services: 3 v4; 1 would take both families and got one')
    })

    it('tells the range by its ServiceCIDR, where there is one', async () => {
      const {ranges, rangesFrom, evidence} = await factOf(families, server(), minor)
      const signal2 = evidence.find(({signal}) => signal === 2)?.value
      if (hasServiceCidr(minor)) {
        expect(ranges.services).to.deep.equal(['10.96.0.0/12', ...(isDualStack ? ['fd12:3456::/108'] : [])])
        expect(rangesFrom.services).to.equal('ServiceCIDR kubernetes')
      } else {
        expect(signal2).to.equal('not served')
        expect(rangesFrom.services).to.equal('observed cluster IPs')
      }
    })

    it('gives a headless Service without selector both families, so it is left out', async () => {
      const {json} = await server().request('GET', '/api/v1/namespaces/default/services/headless')
      expect((json as {spec: object}).spec).to.deep.include({clusterIPs: ['None'], ipFamilies: ['IPv4', 'IPv6']})
    })

    it('tells its version', async () => {
      const version = await factOf(serverVersion, server(), minor)
      expect(version).to.include({minor, evidence: 'GET /version'})
      expect(effectiveMinor(version)).to.equal(minor)
    })
  })
})
