import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {crdOf, isPluralOf, keyOfCrd, parseCrd} from '../../src/kube/included-crd.js'
import {prune} from '../../src/kube/prune.js'
import {isOf, resourceName, rowOf} from '../../src/kube/resources.js'

describe('--include-crd GROUP/RESOURCE=PATH', () => {
  for (const text of ['batch.example.com/crons=spec.template', 'ray.io/rayclusters=spec.workerGroupSpecs[].template', 'kubeflow.org/mpijobs=spec.mpiReplicaSpecs.{}.template', 'a.b/c=x'])
    it(`takes ${text}, and finds it again in its key`, () => {
      const crd = parseCrd(text)!
      expect(crdOf(keyOfCrd(crd))).to.deep.equal(crd)
    })

  const refused = [
    'crons', 'batch.example.com/crons', 'batch.example.com/crons=', '/crons=spec', 'batch/crons=spec', 'apps/v1/deployments=spec.template', 'batch.example.com/Crons=spec', 'batch.example.com/crons=.spec', 'batch.example.com/crons=spec.',
    'batch.example.com/crons=spec..template', 'batch.example.com/crons={}', 'batch.example.com/crons=spec[0]', 'batch.example.com/crons=spec.a"b', 'batch.example.com/crons=spec\n', `batch.example.com/crons=${'x'.repeat(300)}`, 'batch.example.com/../secrets=spec',
  ]
  for (const text of refused) it(`refuses ${JSON.stringify(text).slice(0, 60)}`, () => expect(parseCrd(text)).to.equal(null))

  it('is a row of its own', () => {
    const row = rowOf('crd:batch.example.com/crons=spec.template')
    expect(resourceName(row)).to.equal('crons.batch.example.com')
    const object = (apiVersion: string, kind: string): KubeObject => ({apiVersion, kind, metadata: {name: 'x'}})
    expect([object('batch.example.com/v1', 'Cron'), object('batch.example.com/v9', 'Cron'), object('batch/v1', 'Cron'), object('batch.example.com/v1', 'Crown')].map(one => isOf(row, one))).to.deep.equal([true, true, false, false])
  })

  for (const [kind, plural] of [['Cron', 'crons'], ['RayCluster', 'rayclusters'], ['Policy', 'policies'], ['Bus', 'buses'], ['Endpoints', 'endpoints']] as const)
    it(`${kind} is listed as ${plural}`, () => expect(isPluralOf(plural, kind)).to.equal(true))

  it('a snapshot keeps of it what is judged, and nothing else', () => {
    const template = {metadata: {labels: {x: 'CANARY'}, annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'unconfined', note: 'CANARY'}}, spec: {hostPID: true, containers: [{name: 'main', env: [{name: 'A', value: 'CANARY'}], securityContext: {privileged: true}}]}}
    const cron = (spec: object): KubeObject => ({apiVersion: 'batch.example.com/v1', kind: 'Cron', metadata: {name: 'x'}, spec, status: 'CANARY'}) as unknown as KubeObject
    for (const [path, spec] of [['spec.template', {template, token: 'CANARY'}], ['spec.jobTemplate', {jobTemplate: {spec: {template}}}], ['spec.pod', {pod: {...template.spec, command: 'CANARY'}}], ['spec.groups[].template', {groups: [{template, name: 'CANARY'}]}], ['spec.roles.{}.template', {roles: {a: {template, secret: 'CANARY'}}}]] as const) {
      const text = JSON.stringify(prune(`crd:batch.example.com/crons=${path}`, cron(spec))!.object)
      expect(text, path).to.include('"hostPID":true').and.include('"privileged":true').and.not.include('CANARY')
    }
  })
})
