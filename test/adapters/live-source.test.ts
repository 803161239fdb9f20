import {gzipSync} from 'node:zlib'
import {expect} from 'chai'
import {apiClient} from '../../src/adapters/api-client.js'
import type {LiveSourceOptions, Progress} from '../../src/adapters/live-source.js'
import {liveSource} from '../../src/adapters/live-source.js'
import {socketRoad} from '../../src/adapters/socket-road.js'
import type {ReadOutcome} from '../../src/audit/outcome.js'
import type {ReadRequest} from '../../src/audit/source.js'
import {OddField} from '../../src/kube/field.js'
import type {KubeObject} from '../../src/kube/json.js'
import {nameOf} from '../../src/kube/object.js'
import {revisionOf} from '../../src/psp/helm-release.js'
import type {Fault, PageList, PageServer, SeenGet} from '../support/page-server.js'
import {podList, startPageServer, status} from '../support/page-server.js'

interface Read {
  outcome: ReadOutcome
  objects: KubeObject[]
  names: string[]
  waits: number[]
}

interface Setting extends Partial<Omit<LiveSourceOptions, 'client'>> {
  server: PageServer
  timeoutMs?: number
  whyGone?: () => string | null
  onObjects?: (objects: readonly KubeObject[]) => void | Promise<void>
}

async function read(request: ReadRequest | ReadRequest['key'], {server, timeoutMs = 0, whyGone = () => null, onObjects, ...options}: Setting): Promise<Read> {
  const waits: number[] = []
  const road = socketRoad({socketPath: server.socketPath, userAgent: 'kubectl-k121/0', timeoutMs, isPlain: true, whyGone, close: () => Promise.resolve()})
  const client = apiClient(road, {pause: milliseconds => Promise.resolve(void waits.push(milliseconds))})
  const source = liveSource({client, namespaces: [], mayReadSecrets: false, ...options})
  const objects: KubeObject[] = []
  const pages = source.read(typeof request === 'string' ? {key: request} : request)
  try {
    for (;;) {
      const step = await pages.next()
      if (step.done === true) return {outcome: step.value, objects, names: objects.map(nameOf), waits}
      objects.push(...step.value)
      await onObjects?.(step.value)
    }
  } finally {
    await source.close()
  }
}

async function withServer(body: (server: PageServer) => Promise<void>, options: Parameters<typeof startPageServer>[0] = {}): Promise<void> {
  const server = await startPageServer(options)
  try {
    await body(server)
  } finally {
    await server.close()
  }
}

const PODS = '/api/v1/pods'
const FORBIDDEN = status(403, 'pods is forbidden: User "me" cannot list resource "pods"\nin API group "" at the cluster scope')
const complete = (items: number, oneSnapshot = true): ReadOutcome => ({outcome: 'complete', scope: 'cluster', oneSnapshot, items, detail: ''})

/** Asks at most for what one page's number says: the faults of a list that has four pages. */
const atPage = (page: number, decide: (count: number) => Fault | undefined) => (seen: SeenGet, count: number): Fault | undefined =>
  seen.resource === PODS && [0, 250, 750, 1250][page - 1] === Number(seen.token.split('-')[0] || 0) ? decide(count) : undefined

describe('a resource of which only group and plural are known', () => {
  const KEY = 'crd:batch.example.com/crons=spec.template'
  const GROUP = '/apis/batch.example.com'
  const crons = (server: PageServer): void => {
    server.documents.set(GROUP, {versions: [{version: 'v2'}, {version: 'v1'}]})
    server.documents.set(`${GROUP}/v2`, {resources: [{name: 'others', kind: 'Other', namespaced: true}]})
    server.documents.set(`${GROUP}/v1`, {resources: [{name: 'crons/status', kind: 'Cron', namespaced: true}, {name: 'crons', kind: 'Cron', namespaced: true}]})
    server.lists.set(`${GROUP}/v1/crons`, {kind: 'CronList', count: 2, item: index => ({metadata: {name: `c${index}`, namespace: 'shop'}, spec: {}})})
  }

  it('is read in the best version that has it, as the kind that the server says', () => withServer(async server => {
    crons(server)
    const {outcome, objects} = await read(KEY, {server})
    expect(outcome).to.deep.equal(complete(2))
    expect(objects.map(({apiVersion, kind}) => `${apiVersion} ${kind}`)).to.deep.equal(['batch.example.com/v1 Cron', 'batch.example.com/v1 Cron'])
  }))

  it('is said not to be there', () => withServer(async server => {
    expect((await read(KEY, {server})).outcome).to.include({outcome: 'not-served'})
    crons(server)
    server.documents.set(`${GROUP}/v1`, {resources: []})
    expect((await read(KEY, {server})).outcome).to.include({outcome: 'not-served', detail: 'the server has no crons.batch.example.com'})
  }))

  for (const at of [GROUP, `${GROUP}/v1`, `${GROUP}/v1/crons`])
    it(`is forbidden where ${at} is`, () => withServer(async server => {
      crons(server)
      server.fault(({resource}) => (resource === at ? FORBIDDEN : undefined))
      expect((await read(KEY, {server})).outcome).to.include({outcome: 'forbidden'})
    }))

  it('is not understood where discovery is odd', () => withServer(async server => {
    crons(server)
    server.documents.set(`${GROUP}/v1`, {resources: 'crons'})
    expect((await read(KEY, {server})).outcome).to.include({outcome: 'not-understood'})
  }))

  it('is listed namespace by namespace where the whole is forbidden', () => withServer(async server => {
    crons(server)
    server.lists.set(`${GROUP}/v1/namespaces/shop/crons`, {kind: 'CronList', count: 1, item: () => ({metadata: {name: 'c', namespace: 'shop'}})})
    server.fault(({resource}) => (resource === `${GROUP}/v1/crons` ? FORBIDDEN : undefined))
    const {outcome, names} = await read(KEY, {server, namespaces: ['shop']})
    expect([outcome.outcome, outcome.scope, names]).to.deep.equal(['partial', 'namespaces', ['c']])
  }))
})

describe('pages of a live list', () => {
  it('come in order, with kind and version, without managedFields, at most two requests at a time', () => withServer(async server => {
    server.lists.set(PODS, podList(1300))
    const progress: Progress[] = []
    const {outcome, objects, names} = await read('pods', {server, onProgress: one => progress.push(one)})
    expect(outcome).to.deep.equal(complete(1300))
    expect(names).to.deep.equal([...names].sort())
    expect([objects[0]?.apiVersion, objects[0]?.kind]).to.deep.equal(['v1', 'Pod'])
    expect(JSON.stringify(objects)).to.not.include('managedFields')
    expect(server.requests.map(({limit}) => limit)).to.deep.equal([250, 500, 500, 500])
    expect(server.requests.every(({method, headers}) => method === 'GET' && headers.host === 'localhost' && headers['user-agent'] === 'kubectl-k121/0' && headers['accept-encoding'] === 'identity')).to.equal(true)
    expect(server.mostInFlight()).to.be.at.most(2)
    expect(progress.map(({items, pagesDone}) => [items, pagesDone])).to.deep.equal([[250, 1], [750, 2], [1250, 3], [1300, 4]])
  }))

  it('get smaller above 1 MB, and the next one travels while one is looked at', () => withServer(async server => {
    server.lists.set(PODS, podList(700, 6000))
    const asked: number[] = []
    const {outcome} = await read('pods', {server, async onObjects() {
      const wanted = Math.min(asked.length + 2, 5)
      for (let turns = 0; turns < 400 && server.requests.length < wanted; turns++) await new Promise(resolve => setTimeout(resolve, 5))
      asked.push(server.requests.length)
    }})
    expect(outcome).to.deep.equal(complete(700))
    expect(server.requests.map(({limit}) => limit)).to.deep.equal([250, 125, 125, 125, 125])
    expect(asked).to.deep.equal([2, 3, 4, 5, 5])
  }))

  it('of huge objects are asked for one by one', () => withServer(async server => {
    server.lists.set(PODS, podList(20, 10_000_000))
    let count = 0
    const {outcome} = await read('pods', {server, onObjects: objects => void (count += objects.length)})
    expect([outcome.outcome, count, outcome.items, outcome.detail]).to.deep.equal(['complete', 20, 20, 'its objects are so large that pages were reduced to one object'])
    expect(server.requests.map(({limit}) => limit).slice(0, 3)).to.deep.equal([250, 15, 1])
  })).timeout(60_000)

  it('in gzip are unpacked', () => withServer(async server => {
    server.lists.set(PODS, podList(300))
    expect((await read('pods', {server})).outcome).to.deep.equal(complete(300))
  }, {isZipped: true}))

  it('that continue at the same place for ever are not understood', () => withServer(async server => {
    server.fault(() => ({body: {kind: 'PodList', metadata: {continue: 'same'}, items: [{metadata: {name: 'a'}}]}}))
    const {outcome} = await read('pods', {server})
    expect([outcome.outcome, outcome.detail]).to.deep.equal(['partial', 'stopped at pods page 2: the server continues the list at the same place again'])
  }))

  it('with entries that are no objects are not called complete', () => withServer(async server => {
    server.fault(() => ({body: {kind: 'PodList', metadata: {}, items: [{metadata: {name: 'a'}}, null, 7, []]}}))
    const {outcome, names} = await read('pods', {server})
    expect([outcome.outcome, outcome.detail, names]).to.deep.equal(['not-understood', '3 entries of the list are no objects', ['a']])
  }))
})

describe('faults of a live list', () => {
  interface Row {
    name: string
    fault: (seen: SeenGet, count: number) => Fault | undefined
    outcome: Partial<ReadOutcome>
    waits?: number[]
    timeoutMs?: number
  }
  const rows: Row[] = [
    {name: '403', fault: () => FORBIDDEN, outcome: {outcome: 'forbidden', items: 0, detail: 'HTTP 403: pods is forbidden: User "me" cannot list resource "pods" in API group "" at the cluster scope'}},
    {name: '401 from the start', fault: () => status(401, 'Unauthorized'), outcome: {outcome: 'unreachable', detail: 'the server takes these credentials no longer: HTTP 401: Unauthorized'}, waits: [0]},
    {name: '401 once: the helper has been asked again', fault: (_, count) => (count === 1 ? status(401, 'Unauthorized') : undefined), outcome: complete(1300), waits: [0, 0, 0, 0]},
    {name: '401 half-way', fault: atPage(3, () => status(401, 'Unauthorized')), outcome: {outcome: 'partial', items: 750, detail: 'stopped at pods page 3: the server takes these credentials no longer: HTTP 401: Unauthorized'}, waits: [0]},
    {name: '403 half-way', fault: atPage(2, () => FORBIDDEN), outcome: {outcome: 'partial', items: 250}, waits: []},
    {name: 'a 429 storm that ends', fault: atPage(2, count => (count < 10 ? {status: 429, body: 'Too many requests, please try again later.\n', headers: {'retry-after': '3'}} : undefined)), outcome: complete(1300), waits: Array(9).fill(3000) as number[]},
    {name: 'a 429 storm that does not', fault: atPage(2, () => ({status: 429, body: 'Too many requests\n', headers: {'retry-after': '1'}})), outcome: {outcome: 'partial', items: 250, detail: 'stopped at pods page 2: HTTP 429: Too many requests, 10 times'}, waits: Array(9).fill(1000) as number[]},
    {name: 'a Retry-After beyond all patience', fault: () => ({status: 429, body: 'later', headers: {'retry-after': '3600'}}), outcome: {outcome: 'unreachable', detail: 'HTTP 429: later; it asks to wait 3600 s more'}, waits: []},
    {name: '503 with Retry-After', fault: atPage(1, count => (count < 3 ? {...status(503, 'apiserver is shutting down'), headers: {'retry-after': '2'}} : undefined)), outcome: complete(1300), waits: [2000, 2000]},
    {name: '500 that ends', fault: atPage(2, count => (count < 3 ? status(500, 'etcd leader changed') : undefined)), outcome: complete(1300), waits: [200, 400]},
    {name: '500 that does not', fault: () => status(500, 'no leader'), outcome: {outcome: 'unreachable', detail: 'HTTP 500: no leader, 5 times'}, waits: [200, 400, 800, 1600]},
    {name: 'a helper that fails is not run again and again', fault: () => ({status: 500, body: 'getting credentials: exec: executable aws failed with exit code 1\n'}), outcome: {outcome: 'unreachable', detail: 'HTTP 500: the credential plugin failed: executable aws failed with exit code 1'}, waits: []},
    {name: 'a reset in the middle of a page', fault: atPage(2, count => (count < 3 ? {reset: true} : undefined)), outcome: complete(1300), waits: [200, 400]},
    {name: 'resets without end', fault: atPage(2, () => ({reset: true})), outcome: {outcome: 'partial', items: 250}, waits: [200, 400, 800, 1600]},
    {name: 'JSON cut off once', fault: atPage(2, count => (count < 2 ? {truncate: true} : undefined)), outcome: complete(1300), waits: []},
    {name: 'JSON cut off each time', fault: () => ({truncate: true}), outcome: {outcome: 'not-understood', items: 0, detail: 'the answer is not whole JSON, three times'}, waits: []},
    {name: 'a page of a login gateway', fault: () => ({body: '<html>log in</html>'}), outcome: {outcome: 'not-understood', items: 0}},
    {name: 'an object that is no list', fault: () => ({body: {kind: 'Status', items: []}}), outcome: {outcome: 'not-understood', detail: 'the answer is no list'}},
    {name: 'items: null', fault: () => ({body: {kind: 'PodList', metadata: {}, items: null}}), outcome: complete(0)},
    {name: '404', fault: () => status(404, 'nothing here'), outcome: {outcome: 'not-served'}},
    {name: 'another refusal', fault: () => status(400, 'bad limit'), outcome: {outcome: 'not-understood', detail: 'HTTP 400: bad limit'}},
    {name: 'a server that is too slow', fault: atPage(2, () => ({delayMs: 400})), timeoutMs: 100, outcome: {outcome: 'partial', items: 250, detail: 'stopped at pods page 2: no whole answer within 0.1 s, 2 times'}, waits: [0]},
    {name: 'a server that is slow once', fault: atPage(2, count => (count < 2 ? {delayMs: 600} : undefined)), timeoutMs: 200, outcome: complete(1300), waits: [0]},
    {name: 'a secret in a message', fault: () => status(403, 'token: abcdef says no'), outcome: {outcome: 'forbidden', detail: 'HTTP 403: token: <redacted> says no'}},
  ]
  for (const {name, fault, outcome, waits, timeoutMs = 0} of rows) {
    it(name, () => withServer(async server => {
      server.lists.set(PODS, podList(1300))
      server.fault(fault)
      const result = await read('pods', {server, timeoutMs})
      expect(result.outcome).to.include(outcome)
      expect(new Set(result.names).size).to.equal(result.names.length)
      if (waits !== undefined) expect(result.waits).to.deep.equal(waits)
    }))
  }

  it('the road gone half-way: what came is kept, the rest is said', () => withServer(async server => {
    server.lists.set(PODS, podList(1300))
    let gone: string | null = null
    const {outcome} = await read('pods', {server, whyGone: () => gone, async onObjects(objects) {
      if (nameOf(objects[0] as KubeObject) === 'pod-0000250') {
        gone = 'kubectl proxy ended (SIGKILL)'
        await server.close()
      }
    }})
    expect(outcome.outcome).to.equal('partial')
    expect(outcome.detail).to.match(/^stopped at pods page [34]: kubectl proxy ended \(SIGKILL\)/)
  }))

  it('after two 401 nothing more is asked', () => withServer(async server => {
    const road = socketRoad({socketPath: server.socketPath, userAgent: 'x', timeoutMs: 0, isPlain: true, whyGone: () => null, close: () => Promise.resolve()})
    const client = apiClient(road, {pause: () => Promise.resolve()})
    server.fault(() => status(401, 'Unauthorized'))
    const source = liveSource({client, namespaces: [], mayReadSecrets: false})
    for (const key of ['pods', 'services', 'nodes'] as const) expect((await source.read({key}).next()).value).to.include({outcome: 'unreachable'})
    expect(server.requests).to.have.length(2)
    await source.close()
  }))

  it('an answer larger than any string is refused with words', () => withServer(async server => {
    const road = socketRoad({socketPath: server.socketPath, userAgent: 'x', timeoutMs: 0, isPlain: true, whyGone: () => null, close: () => Promise.resolve()})
    server.lists.set(PODS, podList(10, 200_000))
    const result = await apiClient(road).ask({path: PODS, cap: 1024 * 1024}).document()
    expect(result).to.deep.equal({ok: false, failure: {kind: 'too-large', detail: 'one answer is larger than 1 MB'}})
    await road.close()
  }))
})

describe('an expired continue token', () => {
  const expired = (token?: string): Fault => status(410, 'The provided continue parameter is too old', {reason: 'Expired', metadata: token === undefined ? {} : {continue: token}})

  it('with a fresh one goes on, and is no longer one state', () => withServer(async server => {
    server.lists.set(PODS, podList(1300))
    server.fault(seen => (seen.token === '250' ? expired('250-fresh') : undefined))
    const {outcome, names} = await read('pods', {server})
    expect(outcome).to.deep.equal(complete(1300, false))
    expect(new Set(names).size).to.equal(1300)
  }))

  it('without one starts again, and gives nothing twice', () => withServer(async server => {
    server.lists.set(PODS, podList(1300))
    server.fault((seen, count) => (seen.token === '750' && count === 1 ? expired() : undefined))
    const {outcome, names} = await read('pods', {server})
    expect(outcome).to.deep.equal(complete(1300, false))
    expect([names.length, new Set(names).size]).to.deep.equal([1300, 1300])
  }))

  it('without one a second time stays a part', () => withServer(async server => {
    server.lists.set(PODS, podList(1300))
    server.fault(seen => (Number(seen.token) >= 500 ? expired() : undefined))
    const {outcome, names} = await read('pods', {server})
    expect([outcome.outcome, outcome.oneSnapshot]).to.deep.equal(['partial', false])
    expect(new Set(names).size).to.equal(names.length)
  }))

  it('without one stays a part where the server keeps no order', () => withServer(async server => {
    const list = podList(1300)
    server.lists.set(PODS, {...list, item: index => list.item(1300 - index)})
    server.fault((seen, count) => (seen.token === '750' && count === 1 ? expired() : undefined))
    const {outcome} = await read('pods', {server})
    expect([outcome.outcome, outcome.items]).to.deep.equal(['partial', 750])
  }))

  it('that expires for ever ends', () => withServer(async server => {
    server.lists.set(PODS, podList(1300))
    server.fault(seen => (seen.token === '' ? undefined : expired(`${seen.token.split('-')[0]}-${server.requests.length}`)))
    const {outcome} = await read('pods', {server})
    expect([outcome.outcome, outcome.items]).to.deep.equal(['partial', 250])
  }))
})

describe('which versions are asked', () => {
  const VAP = 'validatingadmissionpolicies'
  const group = (...versions: string[]): object => ({kind: 'APIGroup', versions: versions.map(version => ({version}))})
  const root = '/apis/admissionregistration.k8s.io'

  it('none where the group is not served', () => withServer(async server => {
    const {outcome} = await read('kyvernopolicies', {server})
    expect(outcome).to.deep.include({outcome: 'not-served', detail: 'the server has no API group kyverno.io'})
    expect(server.requests.map(({path}) => path)).to.deep.equal(['/apis/kyverno.io'])
  }))

  it('the next one where the group has the first without the resource', () => withServer(async server => {
    server.documents.set(root, group('v1', 'v1beta1'))
    server.lists.set(`${root}/v1beta1/${VAP}`, {kind: 'ValidatingAdmissionPolicy', count: 1, item: () => ({metadata: {name: 'one'}})})
    const {outcome, objects} = await read(VAP, {server})
    expect([outcome, objects[0]?.apiVersion]).to.deep.equal([complete(1), 'admissionregistration.k8s.io/v1beta1'])
  }))

  it('403 on what the version lacks is not served', () => withServer(async server => {
    server.documents.set(root, group('v1'))
    server.documents.set(`${root}/v1`, {resources: [{name: 'validatingwebhookconfigurations'}]})
    server.fault(seen => (seen.resource.endsWith(VAP) ? FORBIDDEN : undefined))
    expect((await read(VAP, {server})).outcome.outcome).to.equal('not-served')
    server.documents.set(`${root}/v1`, {resources: [{name: VAP}]})
    expect((await read(VAP, {server})).outcome.outcome).to.equal('forbidden')
  }))

  it('a resource in unknown versions only is not understood; one in none of them is not served', () => withServer(async server => {
    server.documents.set('/apis/kyverno.io', group('v3'))
    server.documents.set('/apis/kyverno.io/v3', {resources: [{name: 'policies'}]})
    expect((await read('kyvernopolicies', {server})).outcome).to.include({outcome: 'not-understood', detail: 'policies.kyverno.io is served as v3 only, and known here as v1, v2, v2beta1'})
    expect((await read('clusterpolicies', {server})).outcome).to.include({outcome: 'not-served'})
  }))

  it('a group of many resources is asked what it holds, and not for each of them', () => withServer(async server => {
    const constraints = '/apis/constraints.gatekeeper.sh'
    server.documents.set(constraints, group('v1beta1'))
    server.documents.set(`${constraints}/v1beta1`, {resources: [{name: 'k8spspprocmount'}]})
    expect((await read('k8sexternalips', {server})).outcome).to.include({outcome: 'not-served', detail: 'the server has no k8sexternalips.constraints.gatekeeper.sh'})
    expect(server.requests.map(({path}) => path)).to.deep.equal([constraints, `${constraints}/v1beta1`])
    server.fault(seen => (seen.resource === `${constraints}/v1beta1` || seen.resource.endsWith('ips') ? FORBIDDEN : undefined))
    expect((await read('k8sexternalips', {server})).outcome.outcome, 'what it does not tell is asked for').to.equal('forbidden')
  }))

  it('what the server does not tell is not called absent', () => withServer(async server => {
    server.documents.set('/apis/kyverno.io', group('v3'))
    server.fault(seen => (seen.resource === '/apis/kyverno.io/v3' ? FORBIDDEN : undefined))
    expect((await read('clusterpolicies', {server})).outcome.outcome).to.equal('not-understood')
  }))

  it('by name: a resource that is not there is told from an object that is not', () => withServer(async server => {
    server.documents.set('/apis/config.openshift.io', group('v1'))
    expect((await read('openshift-network', {server})).outcome.outcome).to.equal('not-served')
    server.fault(seen => (seen.resource.endsWith('/cluster') ? status(404, 'x', {details: {name: 'cluster'}}) : undefined))
    expect((await read('openshift-network', {server})).outcome).to.deep.equal(complete(0))
  }))

  it('a dead aggregated API skips its own readers only', () => withServer(async server => {
    server.documents.set('/apis/crd.projectcalico.org', group('v1'))
    server.lists.set(PODS, podList(3))
    server.fault(seen => (seen.resource.includes('projectcalico.org/v1') ? {status: 503, body: 'service unavailable\n'} : undefined))
    expect((await read('ippools', {server})).outcome).to.include({outcome: 'unreachable', detail: 'HTTP 503: service unavailable, 5 times'})
    expect((await read('pods', {server})).outcome).to.deep.equal(complete(3))
  }))

  it('all known ones where discovery is shown to nobody', () => withServer(async server => {
    server.fault(seen => (seen.resource === root ? FORBIDDEN : undefined))
    server.lists.set(`${root}/v1/${VAP}`, {kind: 'ValidatingAdmissionPolicy', count: 2, item: index => ({metadata: {name: `p${index}`}})})
    expect((await read(VAP, {server})).outcome).to.deep.equal(complete(2))
  }))
})

describe('Helm releases', () => {
  const SECRETS = '/api/v1/secrets'
  const stored = (release: object): string => Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64')
  const secretsOf = (data: object, metadata: object = {name: 'sh.helm.release.v1.web.v1', namespace: 'shop'}): PageList => ({kind: 'Secret', count: 1, item: () => ({type: 'helm.sh/release.v1', metadata, data})})

  it('reach checks as a summary, without values and manifests', () => withServer(async server => {
    const manifest = '---\nkind: PodSecurityPolicy\nmetadata:\n  name: web\n'
    server.lists.set(SECRETS, secretsOf({release: stored({name: 'web', version: 1, info: {status: 'deployed'}, config: {password: 'CANARY'}, manifest})}))
    const {outcome, objects} = await read('helm-secrets', {server, mayReadSecrets: true})
    expect([outcome, revisionOf(objects[0]!)]).to.deep.equal([complete(1), {name: 'web', namespace: 'shop', revision: 1, status: 'deployed', policies: ['web']}])
    expect(JSON.stringify(objects)).to.not.match(/CANARY|"data"/)
  }))

  const odd: [name: string, list: PageList][] = [
    ['that is no base64', secretsOf({release: '%'})],
    ['without its data', secretsOf({})],
    ['whose data is no mapping', secretsOf(['x'])],
    ['without a name', secretsOf({release: 'eA=='}, {name: 7})],
  ]
  for (const [name, list] of odd)
    it(`one ${name} is handed on as not understood, and the list goes on`, () => withServer(async server => {
      server.lists.set(SECRETS, list)
      const {outcome, objects} = await read('helm-secrets', {server, mayReadSecrets: true, onObjects: () => undefined})
      expect(outcome).to.deep.equal(complete(1))
      expect(() => revisionOf(objects[0]!)).to.throw(OddField)
      expect(objects[0]).to.not.have.property('data')
    }))
})

describe('smaller rows', () => {
  const NAMESPACES = '/api/v1/namespaces'
  const namespaceList = {kind: 'Namespace', count: 2, item: (index: number) => ({metadata: {name: `n${index}`}, spec: {x: 1}})}

  it('metadata is enough for some, and comes under the kind that it describes', () => withServer(async server => {
    server.lists.set(NAMESPACES, namespaceList)
    const {objects} = await read('namespaces', {server})
    expect(objects[0]).to.deep.equal({apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'n0'}})
    expect(server.requests[0]?.accept).to.equal('application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io')
  }))

  it('a server that has no such form gives whole objects', () => withServer(async server => {
    server.lists.set(NAMESPACES, namespaceList)
    server.fault(seen => (seen.accept.includes('Partial') ? status(406, 'only the following media types are accepted') : undefined))
    const {outcome, objects} = await read('namespaces', {server})
    expect([outcome, objects[0]?.['spec']]).to.deep.equal([complete(2), {x: 1}])
  }))

  it('by name: an absent object is an answer, a forbidden one is not', () => withServer(async server => {
    const at = '/api/v1/namespaces/kube-system/configmaps/'
    server.documents.set(`${at}kubeadm-config`, {metadata: {name: 'kubeadm-config', namespace: 'kube-system'}})
    server.fault(seen => (seen.resource === `${at}kube-proxy` ? status(404, 'configmaps "kube-proxy" not found', {details: {name: 'kube-proxy', kind: 'configmaps'}}) : ['cilium-config', 'kube-proxy-config'].some(name => seen.resource === at + name) ? status(404, 'x', {details: {name: seen.resource.slice(at.length)}}) : undefined))
    const first = await read('network-configmaps', {server})
    expect([first.outcome, first.objects[0]?.kind]).to.deep.equal([complete(1), 'ConfigMap'])
    server.fault(seen => (seen.resource === `${at}kubeadm-config` ? undefined : status(403, 'no')))
    expect((await read('network-configmaps', {server})).outcome).to.deep.include({outcome: 'partial', items: 1, detail: 'kube-system/kube-proxy: HTTP 403: no (and 2 more)'})
    server.fault(() => status(403, 'no'))
    expect((await read('network-configmaps', {server})).outcome.outcome).to.equal('forbidden')
  }))

  it('by name: all absent is complete and empty', () => withServer(async server => {
    server.documents.set('/apis/apps', {versions: [{version: 'v1'}]})
    server.fault(seen => (seen.resource.endsWith('/aws-node') ? status(404, 'x', {details: {name: 'aws-node'}}) : undefined))
    expect((await read('aws-node', {server})).outcome).to.deep.equal(complete(0))
  }))

  it('by label, once for each', () => withServer(async server => {
    server.lists.set('/api/v1/namespaces/kube-system/pods', podList(2))
    expect((await read('control-plane-pods', {server})).outcome.items).to.equal(4)
    expect(server.requests.map(({path}) => new URL(path, 'http://x').searchParams.get('labelSelector'))).to.deep.equal(['component=kube-apiserver', 'component=kube-controller-manager'])
  }))

  it('Secrets are asked for only where that is allowed; by field', () => withServer(async server => {
    server.lists.set('/api/v1/secrets', {kind: 'Secret', count: 1, item: () => ({metadata: {name: 's'}})})
    expect((await read('capi-secrets', {server})).outcome.outcome).to.equal('not-requested')
    expect(server.requests).to.have.length(0)
    expect((await read('capi-secrets', {server, mayReadSecrets: true})).outcome).to.deep.equal(complete(1))
    expect(server.requests[0]?.path).to.include('fieldSelector=type%3Dcluster.x-k8s.io%2Fsecret')
  }))

  it('rows that follow others get each object once', () => withServer(async server => {
    const refs = [{namespace: 'a', name: 'x'}, {namespace: 'a', name: 'x'}, {namespace: 'b', name: 'gone'}]
    server.documents.set('/api/v1/namespaces/a/configmaps/x', {metadata: {name: 'x', namespace: 'a'}})
    server.fault(seen => (seen.resource.endsWith('gone') ? status(404, 'x', {details: {name: 'gone'}}) : undefined))
    expect((await read({key: 'flux-configmaps', refs}, {server, mayReadSecrets: true})).outcome).to.deep.equal(complete(1))
    expect(server.requests).to.have.length(2)
    expect((await read('flux-configmaps', {server, mayReadSecrets: true})).outcome).to.deep.equal(complete(0))
  }))
})

describe('rights in a few namespaces', () => {
  it('list them one by one, and say that it is a part', () => withServer(async server => {
    server.fault(seen => (seen.resource === PODS ? FORBIDDEN : undefined))
    for (const name of ['a', 'b']) server.lists.set(`/api/v1/namespaces/${name}/pods`, podList(2))
    expect((await read('pods', {server, namespaces: ['a', 'b']})).outcome).to.deep.equal({outcome: 'partial', scope: 'namespaces', oneSnapshot: true, items: 4, detail: 'listing the whole cluster is forbidden: only 2 namespaces were asked for'})
    expect((await read('pods', {server})).outcome.outcome).to.equal('forbidden')
  }))

  it('a namespace that is forbidden too is named', () => withServer(async server => {
    server.fault(seen => (seen.resource === PODS || seen.resource.includes('/b/') ? status(403, 'no') : undefined))
    server.lists.set('/api/v1/namespaces/a/pods', podList(2))
    expect((await read('pods', {server, namespaces: ['a', 'b']})).outcome.detail).to.equal('listing the whole cluster is forbidden: only 2 namespaces were asked for; b: HTTP 403: no')
    expect((await read('pods', {server, namespaces: ['b']})).outcome).to.include({outcome: 'forbidden'})
  }))

  it('the namespaces themselves are got by name; what belongs to the cluster stays forbidden', () => withServer(async server => {
    server.fault(seen => (['/api/v1/namespaces', '/api/v1/nodes'].includes(seen.resource) ? status(403, 'no') : undefined))
    server.documents.set('/api/v1/namespaces/a', {kind: 'Namespace', metadata: {name: 'a'}})
    const {outcome, names} = await read('namespaces', {server, namespaces: ['a']})
    expect([outcome.outcome, outcome.scope, names]).to.deep.equal(['partial', 'namespaces', ['a']])
    expect((await read('nodes', {server, namespaces: ['a']})).outcome).to.deep.include({outcome: 'forbidden', detail: 'HTTP 403: no'})
  }))
})

describe('preflight', () => {
  it('asks each list for one object', () => withServer(async server => {
    server.lists.set(PODS, podList(1300))
    expect((await read('pods', {server, isPreflight: true})).outcome.outcome).to.equal('complete')
    server.fault(() => FORBIDDEN)
    expect((await read('pods', {server, isPreflight: true})).outcome.outcome).to.equal('forbidden')
    expect(server.requests.map(({path}) => path)).to.deep.equal(['/api/v1/pods?limit=1', '/api/v1/pods?limit=1'])
  }))

  it('asks for an object that nobody has where names come later', () => withServer(async server => {
    server.fault(() => status(404, 'x', {details: {name: 'k121-preflight'}}))
    expect((await read('flux-secrets', {server, isPreflight: true, mayReadSecrets: true})).outcome).to.deep.equal(complete(0))
    server.fault(() => FORBIDDEN)
    expect((await read('flux-secrets', {server, isPreflight: true, mayReadSecrets: true})).outcome.outcome).to.equal('forbidden')
  }))
})

describe('endpoints', () => {
  it('/version', () => withServer(async server => {
    const {objects} = await read('version', {server})
    expect(objects).to.deep.equal([{apiVersion: 'k121.dev/v1', kind: 'Version', gitVersion: 'v1.37.2', major: '1', minor: '37'}])
  }))

  it('/flagz in the one form that it has', () => withServer(async server => {
    server.fault(seen => (seen.accept === 'application/json;as=Flagz;v=v1beta1;g=config.k8s.io' ? {body: {kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: {name: 'apiserver'}, flags: {'enable-admission-plugins': '[A,B]'}}} : status(406, 'no')))
    expect((await read('flagz', {server})).objects).to.deep.equal([{apiVersion: 'config.k8s.io/v1beta1', kind: 'Flagz', flags: {'enable-admission-plugins': '[A,B]'}}])
  }))

  for (const [code, outcome] of [[403, 'forbidden'], [404, 'not-served'], [406, 'not-served']] as const)
    it(`/flagz answered ${code}: ${outcome}`, () => withServer(async server => {
      server.fault(() => status(code, 'no'))
      expect((await read('flagz', {server})).outcome.outcome).to.equal(outcome)
    }))

  for (const isZipped of [false, true])
    it(`/metrics, line by line${isZipped ? ', in gzip' : ''}`, () => withServer(async server => {
      const line = (name: string): string => `apiserver_admission_controller_admission_duration_seconds_count{name="${name}",operation="CREATE",rejected="false",type="validate"} 1\n`
      server.documents.set('/metrics', `${'# HELP noise\nother_metric{le="1"} 2\n'.repeat(5000)}${line('NodeRestriction')}${line('DenyServiceExternalIPs')}${line('DenyServiceExternalIPs')}`)
      const {objects, outcome} = await read('metrics', {server})
      expect(objects).to.deep.equal([{apiVersion: 'k121.dev/v1', kind: 'AdmissionMetrics', plugins: ['DenyServiceExternalIPs', 'NodeRestriction'], manifestConfig: false}])
      expect(outcome).to.deep.equal(complete(1))
      server.documents.set('/metrics', 'apiserver_manifest_admission_config_controller_last_config_info{hash="x"} 1')
      expect((await read('metrics', {server})).objects[0]).to.deep.include({plugins: [], manifestConfig: true})
    }, {isZipped}))

  it('/metrics that breaks off is no answer', () => withServer(async server => {
    server.documents.set('/metrics', 'a 1\n'.repeat(1000))
    server.fault(() => ({body: 'a 1\n'.repeat(1000), reset: true}))
    expect((await read('metrics', {server})).outcome.outcome).to.equal('unreachable')
  }))

  it('the probe only where one is given', () => withServer(async server => {
    expect((await read('external-ip-probe', {server})).outcome.outcome).to.equal('not-requested')
    const object = {apiVersion: 'k121.dev/v1', kind: 'ExternalIPProbe'}
    expect((await read('external-ip-probe', {server, probe: () => Promise.resolve({object, outcome: complete(1)})})).objects).to.deep.equal([object])
    expect(server.requests).to.have.length(0)
  }))
})
