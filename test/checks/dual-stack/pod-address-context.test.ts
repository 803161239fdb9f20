import {expect} from 'chai'
import {podAddressContext} from '../../../src/checks/dual-stack/pod-address-context.js'
import type {Json, KubeObject} from '../../../src/kube/json.js'
import {NOTHING_ASSUMED, assume} from '../../../src/network/assumed-families.js'
import {awsNode} from '../../network/cluster-objects.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'

const run = (objects: KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([podAddressContext], {objects, outcomes})
const told = ({findings}: Ran): string[] => findings.map(({variant, object, count, path}) => `${variant} ${object.kind} ${object.name} ${count} ${path}`)

const SERVERS = {containers: [{name: 'main'}], dnsConfig: {nameservers: ['8.8.8.8']}}
const pod = (name: string, ip: string, spec: Record<string, Json>, owner?: string): KubeObject => ({
  apiVersion: 'v1', kind: 'Pod', spec, status: {phase: 'Running', podIPs: [{ip}]},
  metadata: {namespace: 'shop', name, ...(owner === undefined ? {} : {ownerReferences: [{apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true}]})},
})
const replicaSet: KubeObject = {apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: {namespace: 'shop', name: 'web-1', uid: 'web-1', ownerReferences: [{apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'web', controller: true}]}}
const deployment: KubeObject = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {namespace: 'shop', name: 'web', uid: 'web'}}

describe('pod-address-context', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: string[]; skip?: string | null}[] = [
    {name: 'one line for the pods of an owner', objects: [deployment, replicaSet, pod('a', 'fd10::1', SERVERS, 'web-1'), pod('b', 'fd10::2', SERVERS, 'web-1')], tells: ['name-servers Deployment web 2 spec.template.spec.dnsConfig.nameservers']},
    {name: 'a pod of its own', objects: [pod('a', 'fd10::1', SERVERS)], tells: ['name-servers Pod a 1 spec.dnsConfig.nameservers']},
    {name: 'a pod that has the family', objects: [pod('a', '10.244.0.1', SERVERS)], tells: []},
    {name: 'a family that no status shows', objects: [awsNode({ENABLE_IPv6: 'true'}), pod('a', 'fd10::1', SERVERS)], tells: []},
    {name: 'on the network of the node', objects: [pod('a', 'fd10::1', {...SERVERS, hostNetwork: true})], tells: []},
    {name: 'pods forbidden', objects: [], outcomes: {pods: 'forbidden'}, tells: [], skip: 'forbidden'},
  ]
  for (const {name, objects, outcomes, tells, skip = null} of rows) {
    it(name, async () => {
      const ran = await run(objects, outcomes)
      expect(told(ran)).to.deep.equal(tells)
      expect(ran.skips['pod-address-context']).to.equal(skip)
    })
  }

  it('finds where both families are assumed what comes with the second', async () => {
    const ported = pod('a', '10.244.0.1', {containers: [{name: 'main', ports: [{containerPort: 80, hostPort: 80, hostIP: '0.0.0.0'}]}]})
    expect(told(await run([ported]))).to.deep.equal([])
    expect(told(await runChecks([podAddressContext], {objects: [ported]}, [assume({...NOTHING_ASSUMED, isDual: true})]))).to.deep.equal(['host-port-one-family Pod a 1 spec.containers[0].ports[0].hostIP'])
  })

  it('is a preview of weak confidence, and says what a user notices', async () => {
    const {findings: [finding]} = await run([deployment, replicaSet, pod('a', 'fd10::1', SERVERS, 'web-1')])
    expect(podAddressContext.meta.isPreview).to.equal(true)
    expect(finding).to.include({confidence: 'weak', severity: 'info'})
    expect(finding?.message).to.equal('A pod of it, a, has IPv6 and its dnsConfig names servers of the other family only (8.8.8.8), to which it has no way: it gets no answer from them.')
  })
})
