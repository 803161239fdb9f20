import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import type {Json, JsonObject, KubeObject} from '../../src/kube/json.js'
import {evaluate, messageOf} from '../../src/pod-security/evaluate.js'
import type {WorkloadFix} from '../../src/pod-security/fix/fix.js'
import {fixOf} from '../../src/pod-security/fix/fix-of.js'
import {isReached} from '../../src/pod-security/fix/patches.js'
import {jsonPatchText} from '../support/json-patch-text.js'
import {podIn, TEMPLATE_KINDS} from '../../src/pod-security/templates.js'
import {randomFrom} from '../differential/random.js'
import {withChanges, withoutEmpty, workloadWith} from '../pod-security/fix/fixed-workloads.js'
import {POD_CASES, withoutEphemeral} from '../pods/pods.js'
import {kubectlBinary} from '../support/kubectl-binaries.js'
import type {ProcessResult} from '../support/run-process.js'
import {runProcess} from '../support/run-process.js'
import {namespace} from './cases/case.js'
import type {ApiResponse} from './support/api-client.js'
import type {RealApiServer} from './support/api-server.js'
import {validPod} from './support/valid-pods.js'
import {withServer} from './support/with-server.js'

/**
 * Patches on real servers: each is for the object as the server has it, is taken,
 * and then Pod Security admission has no word to say about the workload, and
 * lets in the pods that it would make, or names just what the fix calls blocked.
 */
const LEVELS = ['baseline', 'restricted'] as const
const KINDS = TEMPLATE_KINDS.filter(({group, kind}) => ['', 'apps', 'batch'].includes(group) && kind !== 'Pod' && kind !== 'Job')
const RECREATED = TEMPLATE_KINDS.filter(({group, kind}) => kind === 'Pod' || (group === 'batch' && kind === 'Job'))
const RANDOM_PODS = process.env['K121_FULL'] === '1' ? 1500 : 120

interface Wanted {
  id: string
  object: KubeObject
}

const PODS: readonly {id: string; pod: {metadata: JsonObject; spec: JsonObject}}[] = [
  ...POD_CASES.filter(({verdict}) => verdict === 'bad').map(({id, pod}) => ({id, pod: withoutEphemeral(pod)})),
  ...randomPods(),
]

function randomPods(): typeof PODS {
  const random = randomFrom(121)
  return Array.from({length: RANDOM_PODS}, (_, index) => ({id: `random ${index}`, pod: validPod(random) as unknown as {metadata: JsonObject; spec: JsonObject}}))
}

function wantedIn(kinds: typeof KINDS): Wanted[] {
  return PODS.flatMap(({id, pod}, index) => {
    const kind = kinds[index % kinds.length]
    if (kind === undefined) return []
    const whole = workloadWith(kind, {metadata: {annotations: pod.metadata['annotations'] ?? {}}, spec: pod.spec})
    return [{id: `${id} in a ${kind.kind}`, object: {...whole, metadata: {...(kind.path === '' ? whole['metadata'] as JsonObject : {}), name: `w${index}`}} as unknown as KubeObject}]
  })
}

for (const minor of [24, 37] as const) describe(`patches for Pod Security on a real API server 1.${minor}`, () => {
  const server = withServer({minor})
  const rules = {minor, server: minor}
  let folder = ''

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'k121-fix-'))
    await server().create(...LEVELS.flatMap(level => [namespace(`warn-${level}`, {'pod-security.kubernetes.io/warn': level}), namespace(`enforce-${level}`, {'pod-security.kubernetes.io/enforce': level})]))
  })
  after(() => rmSync(folder, {recursive: true, force: true}))

  async function stored({object}: Wanted, level: string): Promise<{path: string; made: KubeObject} | null> {
    const placed = inNamespace(object, `warn-${level}`)
    const collection = pathOf(placed)
    const answer = await server().request('POST', collection, placed)
    if (answer.status === 422) return null
    expect(answer.status, answer.text).to.equal(201)
    return {path: `${collection}/${(object['metadata'] as {name: string}).name}`, made: answer.json as KubeObject}
  }

  for (const level of LEVELS)
    it(`to ${level}: the server takes them and warns of nothing but what is blocked`, async function () {
      this.timeout(300_000)
      let [fixed, refused] = [0, 0]
      for (const one of wantedIn(KINDS)) {
        const found = await stored(one, level)
        if (found === null) refused++
        const fix = found === null ? null : fixOf(found.made, level, rules)
        if (found === null || fix === null || fix.changes.length === 0) continue
        fixed++
        const merge = fix.patches.merge
        const answers = [
          ...(merge === null ? [] : [await patch(server(), found.path, merge, 'application/strategic-merge-patch+json')]),
          await patch(server(), found.path, jsonPatchText(fix), 'application/json-patch+json'),
        ]
        for (const answer of answers) await isLifted(server(), {id: one.id, fix, answer, made: found.made, minor})
      }
      expect(refused).to.be.below(PODS.length / 4)
      expect(fixed).to.be.above(PODS.length / 6)
    })

  it('kubectl patch says no warning either', async () => {
    const binary = await kubectlBinary(minor === 24 ? 24 : 36)
    const config = await server().kubeconfig('admin', join(folder, 'config'))
    const kubectl = (argv: readonly string[]): Promise<ProcessResult> => runProcess(binary, argv, {cwd: folder, env: {HOME: folder, KUBECONFIG: config}})
    let tried = 0
    for (const [index, kind] of KINDS.entries()) {
      const object = inNamespace({...workloadWith(kind, {metadata: {annotations: {}}, spec: {containers: [{name: 'a', image: 'registry.example.com/a:1', ports: [{containerPort: 80, hostPort: 80}]}, {name: 'b', image: 'registry.example.com/b:1'}]}}), metadata: {name: `k${index}`}} as unknown as KubeObject, 'warn-restricted')
      const [made] = await server().create(object)
      const fix = fixOf(made!, 'restricted', rules)!
      const forms = [['strategic', JSON.stringify(fix.patches.merge)], ['json', jsonPatchText(fix)]] as const
      for (const [type, body] of forms) {
        const file = join(folder, 'patch.json')
        writeFileSync(file, body)
        const {status, stderr} = await kubectl(['patch', kind.kind.toLowerCase(), `k${index}`, '-n', 'warn-restricted', '--type', type, '--patch-file', file, '--dry-run=server'])
        expect([status, stderr], kind.kind).to.deep.equal([0, ''])
        tried++
      }
    }
    expect(tried).to.equal(2 * KINDS.length)
  })

  it('pods and Jobs cannot be patched; from the changed manifest they are created', async function () {
    this.timeout(300_000)
    let created = 0
    for (const level of LEVELS)
      for (const one of wantedIn(RECREATED)) {
        const object = inNamespace(one.object, `enforce-${level}`)
        const fix = fixOf(one.object, level, rules)
        if (fix === null || !isReached(fix)) continue
        expect(fix.how).to.equal('recreate')
        const answer = await server().request('POST', `${pathOf(object)}?dryRun=All`, withChanges(object, fix.changes))
        if (answer.status === 422) continue
        expect([answer.status, warningIn(answer)], `${one.id}: ${answer.text}`).to.deep.equal([201, ''])
        created++
      }
    expect(created).to.be.above(PODS.length / 3)
    const pod = inNamespace({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'running'}, spec: {containers: [{name: 'a', image: 'registry.example.com/a:1'}]}} as unknown as KubeObject, 'warn-restricted')
    const [made] = await server().create(pod)
    const answer = await patch(server(), '/api/v1/namespaces/warn-restricted/pods/running', fixOf(made!, 'restricted', rules)!.patches.merge!, 'application/strategic-merge-patch+json')
    expect(answer.status).to.equal(422)
  })
})

async function isLifted(server: RealApiServer, {id, fix, answer, made, minor}: {id: string; fix: WorkloadFix; answer: ApiResponse; made: KubeObject; minor: number}): Promise<void> {
  expect(answer.status, `${id}: ${answer.text}\n${JSON.stringify(fix)}`).to.equal(200)
  const patched = answer.json as KubeObject
  const wanted = withChanges(made, fix.changes)
  expect(withoutEmpty(patched['spec'] ?? patched['template']), id).to.deep.equal(withoutEmpty(wanted['spec'] ?? wanted['template']))
  const place = podIn(patched)!
  const left = evaluate(fix.to, {minor, server: minor}, place)
  expect(warningIn(answer), `${id}: ${JSON.stringify(fix)}`).to.equal(left.length === 0 ? '' : `would violate PodSecurity "${fix.to}:latest": ${messageOf(left)}`)
  if (isReached(fix)) expect(left, id).to.deep.equal([])
  // The pod that a controller would make of it.
  const {metadata, spec} = place as {metadata: JsonObject; spec: JsonObject}
  const pod = await server.request('POST', `/api/v1/namespaces/enforce-${fix.to}/pods?dryRun=All`, {apiVersion: 'v1', kind: 'Pod', metadata: {...metadata, name: 'made', creationTimestamp: null}, spec})
  expect(pod.status, `${id}: ${pod.text}`).to.equal(isReached(fix) ? 201 : 403)
}

function inNamespace(object: KubeObject, home: string): KubeObject {
  return {...object, metadata: {...(object['metadata'] as JsonObject), namespace: home}}
}

function pathOf({apiVersion, kind, metadata}: KubeObject): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  return `${root}/namespaces/${String((metadata as JsonObject)['namespace'])}/${kind.toLowerCase()}s`
}

function patch(server: RealApiServer, path: string, body: Json, contentType: string): Promise<ApiResponse> {
  return server.request('PATCH', `${path}?dryRun=All`, body, {contentType})
}

/** Servers warn of deprecated fields as well. Node reads headers as Latin-1. */
function warningIn({headers}: ApiResponse): string {
  const header = Buffer.from([headers['warning'] ?? []].flat().join(', '), 'latin1').toString('utf8')
  const texts = [...header.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => (text ?? '').replaceAll(/\\(.)/g, '$1'))
  return texts.filter(text => text.startsWith('would violate PodSecurity')).join('\n')
}
