import {expect} from 'chai'
import {existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gunzipSync, gzipSync} from 'node:zlib'
import {openFiles} from '../../src/adapters/manifests/open-files.js'
import {openSnapshotFile} from '../../src/adapters/snapshot-writer.js'
import type {AuditResult} from '../../src/audit/audit-report.js'
import type {ReadOutcome, SkipReason} from '../../src/audit/outcome.js'
import {OUTCOMES, unread} from '../../src/audit/outcome.js'
import {readsOf} from '../../src/audit/reads.js'
import {TOPICS} from '../../src/audit/severity.js'
import type {ClusterSource} from '../../src/audit/source.js'
import {CHECKS} from '../../src/checks/registry.js'
import {factsOf} from '../../src/flows/audit.js'
import type {SnapshotSummary} from '../../src/flows/snapshot.js'
import {writeSnapshot} from '../../src/flows/snapshot.js'
import {isMapping} from '../../src/kube/field.js'
import type {Json, KubeObject} from '../../src/kube/json.js'
import {prune} from '../../src/kube/prune.js'
import {isCrdKey} from '../../src/kube/included-crd.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {READ_KEYS, isEndpoint, rowOf} from '../../src/kube/resources.js'
import {FORMATS, renderAudit} from '../../src/report/audit/formats.js'
import type {AuditFormat} from '../../src/report/audit/formats.js'
import {PLAIN} from '../../src/report/audit/options.js'
import {reportFacts} from '../../src/wiring/report-facts.js'
import {watched} from '../support/odd-fields.js'
import {SAMPLE_ENDPOINTS, SAMPLE_ROWS} from '../support/sample-cluster.js'
import {wholeAudit} from '../support/whole-audit.js'

const ROWS = readsOf(CHECKS, factsOf(reportFacts(new Set(TOPICS), undefined)))
const OPENSHIFT: readonly ReadKey[] = ['securitycontextconstraints', 'openshift-network']
const isOptIn = (row: ReadKey): boolean => !isEndpoint(row) && rowOf(row).optIn !== undefined

function objectsOf(row: ReadKey): readonly KubeObject[] {
  if (OPENSHIFT.includes(row)) return []
  return isEndpoint(row) ? [SAMPLE_ENDPOINTS[row]] : isCrdKey(row) ? [] : SAMPLE_ROWS[row]
}

type Change = (row: ReadKey, objects: readonly KubeObject[]) => readonly KubeObject[]

/** Every row has something, as a live server gives it; some rows may end badly. */
function sample(outcomes: Partial<Record<ReadKey, ReadOutcome>> = {}, change: Change = (_, objects) => objects): ClusterSource {
  return {
    kind: 'live', placeOf: () => null, close: async () => undefined,
    async *read({key}) {
      const given = objectsOf(key)
      const outcome = outcomes[key] ?? {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: given.length, detail: ''}
      if (outcome.items > 0) yield change(key, structuredClone(given))
      return outcome
    },
  }
}

/** What must be equal: everything but the kind of the source, and the advice that follows from it. */
function told({report, ...result}: AuditResult): string {
  const checks = report.checks.map(check => ({...check, skip: check.skip === null ? null : {...check.skip, unblock: ''}}))
  const same = {...result, report: {...report, checks, run: {...report.run, source: 'live' as const}}}
  return (Object.keys(FORMATS) as AuditFormat[]).map(format => [...renderAudit(format, same, {...PLAIN, showPassed: true, isFull: true})].join('')).join('\n')
}

const HEADER = {toolVersion: '0', name: 'sample', startedAt: '2026-01-01T00:00:00Z'}

describe('a snapshot', () => {
  let directory = ''
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'k121-'))))
  afterEach(() => rmSync(directory, {recursive: true, force: true}))
  const file = (): string => join(directory, 'cluster.jsonl.gz')
  const take = async (source: ClusterSource, rows = ROWS): Promise<SnapshotSummary> => writeSnapshot({source, rows, header: HEADER, out: await openSnapshotFile(file(), {isForced: true})})
  const reopened = async (mayReadSecrets = false): Promise<ClusterSource> => (await openFiles([file()], {stdin: (async function* () {})(), mayReadSecrets})).source
  const auditAgain = async (): Promise<AuditResult> => {
    const source = await reopened()
    try {
      return await wholeAudit(source)
    } finally {
      await source.close()
    }
  }

  it('gives the audit of the cluster again, in every format', async () => {
    const {objects} = await take(sample())
    expect(objects).to.be.above(40)
    const [live, later] = [await wholeAudit(sample()), await auditAgain()]
    expect(later.report.run.source).to.equal('snapshot')
    expect([...live.findings()]).to.have.length.above(5)
    expect(told(later)).to.equal(told(live))
  })

  const reasons = OUTCOMES.filter((outcome): outcome is SkipReason => outcome !== 'complete')
  for (const reason of reasons)
    it(`of a row that was ${reason} never makes it clean`, async () => {
      const outcomes = Object.fromEntries(ROWS.map(row => [row, {...unread(reason, `${row} was ${reason}`), items: reason === 'partial' ? objectsOf(row).length : 0}]))
      await take(sample(outcomes))
      const [live, later] = [await wholeAudit(sample(outcomes)), await auditAgain()]
      expect(told(later)).to.equal(told(live))
      expect(later.report.completeness.resources.map(({outcome}) => outcome)).to.not.include('complete')
      expect(Object.values(later.report.summary.verdicts)).to.not.include('closed')
    })

  it('of a list that was not one state, or of some namespaces, says so', async () => {
    const outcomes = {pods: {outcome: 'partial' as const, scope: 'namespaces' as const, oneSnapshot: false, items: 2, detail: 'only two'}}
    await take(sample(outcomes))
    expect((await auditAgain()).report.completeness.resources.find(({resource}) => resource === 'pods')).to.deep.include(outcomes.pods)
  })

  it('of whole objects serves those who need a part of each, and not the other way round', async () => {
    const outcomeIn = async (row: ReadKey): Promise<ReadOutcome | undefined> => {
      const source = await reopened()
      const pages = source.read({key: row})
      let page = await pages.next()
      while (page.done !== true) page = await pages.next()
      await source.close()
      return page.value
    }
    await take(sample(), ['deployment-templates'])
    expect([await outcomeIn('deployments'), await outcomeIn('deployment-templates')].map(one => [one?.outcome, one?.items])).to.deep.equal([['complete', 1], ['complete', 1]])
    await take(sample(), ['deployments'])
    expect([await outcomeIn('deployments'), await outcomeIn('deployment-templates')].map(one => one?.outcome)).to.deep.equal(['complete', 'not-in-input'])
  })

  it('holds a resource that was included by hand under its own key', async () => {
    const key = 'crd:batch.example.com/crons=spec.template'
    const cron = {apiVersion: 'batch.example.com/v1', kind: 'Cron', metadata: {name: 'c', namespace: 'shop'}, spec: {template: {spec: {hostPID: true}}, secret: 'CANARY'}} as unknown as KubeObject
    const live: ClusterSource = {...sample(), async *read() {
      yield [cron]
      return {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: 1, detail: ''}
    }}
    await take(live, [key])
    const source = await reopened()
    const page = await source.read({key}).next()
    expect(JSON.stringify(page.value)).to.include('"hostPID":true').and.not.include('CANARY')
    expect((await source.read({key: 'crd:batch.example.com/crons=spec.other'}).next()).value).to.include({outcome: 'not-in-input'})
    await source.close()
  })

  it('answers no question about a row that it was not made for', async () => {
    await take(sample(), ROWS.filter(row => row !== 'pods' && row !== 'services'))
    const {report} = await auditAgain()
    for (const name of ['pods', 'services']) expect(report.completeness.resources.find(({resource}) => resource === name), name).to.include({outcome: 'not-in-input'})
    expect(report.summary.verdicts['pod-security']).to.not.equal('closed')
  })

  it('holds no Secret, and nothing that is planted where nobody reads', async () => {
    const spoilt = (object: KubeObject): KubeObject => {
      const {metadata, spec} = object as unknown as {metadata?: Record<string, Json>; spec?: Json}
      const annotations = {...(metadata?.['annotations'] as object | undefined), 'kubectl.kubernetes.io/last-applied-configuration': 'CANARY', other: 'CANARY'}
      const containers = (isMapping(spec) && Array.isArray(spec['containers']) ? spec['containers'] as object[] : []).map(one => ({...one, env: [{name: 'PASSWORD', value: 'CANARY'}], args: ['--token=CANARY']}))
      return {...object, odd: 'CANARY', metadata: {...metadata, annotations, odd: 'CANARY', managedFields: [{manager: 'CANARY'}]}, ...(containers.length === 0 ? {} : {spec: {...spec as object, odd: 'CANARY', containers}})} as unknown as KubeObject
    }
    await take(sample({}, (_, objects) => objects.map(spoilt)))
    const lines = gunzipSync(readFileSync(file())).toString('utf8').split('\n')
    expect(lines.filter(line => line.includes('CANARY')).map(line => line.slice(0, 60))).to.deep.equal([])
    expect(lines.filter(line => line.includes('"kind":"Secret"'))).to.deep.equal([])
  })

  it('does not ask for Secrets, and says so to whoever does', async () => {
    const asked: ReadKey[] = []
    const source = sample()
    const {outcomes} = await take({...source, read: request => (asked.push(request.key), source.read(request))})
    expect(asked.filter(isOptIn)).to.deep.equal([])
    expect(outcomes.get('argocd-secrets')).to.include({outcome: 'not-requested'})
    const again = await reopened(true)
    const step = await again.read({key: 'argocd-secrets'}).next()
    expect(step.value).to.include({outcome: 'not-requested'}).and.have.property('detail').that.includes('a snapshot never holds Secrets')
    await again.close()
  })

  it('is cut off anywhere: nothing of it counts as whole', async () => {
    await take(sample())
    const text = gunzipSync(readFileSync(file()))
    for (const share of [0.2, 0.5, 0.9, 0.999]) {
      writeFileSync(file(), gzipSync(text.subarray(0, Math.floor(text.length * share))))
      const {report} = await auditAgain()
      expect(report.completeness.complete, String(share)).to.equal(false)
      expect(report.completeness.resources.map(({outcome}) => outcome)).to.not.include('complete')
    }
  })

  it('with an answer that nobody knows is damaged', async () => {
    await take(sample())
    const text = gunzipSync(readFileSync(file())).toString('utf8')
    writeFileSync(file(), text.replace('"outcome":"complete"', '"outcome":"fine"'))
    expect((await auditAgain()).report.completeness.complete).to.equal(false)
  })

  it('that fails half-way is not there, and no draft of it', async () => {
    const source = sample()
    const failing: ClusterSource = {...source, read: request => {
      if (request.key === 'pods') throw new Error('kubectl is gone')
      return source.read(request)
    }}
    let failure: unknown = null
    await take(failing).catch((error: unknown) => void (failure = error))
    expect(String(failure)).to.include('kubectl is gone')
    expect(existsSync(file())).to.equal(false)
    expect(readdirSync(directory)).to.deep.equal([])
  })
})

describe('what a snapshot keeps', () => {
  /** Read as a whole, to look for what is wanted: other entries may go, and those that are wanted are tested by name. */
  const SIFTED = /^metadata\n(?:annotations|labels)\n|^spec\n(?:template\nspec\n)?containers\n\d+\n(?:command|args)(?:\n|$)|^data\n/

  it('is at least what checks read of it', async () => {
    const read = new Map<string, {row: ReadKey; object: KubeObject; paths: Set<string>}>()
    await wholeAudit(sample({}, (row, objects) => objects.map((object, index) => {
      const entry = {row, object, paths: new Set<string>()}
      read.set(`${row}[${index}]`, entry)
      return watched(object, path => void entry.paths.add(path))
    })))
    const lost: string[] = []
    for (const [name, {row, object, paths}] of read) {
      const kept = prune(row, object)?.object as unknown as Json
      for (const path of paths) {
        if (SIFTED.test(path) || valueAt(object as Json, path) === undefined) continue
        if (valueAt(kept, path) === undefined) lost.push(`${name}: ${path.replaceAll('\n', '.')}`)
      }
    }
    expect(read.size).to.be.above(50)
    expect(lost.join('\n'), 'add them to src/kube/prune-paths.ts').to.equal('')
  })

  it('is told for every row that is no Secret', () => {
    for (const row of READ_KEYS) expect(prune(row, {apiVersion: 'v1', kind: 'X', metadata: {name: 'x'}}) === null, row).to.equal(!isEndpoint(row) && rowOf(row).plural === 'secrets')
  })
})

function valueAt(value: Json, path: string): Json | undefined {
  let here: Json | undefined = value
  for (const step of path.split('\n')) {
    if (typeof here !== 'object' || here === null) return Array.isArray(here) || step === 'length' ? 0 : undefined
    here = (here as Record<string, Json | undefined>)[step]
  }
  return here
}
