import {expect} from 'chai'
import type {ObjectRef} from '../../../src/audit/finding.js'
import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import {fixOf} from '../../../src/pod-security/fix/fix-of.js'
import {fileOf, kustomization} from '../../../src/pod-security/fix/patches.js'

const ref = (more: Partial<ObjectRef>): ObjectRef => ({apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', ...more})

describe('the files of an overlay', () => {
  const cases: readonly [ref: ObjectRef, file: string][] = [
    [ref({}), 'shop/deployment-web.yaml'],
    [ref({apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet'}), 'shop/statefulset.apps.kruise.io-web.yaml'],
    [ref({name: '../../x'}), 'shop/deployment-%2e.%2f..%2fx.yaml'],
    [ref({namespace: '..'}), '%2e%2e/deployment-web.yaml'],
    [ref({namespace: '.git'}), '%2egit/deployment-web.yaml'],
    // Windows opens devices by these names, in any directory and with any ending, and drops a last dot.
    [ref({namespace: 'nul'}), '%6eul/deployment-web.yaml'],
    [ref({namespace: 'com1.x'}), '%63om1.x/deployment-web.yaml'],
    [ref({namespace: 'nullable', name: 'con'}), 'nullable/deployment-%63on.yaml'],
    [ref({namespace: 'a.'}), 'a%2e/deployment-web.yaml'],
    [ref({name: '\u{1f600}\ud83d\ude01\ud83d'}), 'shop/deployment-%f0%9f%98%80%f0%9f%98%81%ud83d.yaml'],
    [ref({namespace: ''}), '_none/deployment-web.yaml'],
    [ref({namespace: '_none'}), '%5fnone/deployment-web.yaml'],
    [ref({name: 'Web\0é'}), 'shop/deployment-%57eb%00%c3%a9.yaml'],
    [ref({apiVersion: 'a.b-c/v1', kind: 'D', name: 'e'}), 'shop/d.a.b%2dc-e.yaml'],
  ]
  for (const [object, file] of cases) it(JSON.stringify(object), () => expect(fileOf(object)).to.equal(file))

  it('long names are cut, and stay apart', () => {
    const [one, other] = ['a', 'b'].map(end => fileOf(ref({name: 'x'.repeat(250) + end})))
    expect(one).to.not.equal(other)
    expect(one?.split('/')[1]?.length).to.be.below(255)
  })
})

describe('an overlay', () => {
  const object = (metadata: JsonObject, kind = 'Deployment', apiVersion = 'apps/v1'): KubeObject => ({apiVersion, kind, metadata, spec: {template: {spec: {hostNetwork: true, containers: [{name: 'a'}]}}}})
  const fix = (...given: Parameters<typeof object>): ReturnType<typeof fixOf> => fixOf(object(...given), 'restricted', {minor: 37, server: 37})
  const files = kustomization([fix({name: 'web.v1', namespace: 'shop'}), fix({generateName: 'once-'}, 'Job', 'batch/v1'), fix({name: 'r'}, 'Rollout', 'argoproj.io/v1alpha1'), fix({name: 'j'}, 'Job', 'batch/v1')].filter(one => one !== null))

  it('names its targets by expressions that match nothing else', () => {
    expect((files[0]!.body as JsonObject)['patches']).to.deep.equal([
      {path: 'shop/deployment-web.v1.yaml', target: {group: 'apps', version: 'v1', kind: 'Deployment', name: 'web\\.v1', namespace: 'shop'}},
      {path: '_none/rollout.argoproj.io-r.yaml', target: {group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout', name: 'r'}},
      {path: '_none/job-j.yaml', target: {group: 'batch', version: 'v1', kind: 'Job', name: 'j'}},
    ])
  })

  it('leaves the resources to people, and says what it cannot do', () => {
    expect((files[0]!.body as JsonObject)['resources']).to.deep.equal([])
    const text = files[0]?.comments.join('\n')
    expect(text).to.match(/under resources/).and.match(/Job j cannot be changed where it runs/).and.match(/Job has no name of its own/)
    expect(files[1]?.comments[0]).to.equal('Deployment shop/web.v1. From privileged towards restricted: it does not get there by fields alone.')
    expect(files[1]?.comments[1]).to.match(/^Left, hostNamespaces: hostNetwork/)
  })

  it('patches a custom kind by place', () => expect(Array.isArray(files[2]?.body)).to.equal(true))
})
