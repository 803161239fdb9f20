import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {gatekeeperPodGuards} from '../../src/admission/pod-security/gatekeeper.js'
import type {PodGuard, PodOperation} from '../../src/admission/pod-security/pod-guard.js'
import {templateCodeOf} from '../../src/admission/pod-security/gatekeeper-code.js'
import type {Form} from '../../src/admission/pod-security/gatekeeper-forms.js'
import type {LibraryCode} from '../../src/admission/pod-security/gatekeeper-library.js'
import {LIBRARY} from '../../src/admission/pod-security/gatekeeper-library.js'
import {serverVersion} from '../../src/audit/server-version.js'
import {evaluate} from '../../src/audit/engine.js'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {gator, withGoTool} from '../cluster/support/go-tools.js'
import {CASES_OF_TODAY, withoutEphemeral} from '../pods/pods.js'
import type {PodCase} from '../pods/pods.js'
import {NAMESPACES, endpoints, webhook} from '../support/admission-objects.js'
import {object} from '../support/declared-facts.js'
import {declaredSource} from '../support/declared-source.js'
import {runProcess} from '../support/run-process.js'
import {libraryTemplates} from './gatekeeper-library.js'
import type {LibraryTemplate} from './gatekeeper-library.js'
import {PARAMETERS, WAYS_PAST} from './gatekeeper-parameters.js'
import type {WayPast} from './gatekeeper-parameters.js'

/**
 * What the coverage matrix says of a constraint of Gatekeeper's library, held
 * against real Rego and CEL: a pod that breaks a control which the matrix calls
 * refused is refused, by every operation that it is said to be refused for; and
 * a template of which it says that it stops at updates refuses none. What it
 * names as a way past is one.
 */
interface Expected {
  name: string
  isRefused: boolean
  review: JsonObject
}

const OPERATIONS: readonly PodOperation[] = ['create', 'update', 'ephemeralcontainers', 'resize']
/** What the API itself refuses comes to no webhook. */
const CASES = CASES_OF_TODAY.filter(({refusedByApi}) => refusedByApi === null)

const ALL_PODS = {apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*']}
const WORLD = [...NAMESPACES, {apiVersion: 'k121.dev/v1', kind: 'Version', gitVersion: 'v1.37.2', major: '1', minor: '37'} as unknown as KubeObject, webhook('validation.gatekeeper.sh', {rules: [ALL_PODS]}), endpoints()]

async function guardOf(template: KubeObject, constraint: KubeObject): Promise<PodGuard | null> {
  const source = declaredSource({objects: [...WORLD, template, constraint]})
  const {fact} = await evaluate({checks: [], facts: [gatekeeperPodGuards], version: serverVersion, source, mayReadSecrets: false, onReport: () => undefined})
  return fact(gatekeeperPodGuards).guards[0] ?? null
}

function constraintOf(kind: string, parameters: JsonObject): KubeObject {
  return object('constraints.gatekeeper.sh/v1beta1', kind, 'c', {spec: {match: {kinds: [{apiGroups: [''], kinds: ['Pod']}]}, parameters}})
}

function formsOf({template}: LibraryTemplate): LibraryCode[] {
  return templateCodeOf(template).digests.flatMap(digest => LIBRARY.get(digest ?? '') ?? [])
}

/** Of the code that is run: CEL goes first where it is on. */
function formOf(template: LibraryTemplate, isCel: boolean): Form | undefined {
  const forms = formsOf(template)
  return (isCel ? forms.find(({engine}) => engine === 'CEL') : undefined)?.form ?? forms.find(({engine}) => engine === 'Rego')?.form
}

function pastOf({spec, annotations = {}}: WayPast, index: number): Expected {
  return {name: `way past ${index}`, isRefused: false, review: reviewOf({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'app', annotations}, spec}, 'create')}
}

/** As the API server sends it. */
function reviewOf(pod: PodCase['pod'], operation: PodOperation): JsonObject {
  const subResource = operation === 'ephemeralcontainers' || operation === 'resize' ? {subResource: operation} : {}
  const now = {...pod, metadata: {...pod.metadata, namespace: 'shop'}}
  const before = operation === 'create' ? null : operation === 'ephemeralcontainers' ? withoutEphemeral(now) : now
  return {
    apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview',
    request: {
      uid: '7f1f0b6e-0000-4000-8000-000000000000', kind: {group: '', version: 'v1', kind: 'Pod'}, resource: {group: '', version: 'v1', resource: 'pods'}, ...subResource,
      name: String(pod.metadata['name']), namespace: 'shop', operation: operation === 'create' ? 'CREATE' : 'UPDATE', userInfo: {username: 'dev'}, object: now as unknown as JsonObject, oldObject: before as unknown as JsonObject,
    },
  }
}

function operationsOf(pod: PodCase): readonly PodOperation[] {
  return OPERATIONS.filter(operation => pod.operation === 'create' ? operation !== 'ephemeralcontainers' : operation === 'ephemeralcontainers')
}

/** Only what the matrix claims: where it names a way past, or does not know, either may be. */
function expectedOf({codes}: LibraryTemplate, guard: PodGuard): Expected[] {
  const stops = codes?.every(({seesUpdates}) => !seesUpdates) ?? false
  return CASES.flatMap(pod => operationsOf(pod).flatMap(operation => {
    const broken = pod.verdict === 'bad' ? pod.fails.restricted.concat(pod.fails.baseline) : []
    const isRefused = guard.sees(operation) && broken.some(control => guard.controls?.get(control)?.length === 0)
    const isClaimed = isRefused || (stops && operation !== 'create' && broken.some(control => guard.controls?.has(control)))
    return isClaimed ? [{name: `${pod.id} ${operation}`, isRefused, review: reviewOf(pod.pod, operation)}] : []
  }))
}

describe('what the coverage matrix says of the templates of Gatekeeper\'s library', function () {
  this.timeout(600_000)
  const program = withGoTool(gator)
  let templates: LibraryTemplate[] = []

  before(async function () {
    templates = await libraryTemplates()
    if (templates.length === 0) {
      console.log('    skipped: no template can be had: K121_GATEKEEPER_LIBRARY names no checkout, and Go cannot fetch Gatekeeper\'s module')
      this.skip()
    }
  })

  it('is said of every code that they have', () => {
    expect(templates.filter(({codes}) => codes === null).map(({file}) => file), 'digests that are not in src/admission/pod-security/gatekeeper-library.ts').to.deep.equal([])
  })

  it('names each way past that is tried here', async () => {
    for (const one of templates) for (const past of WAYS_PAST.filter(({form}) => formsOf(one).some(({form: own}) => own === form))) {
      const gaps = (await guardOf(one.template, constraintOf(one.kind, past.parameters)))?.controls?.get(past.control)
      // The other of two codes may judge it all the same.
      if (past.way === null) expect(gaps, `${one.file} ${past.control}`).to.equal(undefined)
      else expect(gaps ?? [past.way], `${one.file} ${past.control}`).to.include(past.way)
    }
  })

  for (const isCel of [true, false])
    it(`is what gator does, ${isCel ? 'with CEL where a template has it' : 'by Rego alone'}`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'k121-gatekeeper-'))
      try {
        const tests = await writeSuite(directory, templates.filter(one => formOf(one, isCel) !== undefined), isCel)
        const {stdout, stderr} = await runProcess(program('gator'), ['verify', '-v', `--enable-k8s-native-validation=${isCel}`, join(directory, 'suite.yaml')], {cwd: directory, env: {HOME: directory}, timeout: 590_000})
        const output = stdout + stderr
        expect(output.split('\n').filter(line => /--- FAIL: |error/.test(line)).slice(0, 40)).to.deep.equal([])
        expect([...output.matchAll(/^ {4,}--- PASS: /gm)]).to.have.lengthOf(tests)
      } finally {
        await rm(directory, {recursive: true})
      }
    })

  /** One test for each template and set of parameters; the number of cases. */
  async function writeSuite(directory: string, all: readonly LibraryTemplate[], isCel: boolean): Promise<number> {
    const tests: JsonObject[] = []
    const reviews = new Map<string, string>()
    let cases = 0
    const addTest = async ({one, index, variant, constraint, expected}: {one: LibraryTemplate; index: number; variant: string; constraint: KubeObject; expected: readonly Expected[]}): Promise<void> => {
      if (expected.length === 0) return
      await writeFile(join(directory, `constraint-${index}-${variant}.yaml`), JSON.stringify(constraint))
      for (const {review, name} of expected) reviews.set(name, JSON.stringify(review))
      tests.push({
        name: `${one.file.split('/').slice(-3).join('/')} ${JSON.stringify((constraint['spec'] as JsonObject)['parameters'])}`, template: `template-${index}.yaml`, constraint: `constraint-${index}-${variant}.yaml`,
        cases: expected.map(({name, isRefused}) => ({name, object: fileOf(name), assertions: [{violations: isRefused ? 'yes' : 'no'}]})),
      })
      cases += expected.length
    }
    for (const [index, one] of all.entries()) {
      await writeFile(join(directory, `template-${index}.yaml`), JSON.stringify(one.template))
      for (const [variant, parameters] of (PARAMETERS[one.kind] ?? []).entries()) {
        const constraint = constraintOf(one.kind, parameters)
        const guard = await guardOf(one.template, constraint)
        await addTest({one, index, variant: `${variant}`, constraint, expected: guard === null ? [] : expectedOf(one, guard)})
      }
      for (const [variant, past] of WAYS_PAST.entries()) {
        if (formOf(one, isCel) === past.form) await addTest({one, index, variant: `past-${variant}`, constraint: constraintOf(one.kind, past.parameters), expected: [pastOf(past, variant)]})
      }
    }
    for (const [name, text] of reviews) await writeFile(join(directory, fileOf(name)), text)
    await writeFile(join(directory, 'suite.yaml'), JSON.stringify({apiVersion: 'test.gatekeeper.sh/v1alpha1', kind: 'Suite', metadata: {name: 'library'}, tests}))
    return cases
  }

  function fileOf(name: string): string {
    return `${name.replaceAll(/[/ ]/g, '-')}.yaml`
  }
})
