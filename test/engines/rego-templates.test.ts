import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import type {JsonObject} from '../../src/kube/json.js'
import {nameOf} from '../../src/kube/object.js'
import {CATALOGUE} from '../../src/pod-security/catalogue.js'
import type {ControlPage} from '../../src/pod-security/catalogue.js'
import {kindOf} from '../../src/pod-security/rego/template.js'
import {controlTemplateText} from '../../src/report/control-template.js'
import {gator, withGoTool} from '../cluster/support/go-tools.js'
import {CASES_OF_TODAY, withoutEphemeral} from '../pods/pods.js'
import type {PodCase} from '../pods/pods.js'
import {inDirectory} from '../support/in-directory.js'
import {runProcess} from '../support/run-process.js'

type Pod = PodCase['pod']

interface Review {
  name: string
  operation: 'CREATE' | 'UPDATE' | 'DELETE'
  subResource?: string
  object: Pod | null
  oldObject: Pod | null
  isRefused: boolean
}

/** As good as restricted asks, with the container that most of the bad ones have. */
const clean = CASES_OF_TODAY.find(({id}) => id === 'allowPrivilegeEscalation/good-ephemeral-container')!.pod
const DEBUGGER = (clean.spec['ephemeralContainers'] as readonly JsonObject[])[0]!

const labelled = (pod: Pod): Pod => ({...pod, metadata: {...pod.metadata, labels: {app: 'shop', reviewed: 'yes'}}})
const named = (pod: Pod, like: Pod): Pod => ({...pod, metadata: like.metadata})
const debugged = (pod: Pod): Pod => ({...pod, spec: {...pod.spec, ephemeralContainers: [{...DEBUGGER, name: 'one-more'}]}})

/** What may be asked about one pod, each with the answer that the template owes. */
function reviewsOf({verdict, operation, pod, id}: PodCase): Review[] {
  const isBad = verdict === 'bad'
  const before = withoutEphemeral(pod)
  if (operation === 'ephemeralcontainers')
    return [
      {name: `${id}: the container is added`, operation: 'UPDATE', subResource: 'ephemeralcontainers', object: pod, oldObject: before, isRefused: isBad},
      {name: `${id}: labelled afterwards`, operation: 'UPDATE', object: labelled(pod), oldObject: pod, isRefused: false},
      {name: `${id}: created before it`, operation: 'CREATE', object: before, oldObject: null, isRefused: false},
    ]
  return [
    {name: `${id}: created`, operation: 'CREATE', object: pod, oldObject: null, isRefused: isBad},
    {name: `${id}: labelled`, operation: 'UPDATE', object: labelled(pod), oldObject: pod, isRefused: false},
    {name: `${id}: resized`, operation: 'UPDATE', subResource: 'resize', object: pod, oldObject: pod, isRefused: false},
    {name: `${id}: become what it is`, operation: 'UPDATE', object: pod, oldObject: named(withoutEphemeral(clean), {...pod, metadata: {name: nameOf(pod)}}), isRefused: isBad},
    {name: `${id}: deleted`, operation: 'DELETE', object: null, oldObject: pod, isRefused: false},
    // A debugger that says nothing of its own is not what a good pod is tried with: containers may each have to say it.
    ...(isBad ? [{name: `${id}: a good container added to a bad pod`, operation: 'UPDATE' as const, subResource: 'ephemeralcontainers', object: debugged(pod), oldObject: pod, isRefused: true}] : []),
  ]
}

function admissionReview({operation, subResource, object, oldObject}: Review): JsonObject {
  const pod = object ?? oldObject!
  return {
    apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview',
    request: {
      uid: '7f1f0b6e-0000-4000-8000-000000000000', kind: {group: '', version: 'v1', kind: 'Pod'}, resource: {group: '', version: 'v1', resource: 'pods'},
      ...(subResource === undefined ? {} : {subResource}), name: nameOf(pod), namespace: 'shop', operation, userInfo: {username: 'dev'}, object, oldObject,
    },
  }
}

const isRefusedBy = ({id, level}: ControlPage, {fails}: PodCase): boolean => fails[level].includes(id)

describe('explain --rego, in gator', () => {
  const program = withGoTool(gator)
  const run = (directory: string, argv: readonly string[]): ReturnType<typeof runProcess> => runProcess(program('gator'), argv, {cwd: directory, env: {HOME: directory}, timeout: 100_000})

  it('all templates, over all pods as an audit sees them, find what the Standards refuse', () => inDirectory(async directory => {
    const file = join(directory, 'all.yaml')
    await writeFile(file, [...CATALOGUE.map(page => controlTemplateText(page)), ...CASES_OF_TODAY.map(({pod}) => JSON.stringify(pod))].join('\n---\n'))
    const {stdout, stderr} = await run(directory, ['test', '-f', file, '-o', 'json'])
    expect(stderr).to.equal('')
    const violations = JSON.parse(stdout) as {constraint: {kind: string}; violatingObject: {metadata: {name: string}}}[]
    const found = new Set(violations.map(({constraint, violatingObject}) => `${constraint.kind} ${violatingObject.metadata.name}`))
    const owed = CATALOGUE.flatMap(page => CASES_OF_TODAY.filter(one => isRefusedBy(page, one)).map(({pod}) => `${kindOf(page.id)} ${nameOf(pod)}`))
    expect([...found].sort()).to.deep.equal(owed.sort())
  }))

  for (const page of CATALOGUE)
    it(`${page.id}: creation, change, ephemeral container, resize, deletion`, () => inDirectory(async directory => {
      const [template = '', constraint = ''] = controlTemplateText(page).split('---\n')
      const reviews = CASES_OF_TODAY.filter(({control}) => control === page.id).flatMap(reviewsOf)
      const cases = reviews.map(({name, isRefused}, index) => ({name, object: `${index}.yaml`, assertions: [{violations: isRefused ? 'yes' : 'no'}]}))
      const suite = {apiVersion: 'test.gatekeeper.sh/v1alpha1', kind: 'Suite', metadata: {name: 'control'}, tests: [{name: 'control', template: 'template.yaml', constraint: 'constraint.yaml', cases}]}
      const files = [['template', template], ['constraint', constraint], ['suite', JSON.stringify(suite)], ...reviews.map((review, index) => [index, JSON.stringify(admissionReview(review))])]
      for (const [name, text] of files) await writeFile(join(directory, `${name}.yaml`), String(text))
      const {stdout, stderr} = await run(directory, ['verify', '-v', join(directory, 'suite.yaml')])
      expect(stdout + stderr).to.not.include('FAIL')
      expect([...stdout.matchAll(/^\s+--- PASS: /gm)].length, stdout + stderr).to.equal(reviews.length)
    }))
})
