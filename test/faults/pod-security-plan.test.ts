import {expect} from 'chai'
import {apiClient} from '../../src/adapters/api-client.js'
import {liveSource} from '../../src/adapters/live-source.js'
import {socketRoad} from '../../src/adapters/socket-road.js'
import {readName} from '../../src/audit/summary.js'
import type {ReadKey, Resource, ResourceKey} from '../../src/kube/resources.js'
import {RESOURCES, isEndpoint, rowOf} from '../../src/kube/resources.js'
import {isCrdKey} from '../../src/kube/included-crd.js'
import type {PodSecurityPlan} from '../../src/plan/pod-security/plan.js'
import {TEMPLATE_ROWS} from '../../src/pod-security/workload-levels.js'
import {planFiles} from '../../src/report/pod-security-plan/files.js'
import {planScreen} from '../../src/report/pod-security-plan/screen.js'
import {planFrom} from '../support/pod-security-plans.js'
import type {Fault, PageServer, SeenGet} from '../support/page-server.js'
import {podList, status} from '../support/page-server.js'
import {OTHER_GROUPS, PODS, startFaultyCluster} from './faulty-cluster.js'

type Decide = (seen: SeenGet, count: number) => Fault | undefined

const isAbout = (row: Resource) => ({resource}: SeenGet): boolean => resource.startsWith(row.group === '' ? '/api/' : `/apis/${row.group}/`) && new RegExp(`/${row.plural}(?:/|$)`).test(resource)
const on = (key: ReadKey, decide: Decide): Decide => (seen, count) => (!isEndpoint(key) && !isCrdKey(key) && isAbout(rowOf(key))(seen) ? decide(seen, count) : undefined)

interface Run {
  plan: PodSecurityPlan
  asked: ReadonlySet<ReadKey>
  server: PageServer
}

/** The real flow against a server of 1.30 while `fault` is at work. */
async function planDuring(fault: Decide, {pods = PODS}: {pods?: number} = {}): Promise<Run> {
  const server = await startFaultyCluster((seen, count) => fault(seen, count) as Fault)
  server.documents.set('/version', {major: '1', minor: '30', gitVersion: 'v1.30.2'})
  server.lists.set('/api/v1/pods', podList(pods))
  const asked = new Set<ReadKey>()
  try {
    const road = socketRoad({socketPath: server.socketPath, userAgent: 'kubectl-k121/0', timeoutMs: 0, isPlain: true, whyGone: () => null, close: () => Promise.resolve()})
    const source = liveSource({client: apiClient(road, {pause: () => Promise.resolve()}), namespaces: [], mayReadSecrets: false})
    const plan = await planFrom({...source, read: request => {
      asked.add(request.key)
      return source.read(request)
    }})
    await source.close()
    return {plan, asked, server}
  } finally {
    await server.close()
  }
}

const HOLDS_PODS: ReadonlySet<ReadKey> = new Set<ReadKey>([...TEMPLATE_ROWS, 'pods'])

/** Whatever went wrong: it is said, and nothing that was not looked at is called fit, or made to be enforced. */
function expectTrue({plan}: Run, key: ReadKey): void {
  const name = readName(key)
  expect(plan.incomplete.map(({resource}) => resource), name).to.include(name)
  const text = planScreen(plan, {width: 80, isWritten: false})
  expect(text.split('\n')[1], name).to.match(/^INCOMPLETE: /)
  expect(planFiles(plan, {version: '0', factsAsOf: '2026-01-01'})[0]?.text, name).to.include('**Incomplete**')
  if (HOLDS_PODS.has(key))
    for (const namespace of plan.namespaces) {
      expect(namespace.fits, `${name}: ${namespace.name}`).to.be.oneOf([null, 'privileged'])
      expect(namespace.steps.filter(({stage}) => stage !== 'observe'), `${name}: ${namespace.name}`).to.deep.equal([])
    }
  // Labels that were not seen could not be put back.
  if (key === 'namespaces') expect(plan.namespaces.flatMap(({steps}) => steps)).to.deep.equal([])
}

describe('a plan for a cluster', () => {
  it('without faults is complete, and asks by GET alone', async () => {
    const {plan, server} = await planDuring(() => undefined)
    expect(plan.incomplete).to.deep.equal([])
    expect(plan.namespaces.find(({name}) => name === 'shop')?.steps.map(({stage}) => stage)).to.deep.equal(['observe', 'enforce', 'pin'])
    expect(server.requests.length).to.be.above(20)
    expect(new Set(server.requests.map(({method}) => method))).to.deep.equal(new Set(['GET']))
  })

  it('that forbids everything says so, and plans nothing', async () => {
    const run = await planDuring(({resource}) => (resource === '/version' ? undefined : status(403, 'User "me" cannot do that')))
    expectTrue(run, 'namespaces')
    expect([run.plan.namespaces, run.plan.workloads]).to.deep.equal([[], []])
  })

  it('that forbids its version and its nodes enforces nothing', async () => {
    const {plan} = await planDuring(({resource}) => (resource === '/version' || resource.startsWith('/api/v1/nodes') ? status(403, 'no') : undefined))
    expect(plan.server.minor).to.equal(null)
    expect(plan.namespaces.flatMap(({steps}) => steps.map(({stage}) => stage)).filter(stage => stage !== 'observe')).to.deep.equal([])
  })

  it('that forbids its version pins what its newest kubelet proves, and says so', async () => {
    const {plan} = await planDuring(({resource}) => (resource === '/version' ? status(403, 'no') : undefined))
    expect(plan.server).to.deep.include({minor: 30, evidence: 'newest kubelet (1.30): the server is that or newer'})
    const pins = plan.namespaces.flatMap(({steps}) => steps.filter(({stage}) => stage === 'enforce').map(({version}) => version))
    expect(new Set(pins)).to.deep.equal(new Set(['v1.30']))
  })

  it('that forbids one kind of thing says which', async () => {
    const {asked} = await planDuring(() => undefined, {pods: 3})
    const keys = [...asked].filter((key): key is ResourceKey => !isEndpoint(key) && !isCrdKey(key)).filter(key => !OTHER_GROUPS.has(RESOURCES[key].group))
    expect(keys.length).to.be.above(40)
    for (const key of keys) expectTrue(await planDuring(on(key, () => status(403, 'User "me" cannot do that')), {pods: 3}), key)
  }).timeout(120_000)

  const pages = (seen: SeenGet): number => ({0: 1, 250: 2, 750: 3}[Number(seen.token.split('-')[0] || 0)] ?? 4)
  const faults: readonly {name: string; key: ReadKey; decide: Decide}[] = [
    {name: '500 half-way', key: 'pods', decide: seen => (pages(seen) === 3 ? status(500, 'no leader') : undefined)},
    {name: 'a reset in the middle of an answer', key: 'pods', decide: seen => (pages(seen) === 2 ? {reset: true} : undefined)},
    {name: 'JSON that is cut off', key: 'namespaces', decide: () => ({truncate: true})},
    {name: 'a login page', key: 'deployment-templates', decide: () => ({body: '<html>log in</html>'})},
    {name: 'entries that are no objects', key: 'pods', decide: () => ({body: {kind: 'PodList', metadata: {}, items: [7]}})},
    {name: 'a list that goes on for ever', key: 'pods', decide: () => ({body: {kind: 'PodList', metadata: {continue: 'same'}, items: [{metadata: {namespace: 'shop', name: 'b'}, spec: {}}]}})},
    {name: 'credentials that expire', key: 'pods', decide: seen => (pages(seen) >= 2 ? status(401, 'Unauthorized') : undefined)},
  ]
  for (const {name, key, decide} of faults) it(`that answers ${String(key)} with ${name}`, async () => expectTrue(await planDuring(on(key, decide)), key)).timeout(60_000)
})
