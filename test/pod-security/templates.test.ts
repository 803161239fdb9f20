import {expect} from 'chai'
import {OddField} from '../../src/kube/field.js'
import type {JsonObject, KubeObject} from '../../src/kube/json.js'
import {podAt, podIn, pathBelow} from '../../src/pod-security/templates.js'

const TEMPLATE = {metadata: {annotations: {a: 'b'}}, spec: {containers: []}}
const of = (apiVersion: string, kind: string, fields: JsonObject): KubeObject => ({apiVersion, kind, metadata: {name: 'own'}, ...fields})
const inSpec = {spec: {template: TEMPLATE}}

describe('podIn', () => {
  const rows: [apiVersion: string, kind: string, fields: JsonObject, path: string, isJudgedByPsa: boolean][] = [
    ['v1', 'PodTemplate', {template: TEMPLATE}, 'template', true],
    ['v1', 'ReplicationController', inSpec, 'spec.template', true],
    ['apps/v1', 'Deployment', inSpec, 'spec.template', true],
    ['apps/v1', 'ReplicaSet', inSpec, 'spec.template', true],
    ['apps/v1', 'StatefulSet', inSpec, 'spec.template', true],
    ['apps/v1', 'DaemonSet', inSpec, 'spec.template', true],
    ['batch/v1', 'Job', inSpec, 'spec.template', true],
    ['batch/v1', 'CronJob', {spec: {jobTemplate: {metadata: {annotations: {x: 'y'}}, spec: {template: TEMPLATE}}}}, 'spec.jobTemplate.spec.template', true],
    ['batch/v1beta1', 'CronJob', {spec: {jobTemplate: {spec: {template: TEMPLATE}}}}, 'spec.jobTemplate.spec.template', true],
    ['argoproj.io/v1alpha1', 'Rollout', inSpec, 'spec.template', false],
    ['apps.kruise.io/v1alpha1', 'CloneSet', inSpec, 'spec.template', false],
    ['apps.kruise.io/v1beta1', 'StatefulSet', inSpec, 'spec.template', false],
    ['apps.kruise.io/v1alpha1', 'DaemonSet', inSpec, 'spec.template', false],
    ['apps.kruise.io/v1alpha1', 'BroadcastJob', inSpec, 'spec.template', false],
    ['apps.openshift.io/v1', 'DeploymentConfig', inSpec, 'spec.template', false],
    ['serving.knative.dev/v1', 'Service', inSpec, 'spec.template', false],
  ]
  for (const [apiVersion, kind, fields, path, isJudgedByPsa] of rows)
    it(`${kind} of ${apiVersion}`, () => expect(podIn(of(apiVersion, kind, fields))).to.deep.equal({...TEMPLATE, path, isJudgedByPsa}))

  it('a pod is itself', () => {
    const pod = of('v1', 'Pod', {spec: {containers: []}, status: {phase: 'Running'}})
    expect(podIn(pod)).to.deep.equal({metadata: {name: 'own'}, spec: {containers: []}, path: '', isJudgedByPsa: true})
  })

  const none: [string, KubeObject][] = [
    ['a Service of the core', of('v1', 'Service', inSpec)], ['a Deployment of another group', of('example.com/v1', 'Deployment', inSpec)], ['a Pod of another group', of('metrics.k8s.io/v1beta1', 'Pod', {spec: {}})],
    ['a replication controller without template', of('v1', 'ReplicationController', {spec: {replicas: 1}})], ['a rollout that names its workload', of('argoproj.io/v1alpha1', 'Rollout', {spec: {workloadRef: {kind: 'Deployment', name: 'x'}}})],
    ['a null template', of('apps.openshift.io/v1', 'DeploymentConfig', {spec: {template: null}})], ['no spec', of('apps/v1', 'Deployment', {})],
  ]
  for (const [name, object] of none) it(`nothing: ${name}`, () => expect(podIn(object)).to.equal(null))

  it('says where it cannot go on', () => {
    expect(() => podIn(of('apps/v1', 'Deployment', {spec: 'x'}))).to.throw(OddField, 'spec is not an object')
    expect(() => podIn(of('apps/v1', 'Deployment', {spec: {template: []}}))).to.throw(OddField, 'spec.template is not an object')
  })
})

it('podAt: any place', () => {
  const object = of('example.com/v1', 'Thing', {spec: {run: [{pod: TEMPLATE}]}})
  expect(podAt(object, 'spec.run[0].pod')).to.deep.equal({...TEMPLATE, path: 'spec.run[0].pod'})
  expect(podAt(object, 'spec.run[1].pod')).to.equal(null)
})

it('pathBelow', () => expect([pathBelow('', 'spec.hostPID'), pathBelow('spec.template', 'spec.hostPID')]).to.deep.equal(['spec.hostPID', 'spec.template.spec.hostPID']))
