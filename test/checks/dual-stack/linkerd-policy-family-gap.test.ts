import {expect} from 'chai'
import {linkerdPolicyFamilyGap} from '../../../src/checks/dual-stack/linkerd-policy-family-gap.js'
import type {Json, JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {FamiliesOfPods} from './filter-cluster.js'
import {podOf, ranIn} from './filter-cluster.js'

function linkerd(kind: string, spec: JsonObject, place = 'shop/a'): KubeObject {
  const [namespace = '', name = ''] = place.split('/')
  return {apiVersion: `policy.linkerd.io/${kind === 'ServerAuthorization' ? 'v1beta1' : 'v1alpha1'}`, kind, metadata: {namespace, name}, spec}
}

const authn = (networks: Json[], place?: string): KubeObject => linkerd('NetworkAuthentication', {networks}, place)
const egress = (trafficPolicy: string, networks?: Json[], place?: string): KubeObject => linkerd('EgressNetwork', {trafficPolicy, ...(networks === undefined ? {} : {networks})}, place)
const V4 = {cidr: '0.0.0.0/0'}
const OUTSIDE = {cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']}

const proxied = (families: FamiliesOfPods, namespace = 'shop'): KubeObject => podOf(families, {app: 'web'}, {namespace, spec: {containers: [{name: 'main'}], initContainers: [{name: 'linkerd-proxy', restartPolicy: 'Always'}]}})

interface Row {
  name: string
  objects: KubeObject[]
  lines: string[]
  /** IPv6 alone, so that nothing is said of pods with both. */
  pods?: FamiliesOfPods
}

/**
 * Sources: policy-controller/k8s/api/src/policy/{network,network_authentication,
 * server_authorization,egress_network}.rs, k8s/index/src/outbound/index/egress_network.rs,
 * `lookup_ip` of runtime/src/lib.rs and charts of Linkerd (2026-08).
 */
const ROWS: Row[] = [
  {name: 'clients of IPv4', objects: [authn([{cidr: '10.0.0.0/8'}])], lines: ['blocked NetworkAuthentication shop/a spec.networks A3 blocked 6']},
  {name: 'clients of IPv4, pods of IPv4', objects: [authn([{cidr: '10.0.0.0/8'}])], pods: 'v4', lines: ['L:blocked NetworkAuthentication shop/a spec.networks A3 blocked 6']},
  {name: 'clients of IPv6, pods of IPv6', objects: [authn([{cidr: 'fd00::/8'}])], lines: []},
  {name: 'clients of IPv6, pods of IPv4', objects: [authn([{cidr: 'fd00::/8'}])], pods: 'v4', lines: ['blocked NetworkAuthentication shop/a spec.networks A3 blocked 4']},
  {name: 'as Linkerd\'s own: everybody', objects: [authn([V4, {cidr: '::/0'}])], lines: []},
  {name: 'few of IPv4 and all of IPv6', objects: [authn([{cidr: '10.0.0.0/8'}, {cidr: '::/0'}])], lines: ['wider-ipv6 NetworkAuthentication shop/a spec.networks S2 open 6']},
  {name: 'all but a few of IPv4, and all of IPv6', objects: [authn([{cidr: '0.0.0.0/0', except: ['192.0.2.0/24']}, {cidr: '::/0'}])], lines: []},
  {name: 'clients of a server', objects: [linkerd('ServerAuthorization', {server: {name: 'web'}, client: {unauthenticated: true, networks: [{cidr: '10.1.2.3'}]}})], lines: ['blocked ServerAuthorization shop/a spec.client.networks A3 blocked 6']},
  {name: 'no networks: those of the cluster', objects: [linkerd('ServerAuthorization', {server: {name: 'web'}, client: {unauthenticated: true}})], lines: []},
  {name: 'a denial of all that leaves over IPv4', objects: [egress('Deny', [OUTSIDE])], lines: ['egress-open EgressNetwork shop/a spec.networks S4 open 6']},
  {name: 'a denial of some destinations', objects: [egress('Deny', [{cidr: '203.0.113.0/24'}])], lines: ['egress-list-open EgressNetwork shop/a spec.networks S4 open 6']},
  {name: 'a denial without networks: both families', objects: [egress('Deny')], lines: []},
  {name: 'a denial of both', objects: [egress('Deny', [V4, {cidr: '::/0'}])], lines: []},
  {name: 'the other family in an object beside it', objects: [egress('Deny', [V4]), egress('Allow', [{cidr: '::/0'}], 'shop/b')], lines: []},
  {name: 'an object beside it that holds for all', objects: [egress('Deny', [V4]), egress('Deny', undefined, 'shop/b')], lines: []},
  {name: 'the other family in another namespace', objects: [egress('Deny', [V4]), egress('Deny', [{cidr: '::/0'}], 'other/b')], lines: ['egress-open EgressNetwork shop/a spec.networks S4 open 6']},
  {name: 'what is allowed closes nothing', objects: [egress('Allow', [V4])], lines: []},
  {name: 'of the global namespace: every pod', objects: [egress('Deny', [V4], 'linkerd-egress/a')], lines: ['egress-open EgressNetwork linkerd-egress/a spec.networks S4 open 6']},
  {name: 'of a namespace without proxies', objects: [egress('Deny', [V4], 'other/a'), authn([V4], 'other/b')], lines: []},
]

describe('linkerd-policy-family-gap', () => {
  for (const {name, objects, lines, pods = 'v6'} of ROWS) it(name, async () => {
    const ran = await ranIn(linkerdPolicyFamilyGap, [...objects, proxied(pods), podOf('dual')])
    expect([ran.lines, ran.skip]).to.deep.equal([lines, null])
  })

  it('says of pods with both families that IPv6 may go around the proxy', async () => {
    const {lines, findings} = await ranIn(linkerdPolicyFamilyGap, [authn([{cidr: '10.0.0.0/8'}]), proxied('dual'), proxied('dual')])
    expect(lines).to.deep.equal(['blocked NetworkAuthentication shop/a spec.networks A3 blocked 6', 'ipv6-not-seen Namespace linkerd '])
    expect(findings.map(({count}) => count)).to.deep.equal([2, 2])
    expect(findings[0]?.message).to.match(/where Linkerd takes IPv6; where it does not, IPv6 goes around the proxy/)
  })

  it('says nothing of it where Linkerd has no such policy', async () => {
    expect((await ranIn(linkerdPolicyFamilyGap, [proxied('dual')])).lines).to.deep.equal([])
  })

  it('never calls clean what it did not read', async () => {
    expect((await ranIn(linkerdPolicyFamilyGap, [authn([{cidr: '10.0.0.0/64'}])])).skip).to.equal('not-understood')
    expect((await ranIn(linkerdPolicyFamilyGap, [egress('Sometimes')])).skip).to.equal('not-understood')
    expect((await ranIn(linkerdPolicyFamilyGap, [], {outcomes: {egressnetworks: 'forbidden'}})).skip).to.equal('forbidden')
    const outcomes = {egressnetworks: 'not-served', networkauthentications: 'not-served', serverauthorizations: 'not-served'} as const
    expect((await ranIn(linkerdPolicyFamilyGap, [], {outcomes})).notApplicable['linkerd-policy-family-gap']).to.match(/no policies of Linkerd/)
  })
})
