import {expect} from 'chai'
import {admissionPolicyBlockers} from '../../src/admission/engines/validating-admission-policy.js'
import type {Blocker} from '../../src/admission/engines/blocker.js'
import {claimsOf} from '../../src/admission/service-claims.js'
import type {KubeObject} from '../../src/kube/json.js'
import {nameOf} from '../../src/kube/object.js'
import {SERVICES, STATUS, binding, inNamespaces, notInNamespaces, policy} from '../support/admission-objects.js'
import {factOf} from '../support/declared-facts.js'
import type {RealApiServer} from './support/api-server.js'
import {orThrow} from './support/api-client.js'
import {until} from './support/until.js'
import {withServer} from './support/with-server.js'

/** What we say of a policy, and what the API server then does with every kind of request: the two must be the same. */

const CREATE = {...SERVICES, operations: ['CREATE']}
const UPDATE = {...SERVICES, operations: ['UPDATE']}
const NAMED = {...SERVICES, resourceNames: ['web']}
const STATUS_DENIES = '!has(object.status.loadBalancer) || !has(object.status.loadBalancer.ingress)'
const NAMESPACES = ['default', 'shop']
const ADDRESS = '192.0.2.10'
const MERGE = 'application/merge-patch+json'

type Blocked = 'yes' | 'partly' | 'no'
type Row = [name: string, objects: () => KubeObject[], spec: Blocked]

const LABELLED = {objectSelector: {matchLabels: {a: 'b'}}}
const ROWS: Row[] = [
  ['everywhere', () => [policy(), binding()], 'yes'],
  ['without a binding', () => [policy()], 'no'],
  ['that warns', () => [policy(), binding({actions: ['Warn']})], 'no'],
  ['for some names', () => [policy({match: {resourceRules: [NAMED]}}), binding()], 'partly'],
  ['for some names, and for all', () => [policy({match: {resourceRules: [NAMED, SERVICES]}}), binding()], 'yes'],
  ['that excludes some names', () => [policy({match: {excludeResourceRules: [NAMED]}}), binding()], 'partly'],
  ['that excludes UPDATE', () => [policy({match: {excludeResourceRules: [UPDATE]}}), binding()], 'partly'],
  ['for cluster-scoped objects', () => [policy({match: {resourceRules: [{...SERVICES, scope: 'Cluster'}]}}), binding()], 'no'],
  ['for namespaced objects', () => [policy({match: {resourceRules: [{...SERVICES, scope: 'Namespaced'}]}}), binding()], 'yes'],
  ['with Exact matching', () => [policy({match: {matchPolicy: 'Exact'}}), binding()], 'yes'],
  ['for another version', () => [policy({match: {resourceRules: [{...SERVICES, apiVersions: ['v2']}]}}), binding()], 'no'],
  ['for all groups, versions, operations and subresources', () => [policy({match: {resourceRules: [{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['services/*']}]}}), binding()], 'yes'],
  ['for labels', () => [policy({match: LABELLED}), binding()], 'partly'],
  ['whose binding has names', () => [policy(), binding({match: {resourceRules: [NAMED]}})], 'partly'],
  ['whose binding only excludes', () => [policy(), binding({match: {excludeResourceRules: [CREATE]}})], 'partly'],
  ['whose binding excludes everything', () => [policy(), binding({match: {excludeResourceRules: [{...SERVICES, operations: ['*']}]}})], 'no'],
  ['by two bindings that share the namespaces', () => [policy(), binding({match: {namespaceSelector: inNamespaces('shop')}}), binding({match: {namespaceSelector: notInNamespaces('shop')}})], 'yes'],
  ['by two bindings that share the operations', () => [policy(), binding({match: {resourceRules: [CREATE]}}), binding({match: {resourceRules: [UPDATE]}})], 'yes'],
  ['by two bindings: CREATE everywhere, all of it in one namespace', () => [policy(), binding({match: {resourceRules: [CREATE]}}), binding({match: {namespaceSelector: inNamespaces('shop')}})], 'partly'],
  ['by two bindings: labels everywhere, all of it in one namespace', () => [policy(), binding({match: LABELLED}), binding({match: {namespaceSelector: inNamespaces('shop')}})], 'partly'],
  ['with parameters that are not there', () => [policy({spec: {paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}}}), binding({spec: {paramRef: {name: 'x', namespace: 'default', parameterNotFoundAction: 'Allow'}}})], 'partly'],
  ['but for a user', () => [policy({spec: {matchConditions: [{name: 'x', expression: "!(request.userInfo.username in ['admin'])"}]}}), binding()], 'partly'],
  ['by absence', () => [policy({expressions: ['!has(object.spec.externalIPs)']}), binding()], 'yes'],
  ['by an optional way', () => [policy({expressions: ['object.spec.?externalIPs.orValue([]).size() == 0']}), binding()], 'yes'],
  ['by an allow-list', () => [policy({expressions: [`!has(object.spec.externalIPs) || object.spec.externalIPs.all(ip, ip in ['${ADDRESS}'])`]}), binding()], 'partly'],
]

/** A gap that only other users or objects would use is no gap in these requests. */
const PASSES_ALL = ['with parameters that are not there', 'by an allow-list', 'but for a user']

const service = (name: string, namespace: string, rest: object = {}): KubeObject => ({apiVersion: 'v1', kind: 'Service', metadata: {name, namespace}, spec: {type: 'LoadBalancer', ports: [{port: 80}]}, ...rest}) as unknown as KubeObject

/** Requests that would claim the address, each in a dry run; those that the server lets through. */
async function passing(server: RealApiServer): Promise<string[]> {
  const passed: string[] = []
  const ask = async (what: string, method: string, path: string, body: object, contentType?: string): Promise<void> => {
    const {status, json} = await server.request(method, `${path}?dryRun=All`, body, contentType === undefined ? {} : {contentType})
    if (status < 300) passed.push(what)
    else expect(String(json?.message), what).to.match(/ValidatingAdmissionPolicy 'p' with binding/)
  }
  for (const namespace of NAMESPACES) for (const labels of [{}, {a: 'b'}]) {
    const path = `/api/v1/namespaces/${namespace}/services`
    for (const metadata of [{name: 'web-new'}, {name: 'web'}, {generateName: 'web-'}])
      await ask(`create ${namespace} ${JSON.stringify({...metadata, labels})}`, 'POST', metadata.name === 'web' ? path.replace(namespace, `${namespace}-2`) : path, {apiVersion: 'v1', kind: 'Service', metadata: {...metadata, labels}, spec: {ports: [{port: 80}], externalIPs: [ADDRESS]}})
    for (const name of ['web', 'other'])
      await ask(`update ${namespace}/${name} ${JSON.stringify(labels)}`, 'PATCH', `${path}/${name}`, {metadata: {labels}, spec: {externalIPs: [ADDRESS]}}, MERGE)
  }
  return passed
}

describe('a ValidatingAdmissionPolicy, said and done', () => {
  for (const minor of [30, 37] as const) describe(`1.${minor}`, () => {
    const server = withServer({minor})
    let marks = 0

    before(async () => {
      const names = ['shop', 'shop-2', 'default-2']
      await server().create(...names.map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})))
      for (const namespace of NAMESPACES) for (const name of ['web', 'other']) await server().create(service(name, namespace))
    })

    /** A policy of our own after those of the row: once it refuses, all that was written before it is known. */
    const known = async (): Promise<void> => {
      const name = `mark-${marks++}`
      await server().create(
        policy({name, expressions: [`object.metadata.name != '${name}'`], match: {resourceRules: [{...SERVICES, resources: ['configmaps']}]}}),
        binding({policyName: name}),
      )
      await until('the policies are known', async () => (await server().request('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}})).text.includes(`ValidatingAdmissionPolicy '${name}'`))
    }
    const remove = async (objects: readonly KubeObject[]): Promise<void> => {
      for (const object of objects) orThrow('delete', await server().request('DELETE', `/apis/admissionregistration.k8s.io/v1/${object.kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings'}/${nameOf(object)}`))
    }
    /** What our facts say of the objects as the server hands them out. */
    const saidOf = async (objects: readonly KubeObject[]): Promise<Blocker | undefined> => {
      const namespaces = ((await server().request('GET', '/api/v1/namespaces')).json.items as KubeObject[]).map(item => ({...item, apiVersion: 'v1', kind: 'Namespace'}))
      return (await factOf(admissionPolicyBlockers, {objects: [...namespaces, ...objects]})).blockers[0]
    }

    for (const [name, objectsOf, wanted] of ROWS)
      it(`${name}: ${wanted}`, async () => {
        const made = await server().create(...objectsOf())
        try {
          await known()
          const said = (await saidOf(made))?.spec
          const state: Blocked = said?.state !== 'enforcing' ? 'no' : said.gaps.length === 0 ? 'yes' : 'partly'
          expect(state, JSON.stringify(said)).to.equal(wanted)
          const passed = await passing(server())
          const all = NAMESPACES.length * 2 * 5
          const done: Blocked = passed.length === 0 ? 'yes' : passed.length === all ? 'no' : 'partly'
          expect(done, passed.join('\n')).to.equal(PASSES_ALL.includes(name) ? 'no' : wanted)
        } finally {
          await remove(made)
        }
      }).timeout(60_000)

    it('that refuses new addresses does not keep a Service from waking one that slept', async () => {
      const path = '/api/v1/namespaces/shop/services/asleep'
      const change = async (spec: object): Promise<KubeObject> => orThrow('change', await server().request('PATCH', path, {spec}, {contentType: MERGE})).json as KubeObject
      await server().create({apiVersion: 'v1', kind: 'Service', metadata: {name: 'asleep', namespace: 'shop'}, spec: {clusterIP: 'None', externalIPs: [ADDRESS], ports: [{port: 80}]}} as unknown as KubeObject)
      const made = await server().create(policy(), binding())
      try {
        await known()
        expect((await saidOf(made))?.spec).to.deep.equal({state: 'enforcing', gaps: []})
        await change({type: 'ExternalName', externalName: 'a.example.com', clusterIP: null, clusterIPs: null})
        const awake = await change({type: 'ClusterIP', externalName: null, ports: [{port: 53, protocol: 'UDP'}]})
        expect(claimsOf(awake).map(({ip, ignored, ports}) => [ip?.text, ignored, ports])).to.deep.equal([[ADDRESS, null, ['53/UDP']]])
      } finally {
        await remove(made)
        await server().request('DELETE', path)
      }
    }).timeout(60_000)

    it('about the status', async () => {
      const made = await server().create(policy({expressions: [STATUS_DENIES], match: {resourceRules: [STATUS]}}), binding())
      await known()
      const entry = {status: {loadBalancer: {ingress: [{ip: ADDRESS}]}}}
      const write = (path: string): ReturnType<RealApiServer['request']> => server().request('PATCH', `/api/v1/namespaces/shop/services/web${path}?dryRun=All`, entry, {contentType: MERGE})
      expect((await saidOf(made))?.status).to.deep.equal({state: 'enforcing', gaps: []})
      expect((await write('/status')).status).to.be.at.least(400)
      // By the other road the status is dropped, not written.
      expect((await write('')).json).to.not.have.nested.property('status.loadBalancer.ingress')
      await remove(made)
    }).timeout(60_000)
  })
})
