import {expect} from 'chai'
import type {Check, Report} from '../../src/audit/check.js'
import {defineCheck} from '../../src/audit/check.js'
import type {Evaluation} from '../../src/audit/engine.js'
import {evaluate} from '../../src/audit/engine.js'
import {defineFact} from '../../src/audit/fact.js'
import {readingOrder} from '../../src/audit/read-all.js'
import type {ServerVersion} from '../../src/audit/server-version.js'
import {listAt, textAt} from '../../src/kube/field.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {DeclaredCluster} from '../support/declared-source.js'
import {declaredSource} from '../support/declared-source.js'

function service(name: string, spec: KubeObject['spec'] = {}): KubeObject {
  return {apiVersion: 'v1', kind: 'Service', metadata: {name, namespace: 'shop'}, spec}
}

const META = {title: 'test', topic: 'external-ips', severity: 'high', why: 'test', remediation: 'test', references: []} as const

function version(minor: number | null): ReturnType<typeof defineFact<never, ServerVersion>> {
  return defineFact<never, ServerVersion>({id: 'server-version', reads: [], create: () => ({end: () => ({gitVersion: null, minor, emulationMinor: null, instances: 'unknown', evidence: 'test'})})})
}

async function run(checks: readonly Check[], cluster: DeclaredCluster, minor: number | null = 30, includeSecrets = false): Promise<Evaluation & {reports: Report[]; asked: string[]}> {
  const source = declaredSource(cluster)
  const reports: Report[] = []
  const evaluation = await evaluate({checks, facts: [], version: version(minor), source, onReport: (_, report) => void reports.push(report), mayReadSecrets: includeSecrets})
  return {...evaluation, reports, asked: source.asked}
}

const claims = defineCheck({
  meta: {...META, id: 'claims', reads: ['services'], alsoReads: ['nodes']},
  create: ({report}) => ({
    services(object) {
      if (listAt(object, 'spec', 'externalIPs').length > 0) report({object, message: 'claims'})
    },
  }),
})

describe('the engine', () => {
  it('shows each object once to each check that reads its row, and ends it as looked at', async () => {
    const {reports, endings, asked} = await run([claims], {objects: [service('a', {externalIPs: ['1.2.3.4']}), service('b'), service('c', {externalIPs: ['1.2.3.4']})]})
    expect(reports.map(({object}) => textAt(object as KubeObject, 'metadata', 'name'))).to.deep.equal(['a', 'c'])
    expect(endings.map(({looked, skip}) => ({looked, skip}))).to.deep.equal([{looked: 3, skip: null}])
    expect(asked).to.deep.equal(['nodes', 'services'])
  })

  for (const reason of ['forbidden', 'unreachable', 'partial', 'not-understood', 'not-served', 'not-in-input'] as const) {
    it(`skips a check whose row is ${reason}, and says which row`, async () => {
      const {endings} = await run([claims], {objects: [], unread: {services: reason}})
      expect(endings[0]?.skip).to.include({reason, key: 'services', detail: `services: ${reason}`})
    })
  }

  it('runs a check without a row that only improves its answer', async () => {
    const {endings, outcomes} = await run([claims], {objects: [], unread: {nodes: 'forbidden'}})
    expect(endings[0]?.skip).to.equal(null)
    expect(outcomes.get('nodes')?.outcome).to.equal('forbidden')
  })

  it('does not hide what can be changed by asking again behind what nobody can change', async () => {
    const own = defineCheck({meta: {...META, id: 'own', reads: ['services']}, create: ({skip}) => ({services: object => void textAt(object, 'spec', 'type'), end: () => skip('not-observable', 'a hidden control plane')})})
    expect((await run([own], {objects: [service('a')]})).endings[0]?.skip).to.include({reason: 'not-observable'})
    expect((await run([own], {objects: [service('a', {type: 7})]})).endings[0]?.skip).to.include({reason: 'not-understood'})
    expect((await run([own], {objects: [], unread: {services: 'forbidden'}})).endings[0]?.skip).to.include({reason: 'forbidden'})
  })

  it('names the gravest of several missing rows: what can be changed by asking again', async () => {
    const check = defineCheck({meta: {...META, id: 'two', reads: ['tenants', 'services']}, create: () => ({})})
    const {endings} = await run([check], {objects: [], unread: {tenants: 'not-served', services: 'forbidden'}})
    expect(endings[0]?.skip).to.include({reason: 'forbidden', key: 'services'})
  })

  it('takes an object with a field of another type as not understood, and goes on with the next', async () => {
    const {reports, endings} = await run([claims], {objects: [service('odd', {externalIPs: '1.2.3.4'}), service('good', {externalIPs: ['1.2.3.4']})]})
    expect(reports).to.have.length(1)
    expect(endings[0]?.skip).to.include({reason: 'not-understood', key: 'services', detail: 'Service shop/odd: spec.externalIPs is not a list'})
  })

  it('lets a mistake of our own through: it is no answer', async () => {
    const broken = defineCheck({meta: {...META, id: 'broken', reads: ['services']}, create: () => ({services: () => { throw new TypeError('ours') }})})
    const failure = await run([broken], {objects: [service('a')]}).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(TypeError)
  })

  const ranges = [
    {name: 'below since', meta: {since: 31}, minor: 30, expected: {notApplicable: 'from 1.31 on; the server is 1.30', reason: undefined}},
    {name: 'above until', meta: {until: 24}, minor: 30, expected: {notApplicable: 'up to 1.24; the server is 1.30', reason: undefined}},
    {name: 'at both ends', meta: {since: 30, until: 30}, minor: 30, expected: {notApplicable: null, reason: undefined}},
    {name: 'of an unknown server', meta: {since: 31}, minor: null, expected: {notApplicable: null, reason: 'not-in-input'}},
  ]
  for (const {name, meta, minor, expected} of ranges) {
    it(`knows a check for versions ${name}`, async () => {
      const check = defineCheck({meta: {...META, ...meta, id: 'range', reads: ['services']}, create: () => ({})})
      const {endings} = await run([check], {objects: []}, minor)
      expect({notApplicable: endings[0]?.notApplicable, reason: endings[0]?.skip?.reason}).to.deep.equal(expected)
    })
  }

  it('reads Secrets only when asked to, and says so otherwise', async () => {
    const check = defineCheck({meta: {...META, id: 'secrets', reads: ['argocd-secrets']}, create: () => ({})})
    const without = await run([check], {objects: []})
    expect(without.asked).to.deep.equal([])
    expect(without.endings[0]?.skip?.reason).to.equal('not-requested')
    expect((await run([check], {objects: []}, 30, true)).asked).to.deep.equal(['argocd-secrets'])
  })

  it('ends facts in order of need and gives them to checks; a fact knows how its rows were read', async () => {
    const services = defineFact({id: 'services', reads: ['services', 'nodes'], create({outcome}) {
      let count = 0
      return {services: () => void count++, end: () => `${count} services, nodes ${outcome('nodes').outcome}`}
    }})
    const doubled = defineFact<never, string>({id: 'doubled', reads: [], needs: [services], create: ({fact}) => ({end: () => `${fact(services)}!`})})
    const check = defineCheck({meta: {...META, id: 'fact', reads: ['services']}, needs: [doubled], create: ({report, fact}) => ({end: () => report({object: service('x'), message: fact(doubled)})})})
    const {reports} = await run([check], {objects: [service('a'), service('b')], unread: {nodes: 'forbidden'}})
    expect(reports[0]?.message).to.equal('2 services, nodes forbidden!')
  })

  it('ends a fact when all that it rests on is read: whoever looks at later rows may ask for it, nobody before', async () => {
    const nodes = defineFact({id: 'nodes', reads: ['nodes'], create() {
      let count = 0
      return {nodes: () => void count++, end: () => count}
    }})
    const early: number[] = []
    const later = defineFact({id: 'later', reads: ['services'], needs: [nodes], create: ({fact}) => ({services: () => void early.push(fact(nodes)), end: () => early.length})})
    const objects = [{apiVersion: 'v1', kind: 'Node', metadata: {name: 'n'}}, service('a'), service('b')] as KubeObject[]
    const run = (fact: ReturnType<typeof defineFact<never, unknown>>): Promise<Evaluation> => evaluate({checks: [], facts: [fact], version: version(30), source: declaredSource({objects}), onReport: () => undefined, mayReadSecrets: false})
    await run(later as never)
    expect(early).to.deep.equal([1, 1])
    const tooEarly = defineFact({id: 'too-early', reads: ['namespaces'], needs: [nodes], create: ({fact}) => ({namespaces: () => void fact(nodes), end: () => 0})})
    const failure = await evaluate({checks: [], facts: [tooEarly], version: version(30), source: declaredSource({objects: [{apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'x'}} as KubeObject]}), onReport: () => undefined, mayReadSecrets: false}).catch((error: unknown) => error)
    expect(String(failure)).to.include('before its rows were read')
  })

  it('takes a fact that is asked for by itself for every other of its id', async () => {
    const named = (text: string): ReturnType<typeof defineFact<never, string>> => defineFact<never, string>({id: 'same', reads: [], create: () => ({end: () => text})})
    const outer = defineFact<never, string>({id: 'outer', reads: [], needs: [named('needed')], create: ({fact}) => ({end: () => fact(named('any'))})})
    const evaluation = await evaluate({checks: [], facts: [outer, named('asked')], version: version(30), source: declaredSource({objects: []}), onReport: () => undefined, mayReadSecrets: false})
    expect(evaluation.fact(outer)).to.equal('asked')
  })

  const deployment = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'web', namespace: 'shop'}} as KubeObject
  const counting = (reads: 'deployments' | 'deployment-templates'): ReturnType<typeof defineFact<never, string>> => defineFact({id: reads, reads: [reads], create({outcome}) {
    let count = 0
    return {[reads]: () => void count++, end: () => `${count} ${outcome(reads).outcome}`}
  }}) as never
  const narrow = counting('deployments')
  const wide = counting('deployment-templates')

  it('asks once where one row answers for another, and gives both what they ask for', async () => {
    const source = declaredSource({objects: [deployment]})
    const evaluation = await evaluate({checks: [], facts: [narrow, wide], version: version(30), source, onReport: () => undefined, mayReadSecrets: false})
    expect(source.asked).to.deep.equal(['deployment-templates'])
    expect([evaluation.fact(narrow), evaluation.fact(wide), [...evaluation.outcomes.keys()]]).to.deep.equal(['1 complete', '1 complete', ['deployment-templates']])
  })

  it('asks for less where only less is wanted, or only less is in a snapshot', async () => {
    const alone = declaredSource({objects: [deployment]})
    await evaluate({checks: [], facts: [narrow], version: version(30), source: alone, onReport: () => undefined, mayReadSecrets: false})
    expect(alone.asked).to.deep.equal(['deployments'])
    const lesser = declaredSource({objects: [deployment], unread: {'deployment-templates': 'not-in-input'}})
    const evaluation = await evaluate({checks: [], facts: [narrow, wide], version: version(30), source: lesser, onReport: () => undefined, mayReadSecrets: false})
    expect([evaluation.fact(narrow), evaluation.fact(wide)]).to.deep.equal(['1 complete', '0 not-in-input'])
  })

  it('takes what a fact did not understand as not understood by every check that rests on it and names the row', async () => {
    const inner = defineFact({id: 'inner', reads: ['services'], create: () => ({services: object => void listAt(object, 'spec', 'externalIPs'), end: () => 1})})
    const outer = defineFact<never, number>({id: 'outer', reads: [], needs: [inner], create: () => ({end: () => 2})})
    const resting = defineCheck({meta: {...META, id: 'resting', reads: ['services']}, needs: [outer], create: () => ({})})
    const apart = defineCheck({meta: {...META, id: 'apart', reads: ['services']}, create: () => ({})})
    const other = defineCheck({meta: {...META, id: 'other', reads: ['nodes']}, needs: [outer], create: () => ({})})
    const {endings} = await run([resting, apart, other], {objects: [service('odd', {externalIPs: '1.2.3.4'})]})
    expect(endings.map(({skip}) => skip?.reason ?? null)).to.deep.equal(['not-understood', null, null])
    expect(endings[0]?.skip?.detail).to.equal('Service shop/odd: spec.externalIPs is not a list')
  })

  it('refuses a fact or a row that was not named', async () => {
    const other = defineFact<never, number>({id: 'other', reads: [], create: () => ({end: () => 1})})
    const unnamed = defineCheck({meta: {...META, id: 'unnamed', reads: ['services']}, create: ({fact}) => ({end: () => void fact(other)})})
    const row = defineCheck({meta: {...META, id: 'row', reads: ['services']}, create: ({outcome}) => ({end: () => void outcome('pods')})})
    for (const check of [unnamed, row]) expect(await run([check], {objects: []}).catch((error: unknown) => String(error))).to.match(/without being named/)
  })

  it('gets by name what other rows refer to, and has not seen it where those rows were not read', async () => {
    const kustomization: KubeObject = {apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: {name: 'k', namespace: 'flux'}, spec: {kubeConfig: {secretRef: {name: 'wanted'}}}}
    const secret = (name: string): KubeObject => ({apiVersion: 'v1', kind: 'Secret', metadata: {name, namespace: 'flux'}})
    const check = defineCheck({
      meta: {...META, id: 'flux', reads: ['flux-secrets'], alsoReads: ['kustomizations', 'helmreleases']},
      create: ({report}) => ({'flux-secrets': object => report({object, message: 'seen'})}),
    })
    const objects = [kustomization, secret('wanted'), secret('other')]
    const seen = await run([check], {objects}, 30, true)
    expect(seen.reports.map(({object}) => textAt(object as KubeObject, 'metadata', 'name'))).to.deep.equal(['wanted'])
    expect(seen.endings[0]?.skip).to.equal(null)
    expect((await run([check], {objects, unread: {kustomizations: 'forbidden'}}, 30, true)).endings[0]?.skip).to.include({reason: 'forbidden'})
    expect((await run([check], {objects, unread: {kustomizations: 'not-served', helmreleases: 'not-served'}}, 30, true)).endings[0]?.skip).to.include({reason: 'not-served'})
  })

  it('reads small and cluster-wide rows first, Services next, pods last', () => {
    expect(readingOrder(['pods', 'services', 'flux-secrets', 'namespaces', 'nodes', 'version', 'services'])).to.deep.equal(['version', 'namespaces', 'nodes', 'services', 'flux-secrets', 'pods'])
  })
})
