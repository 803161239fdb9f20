import {expect} from 'chai'
import {otherAuthorizers} from '../../src/admission/other-authorizers.js'
import type {KubeObject} from '../../src/kube/json.js'
import {apiServerPod, node} from '../checks/external-ips/cluster.js'
import type {DeclaredCluster} from '../support/declared-source.js'
import {factOf} from '../support/declared-facts.js'

describe('what decides besides RBAC', () => {
  const flagz = (flags: object): Partial<DeclaredCluster> => ({endpoints: {flagz: {apiVersion: 'config.k8s.io/v1beta1', kind: 'Flagz', flags} as unknown as KubeObject}})
  const kubelet = (version: string): KubeObject => node('n', '10.0.0.1', {kubelet: version})
  const running = (...containers: object[]): KubeObject => ({...apiServerPod(), spec: {containers}}) as unknown as KubeObject
  const DEFAULT = 'AlwaysAllow (the default of kube-apiserver)'
  const rows: [name: string, objects: KubeObject[], wanted: string[], rest?: Partial<DeclaredCluster>][] = [
    ['nothing that shows', [kubelet('v1.30.0')], []],
    ['the usual modes', [apiServerPod('--authorization-mode=Node,RBAC')], []],
    ['the modes of OpenShift', [apiServerPod('--authorization-mode=Scope,SystemMasters,RBAC,Node,MinimumKubeletVersion')], []],
    ['a webhook', [apiServerPod('--authorization-mode=Node,RBAC,Webhook')], ['Webhook']],
    ['modes of two instances', [apiServerPod('--authorization-mode', 'ABAC,RBAC'), {...apiServerPod('--authorization-mode=Webhook'), metadata: {namespace: 'kube-system', name: 'b', labels: {component: 'kube-apiserver'}}} as unknown as KubeObject], ['ABAC', 'Webhook']],
    ['no mode at all', [running({name: 'kube-apiserver', command: ['kube-apiserver']})], [DEFAULT]],
    ['flags in args, as RKE2 has them', [running({name: 'kube-apiserver', args: ['--authorization-mode=Webhook']})], ['Webhook']],
    ['a container of another name', [running({name: 'api', command: ['/usr/bin/kube-apiserver', '--authorization-mode=Webhook']})], ['Webhook']],
    ['a container beside it', [running({name: 'proxy', args: ['--authorization-mode=ABAC']}, {name: 'kube-apiserver', args: ['--authorization-mode=RBAC']})], []],
    ['a file', [apiServerPod('--authorization-config=/etc/kubernetes/authorization.yaml')], ['the file of --authorization-config']],
    ['what the environment tells', [apiServerPod('--authorization-mode=$(MODES)')], ['a mode that only the API server\'s environment tells']],
    ['the usual modes of a live instance', [], [], flagz({'authorization-mode': '[Node,RBAC]', 'authorization-config': ''})],
    ['a webhook of a live instance', [], ['Webhook'], flagz({'authorization-mode': '[RBAC,Webhook]'})],
    ['a file of a live instance', [], ['the file of --authorization-config'], flagz({'authorization-mode': '[]', 'authorization-config': '/a'})],
    ['no mode of a live instance', [], [DEFAULT], flagz({'authorization-mode': '[]', 'authorization-config': ''})],
    ['flags without a word about it', [], [], flagz({port: '6443'})],
    ['GKE', [kubelet('v1.30.2-gke.1')], ['IAM of Google Cloud']],
    ['EKS', [kubelet('v1.30.2-eks-1')], ['access policies of EKS']],
    ['a cluster of one\'s own with the kubelets of EKS', [kubelet('v1.30.2-eks-1'), apiServerPod('--authorization-mode=Node,RBAC')], []],
    ['EKS with a pod that only looks like an API server', [kubelet('v1.30.2-eks-1'), running({name: 'x', command: ['x']})], ['access policies of EKS']],
  ]
  for (const [name, objects, wanted, rest] of rows) it(name, async () => expect(await factOf(otherAuthorizers, {objects, ...rest})).to.deep.equal(wanted))
})
