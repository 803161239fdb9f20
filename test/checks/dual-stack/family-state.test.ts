import {expect} from 'chai'
import type {Outcome} from '../../../src/audit/outcome.js'
import {familyState} from '../../../src/checks/dual-stack/family-state.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {awsNode, ingress, kubernetes, node, pod, service, serviceCidr} from '../../network/cluster-objects.js'

const V4 = ['10.244.0.5']
const V6 = ['fd10:244::5']
const BOTH = ['10.244.0.6', 'fd10:244::6']
const BOTH_RANGES = serviceCidr(['10.96.0.0/12', 'fd12::/108'])

const run = (objects: KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([familyState], {objects, outcomes})
const told = ({findings}: Ran): string[] => findings.map(({variant, object, severity, count}) => `${severity} ${variant} ${object.kind} ${object.namespace}/${object.name} ${count}`)

describe('family-state', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: string[]; skip?: Outcome | null}[] = [
    {name: 'quiet on IPv4 everywhere', objects: [kubernetes(), pod(V4), service(['10.96.0.9'], {lb: [{ip: '52.1.2.3'}]})], tells: []},
    {name: 'quiet on both everywhere', objects: [kubernetes(), BOTH_RANGES, pod(BOTH), service(['10.96.0.9'], {lb: [{ip: '2600::1'}]})], tells: []},
    {name: 'a hidden family', objects: [kubernetes('fd00::1'), pod(V6), awsNode({ENABLE_IPv6: 'true'})], tells: ['low hidden-second-family DaemonSet kube-system/aws-node 1']},
    {name: 'an edge with IPv6', objects: [kubernetes(), pod(V4), service(['10.96.0.9'], {name: 'web', namespace: 'shop', lb: [{ip: '2600::1'}]})], tells: ['info edge-family Service shop/web 1']},
    {name: 'an edge with IPv4 in front of IPv6', objects: [kubernetes('fd00::1'), pod(V6), service(['fd00::9'], {name: 'web', namespace: 'shop', lb: [{ip: '52.1.2.3'}]})], tells: ['info edge-family Service shop/web 1']},
    {name: 'pods of one family beside dual ones, by namespace', objects: [kubernetes(), BOTH_RANGES, pod(BOTH), pod(V4, {namespace: 'old'}), pod(V4, {namespace: 'old'}), pod(V6, {namespace: 'odd'})], tells: ['info mixed-pods Namespace /old 2', 'info mixed-pods Namespace /odd 1']},
    {name: 'dual pods, Services of one family', objects: [kubernetes(), serviceCidr(['10.96.0.0/12']), pod(BOTH), pod(BOTH)], tells: ['info dual-pods-single-services Service default/kubernetes 2']},
    {name: 'dual pods, and nothing tells the range of Services', objects: [kubernetes(), pod(BOTH)], tells: [], skip: 'not-observable'},
    {name: 'Services of both, pods of one', objects: [kubernetes(), BOTH_RANGES, pod(V4)], tells: ['info dual-services-single-pods Service default/kubernetes 1']},
    {name: 'pods forbidden: skipped, not clean', objects: [kubernetes()], outcomes: {pods: 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'pods forbidden: what a DaemonSet tells stands', objects: [kubernetes(), awsNode({ENABLE_IPv6: 'true'})], outcomes: {pods: 'forbidden'}, tells: ['low hidden-second-family DaemonSet kube-system/aws-node 1'], skip: 'forbidden'},
    {name: 'pods in part: no claim about all of them', objects: [kubernetes(), BOTH_RANGES, pod(V4)], outcomes: {pods: 'partial'}, tells: [], skip: 'partial'},
    {name: 'Services forbidden', objects: [pod(V4)], outcomes: {services: 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'aws-node forbidden: a hidden family is not excluded', objects: [kubernetes(), pod(V4)], outcomes: {'aws-node': 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'Ingresses out of reach', objects: [kubernetes(), pod(V4)], outcomes: {ingresses: 'unreachable'}, tells: [], skip: 'unreachable'},
    {name: 'a dump without Ingresses', objects: [kubernetes(), pod(V4)], outcomes: {ingresses: 'not-in-input', 'aws-node': 'not-in-input', servicecidrs: 'not-served'}, tells: []},
    {name: 'a dump of EKS without the DaemonSet', objects: [kubernetes(), pod(V4), eksNode()], outcomes: {'aws-node': 'not-in-input'}, tells: [], skip: 'not-in-input'},
    {name: 'a pod whose address is none: not understood', objects: [kubernetes(), pod(V4), pod(['rubbish'])], tells: [], skip: 'not-understood'},
    {name: 'an Ingress whose address is none: not understood', objects: [kubernetes(), pod(V4), ingress([{ip: 'rubbish'}])], tells: [], skip: 'not-understood'},
    {name: 'no pod shows an address', objects: [kubernetes(), pod([])], tells: [], skip: 'not-observable'},
  ]
  for (const {name, objects, outcomes, tells, skip = null} of rows) {
    it(name, async () => {
      const ran = await run(objects, outcomes)
      expect(told(ran)).to.deep.equal(tells)
      expect(ran.skips['family-state']).to.equal(skip)
    })
  }

  it('says which interface, out of which range, and why', async () => {
    const {findings} = await run([kubernetes(), pod(V4), awsNode({ENABLE_V6_EGRESS: 'true'})])
    expect(findings[0]?.message).to.match(/on nodes that have an IPv6 address get a second interface for IPv6 out of fd00::ac:0\/118 \(ENABLE_V6_EGRESS is true\)/)
  })

  it('every variant has a reason for its grade', () => {
    expect(Object.values(familyState.meta.variants ?? {}).map(({severity}) => severity)).to.deep.equal(['low', 'info', 'info', 'info', 'info'])
    expect(familyState.meta.why).to.match(/graded low, because/)
  })
})

function eksNode(): KubeObject {
  const plain = node([['InternalIP', '10.0.0.1']])
  return {...plain, metadata: {name: 'eks', labels: {'eks.amazonaws.com/nodegroup': 'a'}}}
}
