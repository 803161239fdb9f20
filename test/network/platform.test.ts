import {expect} from 'chai'
import type {KubeObject} from '../../src/kube/json.js'
import {platform} from '../../src/network/platform.js'
import {runFact} from './run-fact.js'

let serial = 0
function node({providerID, kubelet = 'v1.30.1', labels = {}, osImage = 'Ubuntu'}: {providerID?: string; kubelet?: string; labels?: Record<string, string>; osImage?: string}): KubeObject {
  return {apiVersion: 'v1', kind: 'Node', metadata: {name: `n${serial++}`, labels}, spec: providerID === undefined ? {} : {providerID}, status: {nodeInfo: {kubeletVersion: kubelet, osImage}}}
}

describe('platform', () => {
  const rows: {name: string; objects: KubeObject[]; is: object | null}[] = [
    {name: 'EKS by kubelet', objects: [node({providerID: 'aws:///eu-west-1a/i-1', kubelet: 'v1.29.6-eks-1552ad0'})], is: {name: 'eks', provider: 'aws', evidence: 'kubelet version v1.29.6-eks-1552ad0'}},
    {name: 'EKS by label', objects: [node({providerID: 'aws:///a/i-1', labels: {'eks.amazonaws.com/nodegroup': 'a'}})], is: {name: 'eks', provider: 'aws', evidence: 'Node label eks.amazonaws.com/nodegroup'}},
    {name: 'AWS without EKS', objects: [node({providerID: 'aws:///a/i-1'})], is: {name: 'aws', provider: 'aws', evidence: 'Node spec.providerID'}},
    {name: 'GKE', objects: [node({providerID: 'gce://p/z/n', labels: {'cloud.google.com/gke-nodepool': 'default'}})], is: {name: 'gke', provider: 'gce', evidence: 'Node label cloud.google.com/gke-nodepool'}},
    {name: 'AKS', objects: [node({providerID: 'azure:///subscriptions/s', labels: {'kubernetes.azure.com/agentpool': 'a'}})], is: {name: 'aks', provider: 'azure', evidence: 'Node label kubernetes.azure.com/agentpool'}},
    {name: 'k3s', objects: [node({providerID: 'k3s://n', kubelet: 'v1.30.4+k3s1'})], is: {name: 'k3s', provider: null, evidence: 'kubelet version v1.30.4+k3s1'}},
    {name: 'RKE2 on a cloud', objects: [node({providerID: 'openstack:///u', kubelet: 'v1.30.4+rke2r1'})], is: {name: 'rke2', provider: 'openstack', evidence: 'kubelet version v1.30.4+rke2r1'}},
    {name: 'OpenShift on AWS', objects: [node({providerID: 'aws:///a/i', labels: {'node.openshift.io/os_id': 'rhcos'}})], is: {name: 'openshift', provider: 'aws', evidence: 'Node label node.openshift.io/os_id'}},
    {name: 'OpenShift without nodes', objects: [{apiVersion: 'config.openshift.io/v1', kind: 'Network', metadata: {name: 'cluster'}}], is: {name: 'openshift', provider: null, evidence: 'Network cluster of config.openshift.io'}},
    {name: 'kind', objects: [node({providerID: 'kind://docker/kind/kind-control-plane'})], is: {name: 'kind', provider: null, evidence: 'Node spec.providerID'}},
    {name: 'minikube', objects: [node({labels: {'minikube.k8s.io/name': 'minikube'}})], is: {name: 'minikube', provider: null, evidence: 'Node label minikube.k8s.io/name'}},
    {name: 'Talos', objects: [node({osImage: 'Talos (v1.8.0)'})], is: {name: 'talos', provider: null, evidence: 'Node status.nodeInfo.osImage'}},
    {name: 'a cloud that we do not know', objects: [node({providerID: 'hcloud://1'})], is: {name: 'hcloud', provider: 'hcloud', evidence: 'Node spec.providerID'}},
    {name: 'Alibaba without a scheme', objects: [node({providerID: 'cn-hangzhou.i-bp1abc'})], is: {name: 'alicloud', provider: 'alicloud', evidence: 'Node spec.providerID'}},
    {name: 'the server version where no node is seen', objects: [{apiVersion: 'v1', kind: 'Version', gitVersion: 'v1.29.6-gke.1038001'}], is: {name: 'gke', provider: null, evidence: 'server version v1.29.6-gke.1038001'}},
    {name: 'most nodes', objects: [node({providerID: 'eks-hybrid:///a/n'}), node({providerID: 'aws:///a/i', kubelet: 'v1.31.2-eks-1'}), node({providerID: 'aws:///a/i', kubelet: 'v1.31.2-eks-1'})], is: {name: 'eks', provider: 'aws', evidence: 'kubelet version v1.31.2-eks-1 (2 of 3 nodes)'}},
    {name: 'nothing known about bare metal', objects: [node({})], is: null},
    {name: 'no nodes', objects: [], is: null},
  ]
  for (const {name, objects, is} of rows) it(name, () => expect(runFact(platform, objects)).to.deep.equal(is))

  it('does not hang on the order of nodes', () => {
    const both = [node({providerID: 'b://1'}), node({providerID: 'a://1'})]
    expect(runFact(platform, both)).to.deep.equal(runFact(platform, both.toReversed()))
  })
})
