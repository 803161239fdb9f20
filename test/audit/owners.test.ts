import {expect} from 'chai'
import type {SkipReason} from '../../src/audit/outcome.js'
import {linkOf, owners, topOwner} from '../../src/audit/owners.js'
import {isFinished} from '../../src/kube/pod.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {runChecks} from '../support/run-checks.js'

/** `Kind/name` with its controller of the same form; uids are made of the names. */
function object(what: string, owner?: string, more: {uid?: boolean; annotations?: object; spec?: object} = {}): KubeObject {
  const [kind = '', name = ''] = what.split('/')
  const [ownerKind = '', ownerName = ''] = (owner ?? '').split('/')
  return {
    apiVersion: versionOf(kind), kind,
    metadata: {
      namespace: 'ns', name, ...(more.uid === false ? {} : {uid: `uid-${what}`}), annotations: {...more.annotations},
      ...(owner === undefined ? {} : {ownerReferences: [{apiVersion: versionOf(ownerKind), kind: ownerKind, name: ownerName, uid: more.uid === false ? '' : `uid-${owner}`, controller: true}]}),
    },
    spec: {...more.spec},
  }
}

function versionOf(kind: string): string {
  return {Pod: 'v1', Node: 'v1', Job: 'batch/v1', CronJob: 'batch/v1', Rollout: 'argoproj.io/v1alpha1', ReplicationController: 'v1'}[kind] ?? 'apps/v1'
}

describe('topOwner', () => {
  const rows: [string, KubeObject, KubeObject[], string, Partial<Record<ReadKey, SkipReason>>?][] = [
    ['a pod of nobody', object('Pod/p'), [], 'Pod/p ns'],
    ['Deployment over ReplicaSet', object('Pod/p', 'ReplicaSet/r'), [object('ReplicaSet/r', 'Deployment/d'), object('Deployment/d')], 'Deployment/d ns'],
    ['CronJob over Job', object('Pod/p', 'Job/j'), [object('Job/j', 'CronJob/c'), object('CronJob/c')], 'CronJob/c ns'],
    ['a DaemonSet', object('Pod/p', 'DaemonSet/d'), [object('DaemonSet/d')], 'DaemonSet/d ns'],
    ['an owner of a kind nobody reads', object('Pod/p', 'ReplicaSet/r'), [object('ReplicaSet/r', 'Rollout/x')], 'Rollout/x ns'],
    ['the same directly', object('Pod/p', 'CloneSet/x'), [], 'CloneSet/x ns'],
    ['DeploymentConfig over ReplicationController', object('Pod/p', 'ReplicationController/r'), [object('ReplicationController/r', 'DeploymentConfig/d')], 'DeploymentConfig/d ns'],
    ['a Deployment that is gone', object('Pod/p', 'ReplicaSet/r'), [object('ReplicaSet/r', 'Deployment/d')], 'ReplicaSet/r ns'],
    ['a ReplicaSet that is gone', object('Pod/p', 'ReplicaSet/r'), [], 'Pod/p ns'],
    ['not seen is not gone', object('Pod/p', 'ReplicaSet/r'), [], 'ReplicaSet/r ns', {replicasets: 'forbidden'}],
    ['files without uids', object('Pod/p', 'ReplicaSet/r', {uid: false}), [object('ReplicaSet/r', 'Deployment/d', {uid: false}), object('Deployment/d', undefined, {uid: false})], 'Deployment/d ns'],
    ['another object of the same name', object('Pod/p', 'ReplicaSet/r'), [{...object('ReplicaSet/r', 'Deployment/d'), metadata: {namespace: 'ns', name: 'r', uid: 'other'}}], 'Pod/p ns'],
    ['a static pod', object('Pod/p', 'Node/n'), [], 'Node/n '],
    ['its mirror of an old kubelet', object('Pod/p', undefined, {annotations: {'kubernetes.io/config.mirror': 'x'}, spec: {nodeName: 'n'}}), [], 'Node/n '],
    ['a circle', object('Pod/p', 'ReplicaSet/a'), [object('ReplicaSet/a', 'ReplicaSet/b'), object('ReplicaSet/b', 'ReplicaSet/a')], 'ReplicaSet/b ns'],
  ]
  for (const [name, pod, objects, expected, outcomes] of rows) {
    it(name, async () => {
      const ran = await runChecks([], {objects, ...(outcomes ? {outcomes} : {})}, [owners])
      const top = topOwner(ran.fact(owners), linkOf(pod))
      expect(`${top.kind}/${top.name} ${top.namespace}`).to.equal(expected)
    })
  }

  it('an owner that is not the controller does not count', () => {
    const pod = object('Pod/p', 'ReplicaSet/r')
    const metadata = pod['metadata'] as {ownerReferences: object[]}
    expect(linkOf({...pod, metadata: {...metadata, ownerReferences: metadata.ownerReferences.map(one => ({...one, controller: false}))}}).controller).to.equal(null)
  })

  it('finished pods', () => {
    const isOf = (phase: string): boolean => isFinished({...object('Pod/p'), status: {phase}})
    expect(['Succeeded', 'Failed', 'Running', 'Pending', 'Unknown'].map(isOf)).to.deep.equal([true, true, false, false, false])
  })
})
