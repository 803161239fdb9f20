import {expect} from 'chai'
import type {AuditResult} from '../../src/audit/audit-report.js'
import type {Check} from '../../src/audit/check.js'
import type {Ending} from '../../src/audit/engine.js'
import {evaluate} from '../../src/audit/engine.js'
import type {Fact} from '../../src/audit/fact.js'
import {makeFinding} from '../../src/audit/make-finding.js'
import {isIncomplete} from '../../src/audit/outcome.js'
import {readsOf} from '../../src/audit/reads.js'
import {fixedServerVersion} from '../../src/audit/server-version.js'
import type {ClusterSource} from '../../src/audit/source.js'
import {CHECKS} from '../../src/checks/registry.js'
import {isMapping, pathOf} from '../../src/kube/field.js'
import type {Step} from '../../src/kube/field.js'
import type {Json, KubeObject} from '../../src/kube/json.js'
import {isCrdKey} from '../../src/kube/included-crd.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {READ_KEYS, isEndpoint} from '../../src/kube/resources.js'
import {hasUnprintable} from '../../src/printable.js'
import {FORMATS, renderAudit} from '../../src/report/audit/formats.js'
import type {AuditFormat} from '../../src/report/audit/formats.js'
import {PLAIN} from '../../src/report/audit/options.js'
import type {Random} from '../differential/random.js'
import {randomFrom} from '../differential/random.js'
import {pathKey, placesIn, watched, withValue, wrongFor} from '../support/odd-fields.js'
import {SAMPLE_ENDPOINTS, SAMPLE_ROWS} from '../support/sample-cluster.js'
import {wholeAudit} from '../support/whole-audit.js'

/** `K121_SEED=7 K121_FULL=1 npx mocha …` tries other values, and all fields in all formats instead of some. */
const SEED = Number(process.env['K121_SEED'] ?? 1)
const IS_FULL = process.env['K121_FULL'] === '1'
const SHARE = IS_FULL ? 1 : 0.25

function objectsOf(key: ReadKey): readonly KubeObject[] {
  return isEndpoint(key) ? [SAMPLE_ENDPOINTS[key]] : isCrdKey(key) ? [] : SAMPLE_ROWS[key]
}

const OPENSHIFT: ReadonlySet<ReadKey> = new Set<ReadKey>(['securitycontextconstraints', 'openshift-network'])

/** The sample with objects of one row changed. */
function sourceOf(key: ReadKey | null, change: (object: KubeObject, index: number, row: ReadKey) => KubeObject): ClusterSource {
  return {
    kind: 'live', placeOf: () => null, close: async () => undefined,
    async *read({key: asked}) {
      // Otherwise the whole sample would be an OpenShift, where other rules hold.
      const objects = asked === key || !OPENSHIFT.has(asked) ? objectsOf(asked) : []
      yield objects.map((object, at) => change(object, at, asked))
      return {outcome: 'complete', scope: 'cluster', oneSnapshot: true, items: objects.length, detail: ''}
    },
  }
}

/** The sample with one object in the place of another. */
function sourceWith(key: ReadKey | null, index = 0, instead?: KubeObject): ClusterSource {
  return sourceOf(key, (object, at, row) => (row === key && at === index && instead !== undefined ? instead : object))
}

/**
 * Which places of the sample somebody asks for. What stands at any other changes nothing: up to the first question about
 * a place all goes as it does without the change.
 */
async function askedPlaces(run: (source: ClusterSource) => Promise<unknown>): Promise<(key: ReadKey, index: number, steps: readonly Step[]) => boolean> {
  const asked = new Set<string>()
  const names = new Set<string>()
  for (const platform of [null, ...OPENSHIFT])
    await run(sourceOf(platform, (object, index, row) => {
      const placed = (path: string): string => `${row} ${index} ${path}`
      return watched(object, path => void asked.add(placed(path)), path => void names.add(placed(path)))
    }))
  return (key, index, steps) => asked.has(`${key} ${index} ${pathKey(steps)}`) || names.has(`${key} ${index} ${pathKey(steps.slice(0, -1))}`)
}

async function endingOf(check: Check, source: ClusterSource): Promise<Ending> {
  // A server on which the check applies.
  const minor = check.meta.until ?? Math.max(30, check.meta.since ?? 0)
  const {endings: [ending]} = await evaluate({
    checks: [check], facts: [], version: fixedServerVersion(`1.${minor}`)!, source, mayReadSecrets: true,
    onReport: (of, report) => void makeFinding(of.meta, report, () => null),
  })
  return ending!
}

const textOf = ({skip, notApplicable}: Ending): string => (skip === null ? (notApplicable ?? 'nothing') : `${skip.reason}: ${skip.detail}`)


/** Fields of which another type changes no answer for the better. */
const TOLERATED: readonly RegExp[] = [
  // Looked through as text, in whatever shape it is.
  /^(?:cluster|kyverno)policies spec\.rules\[\d\]\.validate\b/,
  // That it is there is a gap already.
  /^(?:cluster|kyverno)policies spec\.(?:rules\[\d\]\.(?:exclude|preconditions)|validationFailureActionOverrides\[\d\]\.namespaceSelector)$/,
  /^validatingadmissionpolicies spec\.paramKind$/,
  // That there is one is the answer.
  /^securitycontextconstraints\b/,
  // A number or a name, where our sample has one of them.
  /^(?:calico-(?:v3-)?|antrea-(?:cluster)?)networkpolicies spec\.(?:in|e)gress\[\d\]\.(?:\w+\.)?(?:p|notP)orts\[\d\](?:\.port)?$/,
]

interface Case {
  check: Check
  key: ReadKey
  index: number
  steps: readonly Step[]
  value: Json
}

/** Many checks rest on the same facts: each fact meets each of its rows with the first check that needs it, which is the one that reads least. */
const BY_BREADTH = CHECKS.toSorted((a, b) => readsOf([a], []).length - readsOf([b], []).length)
const met = new Set<string>()

function rowsFor(check: Check): ReadKey[] {
  const own = ownRows(check)
  const fresh = new Set(factsOf(check.needs).flatMap(({id, reads}) => reads.filter(key => !met.has(`${id} ${key}`) && met.add(`${id} ${key}`))))
  return readsOf([check], []).filter(key => own.includes(key) || fresh.has(key))
}

function factsOf(needs: readonly Fact<unknown>[]): Fact<unknown>[] {
  return needs.flatMap(fact => [fact, ...factsOf(fact.needs)])
}

const ownRows = ({meta}: Check): readonly ReadKey[] => [...meta.reads, ...(meta.alsoReads ?? [])]

/** Of what only a fact asks for, nothing is proved here but that the fact ends, which whole audits prove below too. */
const shareOf = (check: Check, key: ReadKey): number => (ownRows(check).includes(key) ? 1 : SHARE)

async function* casesOf(check: Check, random: Random): AsyncGenerator<Case> {
  const isAsked = IS_FULL ? () => true : await askedPlaces(source => endingOf(check, source))
  for (const key of rowsFor(check)) {
    for (const [index, object] of objectsOf(key).entries())
      for (const {steps, type} of placesIn(object)) {
        const wrong = wrongFor(type)
        if (wrong.length > 0 && isAsked(key, index, steps) && random.chance(shareOf(check, key))) yield {check, key, index, steps, value: random.pick(wrong)}
      }
  }
}

/** What is wrong with how a check took a field of a wrong type; null: nothing. */
async function complaint({check, key, index, steps, value}: Case): Promise<string | null> {
  const object = objectsOf(key)[index]!
  let isRead = false
  const odd = watched(withValue(object, steps, value), path => {
    if (path === pathKey(steps)) isRead = true
  })
  const where = `${check.meta.id}: ${key}[${index}] ${pathOf(steps)} = ${JSON.stringify(value)}`
  let ending: Ending
  try {
    ending = await endingOf(check, sourceWith(key, index, odd))
  } catch (error) {
    return `${where} threw ${(error as Error).stack?.split('\n').slice(0, 3).join(' | ')}`
  }
  // What only a fact asks for is in the fact's answer: an owner that is not known, a count that is null.
  const isOwn = ownRows(check).includes(key)
  const isSaid = ending.skip !== null && isIncomplete(ending.skip.reason)
  const isTolerated = TOLERATED.some(pattern => pattern.test(`${key} ${pathOf(steps)}`))
  return isRead && isOwn && !isSaid && !isTolerated ? `${where} was read and ended as ${textOf(ending)}` : null
}

describe('a field of a type that Kubernetes never gives it', () => {
  for (const check of BY_BREADTH) {
    it(`is never passed over by ${check.meta.id}`, async () => {
      const {skip, notApplicable} = await endingOf(check, sourceWith(null))
      expect([skip !== null && isIncomplete(skip.reason), notApplicable], `the sample itself must be understood: ${skip?.detail}`).to.deep.equal([false, null])
      const complaints: string[] = []
      let count = 0
      for await (const one of casesOf(check, randomFrom(SEED))) {
        count++
        const found = await complaint(one)
        if (found !== null) complaints.push(found)
      }
      expect(count).to.be.above(0)
      expect(complaints.map(one => one.slice(0, 240)).join('\n'), `${complaints.length} of ${count}`).to.equal('')
    }).timeout(300_000)
  }
})

/** By those checks that ask for the row, or rest on it: what the others say does not change. */
const auditOf = (key: ReadKey, source: ClusterSource): Promise<AuditResult> => wholeAudit(source, {includeSecrets: true, ...(IS_FULL ? {} : {checks: CHECKS.filter(check => readsOf([check], []).includes(key))})})

const ALL = Object.keys(FORMATS) as AuditFormat[]
const rendered = (result: AuditResult, format: AuditFormat): string => [...renderAudit(format, result, {...PLAIN, showPassed: true, isFull: true})].join('')

/** Taken away, emptied, of another type, or full of what terminals obey and parsers trip over. */
const HOSTILE: readonly string[] = ['a\u001b[2Jb', '\u202egnp.exe', '\ud800', ']]>', '-->', '\n::error::x', '__proto__', '${{x}}', '../../etc', '`|<b>', '\u0000', '-rf']
const changes = (type: string, random: Random): (Json | undefined)[] => [undefined, null, ...wrongFor(type), ...(type === 'string' || type === 'any' ? [random.pick(HOSTILE), random.pick(HOSTILE)] : [])]

describe('whatever stands in an object', () => {
  let isAsked: (key: ReadKey, index: number, steps: readonly Step[]) => boolean = () => true
  before(async () => {
    if (!IS_FULL) isAsked = await askedPlaces(source => wholeAudit(source, {includeSecrets: true}))
  })
  for (const key of READ_KEYS) {
    it(`of ${key}, an audit ends and every format says what it found`, async () => {
      const random = randomFrom(SEED)
      for (const [index, object] of objectsOf(key).entries())
        for (const {steps, type} of placesIn(object)) {
          if (!isAsked(key, index, steps) || !random.chance(SHARE)) continue
          const value = random.pick(changes(type, random))
          const format = random.pick(ALL)
          const where = `${key}[${index}] ${pathOf(steps)} = ${JSON.stringify(value)} as ${format}`
          try {
            const text = rendered(await auditOf(key, sourceWith(key, index, withValue(object, steps, value))), format)
            expect(hasUnprintable(text.replaceAll('\n', '')), where).to.equal(false)
            if (format === 'json' || format === 'sarif') expect(isMapping(JSON.parse(text) as Json), where).to.equal(true)
          } catch (error) {
            throw new Error(`${where}: ${(error as Error).stack}`, {cause: error})
          }
        }
    }).timeout(120_000)
  }
})

describe('an object of a size or a shape that no server gives', () => {
  const deep = (levels: number): Json => JSON.parse(`${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`) as Json
  // More than etcd keeps of one object.
  const rows: [name: string, value: Json][] = [['more than a million characters', 'x'.repeat(1_600_000)], ['20,000 levels', deep(10_000)], ['a hundred thousand entries', Array.from({length: 100_000}, () => 'x')], ['a hundred thousand fields', Object.fromEntries(Array.from({length: 100_000}, (_, index) => [`f${index}`, 'x']))]]
  for (const [name, value] of rows)
    it(`${name}, at any place`, async () => {
      const random = randomFrom(SEED)
      for (const key of READ_KEYS) {
        const object = random.pick(objectsOf(key))
        const fit = placesIn(object).filter(({type}) => !wrongFor(type).some(wrong => typeof wrong === typeof value && Array.isArray(wrong) === Array.isArray(value)))
        if (fit.length === 0 || !random.chance(IS_FULL ? 1 : 0.5)) continue
        const {steps} = random.pick(fit)
        const result = await auditOf(key, sourceWith(key, objectsOf(key).indexOf(object), withValue(object, steps, value))).catch((error: Error) => {
          throw new Error(`${key} ${pathOf(steps)}: ${error.stack?.slice(0, 2000)}`)
        })
        const where = `${key} ${pathOf(steps)}`
        // The screen cuts; a document has what the cluster has.
        expect(rendered(result, 'table').length, where).to.be.below(60_000)
        expect(isMapping(JSON.parse(rendered(result, 'json')) as Json), where).to.equal(true)
      }
    }).timeout(120_000)
})
