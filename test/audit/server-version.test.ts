import {expect} from 'chai'
import {kubelets} from '../../src/audit/kubelets.js'
import {effectiveMinor, fixedServerVersion, serverVersion} from '../../src/audit/server-version.js'
import type {KubeObject} from '../../src/kube/json.js'
import type {Outcomes} from '../network/run-fact.js'
import {runFact} from '../network/run-fact.js'

const version = (fields: Record<string, string>): KubeObject => ({apiVersion: 'v1', kind: 'Version', major: '1', ...fields})
const node = (kubeletVersion: string): KubeObject => ({apiVersion: 'v1', kind: 'Node', metadata: {name: kubeletVersion}, status: {nodeInfo: {kubeletVersion}}})
const server = (image: string, phase = 'Running', containers = [{name: 'kube-apiserver', image}]): KubeObject => ({
  apiVersion: 'v1', kind: 'Pod', metadata: {namespace: 'kube-system', name: image, labels: {component: 'kube-apiserver'}}, spec: {containers}, status: {phase},
})

describe('serverVersion', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Outcomes; is: object; evidence: RegExp}[] = [
    {name: 'GET /version', objects: [version({gitVersion: 'v1.29.6-eks-036c24b', minor: '29+'})], is: {gitVersion: 'v1.29.6-eks-036c24b', minor: 29, emulationMinor: null, instances: 'unknown'}, evidence: /^GET \/version$/},
    {name: 'an emulated version', objects: [version({gitVersion: 'v1.37.2', minor: '37', emulationMinor: '36'})], is: {minor: 37, emulationMinor: 36}, evidence: /version/},
    {name: 'an emulated version that is its own', objects: [version({gitVersion: 'v1.37.2', emulationMinor: '37'})], is: {minor: 37, emulationMinor: null}, evidence: /version/},
    {name: 'a gitVersion of another shape', objects: [version({gitVersion: 'custom', minor: '29+'})], is: {gitVersion: 'custom', minor: 29}, evidence: /version/},
    {name: 'an instance behind the one that answered', objects: [version({gitVersion: 'v1.30.1'}), server('registry.k8s.io/kube-apiserver:v1.29.6'), server('registry.k8s.io/kube-apiserver:v1.30.1')], is: {gitVersion: 'v1.30.1', minor: 29, instances: 2}, evidence: /older \(v1\.29\.6, v1\.30\.1\)/},
    {name: 'an instance ahead of the one that answered', objects: [version({gitVersion: 'v1.29.6'}), server('r/kube-apiserver:v1.30.1')], is: {minor: 29, instances: 1}, evidence: /^GET/},
    {name: 'the image alone', objects: [server('registry:5000/kube-apiserver:v1.28.3@sha256:abc')], is: {gitVersion: 'v1.28.3', minor: 28, instances: 1}, evidence: /image/},
    {name: 'RKE2', objects: [server('rancher/hardened-kubernetes:v1.29.6-rke2r1-build20240610')], is: {minor: 29}, evidence: /image/},
    {name: 'a registry port is no tag', objects: [server('registry:5000/kube-apiserver')], is: {gitVersion: null, minor: null, instances: 1}, evidence: /nothing/},
    {name: 'a digest alone, then the kubelets', objects: [server('kube-apiserver@sha256:abc'), node('v1.27.1'), node('v1.28.2')], is: {gitVersion: null, minor: 28}, evidence: /newest kubelet \(1\.28\)/},
    {name: 'a pod that ended', objects: [server('kube-apiserver:v1.20.1', 'Failed'), node('v1.28.2')], is: {minor: 28, instances: 'unknown'}, evidence: /kubelet/},
    {name: 'another container in the pod', objects: [server('', 'Running', [{name: 'agent', image: 'agent:v1.2.3'}, {name: 'kube-apiserver', image: 'kube-apiserver:v1.30.0'}])], is: {minor: 30}, evidence: /image/},
    {name: 'pods not all seen: no count', objects: [server('kube-apiserver:v1.30.0')], outcomes: {'control-plane-pods': 'partial'}, is: {minor: 30, instances: 'unknown'}, evidence: /image/},
    {name: 'nothing', objects: [], is: {gitVersion: null, minor: null, emulationMinor: null, instances: 'unknown'}, evidence: /nothing tells it/},
  ]
  for (const {name, objects, outcomes, is, evidence} of rows) {
    it(name, () => {
      const found = runFact(serverVersion, objects, outcomes)
      expect(found).to.include(is)
      expect(found.evidence).to.match(evidence)
    })
  }
})

describe('fixedServerVersion', () => {
  it('takes the place of the fact', () => {
    const fact = fixedServerVersion('v1.24.17')!
    expect(fact.id).to.equal(serverVersion.id)
    expect(runFact(fact, [version({gitVersion: 'v1.30.0'})])).to.include({minor: 24, evidence: '--server-version v1.24.17'})
  })
  it('reads a minor alone', () => expect(runFact(fixedServerVersion('1.24')!, []).minor).to.equal(24))
  for (const text of ['', '24', '2.1', 'latest', '1.x']) it(`refuses ${JSON.stringify(text)}`, () => expect(fixedServerVersion(text)).to.equal(null))
})

describe('effectiveMinor', () => {
  const base = {gitVersion: null, instances: 'unknown', evidence: ''} as const
  it('is the emulated one', () => expect(effectiveMinor({...base, minor: 37, emulationMinor: 36})).to.equal(36))
  it('is the server itself otherwise', () => expect(effectiveMinor({...base, minor: 37, emulationMinor: null})).to.equal(37))
})

describe('kubelets', () => {
  it('tells the oldest and the newest', () => expect(runFact(kubelets, [node('v1.29.6-eks-1'), node('v1.9.11'), node('v1.30.4+k3s1')])).to.deep.equal({minMinor: 9, maxMinor: 30}))
  it('is null without nodes, or without versions', () => {
    expect(runFact(kubelets, [])).to.equal(null)
    expect(runFact(kubelets, [node('')])).to.equal(null)
  })
})
