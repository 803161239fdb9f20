import {expect} from 'chai'
import type {SkipReason} from '../../src/audit/outcome.js'
import {readsOf} from '../../src/audit/reads.js'
import {CHECKS} from '../../src/checks/registry.js'
import type {ReadKey, Resource, ResourceKey} from '../../src/kube/resources.js'
import {RESOURCES, isEndpoint} from '../../src/kube/resources.js'
import type {Fault, SeenGet} from '../support/page-server.js'
import {status} from '../support/page-server.js'
import type {FaultyRun} from './faulty-cluster.js'
import {FORMAT_NAMES, OTHER_GROUPS, PODS, auditDuring} from './faulty-cluster.js'

type Decide = (seen: SeenGet, count: number) => Fault | undefined

/** Is this request about that row? Rows of one resource share their faults. */
const isAbout = (row: Resource) => ({resource}: SeenGet): boolean => resource.startsWith(row.group === '' ? '/api/' : `/apis/${row.group}/`) && new RegExp(`/${row.plural}(?:/|$)`).test(resource)
const on = (key: ResourceKey, decide: (seen: SeenGet, count: number) => Fault | undefined): Decide => (seen, count) => (isAbout(RESOURCES[key])(seen) ? decide(seen, count) : undefined)
const pages = (seen: SeenGet): number => ({0: 1, 250: 2, 750: 3}[Number(seen.token.split('-')[0] || 0)] ?? 4)
const LABEL = 'pod-security-label-invalid'

/** Whatever went wrong: the audit ended, what needs the row is not called clean, and every format says so. */
function expectTrue(run: FaultyRun, key: ReadKey, reason: SkipReason | 'complete', formats = FORMAT_NAMES): void {
  const {report} = run
  expect(run.resource(key).outcome, run.resource(key).detail).to.equal(reason)
  expect([report.run.exitCode, report.completeness.complete]).to.deep.equal(reason === 'complete' ? [0, true] : [3, false])
  for (const {meta} of CHECKS) {
    const {status: ended, skip} = run.check(meta.id)
    if (reason === 'complete' || !meta.reads.includes(key) || ended === 'not-applicable') continue
    expect([meta.id, ended === 'passed', skip?.reason !== undefined]).to.deep.equal([meta.id, false, true])
    // What was found stands; more than that nobody knows.
    const hasFound = run.findings.some(({topic, state}) => topic === meta.topic && state === 'active')
    expect(report.summary.verdicts[meta.topic], meta.topic).to.be.oneOf(hasFound ? ['open', 'partly'] : ['open', 'unknown'])
  }
  for (const format of formats) expect(run.rendered(format), format).to.be.a('string')
  if (reason !== 'complete') expect(run.rendered('table')).to.include('INCOMPLETE')
}

describe('an audit of a cluster without faults', () => {
  it('is complete, and finds what there is', async () => {
    const run = await auditDuring(() => undefined)
    expectTrue(run, 'pods', 'complete')
    expect(run.check(LABEL).status).to.equal('failed')
  })
})

describe('403', () => {
  const keys = readsOf(CHECKS, []).filter((key): key is ResourceKey => !isEndpoint(key)).filter(key => !OTHER_GROUPS.has(RESOURCES[key].group))
  for (const [index, key] of keys.entries())
    it(`on ${key} is told, and only what needs it is not answered`, async () => {
      const run = await auditDuring(on(key, () => status(403, 'User "me" cannot do that')))
      // One format for each row: they are of one shape.
      expectTrue(run, key, 'forbidden', FORMAT_NAMES.filter((_, at) => at === index % FORMAT_NAMES.length))
      const isNeeded = CHECKS.find(({meta}) => meta.id === LABEL)?.meta.reads.includes(key)
      expect(run.findings.some(({check}) => check === LABEL)).to.equal(isNeeded !== true)
    })
})

describe('faults during an audit', () => {
  const expired = (token?: string): Fault => status(410, 'too old', {reason: 'Expired', metadata: token === undefined ? {} : {continue: token}})
  interface Row {
    name: string
    key: ResourceKey
    fault: (seen: SeenGet, count: number) => Fault | undefined
    reason: SkipReason | 'complete'
    timeoutMs?: number
  }
  const rows: Row[] = [
    {name: 'a storm of 429 without end', key: 'services', fault: () => ({status: 429, body: 'slow down', headers: {'retry-after': '1'}}), reason: 'unreachable'},
    {name: 'a storm of 429 that passes', key: 'services', fault: (_, count) => (count < 8 ? {status: 429, body: 'slow down', headers: {'retry-after': '1'}} : undefined), reason: 'complete'},
    {name: '500 half-way', key: 'pods', fault: seen => (pages(seen) === 3 ? status(500, 'no leader') : undefined), reason: 'partial'},
    {name: '503 that lasts', key: 'roles', fault: () => status(503, 'shutting down'), reason: 'unreachable'},
    {name: 'a reset in the middle of each answer', key: 'pods', fault: seen => (pages(seen) === 2 ? {reset: true} : undefined), reason: 'partial'},
    {name: 'JSON that is cut off', key: 'namespaces', fault: () => ({truncate: true}), reason: 'not-understood'},
    {name: 'JSON that is cut off half-way', key: 'pods', fault: seen => (pages(seen) === 2 ? {truncate: true} : undefined), reason: 'partial'},
    {name: '410 with a fresh token', key: 'pods', fault: seen => (seen.token === '250' ? expired('250-fresh') : undefined), reason: 'complete'},
    {name: '410 without one, again and again', key: 'pods', fault: seen => (Number(seen.token) >= 500 ? expired() : undefined), reason: 'partial'},
    {name: 'a server that does not answer in time', key: 'services', fault: () => ({delayMs: 1500}), timeoutMs: 400, reason: 'unreachable'},
    {name: 'a login page in place of a list', key: 'services', fault: () => ({body: '<html>log in</html>'}), reason: 'not-understood'},
    {name: 'entries that are no objects', key: 'services', fault: () => ({body: {kind: 'ServiceList', metadata: {}, items: [7]}}), reason: 'not-understood'},
    {name: 'a list that goes on for ever', key: 'pods', fault: () => ({body: {kind: 'PodList', metadata: {continue: 'same'}, items: [{metadata: {namespace: 'a', name: 'b'}}]}}), reason: 'partial'},
  ]
  for (const {name, key, fault, reason, timeoutMs = 0} of rows)
    it(`${name}: ${key} ${reason === 'complete' ? 'complete' : `told as ${reason}`}`, async () => {
      const run = await auditDuring(on(key, fault), {timeoutMs})
      expectTrue(run, key, reason)
      if (key !== 'namespaces') expect(run.findings.map(({check}) => check)).to.include(LABEL)
    })

  it('a fresh token: what came is not one state, and that is in the report', async () => {
    const run = await auditDuring(on('pods', seen => (seen.token === '250' ? expired('250-fresh') : undefined)))
    expect(run.resource('pods')).to.include({oneSnapshot: false, items: PODS})
    expect(run.rendered('json')).to.match(/"resource": ?"pods",[^}]*"oneSnapshot": ?false/)
  })

  it('credentials that expire half-way: where it stopped is told, and what was found before is kept', async () => {
    let hasExpired = false
    const run = await auditDuring(seen => {
      hasExpired ||= isAbout(RESOURCES.pods)(seen) && pages(seen) === 3
      return hasExpired ? status(401, 'Unauthorized') : undefined
    })
    expectTrue(run, 'pods', 'partial')
    expect(run.resource('pods').detail).to.match(/^stopped at pods page 3: the server takes these credentials no longer/)
    expect(run.findings.map(({check}) => check)).to.include(LABEL)
  })

  it('credentials that expire early: no row after that is called empty', async () => {
    let hasExpired = false
    const run = await auditDuring(seen => {
      hasExpired ||= isAbout(RESOURCES.services)(seen)
      return hasExpired ? status(401, 'Unauthorized') : undefined
    })
    expectTrue(run, 'services', 'unreachable')
    expectTrue(run, 'pods', 'unreachable')
    expect(run.server.requests.filter(isAbout(RESOURCES.pods)).length, 'helpers are not run for every further request').to.be.below(4)
  })

  for (const [name, versions, reason] of [['one that we do not know', ['v9'], 'not-understood'], ['none at all', [], 'not-served']] as const)
    it(`a group in versions of which we know ${name}: told as ${reason}`, async () => {
      const group = RESOURCES.endpointslices.group
      const run = await auditDuring(({resource}) => {
        if (resource === `/apis/${group}`) return {body: {versions: versions.map(version => ({version}))}}
        return resource === `/apis/${group}/v9` ? {body: {resources: [{name: 'endpointslices'}]}} : undefined
      })
      expect(run.resource('endpointslices').outcome).to.equal(reason)
      expect(run.report.run.exitCode).to.equal(reason === 'not-served' ? 0 : 3)
    })

  it('names full of control characters end no audit and reach no terminal', async () => {
    const evil = '\u001b]0;gone\u0007\u202e\u0000\u009b2J'
    const run = await auditDuring(on('namespaces', () => ({body: {kind: 'NamespaceList', metadata: {}, items: [{metadata: {name: evil, labels: {'pod-security.kubernetes.io/enforced': evil}}}]}})))
    expect(run.findings.map(({check}) => check)).to.include(LABEL)
    // oxlint-disable-next-line no-control-regex
    for (const format of FORMAT_NAMES) expect(run.rendered(format), format).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})
